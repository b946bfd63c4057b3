"""A part of a film, from wherever it begins, whatever the container and however it is made."""

import pytest

from rehue.errors import FilmError
from rehue.film import FilmOptions, Shot, ShotList, colorize_film, find_shots, probe
from rehue.film.crew import Done, Setup, color_shot
from rehue.film.frames import read_frames


@pytest.fixture
def here(monkeypatch):
    """Workers' work is done in this very process; returns the numbers of the shots given out."""
    given = []

    def one_by_one(setup: Setup, numbers, workers, cluster):
        for number in numbers:
            done: Done = color_shot(setup, number)
            given.append((number, done.frames))
            yield done

    monkeypatch.setattr("rehue.film.run.color_shots", one_by_one)
    return given


@pytest.mark.parametrize("name", ["reel.mkv", "scan-%04d.png"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_part_that_has_no_frames_is_one_line(draw, tiny, tiny_model, tmp_path, name, workers):
    reel = tmp_path / name
    if name == "reel.mkv":
        draw.write_reel(reel, draw.moving([12], 64, 96))
    else:
        draw.write_scans(tmp_path, draw.moving([12], 64, 96))
    before = sorted(tmp_path.iterdir())
    for part in ({"start": 30.0}, {"start": 0.51, "end": 0.52}, {"start": 30.0, "end": 31.0}):
        with pytest.raises(
            FilmError, match=f"has no frames from {part['start']:g} s.*another part"
        ):
            colorize_film(
                reel, tmp_path / "out.mkv", tiny, options=FilmOptions(**part), workers=workers
            )
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("times", [(-1.0, None), (1.0, 1.0), (float("nan"), None)])
@pytest.mark.parametrize("end", [None, float("nan"), float("inf")])
def test_a_part_that_is_none_is_one_line(times, end):
    with pytest.raises(FilmError, match="give a part of the film"):
        FilmOptions(start=times[0], end=times[1] if end is None else end)


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("reel.ts", "libx264", {"g": "48"}),
        ("reel.ts", "libx264", {"g": "480"}),
        ("reel.ts", "mpeg2video", {"g": "12"}),
        ("reel.mpg", "mpeg2video", {"g": "48"}),
        ("reel.mpg", "mpeg2video", {"g": "12", "bf": "2"}),
        ("reel.h264", "libx264", {"g": "12"}),
        ("reel.mkv", "libx264", {"g": "24", "x264-params": "open-gop=1:bframes=3"}),
        ("reel.mp4", "libx264", {"g": "48"}),
        ("reel.avi", "mpeg4", {"g": "12", "bf": "2"}),
        ("reel.webm", "libvpx-vp9", {"g": "48", "deadline": "realtime", "cpu-used": "8"}),
    ],
)
def test_frames_from_a_place_on_are_those_that_are_there(draw, tmp_path, name, codec, options):
    """Whether a container can be entered midway or not."""
    reel = draw.write_reel(
        tmp_path / name, draw.moving([100], 64, 96), codec=codec, options=options, sound=False
    )
    film = probe(reel)
    whole = [(frame.pts, frame.luma.copy()) for frame in read_frames(film)]
    assert len(whole) == 100
    for place in (0, 11, 12, 30, 56, 84, 99):
        found = [(f.pts, f.luma.copy()) for f in read_frames(film, start=whole[place][0])]
        assert [pts for pts, _ in found] == [pts for pts, _ in whole[place:]]
        assert all((a == b).all() for (_, a), (_, b) in zip(found, whole[place:], strict=True))


@pytest.mark.parametrize("name", ["reel.mkv", "reel.mp4"])
@pytest.mark.parametrize("start", [0.0, 1.1, 1.25, 1.6])
@pytest.mark.parametrize("listed", [False, True])
def test_workers_give_the_same_part(draw, tiny, tiny_model, tmp_path, here, name, start, listed):
    """In MP4 shots begin between two thousandths of a second."""
    codec = "ffv1" if name.endswith("mkv") else "libx264"
    reel = draw.write_reel(
        tmp_path / name, draw.moving([25, 14, 20, 9], 64, 96, grain=3), codec=codec
    )
    shots = ShotList(tuple(find_shots(probe(reel)))) if listed else None
    options = FilmOptions("ffv1", shots=shots, start=start, end=2.6)
    one, many = tmp_path / "one.mkv", tmp_path / "many.mkv"
    frames = colorize_film(reel, one, tiny, options=options)
    made = []
    same = colorize_film(
        reel,
        many,
        tiny,
        options=options,
        workers=2,
        model={"model": tiny_model, "threads": 1},
        follow=made.append,
    )
    assert frames == same == sum(time >= start for time in (n / 24 for n in range(63)))
    assert one.read_bytes() == many.read_bytes()
    # All was made by workers, and nothing that is not wanted.
    assert sum(done for _, done in here) == frames
    assert all(done for _, done in here)
    assert max(far.frames for far in made) == frames


def test_a_change_of_the_shot_in_which_the_part_begins_is_made(draw, tiny, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([20, 20], 64, 96))

    def colored(saturation):
        shots = ShotList((Shot(0), Shot(833, wishes={"saturation": saturation})))
        options = FilmOptions("ffv1", overwrite=True, keep_work=True, shots=shots, start=1.0)
        colorize_film(reel, tmp_path / "out.mkv", tiny, options=options)
        return (tmp_path / "out.mkv").read_bytes()

    assert colored(1.0) != colored(0.2)
    assert colored(0.2) == colored(0.2)
