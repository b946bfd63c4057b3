"""Folders: mirrored, nothing twice, nothing lost, and the others go on."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from rehue.batch.journal import Journal
from rehue.photo import read


@pytest.fixture
def album(put, grey, color):
    """A folder as people have them."""
    names = ["a.jpg", "a.tif", "a.bmp", "1931/a.jpg", "1931/summer/b.PNG", "1931/summer/c.webp"]
    for shift, name in enumerate(names):
        put(f"album/{name}", np.roll(grey, shift, axis=1))
    put("album/color.png", color)
    root = put("album/.thumbnails/a.jpg", grey).parents[1]
    (root / "notes.txt").write_text("from the attic")
    (root / "1931/broken.jpg").write_bytes((root / "a.jpg").read_bytes()[:3000])
    return root


JOURNAL = "rehue-journal.jsonl"


def tree(folder):
    found = (path for path in folder.rglob("*.*") if path.name != JOURNAL)
    return sorted(path.relative_to(folder).as_posix() for path in found)


def times(folder):
    return {name: (folder / name).stat().st_mtime_ns for name in tree(folder)}


def test_a_folder_is_mirrored_once(colorize, album):
    out = album.parent / "out"
    said = colorize("album", "-o", "out", "--compare", code=1).stderr.splitlines()
    results = [
        "1931/a.jpg",
        "1931/summer/b.PNG",
        "1931/summer/c.webp",
        "a.bmp.png",
        "a.jpg",
        "a.tif",
    ]
    assert [name for name in tree(out) if "compare" not in name] == results
    assert len(tree(out)) == 2 * len(results)
    assert "results: out" in said[0]
    assert any("color.png is already in colour and is left alone" in line for line in said)
    broken = next(line for line in said if "broken.jpg" in line)
    assert broken.endswith("copy or download it again")
    assert "6 coloured, 1 already in colour, 1 failed, 1 other file left out (0:" in said[-1]
    assert len(said) == 4

    before = times(out)
    said = colorize("album", "-o", "out", "--compare", code=1).stderr
    assert "0 coloured, 6 done before, 1 already in colour, 1 failed" in said
    assert times(out) == before

    (album / "1931/broken.jpg").unlink()
    said = colorize("album", "-o", "out", "--overwrite", "--saturation", "1.5").stderr
    assert "6 coloured, 1 already in colour" in said
    assert "saturation=1.5" in read(out / "a.tif").mark.settings


def test_beside_the_originals_results_are_never_inputs(colorize, album):
    (album / "1931/broken.jpg").unlink()
    before = {path: path.read_bytes() for path in album.rglob("*.*") if path.is_file()}
    colorize("album")
    assert "a.bmp.rehue.png" in tree(album)
    assert "1931/summer/b.rehue.PNG" in tree(album)
    said = colorize("album", "--overwrite", "--recolor").stderr
    assert "7 coloured, 6 made by Rehue, 1 other file left out" in said
    assert not [name for name in tree(album) if "rehue.rehue" in name]
    assert before.items() <= {p: p.read_bytes() for p in before}.items()
    said = colorize("album/a.rehue.jpg", "album/a.jpg").stderr
    assert "a.rehue.jpg was coloured by Rehue (model tiny) and is left alone" in said


def test_several_sources_share_a_folder(colorize, put, grey):
    for number, name in enumerate(("x/a.jpg", "y/a.jpg", "z/a.jpg")):
        root = put(name, np.roll(grey, 9 * number, axis=1)).parents[1]
    colorize("x/a.jpg", "y/a.jpg", "-o", "out")
    # Another photograph of that name is not taken for done, nor does it replace the first.
    assert "made from another photograph" in colorize("z/a.jpg", "-o", "out", code=1).stderr
    sources = [read(root / name).sha256 for name in ("x/a.jpg", "y/a.jpg")]
    marks = [read(root / "out" / name).mark for name in ("a.jpg", "a-2.jpg")]
    assert [mark.source_sha256 for mark in marks] == sources
    colorize("x", "y", "-o", "both")
    assert tree(root / "both") == ["x/a.jpg", "y/a.jpg"]


def test_a_folder_without_photographs(colorize, tmp_path):
    (tmp_path / "empty").mkdir()
    done = colorize("empty", "-o", "out", code=1)
    assert done.stderr.splitlines()[0] == (
        "rehue: empty holds no photographs (JPEG, PNG, TIFF, WebP, JPEG 2000, JPEG XL, AVIF, "
        "HEIC, BMP or GIF) and no films: name another folder"
    )
    assert not (tmp_path / "out").exists()


def test_a_report_has_a_row_for_each_photograph(colorize, album):
    colorize("album", "-o", "out", "--report", "rows.csv", code=1)
    colorize("album", "-o", "out", "--report", "rows.jsonl", code=1)
    with (album.parent / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (album.parent / "rows.jsonl").open(encoding="utf-8")]
    assert [row["source"] for row in rows] == [line["source"] for line in lines]
    assert len(rows) == 8
    # The second run did nothing, and knows all the same.
    for row, line in zip(rows, lines, strict=True):
        assert line["status"] == {"colored": "done"}.get(row["status"], row["status"])
        assert (line["reason"] or "") == row["reason"]
        assert (line["target_sha256"] or "") == row["target_sha256"]
    journal = [json.loads(line) for line in (album.parent / "out" / JOURNAL).open("rb")]
    written = {line["source"]: line for line in journal if "source" in line}
    assert written.keys() == {row["source"] for row in rows}
    assert all(written[row["source"]]["settings"] == row["settings"] for row in rows)


def test_a_dry_run_says_what_would_be_done(colorize, album):
    said = colorize("album", "-o", "out", "--dry-run", "--report", "r.csv", code=1).stderr
    assert f"rehue: {Path('album/a.bmp')} would become {Path('out/a.bmp.png')}\n" in said
    assert "color.png is already in colour and is left alone" in said
    assert "rehue: 6 to be coloured, 1 already in colour, 1 failed, 1 other file" in said
    assert not (album.parent / "out").exists()
    assert (album.parent / "r.csv").exists()


def test_two_runs_into_one_folder(colorize, album):
    with Journal(album.parent / "out" / JOURNAL):
        said = colorize("album", "-o", "out", code=1).stderr
    assert said == (
        f"rehue: another run is at work in out and holds {JOURNAL}: wait for it, or name another "
        "folder\n"
    )
    assert tree(album.parent / "out") == []
