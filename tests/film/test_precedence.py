"""However a film is encoded, the rest of the machine goes on."""

import os
import sys
from pathlib import Path

import pytest

from rehue.film import FilmOptions, colorize_film, probe
from rehue.film.encoding import CODECS
from rehue.film.preview import write_preview
from rehue.film.wishes import Coloring

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for its threads")


def schedulings() -> set[int]:
    """Return the scheduling policies of this process's threads."""
    return {os.sched_getscheduler(int(t.name)) for t in Path("/proc/self/task").iterdir()}


@pytest.mark.parametrize("codec", CODECS)
def test_no_thread_is_put_before_others(draw, tiny, tmp_path, codec):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([6], 64, 96))
    seen = []
    colorize_film(
        reel,
        tmp_path / "out.mkv",
        tiny,
        options=FilmOptions(codec=codec),
        follow=lambda _: seen.append(schedulings()),
    )
    assert len(seen) >= 6
    assert set().union(*seen, schedulings()) == {os.SCHED_OTHER}


def test_nor_by_a_preview(draw, tiny, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([6], 64, 96))
    options = FilmOptions(codec="av1")
    write_preview(probe(reel), tmp_path / "strip.mp4", 0.2, tiny, Coloring(), options)
    assert schedulings() == {os.SCHED_OTHER}
