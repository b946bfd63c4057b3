"""A studio over a folder of small photographs, and someone who asks it."""

import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pytest
import skimage.data
from PIL import Image
from starlette.testclient import TestClient

from rehue import Colorizer
from rehue.studio import Place, Session, make_app

PORT = 8123
GREY = np.ascontiguousarray(skimage.data.camera()[96:224, 160:352])
COLOR = np.ascontiguousarray(skimage.data.astronaut()[0:96, 150:278])


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path, monkeypatch):
    """Nothing that a test keeps goes into the home of whoever runs it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "scans"
    (folder / "below").mkdir(parents=True)
    Image.fromarray(GREY).save(folder / "a.jpg", quality=92, dpi=(300, 300))
    Image.fromarray(GREY[:64, :96]).save(folder / "below" / "b.png")
    Image.fromarray(COLOR).save(folder / "color.png")
    return folder


@pytest.fixture(scope="session")
def colorizer():
    return Colorizer(threads=1)


@pytest.fixture
def session(colorizer, folder):
    session = Session(colorizer, folder)
    yield session
    session.close()


@pytest.fixture
def asking(session, asks):
    with asks(session) as client:
        yield client


@pytest.fixture
def asks():
    """Return what asks a session as its own page would."""

    def of(session):
        place = Place(port=PORT)
        return TestClient(
            make_app(session, place, PORT),
            base_url=f"http://127.0.0.1:{PORT}",
            headers={"authorization": f"Bearer {place.token}"},
            raise_server_exceptions=False,
        )

    return of


@pytest.fixture
def open_photo():
    """Return what opens a photograph of the folder."""

    def opened(asking, name="a.jpg"):
        answer = asking.post("/api/photos", json={"path": name})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return opened


@pytest.fixture
def running():
    """Return what starts a command, and gives its process and the line that it prints."""

    @contextmanager
    def started(*words, **options):
        command = [sys.executable, "-m", "rehue", *map(str, words)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdout=pipe, stderr=pipe, **options) as process:
            try:
                yield process, process.stdout.readline().decode().strip()
            finally:
                process.kill()

    return started
