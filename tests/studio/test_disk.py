"""A full disk, a folder without rights, a file that is taken away: one line, and the work kept."""

import errno
import http.client
import json
import os
import signal
import sys
import time
from urllib.parse import urlsplit

import pytest
from PIL import Image

EDITS = {"hints": [{"x": 0.5, "y": 0.5, "color": "navy", "unit": "share"}], "wishes": {}}
# A result is more, what was wished is less.
_ROOM = 1500


def full_disk():
    """Let this process write files of a few bytes alone, as if there were no more room."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_ROOM, _ROOM))


@pytest.fixture
def asker(running, folder):
    """Return what starts a server over the folder, and gives what asks it."""
    from contextlib import contextmanager

    @contextmanager
    def asking(**options):
        with running("serve", folder, "--port", "0", **options) as (_, line):
            address = urlsplit(line)
            token = address.fragment.removeprefix("token=")
            web = http.client.HTTPConnection(address.hostname, address.port, timeout=60)

            def ask(method, path, table=None):
                body = json.dumps(table) if table is not None else None
                web.request(method, f"/api/{path}", body, {"Authorization": f"Bearer {token}"})
                return json.load(web.getresponse())

            yield ask

    return asking


def saved(ask, photo):
    task = ask("POST", f"photos/{photo['id']}/save")
    while task["state"] == "running":
        time.sleep(0.05)
        task = ask("GET", f"tasks/{task['id']}")
    return task


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_full_disk_while_saving_leaves_nothing_half_written(asker, folder):
    with asker(preexec_fn=full_disk) as ask:
        photo = ask("POST", "photos", {"path": "a.jpg"})
        body = {"revision": 1, "edits": EDITS}
        assert ask("PUT", f"photos/{photo['id']}/edits", body)["revision"] == 2
        task = saved(ask, photo)
        assert task["state"] == "failed"
        assert len(task["lines"]) == 1
        assert "\n" not in task["lines"][0]
        assert "a.rehue.jpg" in task["lines"][0]
        assert ask("GET", f"photos/{photo['id']}")["edits"]["hints"]
    left = {one.name for one in folder.iterdir() if one.is_file()}
    assert left == {"a.jpg", "color.png", "a.jpg.rehue.json"}
    assert json.loads((folder / "a.jpg.rehue.json").read_text())["hints"]


def test_no_room_for_what_is_dropped_is_one_line(asking, session, folder, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("rehue.studio.requests.shutil.copyfileobj", full)
    files = {"file": ("a.jpg", (folder / "a.jpg").read_bytes())}
    answer = asking.post("/api/photos", files=files)
    assert answer.status_code == 422
    assert "a.jpg cannot be copied (No space left on device)" in answer.json()["error"]
    assert [path.name for path in session._copies.folder.iterdir()] == [".lock"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_without_rights(asker, folder, tmp_path):
    folder.chmod(0o555)
    try:
        with asker() as ask:
            photo = ask("POST", "photos", {"path": "a.jpg"})
            body = {"revision": 1, "edits": EDITS}
            kept = ask("PUT", f"photos/{photo['id']}/edits", body)
            assert kept["kept"].startswith(str(tmp_path / "data"))
            assert "kept in" in kept["notes"][0]
            task = saved(ask, photo)
        assert task["state"] == "failed"
        assert "cannot be written" in task["lines"][0]
    finally:
        folder.chmod(0o755)


def test_one_that_is_taken_away_does_not_stop_a_folder(asking, folder, session):
    """The others go on, and so they do past wishes that cannot be read."""
    for name in ("b.jpg", "c.jpg", "d.jpg"):
        Image.open(folder / "a.jpg").save(folder / name)
    (folder / "b.jpg.rehue.json").write_text('{"wishes": {"saturation": 99}}')
    names = session.folder.names()
    session.folder.names = lambda: names
    (folder / "c.jpg").unlink()
    task = asking.post("/api/folder/color").json()
    while task["state"] == "running":
        time.sleep(0.05)
        task = asking.get(f"/api/tasks/{task['id']}").json()
    assert (task["state"], task["done"], task["share"]) == ("done", len(names), 1)
    assert (folder / "d.rehue.jpg").exists()
    assert not (folder / "b.rehue.jpg").exists()
    assert any("c.jpg" in line for line in task["lines"])
    assert any("saturation" in line for line in task["lines"])
