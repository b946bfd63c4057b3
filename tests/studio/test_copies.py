"""Copies of what was dropped go with the studio, however it ends, and nothing else does."""

import os
import signal
import tempfile
import time

import pytest

from rehue.studio.copies import Copies


@pytest.fixture(autouse=True)
def own_place(tmp_path, monkeypatch):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def test_they_go_with_it(own_place):
    copies = Copies()
    path = copies.place("a.jpg")
    path.write_bytes(b"a copy")
    assert oct(copies.folder.stat().st_mode & 0o777) == "0o700" or os.name == "nt"
    copies.remove(path)
    assert not path.parent.exists()
    copies.place("b.jpg").write_bytes(b"another")
    copies.close()
    assert list(own_place.iterdir()) == []


def test_what_runs_keeps_its_own(own_place):
    first = Copies()
    kept = first.place("a.jpg")
    kept.write_bytes(b"a copy")
    second = Copies()
    assert kept.read_bytes() == b"a copy"
    first.close()
    second.close()
    assert list(own_place.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no such signal")
def test_what_a_killed_studio_left_goes_at_the_next_start(own_place, folder, running):
    import http.client
    from urllib.parse import urlsplit

    with running("serve", "--port", "0") as (process, line):
        address = urlsplit(line)
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        body = head + (folder / "a.jpg").read_bytes() + b"\r\n--x--\r\n"
        web = http.client.HTTPConnection(address.hostname, address.port)
        kind = "multipart/form-data; boundary=x"
        token = address.fragment.removeprefix("token=")
        headers = {"Content-Type": kind, "Authorization": f"Bearer {token}"}
        web.request("POST", "/api/photos", body, headers)
        assert web.getresponse().status == 201
        assert len(list(own_place.rglob("a.jpg"))) == 1
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert len(list(own_place.rglob("a.jpg"))) == 1
    Copies().close()
    assert list(own_place.iterdir()) == []


def test_what_only_looks_like_one_stays(own_place, tmp_path):
    """A link to somebody's folder, a file, and a folder that is being made this very moment."""
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    (photographs / ".lock").write_bytes(b"")
    (photographs / "a.jpg").write_bytes(b"a photograph")
    (own_place / "rehue-studio-link").symlink_to(photographs)
    (own_place / "rehue-studio-file").write_bytes(b"a file")
    (own_place / "rehue-studio-new").mkdir()
    old = own_place / "rehue-studio-old"
    old.mkdir()
    os.utime(old, (time.time() - 3600,) * 2)
    Copies().close()
    assert (photographs / "a.jpg").exists()
    left = sorted(one.name for one in own_place.iterdir())
    assert left == ["rehue-studio-file", "rehue-studio-link", "rehue-studio-new"]
