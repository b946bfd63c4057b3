"""Shots coloured side by side: by processes here, and by a Ray cluster on this machine."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rehue.errors import FilmError, install_line
from rehue.film import FilmOptions, Shot, ShotList, colorize_film


@pytest.fixture
def address(monkeypatch):
    """Of a Ray cluster of one node with two processors."""
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2})
    cluster.wait_for_nodes()
    yield cluster.address
    cluster.shutdown()


@pytest.fixture
def reel(draw, tmp_path):
    """Three shots, with sound."""
    return draw.write_reel(tmp_path / "reel.mkv", draw.moving([30, 17, 25], 64, 96, grain=3))


@pytest.mark.long
@pytest.mark.parametrize("codec", ["ffv1", "h264"])
def test_workers_give_byte_for_byte_what_one_process_gives(reel, tiny, tiny_model, tmp_path, codec):
    one, many = tmp_path / "one.mkv", tmp_path / "many.mkv"
    options = FilmOptions(codec=codec)
    colorize_film(reel, one, tiny, options=options)
    model = {"model": tiny_model, "threads": 1}
    colorize_film(reel, many, tiny, options=options, workers=2, model=model)
    assert one.read_bytes() == many.read_bytes()


# A run that dies with all its workers when the first shot is done.
DYING = """
import os, signal, sys
import rehue.film.run as run
from rehue.cli import main

def dying(*arguments, color_shots=run.color_shots):
    for done in color_shots(*arguments):
        os.killpg(0, signal.SIGKILL)

if __name__ == "__main__":
    if "die" in sys.argv:
        sys.argv.remove("die")
        run.color_shots = dying
    main()
"""


@pytest.mark.long
def test_a_killed_run_of_workers_goes_on_and_gives_what_one_run_gives(
    reel, tiny, tiny_model, tmp_path
):
    one, many = tmp_path / "one.mkv", tmp_path / "many.mkv"
    colorize_film(reel, one, tiny, options=FilmOptions())
    (tmp_path / "dying.py").write_text(DYING, "ascii")
    arguments = ["colorize", str(reel), "-o", str(many), "--model", str(tiny_model)]
    arguments = [str(tmp_path / "dying.py"), *arguments, "--threads", "1", "--workers", "2"]
    ends = []
    for more in (["die"], []):
        command = [sys.executable, *arguments, "--quiet", *more]
        ends.append(subprocess.run(command, check=False, start_new_session=True).returncode)
        assert many.exists() == (not more)
    assert ends == [-signal.SIGKILL, 0]
    assert many.read_bytes() == one.read_bytes()
    assert not (tmp_path / "many.mkv.rehue-work").exists()


@pytest.mark.long
def test_a_cluster_gives_byte_for_byte_what_one_process_gives(
    reel, tiny, tiny_model, tmp_path, address
):
    one, many = tmp_path / "one.mkv", tmp_path / "many.mkv"
    colorize_film(reel, one, tiny)
    model = {"model": tiny_model, "threads": 1}
    followed, said = [], []
    frames = colorize_film(
        reel,
        many,
        tiny,
        cluster=address,
        model=model,
        follow=lambda far: followed.append(far.frames),
        tell=said.append,
    )
    assert frames == followed[-1] == 72
    assert said == []
    assert one.read_bytes() == many.read_bytes()


@pytest.mark.long
def test_paths_of_a_cluster_are_those_of_the_command(
    reel, tiny, tiny_model, tmp_path, address, monkeypatch
):
    """Its workers are in folders of their own."""
    monkeypatch.chdir(tmp_path)
    model = {"model": Path(os.path.relpath(tiny_model)), "threads": 1}
    frames = colorize_film(Path(reel.name), Path("out.mkv"), tiny, cluster=address, model=model)
    assert frames == 72
    colorize_film(reel, tmp_path / "one.mkv", tiny)
    assert (tmp_path / "out.mkv").read_bytes() == (tmp_path / "one.mkv").read_bytes()


@pytest.mark.long
def test_a_cluster_of_machines_that_are_too_small_is_one_line(
    reel, tiny, tiny_model, tmp_path, address
):
    model = {"model": tiny_model, "threads": 3}
    with pytest.raises(FilmError, match=r"takes 3 processors, .* more than 2: name fewer"):
        colorize_film(reel, tmp_path / "out.mkv", tiny, cluster=address, model=model)


@pytest.fixture
def torn(draw, tmp_path):
    """A film whose picture changes its size midway."""
    parts = [
        draw.write_reel(
            tmp_path / f"{n}.h264", draw.moving([12], *size), codec="libx264", sound=False
        )
        for n, size in enumerate([(64, 96), (96, 64)])
    ]
    path = tmp_path / "torn.h264"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


@pytest.mark.long
@pytest.mark.parametrize("how", [{"workers": 2}, {"cluster": True}])
def test_what_fails_in_a_worker_is_one_line(request, torn, tiny, tiny_model, tmp_path, how):
    if "cluster" in how:
        how = {"cluster": request.getfixturevalue("address")}
    shots = ShotList((Shot(0), Shot(240)))
    with pytest.raises(FilmError, match="changes from 96 x 64 to 64 x 96") as raised:
        colorize_film(
            torn,
            tmp_path / "out.mkv",
            tiny,
            options=FilmOptions(shots=shots),
            model={"model": tiny_model, "threads": 1},
            **how,
        )
    assert len(str(raised.value).splitlines()) == 1


class Deadly:
    """What ends the process that unpacks it."""

    def __reduce__(self):
        return os._exit, (1,)


@pytest.mark.long
def test_a_worker_that_dies_is_one_line(reel, tiny, tmp_path):
    with pytest.raises(FilmError, match="a worker died"):
        colorize_film(reel, tmp_path / "out.mkv", tiny, workers=2, model={"model": Deadly()})


def test_a_cluster_that_is_none_is_one_line(reel, tiny, tmp_path, monkeypatch):
    pytest.importorskip("ray")
    out = tmp_path / "out.mkv"
    with pytest.raises(FilmError, match="no Ray cluster at ray://nowhere:1"):
        colorize_film(reel, out, tiny, cluster="ray://nowhere:1", model={})
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(FilmError) as raised:
        colorize_film(reel, out, tiny, cluster="auto", model={})
    assert install_line("cluster") in str(raised.value)
