"""`rehue serve` and `rehue studio` as they are started: one line, and what it lets in."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from rehue.photo import read


def refused(*words):
    command = [sys.executable, "-m", "rehue", *map(str, words)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert made.returncode != 0
    assert "Traceback" not in made.stderr
    return made.stderr


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_the_example_with_curl(running, folder, tmp_path):
    with running("serve", "--port", "0") as (process, line):
        found = re.fullmatch(r"(http://127\.0\.0\.1:\d+)/#token=([\w-]{43})", line)
        assert found, line
        target = tmp_path / "color.jpg"
        curl = ["curl", "-sS", "-H", f"Authorization: Bearer {found[2]}", "-o", target]
        form = ["-F", f"file=@{folder / 'a.jpg'}", f"{found[1]}/api/color"]
        subprocess.run([*curl, *form], check=True, timeout=60)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert read(target).mark
    assert b"Traceback" not in errors


def test_only_this_computer_is_listened_to(running, folder):
    with running("studio", folder / "a.jpg", "--no-browser") as (_, line):
        address = urlsplit(line)
        assert line.endswith("&open=a.jpg")
        assert address.hostname == "127.0.0.1"
        with socket.socket() as other, pytest.raises(OSError, match="refused"):
            other.connect(("127.0.0.2", address.port))
        # What a browser never sends, but a hand can: two hosts, a path as a host, a raw path.
        for request in (
            b"GET /api/session HTTP/1.1\r\n\r\n",
            b"GET http://evil.example/api/session HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            b"GET /page/../../app.py HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % address.port,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        ):
            with socket.create_connection((address.hostname, address.port), 10) as raw:
                raw.sendall(request)
                status = int(raw.recv(200).split()[1])
            assert status in (400, 403, 404), request
        web = http.client.HTTPConnection(address.hostname, address.port)
        web.request("GET", "/api/health")
        assert web.getresponse().status == 200


def test_a_host_for_others_asks_for_a_password(tmp_path):
    said = refused("serve", "--host", "0.0.0.0", "--port", "0")
    assert "--password-file" in said
    assert "lets other computers in" in " ".join(said.replace("│", " ").split())
    (tmp_path / "password").write_text("short")
    assert "12 or more" in refused("serve", "--password-file", tmp_path / "password")


def test_a_password_stands_for_the_token_and_is_not_printed(running, tmp_path):
    (tmp_path / "password").write_text("a-long-password\n")
    words = ("serve", "--host", "127.0.0.2", "--password-file", tmp_path / "password")
    with running(*words) as (_, line):
        assert "password" not in line
        address = urlsplit(line)
        web = http.client.HTTPConnection(address.hostname, address.port)
        web.request("GET", "/api/session", headers={"Authorization": "Bearer a-long-password"})
        assert web.getresponse().status == 200


def test_what_cannot_be_opened_is_one_line(folder):
    assert "no folder" in refused("serve", folder / "a.jpg")
    assert "does not exist" in refused("studio", folder / "nothing.jpg")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert "another --port" in refused("serve", "--port", port)


def test_what_is_missing_is_named(monkeypatch):
    code = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "import importlib.util as util; find = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'uvicorn' else find(name, *rest)\n"
        "sys.argv = ['rehue', 'serve']; from rehue.cli import main; main()"
    )
    made = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ,
    )
    assert made.returncode == 1
    assert made.stderr.startswith("rehue: uvicorn is missing: pip install")
