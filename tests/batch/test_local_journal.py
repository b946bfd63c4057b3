"""A journal that is kept on this machine's disk until its run ends."""

import json
from pathlib import Path

import pytest

from rehue.batch import Status
from rehue.batch.journal import JournalError
from rehue.batch.local_journal import local_journal

JOURNAL = "rehue-journal.jsonl"


pytestmark = pytest.mark.usefixtures("state")


def test_it_moves_to_the_results_at_the_end(tmp_path, state):
    place = tmp_path / "out" / JOURNAL
    with local_journal(place, False) as journal:
        journal.end({Status.COLORED: 1})
        assert not place.exists()
    first = place.read_bytes()
    assert not list(state.rglob("*.jsonl"))
    # A run that is stopped leaves it here, and the next goes on with it.
    with pytest.raises(KeyboardInterrupt):
        stop_within(place)
    assert place.read_bytes() == first
    with local_journal(place, False) as journal:
        journal.end({Status.COLORED: 3})
    ended = [json.loads(line)["counts"] for line in place.read_bytes().splitlines()]
    assert ended == [{"colored": 1}, {"colored": 2}, {"colored": 3}]


def stop_within(place):
    with local_journal(place, False) as journal:
        journal.end({Status.COLORED: 2})
        raise KeyboardInterrupt


@pytest.mark.parametrize("place_of_death", [1, 2])
def test_a_run_that_dies_at_its_very_end_does_not_tell_its_lines_twice(
    tmp_path, monkeypatch, place_of_death
):
    place, whole, calls = tmp_path / "out" / JOURNAL, Path.unlink, []

    def dying(path, missing_ok=False):
        if path.suffix == ".jsonl" or "first" in path.name:
            calls.append(path)
            if len(calls) == place_of_death:
                raise KeyboardInterrupt
        whole(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", dying)
        with pytest.raises(KeyboardInterrupt), local_journal(place, False) as journal:
            journal.end({Status.COLORED: 1})
    with local_journal(place, False) as journal:
        journal.end({Status.COLORED: 2})
    ended = [json.loads(line)["counts"]["colored"] for line in place.read_bytes().splitlines()]
    assert ended == [1, 2]


def test_a_journal_that_cannot_be_copied_is_an_error_of_one_line(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(JournalError, match="cannot be copied") as caught,
        local_journal(tmp_path / "file" / JOURNAL, False) as journal,
    ):
        journal.end({Status.COLORED: 1})
    assert "\n" not in str(caught.value)


def test_lines_of_another_machine_stay(tmp_path, monkeypatch):
    place = tmp_path / "out" / JOURNAL

    def on_machine(name):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / name))

    on_machine("first")
    with local_journal(place, False) as journal:
        journal.end({Status.COLORED: 1})
    # The first is stopped; the second goes on, and ends; so does the first, later.
    with pytest.raises(KeyboardInterrupt):
        stop_within(place)
    on_machine("second")
    with local_journal(place, False) as journal:
        journal.end({Status.COLORED: 3})
    on_machine("first")
    with local_journal(place, False) as journal:
        # And a third writes meanwhile.
        on_machine("third")
        with local_journal(place, False) as other:
            other.end({Status.COLORED: 4})
        on_machine("first")
        journal.end({Status.COLORED: 5})
    ended = [json.loads(line)["counts"]["colored"] for line in place.read_bytes().splitlines()]
    assert ended == [1, 3, 4, 2, 5]


def test_two_runs_of_one_machine_do_not_share_it(tmp_path):
    place = tmp_path / "out" / JOURNAL
    with (
        local_journal(place, False),
        pytest.raises(JournalError, match="another run is at work on"),
        local_journal(place, False),
    ):
        pass


def test_a_run_that_wrote_nothing_leaves_nothing(tmp_path, state):
    with local_journal(tmp_path / "out" / JOURNAL, False):
        pass
    assert not (tmp_path / "out").exists()
    assert not list(state.rglob("*.jsonl"))
