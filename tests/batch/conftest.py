"""A colorizer with the tiny network, and photographs to give it."""

import socket
from concurrent.futures import Future

import numpy as np
import pytest
from PIL import Image
from skimage import data

from rehue.batch import Settings, Setup, make_plan
from rehue.batch.coloring import color as do
from rehue.batch.crew import Crew
from rehue.batch.journal import Journal
from rehue.batch.run import run
from rehue.colorizer import Colorizer
from rehue.photo import Output, OutputOptions, format_named
from rehue.wishes import Coloring, ColoringOptions


@pytest.fixture(scope="session")
def colorizer(tiny_model):
    return Colorizer(tiny_model, threads=1)


class Here(Crew):
    """This process, and what it was given to do."""

    def __init__(self, colorizer, settings, facts):
        self.colorizer, self.settings, self.facts = colorizer, settings, facts
        self.given = []

    def submit(self, job):
        self.given.append(job.source.name if job.source else "-")
        done = Future()
        done.set_result(do(job, self.colorizer, self.settings))
        return done

    def close(self):
        pass


@pytest.fixture
def go(colorizer, tmp_path, monkeypatch):
    """Plans and runs in this process; returns the outcomes. `go.given` is what was done anew."""
    monkeypatch.chdir(tmp_path)

    def going(
        *sources, target=None, compare=False, by=None, journal=False, alternatives=1, **wishes
    ):
        coloring = Coloring(
            **{k: wishes.pop(k) for k in ColoringOptions.__annotations__ if k in wishes}
        )
        output = Output(**{k: wishes.pop(k) for k in OutputOptions.__annotations__ if k in wishes})
        settings = Settings(coloring, output, compare=compare, **wishes)
        crew = Here(by or colorizer, settings, Setup(settings).facts(colorizer))
        going.given = crew.given
        kind = output.format and format_named(output.format)
        wished = {"layer": output.layer, "kind": kind, "alternatives": alternatives}
        plan = make_plan(sources, target, compare=compare, **wished)
        if not journal:
            return list(run(plan, crew))
        with Journal(plan.journal, settings.overwrite) as written:
            return list(run(plan, crew, written))

    return going


@pytest.fixture
def grey(tmp_path):
    """Writes a real grey photograph under a name, and returns its path."""

    def write(name, part=0):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.ascontiguousarray(data.camera()[part : part + 96, 180:308])).save(path)
        return path

    return write


@pytest.fixture
def color(tmp_path):
    """Writes a real colour photograph under a name, and returns its path."""

    def write(name):
        path = tmp_path / name
        Image.fromarray(np.ascontiguousarray(data.astronaut()[0:256, 60:316])).save(path)
        return path

    return write


@pytest.fixture(scope="session")
def server():
    """The address of an S3 server on this machine."""
    pytest.importorskip("s3fs")
    moto = pytest.importorskip("moto.server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def state(tmp_path, monkeypatch):
    """Where this machine keeps what it needs again, and the folder of the run."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "state"


@pytest.fixture
def s3(server, state, monkeypatch):
    """An empty bucket."""
    import fsspec
    import s3fs

    # As users do: what other processes find, too.
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server,
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    bucket = fsspec.filesystem("s3", use_listings_cache=False)
    if bucket.exists("album"):
        bucket.rm("album", recursive=True)
    bucket.mkdir("album")
    return bucket
