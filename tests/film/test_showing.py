"""Previews and sheets: they show what the film will be, with all that is wished of it."""

import json

import av
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from rehue.cli import app
from rehue.errors import FilmError
from rehue.film import FilmOptions, Shot, ShotList, probe, write_preview, write_sheet
from rehue.wishes import Coloring


def rehue(*arguments, code=0):
    run = CliRunner().invoke(app, [str(a) for a in arguments])
    assert run.exit_code == code, (run.output, run.exception)
    return run


def pictures(path):
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def strength(picture):
    return np.ptp(picture.astype(int), axis=-1).mean()


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ((64, 95), "yuv444p"),
        ((63, 96), "yuv444p"),
        ((63, 95), "gray"),
        ((62, 94), "yuv420p"),
        ((64, 98), "yuv411p"),
        ((64, 96), "gray16le"),
        ((64, 96), "yuv420p16le"),
        ((65, 97), "gray14le"),
        ((64, 96), "gray12le"),
    ],
)
def test_a_preview_of_every_size_and_depth(draw, tiny, tmp_path, size, pixels):
    frames = draw.moving([12], *size)
    reel = draw.write_reel(tmp_path / "reel.mkv", frames, pixels=pixels, sound=False)
    out = tmp_path / "out.mp4"
    assert write_preview(probe(reel), out, 0.25, tiny, Coloring()) == 5
    before, after = np.split(pictures(out)[2], 2, axis=1)
    assert before.shape[0] in (size[0], size[0] - 1)
    assert before.shape[1] in range(size[1] - 3, size[1] + 1)
    assert strength(before) < 4 < strength(after)
    light = [half.astype(float).mean() for half in (before, after)]
    assert light[0] == pytest.approx(light[1], abs=12)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_preview_of_a_turned_film_is_upright_and_side_by_side(draw, tiny, tmp_path, turn):
    slope = np.add.outer(np.linspace(0, 60, 64), np.linspace(20, 180, 96))
    reel = draw.write_reel(
        tmp_path / "reel.mp4", [slope] * 8, codec="libx264", turn=turn, sound=False
    )
    out = tmp_path / "out.mp4"
    write_preview(probe(reel), out, 0.2, tiny, Coloring())
    with av.open(str(out)) as film, av.open(str(reel)) as source:
        made, own = next(film.decode(video=0)), next(source.decode(video=0))
        assert made.rotation == own.rotation
        upright = np.rot90(made.to_ndarray(format="rgb24"), round(made.rotation / 90))
        seen = np.rot90(own.to_ndarray(format="rgb24"), round(own.rotation / 90))
    before, after = np.split(upright, 2, axis=1)
    assert before.shape == seen.shape
    assert strength(before) < 4 < strength(after)
    # The same way up as the film, not only of its shape.
    alike = [np.abs(before.astype(int) - np.rot90(seen, k)).mean() for k in (0, 2)]
    assert alike[0] < 8
    assert alike[1] > 40


@pytest.fixture
def reel(draw, tmp_path):
    """Three shots of a second each."""
    return draw.write_reel(tmp_path / "reel.mkv", draw.moving([24, 24, 24], 64, 96))


def test_a_preview_heeds_part_and_shots(draw, tiny, reel, tmp_path):
    film, out = probe(reel), tmp_path / "out.mkv"
    shots = ShotList((Shot(0), Shot(1000, wishes={"saturation": 0.0}), Shot(2000)))
    options = FilmOptions("ffv1", shots=shots)
    assert write_preview(film, out, 0.75, tiny, Coloring(), options) == 18
    shown = [strength(np.split(p, 2, axis=1)[1]) for p in pictures(out)]
    # A piece of each shot, from its midst.
    assert max(shown[6:12]) < 2 < min(shown[:6] + shown[12:])
    part = FilmOptions("ffv1", shots=shots, start=1.1, end=1.9)
    count = write_preview(film, out, 0.5, tiny, Coloring(), part)
    assert count == 12
    assert max(strength(np.split(p, 2, axis=1)[1]) for p in pictures(out)) < 2
    lumas = {luma.tobytes() for luma in draw.lumas(reel)[0][26:46]}
    assert all(luma[:, :96].tobytes() in lumas for luma in draw.lumas(out)[0])
    with pytest.raises(FilmError, match="has no frames from 9 s"):
        write_preview(film, tmp_path / "no.mkv", 0.5, tiny, Coloring(), FilmOptions(start=9.0))


def test_a_sheet_heeds_part_and_shots(tiny, reel, tmp_path):
    film, out = probe(reel), tmp_path / "out.png"
    assert write_sheet(film, out, tiny, Coloring()) == 3
    assert write_sheet(film, out, tiny, Coloring(), FilmOptions(start=1.2)) == 2
    shots = ShotList((Shot(0), Shot(1000, wishes={"saturation": 0.0}), Shot(2000), Shot(2500)))
    assert write_sheet(film, out, tiny, Coloring(), FilmOptions(shots=shots)) == 4
    with Image.open(out) as sheet:
        tiles = np.split(np.asarray(sheet)[:200], 4, axis=1)
    assert [strength(tile) > 2 for tile in tiles] == [True, False, True, True]
    assert write_sheet(film, out, tiny, Coloring(), FilmOptions(shots=shots, end=2.2)) == 3


def test_fields_are_parted_where_wished(draw, tiny, tmp_path):
    one, other = (list(draw.moving([24], 64, 96))[n::2] for n in (0, 1))
    woven = [frame.copy() for frame in one]
    for frame, second in zip(woven, other, strict=True):
        frame[1::2] = second[1::2]
    reel = draw.write_reel(tmp_path / "reel.mkv", woven, sound=False)
    combs = []
    for wished in (False, True):
        options = FilmOptions("ffv1", deinterlace=wished)
        write_preview(probe(reel), tmp_path / "out.mkv", 0.5, tiny, Coloring(), options)
        rows = np.array(draw.lumas(tmp_path / "out.mkv")[0], int)
        combs.append(np.abs(rows[:, 1:-1] * 2 - rows[:, :-2] - rows[:, 2:]).mean())
    assert combs[1] < 0.9 * combs[0]


def test_the_command_hands_on_what_is_wished(tiny_model, reel, tmp_path):
    out = tmp_path / "out.mkv"
    shots = tmp_path / "shots.json"
    rows = [{"start": 0}, {"start": 1}, {"start": 2, "saturation": 0}]
    shots.write_text(json.dumps({"shots": rows}))
    wished = ("--from", "2", "--shots", shots, "--model", tiny_model)
    rehue("colorize", reel, "--preview", "0.5", "--codec", "ffv1", "-o", out, *wished)
    with av.open(str(out)) as film:
        assert film.streams.video[0].codec_context.name == "ffv1"
    assert max(strength(picture) for picture in pictures(out)) < 2
    said = rehue("colorize", reel, "--sheet", "-o", tmp_path / "sheet.png", *wished)
    assert "1 shots" in said.output
    hints = tmp_path / "hints.json"
    hints.write_text(json.dumps([{"time": 0, "x": 3, "y": 4, "color": "red"}]))
    for how in (("--preview", "1"), ("--sheet",)):
        run = rehue(
            *("colorize", reel, *how, "--hints", hints, "--model", tiny_model, "--overwrite"),
            code=1,
        )
        assert "was not trained with hints" in str(run.exception)


def test_the_film_itself_is_not_replaced(draw, tiny_model, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mp4", draw.moving([6], 64, 96), codec="libx264")
    before = reel.read_bytes()
    run = rehue(
        *("colorize", reel, "--preview", "1", "-o", reel, "--overwrite", "--model", tiny_model),
        code=1,
    )
    assert "is the film itself" in str(run.exception)
    assert reel.read_bytes() == before


NO_EFFECT = [
    (("--layer",), "films"),
    (("--compare",), "films"),
    (("--visible-mark",), "films"),
    (("--c2pa", "chain.pem", "key.pem"), "films"),
    (("--keep-times",), "films"),
    (("--timestamp",), "films"),
    (("--format", "png"), "films"),
    (("--bit-depth", "16"), "films"),
    (("--lightness", "exact"), "films"),
    (("--max-pixels", "10"), "films"),
    (("--time-limit", "10"), "films"),
    (("--alternatives", "2"), "films"),
    (("--confidence", "sure.png"), "films"),
    (("--refresh",), "films"),
    (("--prints", "none"), "films"),
    (("--tones", "10-90"), "films"),
    (("--upright", "90"), "films"),
    (("--turn",), "films"),
    (("--negative",), "films"),
    (("--input-gamma", "1.8"), "films"),
    (("--raw", "4x4:gray"), "films that are files"),
    (("--preview", "1", "--keep-work"), "previews and sheets"),
    (("--preview", "1", "--workers", "2"), "previews and sheets"),
    (("--sheet", "--cluster", "auto"), "previews and sheets"),
    (("--sheet", "--codec", "h264"), "sheets"),
    (("--sheet", "--quality", "90"), "sheets"),
    (("--sheet", "--preview", "1"), "sheets"),
]


@pytest.mark.parametrize(("options", "what"), NO_EFFECT)
def test_what_has_no_effect_on_films_is_refused(tiny_model, reel, tmp_path, options, what):
    before = sorted(tmp_path.iterdir())
    said = rehue("colorize", reel, *options, "--model", tiny_model, code=2)
    assert f"has no effect on {what}: leave it out" in said.output
    assert sorted(tmp_path.iterdir()) == before


PIPED = [
    *(("--shots", "a.json"), ("--hints", "a.json"), ("--from", "1"), ("--to", "2"), ("--sheet",)),
    *(("--deinterlace",), ("--preview", "1"), ("--keep-work",), ("--workers", "2"), ("--layer",)),
    *(("--codec", "ffv1"), ("--quality", "90")),
]


@pytest.mark.parametrize("options", PIPED)
def test_what_has_no_effect_on_a_pipe_is_refused(tiny_model, options):
    wished = ("--raw", "4x4:gray", "--model", tiny_model, *options)
    said = rehue("colorize", "-", *wished, code=2)
    assert "has no effect on a film that comes through a pipe" in " ".join(said.output.split())


def test_films_go_where_they_can(tiny_model, reel, tmp_path):
    out = tmp_path / "out.mkv"
    said = rehue(*("colorize", "-", "--raw", "4x4:gray", "-o", out, "--model", tiny_model), code=2)
    assert "goes out through one, not into" in said.output
    assert not out.exists()
    said = rehue("colorize", reel, "-o", "-", "--model", tiny_model, code=2)
    assert "a film that is a file goes into a file" in said.output
