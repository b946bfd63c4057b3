"""What a terminal shows while files and films are coloured."""

import io
import sys
import time

import pytest

from rehue.batch import Job, Outcome, Status
from rehue.cli.board import Board
from rehue.film import Progress


class Terminal(io.StringIO):
    """Keeps what it is to show."""

    def isatty(self):
        return True


def test_a_film_has_a_bar_until_it_is_done(monkeypatch, tmp_path):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    reel, photo = (Job(tmp_path / name, tmp_path / f"out-{name}") for name in ("reel.mkv", "a.jpg"))

    def at_work():
        yield Outcome(photo, Status.COLORED)
        board.follow(str(reel.source), Progress(12, 30, 8.0))
        board.follow(str(reel.source), Progress(18, None, 8.0))
        yield Outcome(reel, Status.COLORED)

    board = Board(lambda: 2)
    with board.showing() as tell:
        outcomes = board.files(at_work())
        assert next(outcomes).job == photo
        assert next(outcomes).job == reel
        tell("a line")
        deadline = time.monotonic() + 60
        while "18/? frames, 8.0 a second" not in terminal.getvalue():  # drawn ten times a second
            assert time.monotonic() < deadline
            time.sleep(0.01)
        at_its_film = terminal.getvalue()
        assert next(outcomes, None) is None
        terminal.truncate(0)
    assert "reel.mkv" in at_its_film
    assert "a line\n" in at_its_film
    assert "reel.mkv" not in terminal.getvalue()
    assert "2/2" in terminal.getvalue()


@pytest.mark.parametrize("quiet", [True, False])
def test_without_a_terminal_lines_are_all(capsys, quiet):
    board = Board(lambda: 2, quiet=quiet)
    with board.showing() as tell:
        board.follow("reel.mkv", Progress(1, 2, 3.0))
        tell("a line")
    assert capsys.readouterr().err == "a line\n"
