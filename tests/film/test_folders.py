"""Films in folders, beside photographs: the same plan, journal and report."""

import csv
import json

import av
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from rehue.batch import Settings, Setup, Status, make_plan, open_run
from rehue.cli import app


@pytest.fixture
def mixed(draw, tmp_path):
    """A folder with a photograph, films, one in colour, a damaged one, and other files."""
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    Image.effect_noise((80, 60), 90).save(folder / "photo.png")
    draw.write_reel(folder / "reel.mkv", draw.moving([6], 64, 96))
    draw.write_reel(folder / "sub" / "old.avi", draw.moving([6], 64, 96), codec="mpeg4")
    colored(folder / "color.mp4")
    (folder / "bad.mov").write_bytes(b"no film")
    (folder / "notes.txt").write_text("words")
    (folder / "code.ts").write_text("TypeScript has a film's ending")
    return folder


def colored(path, count=8):
    """Write a film of coloured noise."""
    rng = np.random.default_rng(0)
    coarse = rng.uniform(0, 255, (6, 8, 3))
    picture = np.kron(coarse, np.ones((16, 16, 1))).astype(np.uint8)
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=24)
        stream.height, stream.width, stream.pix_fmt = 96, 128, "yuv420p"
        for _ in range(count):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            film.mux(stream.encode(frame.reformat(format="yuv420p")))
        film.mux(stream.encode(None))
    return path


def rehue(*arguments, code=0):
    run = CliRunner().invoke(app, [str(a) for a in arguments])
    assert run.exit_code == code, run.output
    return run


def test_a_mixed_folder_has_one_journal_and_one_report(mixed, tiny_model, tmp_path):
    out, report = tmp_path / "out", tmp_path / "report.csv"
    options = ("-o", out, "--model", tiny_model, "--workers", 1)
    rehue("colorize", mixed, *options, "--report", report, code=1)
    made = {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()}
    assert made == {"photo.png", "reel.mkv", "sub/old.avi.mkv", "rehue-journal.jsonl"}
    with report.open(newline="") as file:
        rows = {row["source"].rpartition("/")[2]: row for row in csv.DictReader(file)}
    assert {name: row["status"] for name, row in rows.items()} == {
        "photo.png": "colored",
        "reel.mkv": "colored",
        "old.avi": "colored",
        "color.mp4": "in_color",
        "bad.mov": "failed",
    }
    assert len(rows["reel.mkv"]["source_sha256"]) == len(rows["reel.mkv"]["target_sha256"]) == 64
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*.mkv")}
    again = rehue("colorize", mixed, *options, code=1)
    assert "3 done before" in again.output
    assert times == {path: path.stat().st_mtime_ns for path in out.rglob("*.mkv")}
    (out / "rehue-journal.jsonl").unlink()
    told_by_marks = rehue("colorize", mixed, *options, code=1)
    assert "3 done before" in told_by_marks.output
    otherwise = rehue("colorize", mixed, *options, "--saturation", 0.5, code=1)
    assert "with other options (saturation=1, now 0.5)" in otherwise.output
    anew = rehue("colorize", mixed, *options, "--saturation", 0.5, "--overwrite", code=1)
    assert "3 coloured" in anew.output


def test_results_beside_their_films_are_no_originals(draw, tiny_model, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    draw.write_reel(folder / "reel.mkv", draw.moving([4], 64, 96))
    for told in ("1 coloured", "1 done before, 1 made by Rehue"):
        said = rehue("colorize", folder, "--model", tiny_model, "--workers", 1, "--keep-work")
        assert told in said.output
    assert (folder / "reel.rehue.mkv.rehue-work").is_dir()


def test_a_film_beside_a_photograph_and_a_dry_run(mixed, tiny_model, tmp_path):
    out = tmp_path / "out"
    photo, reel = mixed / "photo.png", mixed / "reel.mkv"
    options = ("-o", f"{out}/", "--model", tiny_model, "--workers", 1)
    said = rehue("colorize", photo, reel, *options, "--dry-run", "--json").stdout
    rows = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert [row["status"] for row in rows] == ["planned", "planned"]
    assert not (out / "reel.mkv").exists()
    rehue("colorize", photo, reel, *options)
    assert (out / "reel.mkv").exists()
    assert (out / "photo.png").exists()


@pytest.mark.parametrize("option", [("--preview", "1s"), ("--sheet",), ("--from", "1")])
def test_what_is_for_one_film_is_refused_for_others(mixed, tiny_model, option):
    said = rehue("colorize", mixed, *option, "--model", tiny_model, code=2)
    assert "is for films named by themselves" in said.output


def test_a_film_in_colour_is_left_alone_unless_wished(tiny_model, tmp_path):
    film = colored(tmp_path / "color.mp4")
    said = rehue("colorize", film, "--model", tiny_model)
    assert "already in colour and is left alone; --recolor" in said.output
    assert not (tmp_path / "color.rehue.mp4").exists()
    rehue("colorize", film, "--model", tiny_model, "--recolor")
    assert (tmp_path / "color.rehue.mp4").exists()


def test_a_toned_film_is_coloured(draw, tiny_model, tmp_path):
    """Sepia is one colour for each tone, as on photographs."""
    path = tmp_path / "sepia.mkv"
    with av.open(str(path), "w") as film:
        stream = film.add_stream("ffv1", rate=24)
        stream.height, stream.width, stream.pix_fmt = 96, 160, "yuv444p"
        for grey in draw.moving([6]):
            tone = (grey / 255)[..., None]
            sepia = np.rint(255 * tone ** np.array([0.8, 1.0, 1.35])).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(sepia, format="rgb24")
            film.mux(stream.encode(frame.reformat(format="yuv444p")))
        film.mux(stream.encode(None))
    rehue("colorize", path, "--model", tiny_model)
    assert (tmp_path / "sepia.rehue.mkv").exists()


@pytest.mark.parametrize("workers", [None, 1])
def test_a_run_says_how_far_a_film_is(draw, tiny_model, tmp_path, workers):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([30], 64, 96))
    plan = make_plan([str(reel)], str(tmp_path / "out.mkv"))
    told = []
    setup = Setup(Settings(), tiny_model, threads=1)
    with open_run(
        plan, setup, workers=workers, follow=lambda job, far: told.append((job, far))
    ) as going:
        (outcome,) = going.outcomes
    assert outcome.status is Status.COLORED
    assert {job for job, _ in told} == {outcome.job}
    frames = [far.frames for _, far in told]
    assert frames == sorted(frames)
    assert frames[0] == 1
    assert frames[-1] <= 30 <= told[-1][1].total  # by its duration, which its sound stretches
    assert told[-1][1].per_second > 0
