"""Runs that are killed at any moment go on by the same command, to the very same bytes."""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image
from skimage import data

pytestmark = pytest.mark.skipif(os.name != "posix", reason="nothing else kills like POSIX")
JOURNAL = "rehue-journal.jsonl"


@pytest.fixture
def album(tmp_path):
    """Writes so many different grey photographs into folders, and returns their root."""

    def write(count):
        for number in range(count):
            path = tmp_path / f"in/{number % 7}/{number:03}.{'jpg' if number % 3 else 'png'}"
            path.parent.mkdir(parents=True, exist_ok=True)
            seen = np.roll(data.camera(), 11 * number, axis=1)[100:196, 100:228]
            Image.fromarray(np.ascontiguousarray(seen)).save(path)
        return path.parents[1]

    return write


@pytest.fixture
def begin(tmp_path, tiny_model):
    """Begins a run of the command line."""

    def beginning(target, *options):
        command = [sys.executable, "-m", "rehue", "colorize", "in", "-o", target, "--quiet"]
        return subprocess.Popen(
            [*command, "--model", tiny_model, "--workers", "2", *options],
            cwd=tmp_path,
            start_new_session=True,
            stderr=subprocess.PIPE,
        )

    return beginning


def files(folder):
    """What there is, without the journal: names and bytes."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != JOURNAL
    }


def end(process):
    said = process.communicate()[1].decode()
    assert (process.returncode, said) == (0, "")


def kill(process, *, power):
    """Kill a run: its first process, which takes the others with it, or all at once."""
    os.killpg(process.pid, signal.SIGKILL) if power else process.kill()
    process.communicate()


def settled(target):
    journal = target / JOURNAL
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def check_whole(target, expected):
    """Every file that has its name has all of its bytes."""
    for name, content in files(target).items():
        if not name.name.endswith(".part"):
            assert content == expected[name]


@pytest.mark.parametrize("power", [False, True])
def test_a_run_that_was_killed_goes_on_to_the_same_bytes(album, begin, tmp_path, power):
    album(24)
    end(begin("whole"))
    expected = files(tmp_path / "whole")
    assert len(expected) == 24
    target = tmp_path / "out"
    for moment in (2, 11):
        process = begin("out")
        while settled(target) < moment and process.poll() is None:
            time.sleep(0.002)
        kill(process, power=power)
        check_whole(target, expected)
    done = {path: path.stat().st_mtime_ns for path in target.rglob("*.jpg")}
    end(begin("out"))
    assert files(target) == expected
    # What was whole is not done again, also where it was not yet written down.
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert (target / JOURNAL).read_bytes().count(b'"ended"') == 1


@pytest.mark.long
def test_fifty_moments_of_three_hundred_files(album, begin, tmp_path):
    album(300)
    end(begin("whole"))
    expected = files(tmp_path / "whole")
    assert len(expected) == 300
    target, dice = tmp_path / "out", random.Random(11)
    # Some come before the run that goes on has done anything.
    for moment in sorted(dice.choices(range(270), k=50)):
        process = begin("out")
        while settled(target) < moment and process.poll() is None:
            time.sleep(0.002)
        time.sleep(dice.uniform(0, 0.05))
        assert process.poll() is None
        kill(process, power=dice.random() < 0.5)
        check_whole(target, expected)
    end(begin("out"))
    assert files(target) == expected
