"""Runs as a whole: order, and what befalls files, names and disks meanwhile."""

import os
import sys
from concurrent.futures import Future
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest

from rehue.batch import Outcome, Settings, Setup, Status, make_plan, open_run
from rehue.batch.cluster import ClusterError
from rehue.batch.crew import Crew
from rehue.batch.journal import Journal, JournalError
from rehue.batch.run import run
from rehue.errors import ModelError


def statuses(outcomes):
    return [outcome.status for outcome in outcomes]


class Backwards(Crew):
    """Ends jobs four at a time, the last first."""

    capacity = 4
    facts = None

    def __init__(self):
        self.at_work = []

    def submit(self, job):
        future = Future()
        self.at_work.append((future, Outcome(job, Status.COLORED)))
        if len(self.at_work) == self.capacity:
            while self.at_work:
                last, outcome = self.at_work.pop()
                last.set_result(outcome)
        return future

    def close(self):
        pass


def test_outcomes_come_in_the_order_of_the_plan(tmp_path):
    for number in range(12):
        (tmp_path / f"{number:02}.jpg").touch()
    (tmp_path / "empty").mkdir()
    plan = make_plan([str(tmp_path / "empty"), str(tmp_path)], str(tmp_path / "out"))
    outcomes = list(run(plan, Backwards()))
    assert outcomes[0].status is Status.FAILED
    assert [one.job.source.name for one in outcomes[1:]] == [f"{n:02}.jpg" for n in range(12)]


def test_a_dry_run_says_what_a_run_would_do_and_does_nothing(go, grey, color, tmp_path):
    grey("in/done.jpg")
    go("in", target="out")
    grey("in/new.jpg", part=50)
    color("in/color.png")
    grey("in/taken.jpg", part=30)
    (tmp_path / "out/taken.jpg").write_bytes(b"mine")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    told = go("in", target="out", dry_run=True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before
    done = go("in", target="out")
    would = {Status.PLANNED: Status.COLORED}
    assert [would.get(one.status, one.status) for one in told] == statuses(done)
    assert [one.reason for one in told] == [one.reason for one in done]
    assert statuses(told) == [Status.IN_COLOR, Status.DONE, Status.PLANNED, Status.FAILED]


def test_a_dry_run_does_not_make_folders_and_knows_which_cannot_be(go, grey, tmp_path):
    grey("a.jpg")
    (tmp_path / "file").touch()
    assert statuses(go("a.jpg", target="new/deep/b.jpg", dry_run=True)) == [Status.PLANNED]
    (refused,) = go("a.jpg", target="file/deep/b.jpg", dry_run=True)
    assert "cannot be made" in refused.reason
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jpg", "file"]


NAMES = ["two\nlines.jpg", " .jpg", "-o.jpg", "quote'\".jpg", "\u202eback.jpg", "\t.jpg", "ä.jpg"]
BYTES = [b"\xff\xfe.jpg", b"caf\xe9.jpg"]


def test_names_of_any_bytes_are_coloured_written_down_and_known(go, grey, tmp_path):
    plain = grey("plain.jpg").read_bytes()
    (tmp_path / "in").mkdir()
    names = set()
    for name in [*NAMES, *map(os.fsdecode, BYTES)]:
        try:
            (tmp_path / "in" / name).write_bytes(plain)
            names.add(name)
        except OSError:  # a disk that has only names of its own kind
            continue
    outcomes = go("in", target="out", journal=True)
    assert statuses(outcomes) == [Status.COLORED] * len(names)
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert made == names | {"rehue-journal.jsonl"}
    assert statuses(go("in", target="out", journal=True)) == [Status.DONE] * len(names)
    assert go.given == []


def test_links_that_lead_in_circles_end_in_a_line(go, grey, tmp_path):
    grey("in/a.jpg")
    try:
        (tmp_path / "in/loop").symlink_to(tmp_path / "in", target_is_directory=True)
        (tmp_path / "in/self.jpg").symlink_to("self.jpg")
    except OSError:  # Windows, without the right to make links
        pytest.skip("no links here")
    good, bad = go("in", target="out", journal=True)
    assert good.status is Status.COLORED
    assert "self.jpg cannot be read" in bad.reason


def test_a_source_that_vanishes_meanwhile_has_a_line(go, grey, colorizer, tmp_path):
    class Vanishing:
        def __getattr__(self, name):
            return getattr(colorizer, name)

        def colorize_photograph(self, *args, **kwargs):
            (tmp_path / "in/b.jpg").unlink(missing_ok=True)
            return colorizer.colorize_photograph(*args, **kwargs)

    for name in ("a", "b", "c"):
        grey(f"in/{name}.jpg")
    outcomes = go("in", target="out", journal=True, by=Vanishing())
    assert statuses(outcomes) == [Status.COLORED, Status.FAILED, Status.COLORED]
    assert "does not exist" in outcomes[1].reason


def test_names_that_are_one_without_case_give_two_results(go, grey, tmp_path):
    grey("in/A.jpg")
    grey("in/a.JPG", part=40)
    if len(list((tmp_path / "in").iterdir())) < 2:
        pytest.skip("case does not count here")
    go("in", target="out", journal=True)
    assert {path.name for path in (tmp_path / "out").glob("*.[jJ]*")} >= {"A.jpg", "a-2.JPG"}


@pytest.mark.skipif(sys.platform == "win32", reason="limits on files are POSIX's")
def test_a_result_that_does_not_fit_on_the_disk_is_a_failure(go, grey, tmp_path):
    import resource

    small, large = grey("in/small.jpg"), grey("in/large.tif")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (large.stat().st_size, hard))
    try:
        outcomes = go("in", target="out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert statuses(outcomes) == [Status.FAILED, Status.COLORED]
    assert "large.tif cannot be written (" in outcomes[0].reason
    assert [path.name for path in (tmp_path / "out").iterdir()] == [small.name]


def test_a_folder_that_may_only_be_read_is_said_before_any_work(go, grey, tmp_path):
    grey("in/a.jpg")
    if os.name == "posix" and os.geteuid() == 0:
        place = Path("/sys/rehue")  # rights do not bind this user, but these files do
    else:
        (tmp_path / "shut").mkdir(mode=0o555)
        place = tmp_path / "shut/out"
    with pytest.raises(JournalError, match="cannot be written") as caught:
        go("in", target=str(place), journal=True)
    assert "\n" not in str(caught.value)
    assert go.given == []


@pytest.fixture
def opened(tiny_model, tmp_path, monkeypatch):
    """Runs as the command line does; returns what it depended on, and the outcomes."""
    monkeypatch.chdir(tmp_path)

    def opening(*sources, target=None, threads=None, model=tiny_model, **options):
        setup = Setup(Settings(), model, threads=threads)
        with open_run(make_plan(sources, target), setup, **options) as going:
            return going.facts, list(going.outcomes)

    return opening


def test_one_photograph_stays_in_this_process(opened, grey, monkeypatch):
    monkeypatch.setattr("rehue.batch.run.Workers", None)
    monkeypatch.setattr("rehue.batch.run.available_processors", lambda: 3)
    grey("in/a.jpg")
    facts, outcomes = opened("in", target="out")
    assert statuses(outcomes) == [Status.COLORED]
    assert facts.runtime.endswith("cpu, 3 threads")


def test_a_stream_stays_in_this_process(opened, grey, monkeypatch):
    monkeypatch.setattr("rehue.batch.run.Workers", None)
    stream = SimpleNamespace(buffer=BytesIO(grey("a.jpg").read_bytes()))
    monkeypatch.setattr("sys.stdin", stream)
    assert statuses(opened("-", target="b.jpg", workers=2)[1]) == [Status.COLORED]
    with pytest.raises(ClusterError, match="not streams"):
        opened("-", target="c.jpg", cluster="auto")


def test_a_folder_without_photographs_needs_no_model(opened, tmp_path):
    (tmp_path / "in").mkdir()
    facts, (outcome,) = opened("in", target="out", model="none")
    assert facts is None
    assert "holds no photographs" in outcome.reason
    assert not (tmp_path / "out").exists()


def test_a_model_that_is_not_there_is_raised_and_nothing_is_made(opened, grey, tmp_path):
    grey("in/a.jpg")
    grey("in/b.jpg")
    with pytest.raises(ModelError, match="no model 'none'"):
        opened("in", target="out", model="none")
    assert not any(path.is_file() for path in tmp_path.glob("out/*"))


def test_what_is_written_is_said_to_be_done_by_a_later_run(opened, grey, tmp_path):
    grey("in/a.jpg")
    opened("in", target="out")
    with Journal(tmp_path / "out/rehue-journal.jsonl") as journal:
        assert not journal.was_stopped
    assert statuses(opened("in", target="out")[1]) == [Status.DONE]
