"""Processes that colour; photographs that hang or kill them are pipes, whose writer is the test."""

import multiprocessing
import os
import signal

import pytest

from rehue.batch import Job, Settings, Setup, Status
from rehue.batch.crew import Alone
from rehue.batch.workers import Workers
from rehue.errors import ModelError

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only POSIX has pipes with names")


@pytest.fixture
def setup(tiny_model, tmp_path):
    return Setup(Settings(), tiny_model, threads=1, folder=str(tmp_path))


@pytest.fixture
def hanging(tmp_path):
    """A photograph that is never there to its end."""
    path = tmp_path / "hanging.jpg"
    os.mkfifo(path)
    return path


def job(path):
    return Job(path, path.with_name(f"{path.stem}.rehue.png"))


def test_a_photograph_that_hangs_or_kills_fails_and_the_others_are_coloured(setup, grey, hanging):
    good, other = job(grey("good.png")), job(grey("other.png", part=40))
    with Workers(setup, 1, time_limit=60) as workers:
        first = workers.submit(good)
        killing = workers.submit(job(hanging))
        last = workers.submit(other)
        with hanging.open("wb"):  # goes on when the process has begun to read
            (process,) = multiprocessing.active_children()
            os.kill(process.pid, signal.SIGSEGV)
            killed = killing.result()
        assert first.result().status is last.result().status is Status.COLORED
    assert killed.status is Status.FAILED
    assert killed.reason.endswith("ended its process (SIGSEGV): save it again with an image editor")
    assert "hanging.jpg" in killed.reason
    assert killed.job == job(hanging)

    # The bytes are those that this process makes.
    made = other.target.read_bytes()
    other.target.unlink()
    Alone(setup).submit(other)
    assert other.target.read_bytes() == made


def test_a_photograph_that_takes_too_long_is_given_up(setup, grey, hanging, tmp_path):
    # What a process was writing goes with it.
    part = tmp_path / ".rehue-0123456789ab.part"
    part.touch()
    with Workers(setup, 1, time_limit=0.2) as workers:
        (outcome,) = [workers.submit(job(hanging)).result()]
    assert outcome.status is Status.FAILED
    assert "took more than 0.2 s and was stopped: see --time-limit" in outcome.reason
    assert outcome.seconds >= 0.2
    assert not part.exists()
    assert multiprocessing.active_children() == []


def test_what_is_at_work_is_given_up_at_the_end(setup, hanging):
    with Workers(setup, 1, time_limit=600) as workers:
        workers.submit(job(hanging))
        writer = hanging.open("wb")  # goes on when the process has begun to read
        (process,) = multiprocessing.active_children()
    writer.close()
    assert not process.is_alive()


def test_a_process_that_cannot_start_says_why(setup):
    with pytest.raises(ModelError, match="no model 'none'"):
        Workers(Setup(model="none"), 2, time_limit=60, first=2)
    assert multiprocessing.active_children() == []


def test_threads_of_libraries_are_limited_in_processes_only(setup, monkeypatch):
    from rehue.batch.workers import _threads_of_libraries

    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    with _threads_of_libraries(2):
        assert os.environ["OMP_NUM_THREADS"] == "7"
        assert os.environ["OPENBLAS_NUM_THREADS"] == "2"
    assert "OPENBLAS_NUM_THREADS" not in os.environ
