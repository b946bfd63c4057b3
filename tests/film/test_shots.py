import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from rehue import Colorizer
from rehue.cli import app
from rehue.errors import FilmError, RehueError
from rehue.film import (
    FilmHint,
    FilmOptions,
    Shot,
    ShotList,
    colorize_film,
    find_shots,
    probe,
    read_shots,
    write_shots,
)
from rehue.film.flow import flow_size, small_light
from rehue.film.frames import read_frames
from rehue.film.likeness import in_likeness
from rehue.film.shots import Placed, Reading
from rehue.model import Card, Hint


def starts(reel):
    return [shot.start for shot in find_shots(probe(reel))]


def flash(frames, at):
    """Light up some frames, as lightning and photographers do."""
    return [np.clip(f + 150, 0, 255) if n in at else f for n, f in enumerate(frames)]


def test_cuts_are_found_where_they_are(draw, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([25, 14, 30, 9], grain=4))
    frames = np.cumsum([0, 25, 14, 30])
    assert starts(reel) == [round(n / 24 * 1000) for n in frames]


def test_flashes_flicker_and_blank_frames_are_no_cuts(draw, tmp_path):
    calm = list(draw.moving([40], grain=4))
    rng = np.random.default_rng(2)
    flicker = [np.clip(f * rng.uniform(0.8, 1.2), 0, 255) for f in calm]
    blank = [np.full_like(f, 5) if n == 20 else f for n, f in enumerate(calm)]
    torn = [rng.uniform(0, 255, f.shape) if n == 20 else f for n, f in enumerate(calm)]
    for name, frames in (
        ("flash", flash(calm, {20, 21})),
        ("flicker", flicker),
        ("blank", blank),
        ("torn", torn),
    ):
        reel = draw.write_reel(tmp_path / f"{name}.mkv", frames, sound=False)
        assert starts(reel) == [0], name


def test_a_dissolve_is_no_cut(draw, tmp_path):
    one, other = (list(draw.moving(shots, grain=3)) for shots in ([60], [0, 60]))
    frames = [
        a * (1 - w) + b * w
        for a, b, w in zip(one, other, np.clip((np.arange(60) - 20) / 20, 0, 1), strict=True)
    ]
    reel = draw.write_reel(tmp_path / "reel.mkv", frames, sound=False)
    assert starts(reel) == [0]


def test_the_command_writes_a_list_that_can_be_read_and_edited(draw, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([25, 20], grain=4))
    result = CliRunner().invoke(app, ["shots", str(reel)])
    assert result.exit_code == 0, result.output
    path = tmp_path / "reel.mkv.shots.json"
    assert "2 shots" in result.output
    held = json.loads(path.read_text())
    assert held == {
        "film": "reel.mkv",
        "shots": [{"start": "0:00:00.000", "frames": 25}, {"start": "0:00:01.042", "frames": 20}],
    }
    assert [shot.frames for shot in read_shots(path).shots] == [25, 20]
    again = CliRunner().invoke(app, ["shots", str(reel)])
    assert isinstance(again.exception, FilmError)


def test_a_list_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FilmError, match=r"list.json.*give another --output"):
        write_shots(tmp_path / "file" / "list.json", Path("reel.mkv"), ShotList((Shot(0),)))


def test_a_shot_that_goes_on_after_another_is_proposed_to_be_like_the_first(draw, tmp_path):
    one, other = list(draw.moving([75], grain=3)), list(draw.moving([0, 25], grain=3))
    frames = [*one[:25], *other, *one[25:50], *draw.moving([0, 0, 20], grain=3), *one[50:]]
    reel = draw.write_reel(tmp_path / "reel.mkv", frames, sound=False)
    found = list(find_shots(probe(reel), likenesses=True))
    assert [shot.like for shot in found] == [None, None, 1, None, 1]
    assert [shot.like for shot in find_shots(probe(reel))] == [None] * 5


def test_a_shot_takes_the_colours_of_the_one_that_it_is_like(draw, tmp_path):
    """The network says other colours of the second shot of the same scene."""
    frames = list(draw.moving([16], grain=1))
    film = probe(draw.write_reel(tmp_path / "reel.mkv", frames, sound=False))

    def ask(here):
        base = here.reading.light[::2, ::2].astype(np.float32)
        cast = 0 if here.reading.frame.pts * film.time_base < 0.33 else 14
        return np.stack([base / 12 + cast, 9 - base / 20], -1)

    def answer(ask, number):
        frame = next(islice(read_frames(film), number, None))
        light = small_light(frame.luma, film.coding, flow_size(film.height, film.width))
        return ask(Placed(Reading(frame, light, None), 0, 0, (1.0,)))

    shots = ShotList((Shot(0), Shot(333, like=1)))
    liked = in_likeness(ask, film, shots)
    means = [answer(how, n).mean(axis=(0, 1)) for how, n in ((ask, 4), (ask, 12), (liked, 12))]
    assert means[1][0] - means[0][0] > 12
    assert np.abs(means[2] - means[0]).max() < 1.5
    assert np.array_equal(answer(liked, 4), answer(ask, 4))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "has no shots"),
        ([{"frames": 3}], "shot 1: give its start"),
        ([{"start": "soon"}], "'soon' is no time"),
        ([{"start": 0}, {"start": 0}], "shot 2: begins no later"),
        ([{"start": 0, "like": 1}], "leads to no other shot"),
        ([{"start": 0, "like": 2}, {"start": 1, "like": 1}], "leads to no other shot"),
        ([{"start": 0, "colour": "red"}], "'colour' is unknown"),
        ([{"start": 0, "saturation": -1}], "shot 1: saturation -1"),
        ([{"start": 0, "warmth": "much"}], "shot 1: warmth 'much'"),
        ([{"start": "nan"}], "'nan' is no time"),
        ([{"start": "0:inf"}], "'0:inf' is no time"),
        ([{"start": 1e300}], "is no time"),
        ([{"start": True}], "is no time"),
        ([{"start": None}], "is no time"),
        ([{"start": 0, "palette": 5}], "shot 1: palette 5: give a list of colours"),
        ([{"start": 0, "palette": "red"}], "shot 1: palette 'red': give a list"),
        ([{"start": 0, "palette": ["no colour"]}], "shot 1: 'no colour' is no colour"),
        ([{"start": 0, "reference": 5}], "shot 1: reference 5: give the path"),
        ([{"start": 0, "reference": "no.jpg"}], "shot 1: reference 'no.jpg': there is no such"),
        ([{"start": 0, "like": "first"}], "like 'first': give the number of a shot"),
        ([{"start": 0, "frames": "all"}], "frames 'all': give how many"),
    ],
)
def test_a_list_that_is_none_is_one_line(tmp_path, rows, says):
    path = tmp_path / "shots.json"
    path.write_text(json.dumps({"shots": rows}))
    with pytest.raises(RehueError, match=says):
        read_shots(path)


def test_what_the_model_cannot_do_in_a_shot_is_said_before_any_work(draw, tiny, tmp_path):
    """The tiny model knows no palettes; and a reference that is no photograph is none for any."""
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([20, 20], 64, 96))
    (tmp_path / "words.jpg").write_text("words")
    before = sorted(tmp_path.iterdir())
    for wishes in ({"palette": ("navy",)}, {"reference": tmp_path / "words.jpg"}):
        shots = ShotList((Shot(0), Shot(833, wishes=wishes)))
        with pytest.raises(RehueError):
            colorize_film(reel, tmp_path / "out.mkv", tiny, options=FilmOptions(shots=shots))
        assert sorted(tmp_path.iterdir()) == before


def test_only_a_shot_that_changed_is_made_anew(draw, tiny, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([20, 20, 20], 64, 96))
    path, out = tmp_path / "shots.json", tmp_path / "out.mkv"
    rows = [{"start": n * 20 / 24} for n in range(3)]
    path.write_text(json.dumps({"shots": rows}))
    work = tmp_path / "out.mkv.rehue-work"

    def colored():
        options = FilmOptions("ffv1", overwrite=True, keep_work=True, shots=read_shots(path))
        colorize_film(reel, out, tiny, options=options)
        return {p.name: p.stat().st_mtime_ns for p in work.glob("*.packets")}

    first = colored()
    rows[1]["saturation"] = 0.3
    path.write_text(json.dumps({"shots": rows}))
    second = colored()
    kept = {name for name in second if second[name] == first.get(name)}
    assert (len(first), len(second), len(kept)) == (3, 3, 2)
    import av

    with av.open(str(out)) as film:
        strength = [
            np.ptp(frame.to_ndarray(format="rgb24").astype(int), axis=-1).mean()
            for frame in film.decode(video=0)
        ]
    assert len(strength) == 60
    assert np.mean(strength[20:40]) < 0.6 * np.mean(strength[:20])


def test_a_hint_makes_the_shots_anew_that_it_may_count_for(draw, tmp_path, tiny_model):
    card = Card.from_json(tiny_model.with_suffix(".json").read_text(), "tiny")
    hinted = tmp_path / "hinted.onnx"
    hinted.write_bytes(tiny_model.read_bytes())
    card = replace(card, trained_inputs=("lightness", "hints"))
    hinted.with_suffix(".json").write_text(card.to_json())
    colorizer = Colorizer(hinted, threads=1)
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([12] * 4, 64, 96), sound=False)
    out, work = tmp_path / "out.mkv", tmp_path / "out.mkv.rehue-work"
    shots = ShotList(tuple(Shot(n * 500) for n in range(4)))

    def colored(*hints):
        options = FilmOptions("ffv1", overwrite=True, keep_work=True, shots=shots, hints=hints)
        colorize_film(reel, out, colorizer, options=options)
        return {p.name for p in work.glob("*.packets")}

    first, second = colored(), colored(FilmHint(700, Hint(40, 30, "red")))
    assert len(first) == len(second) == 4
    # Its own, and the next: it may lie behind the last frame of its own.
    assert len(first & second) == 2
    assert len(colored(FilmHint(700, Hint(40, 30, "navy"))) & second) == 2


def test_another_photograph_of_the_same_name_is_a_change_of_its_shot(tmp_path):
    photo, path = tmp_path / "photo.png", tmp_path / "shots.json"
    rows = [{"start": 0}, {"start": 1, "reference": "photo.png"}, {"start": 2, "like": 2}]
    path.write_text(json.dumps({"shots": rows}))
    found = []
    for color in ("red", "navy", "red"):
        Image.new("RGB", (32, 32), color).save(photo)
        shots = read_shots(path)
        found.append([shots.identity(number) for number in range(3)])
    assert found[0] == found[2]
    assert [a == b for a, b in zip(found[0], found[1], strict=True)] == [True, False, False]


def test_a_part_of_a_film(draw, tiny, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([72], 64, 96), subtitles=True)
    out = tmp_path / "out.mkv"
    colorize_film(reel, out, tiny, options=FilmOptions("ffv1", start=1.0, end=2.0))
    frames, times = draw.lumas(out)
    whole, _ = draw.lumas(reel)
    assert len(frames) == 24
    assert times[0] == 0
    assert all((a == b).all() for a, b in zip(frames, whole[24:48], strict=True))
    sound = [float(t) for _, t in draw.packets(out, "audio")]
    assert -0.03 < sound[0] < 0.03
    assert sound[-1] < 1
    assert [content for content, _ in draw.packets(out, "subtitle")] == [b"line 1"]
