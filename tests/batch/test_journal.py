import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from rehue.batch import Status
from rehue.batch.journal import Journal, JournalError
from rehue.colorizer import Colorizer

JOURNAL = Path("out/rehue-journal.jsonl")


def statuses(outcomes):
    return [outcome.status for outcome in outcomes]


def lines():
    return [json.loads(line) for line in JOURNAL.read_bytes().splitlines()]


@pytest.fixture
def album(go, grey, color):
    """Two grey photographs and one in colour, and what colours them into `out`."""
    for part, name in enumerate(("in/a.jpg", "in/b.png")):
        grey(name, part=20 * part)
    color("in/c.png")

    def again(**wishes):
        return go("in", target="out", journal=True, **wishes)

    again.go = go
    return again


def test_what_is_settled_is_not_even_read_again(album, monkeypatch):
    first = album()
    assert statuses(first) == [Status.COLORED, Status.COLORED, Status.IN_COLOR]
    second = album()
    assert album.go.given == []
    assert statuses(second) == [Status.DONE, Status.DONE, Status.IN_COLOR]
    assert second[2].reason == first[2].reason
    assert [one.source for one in second] == [one.source for one in first]
    assert [one.target for one in second] == [one.target for one in first]
    # From another folder the same files have other names, and are the same.
    monkeypatch.chdir("in")
    assert statuses(album.go("../in", target="../out", journal=True)) == statuses(second)
    assert album.go.given == []


def test_a_line_tells_all_of_a_file(album):
    album()
    line = next(line for line in lines() if line.get("source", "").endswith("a.jpg"))
    assert line["source"] == str(Path.cwd() / "in/a.jpg")
    assert line["target"] == str(Path.cwd() / "out/a.jpg")
    for which in ("source", "target"):
        path = Path(line[which])
        assert line[f"{which}_sha256"] == sha256(path.read_bytes()).hexdigest()
        assert line[f"{which}_stat"][0] == path.stat().st_size
    assert line["model"] == "tiny"
    assert line["seconds"] > 0
    assert {"settings", "model_sha256", "runtime", "version", "written"} < set(line)
    assert lines()[-1]["counts"] == {"colored": 2, "in_color": 1}


def test_a_changed_source_is_noticed_though_its_size_and_time_are_the_same(album):
    album()
    path = Path("in/b.png")
    before = path.stat()
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    outcomes = album()
    assert album.go.given == ["b.png"]
    assert "earlier state of" in outcomes[1].reason
    assert statuses(album(overwrite=True))[1] is Status.COLORED


def test_other_settings_are_noticed_and_done_again_only_when_asked(album):
    album()
    outcomes = album(saturation=0.5)
    assert album.go.given == ["a.jpg", "b.png", "c.png"]
    assert outcomes[0].status is Status.KEPT
    assert "coloured before with other options (saturation=1, now 0.5)" in outcomes[0].reason
    # And is then known, too.
    assert album(saturation=0.5)[0].reason == outcomes[0].reason
    assert album.go.given == []
    assert statuses(album(saturation=0.5, overwrite=True))[:2] == [Status.COLORED] * 2
    assert album(recolor=True)[2].status is Status.COLORED


def test_a_result_that_is_gone_or_changed_is_noticed(album):
    album()
    Path("out/a.jpg").unlink()
    Path("out/b.png").write_bytes(b"mine")
    outcomes = album()
    assert statuses(outcomes) == [Status.COLORED, Status.FAILED, Status.IN_COLOR]
    assert "was not made by Rehue" in outcomes[1].reason
    assert album.go.given == ["a.jpg", "b.png"]
    # What failed is tried again.
    album()
    assert album.go.given == ["b.png"]


def test_without_the_journal_the_marks_tell(album):
    album()
    JOURNAL.unlink()
    assert statuses(album()) == [Status.DONE, Status.DONE, Status.IN_COLOR]
    assert album.go.given == ["a.jpg", "b.png", "c.png"]
    album()
    assert album.go.given == []


@pytest.mark.parametrize(
    "torn", [b'{"source": "', b'{"source": "x", "status"', b"\0" * 512, b"[1]"]
)
def test_a_torn_line_costs_that_line(album, torn):
    album()
    whole = JOURNAL.read_bytes().splitlines(keepends=True)[:2]
    JOURNAL.write_bytes(b"".join(whole) + torn)
    album()
    assert album.go.given == ["c.png"]
    after = JOURNAL.read_bytes().splitlines(keepends=True)
    assert after[:3] == [*whole, torn + b"\n"]
    album()
    assert album.go.given == []


def test_a_line_cut_anywhere_is_never_taken_for_another(album):
    album()
    whole = JOURNAL.read_bytes()
    end = whole.index(b"\n") + 1
    for cut in range(0, end, 37):
        JOURNAL.write_bytes(whole[:cut])
        with Journal(JOURNAL) as journal:
            assert not journal._lines


def test_an_overwriting_run_that_was_stopped_goes_on(album):
    album()
    album(overwrite=True, saturation=0.5)
    assert album.go.given == ["a.jpg", "b.png", "c.png"]
    # It had come to its end: the same is said anew.
    album(overwrite=True, saturation=0.5)
    assert album.go.given == ["a.jpg", "b.png", "c.png"]
    JOURNAL.write_bytes(b"".join(JOURNAL.read_bytes().splitlines(keepends=True)[:-2]))
    album(overwrite=True, saturation=0.5)
    assert album.go.given == ["c.png"]
    # Stopped, and then other settings: all again.
    JOURNAL.write_bytes(b"".join(JOURNAL.read_bytes().splitlines(keepends=True)[:-1]))
    album(overwrite=True, saturation=0.7)
    assert album.go.given == ["a.jpg", "b.png", "c.png"]


def test_only_a_run_that_was_stopped_has_its_leavings_removed(album):
    album()
    mine = Path("out/.rehue-0123456789ab.part")
    mine.touch()
    Path("out/a.jpg").unlink()
    album()
    assert mine.exists()
    JOURNAL.write_bytes(b"".join(JOURNAL.read_bytes().splitlines(keepends=True)[:-1]))
    Path("out/a.jpg").unlink()
    album()
    assert not mine.exists()


def test_two_runs_into_one_folder(album):
    with Journal(JOURNAL), pytest.raises(JournalError, match="another run is at work in out"):
        album()
    assert not Path("out/a.jpg").exists()
    assert statuses(album())[0] is Status.COLORED


def test_a_lock_ends_with_its_process(album):
    holds = f"""
from pathlib import Path
from rehue.batch.journal import Journal
journal = Journal(Path({str(JOURNAL)!r}))
print("held", flush=True)
input()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout.readline().strip() == b"held"
        with pytest.raises(JournalError, match="another run"):
            Journal(JOURNAL)
        process.kill()
    Journal(JOURNAL).__exit__()


@pytest.mark.skipif(sys.platform == "win32", reason="limits on files are POSIX's")
def test_a_full_disk_stops_the_run_in_one_line_and_it_goes_on_after(album):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    Path("out").mkdir()
    for limit in (100, 0):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(JournalError, match="cannot be written") as caught:
                album()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert "\n" not in str(caught.value)
    assert statuses(album()) == [Status.COLORED, Status.COLORED, Status.IN_COLOR]
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "a.jpg",
        "b.png",
        "rehue-journal.jsonl",
    ]


def test_each_alternative_has_a_line_of_its_own(go, grey):
    grey("in/a.jpg")
    wishes = {"target": "out", "journal": True, "by": Colorizer(threads=1)}
    first = go("in", alternatives=3, **wishes)
    assert statuses(first) == [Status.COLORED] * 3
    assert [outcome.job.target.name for outcome in first] == [
        "a.jpg",
        "a.rehue-2.jpg",
        "a.rehue-3.jpg",
    ]
    assert len({outcome.job.target.read_bytes() for outcome in first}) == 3
    again = go("in", alternatives=3, **wishes)
    assert (statuses(again), go.given) == ([Status.DONE] * 3, [])
    first[1].job.target.unlink()
    assert statuses(go("in", alternatives=3, **wishes)) == [
        Status.DONE,
        Status.COLORED,
        Status.DONE,
    ]
    assert len(go.given) == 1
