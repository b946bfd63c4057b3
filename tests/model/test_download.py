"""Downloads, against a server on this machine that does what servers do."""

import hashlib
import threading
import urllib.request
from contextlib import suppress
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rehue.errors import ModelError
from rehue.model.catalog import PUBLISHED, find_published
from rehue.model.download import download

WEIGHTS = bytes(range(256)) * 3000  # several pieces
PAGE = b"\n<!DOCTYPE html><html><title>Log in to this network</title></html>"


class Handler(BaseHTTPRequestHandler):
    """Answers by the last part of the path."""

    def __init__(self, *arguments, released):
        self.released = released
        super().__init__(*arguments)

    def do_GET(self):
        getattr(self, self.path.rpartition("/")[2].partition(".")[0])()

    def say(self, body, status=200, length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length != "unsaid":
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def good(self):
        self.say(WEIGHTS)

    def lengthless(self):
        self.say(WEIGHTS, length="unsaid")

    def empty(self):
        self.say(b"")

    def page(self):
        self.say(PAGE)

    def moved(self):
        self.say(b"", 302, Location="/elsewhere/good.pth")

    def circle(self):
        self.say(b"", 302, Location="/circle.pth")

    def local(self):
        self.say(b"", 302, Location="file:///etc/hostname")

    def missing(self):
        self.say(b"<html>none</html>", 404)

    def broken(self):
        self.say(b"", 503)

    def cut(self):
        self.say(WEIGHTS[:300_000], length=len(WEIGHTS))

    def chunked(self):
        self.protocol_version = "HTTP/1.1"
        self.say(b"ff\r\nonly a part", length="unsaid", **{"Transfer-Encoding": "chunked"})
        self.close_connection = True

    def hanging(self):
        self.say(WEIGHTS[:300_000], length=len(WEIGHTS))
        self.released.wait(10)

    def silent(self):
        self.released.wait(10)

    def endless(self):
        with suppress(OSError):  # until the other side has had enough
            self.say(b"", length="unsaid")
            while not self.released.is_set():
                self.wfile.write(WEIGHTS)

    def gibberish(self):
        self.wfile.write(b"\x1b[2J no HTTP at all\r\n\r\n")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    """The server's address."""
    released = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, released=released))
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(urllib.request, "_opener", None)  # keeps the proxies of its first use


@pytest.fixture
def target(tmp_path):
    return tmp_path / "weights.pth"


def fetch(url, target, **options):
    download(url, target, **{"limit": len(WEIGHTS), "timeout": 10.0} | options)


def line(url, target, **options):
    """What is said of a download that fails, and leaves nothing."""
    with pytest.raises(ModelError) as caught:
        fetch(url, target, **options)
    assert list(target.parent.iterdir()) == []
    message = str(caught.value)
    assert message.isprintable()
    assert message.startswith(f"{url}: ")
    return message.removeprefix(f"{url}: ")


@pytest.mark.parametrize("what", ["good", "moved", "lengthless"])
def test_a_file_comes_whole(server, target, what):
    seen = []
    fetch(f"{server}/{what}.pth?a=b", target, advance=lambda *state: seen.append(state))
    assert target.read_bytes() == WEIGHTS
    assert len(seen) > 1
    assert seen[-1] == (len(WEIGHTS), None if what == "lengthless" else len(WEIGHTS))


def test_the_proxy_of_the_environment_is_asked(server, target, monkeypatch):
    monkeypatch.setenv("http_proxy", server)
    fetch("http://weights.invalid/good.pth", target)
    assert target.read_bytes() == WEIGHTS


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("missing", "the server answers 404 Not Found: try again, or get the file another way"),
        ("broken", "the server answers 503 Service Unavailable: "),
        ("circle", "the server answers 302 Found: "),
        ("local", "the server answers 302 Found: "),
        ("page", "the server answers with an HTML page in place of the file: check the address"),
        ("cut", "ends after 300,000 of 768,000 bytes: try again"),
        ("chunked", "the connection broke off (IncompleteRead): try again"),
        ("empty", "ends after 0 bytes: try again"),
        ("endless", "longer than the 768,000 bytes that it may have: another file"),
        ("gibberish", "the connection broke off (BadStatusLine): try again"),
    ],
)
def test_what_servers_do(server, target, what, says):
    assert line(f"{server}/{what}.pth", target).startswith(says)


def test_a_length_that_is_too_long_is_refused_at_once(server, target):
    assert "longer than the 1,000 bytes" in line(f"{server}/good.pth", target, limit=1000)


@pytest.mark.parametrize("what", ["silent", "hanging"])
def test_a_server_that_hangs(server, target, what):
    said = line(f"{server}/{what}.pth", target, timeout=0.3)
    assert said.startswith("the server has said nothing for 0.3 s: try again, or get the file")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:9/a.pth", "cannot be reached (Connection refused): try again, or get"),
        ("http://weights.invalid/a.pth", "cannot be reached ("),
        ("http:///a.pth", "cannot be reached (no host given)"),
        ("http://[a.pth", "the connection broke off (ValueError)"),
        ("http://127.0.0.1/a b.pth", "the connection broke off (InvalidURL): try again"),
        ("ftp://127.0.0.1/a.pth", "give an address that begins with https:// or http://, or"),
        ("file:///etc/hostname", "give an address that begins with https:// or http://, or"),
    ],
)
def test_addresses_that_lead_nowhere(target, url, says):
    assert line(url, target).startswith(says)


def test_an_interrupted_download_leaves_nothing(server, target):
    def interrupt(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(f"{server}/good.pth", target, advance=interrupt)
    assert list(target.parent.iterdir()) == []


@pytest.fixture
def published():
    """What the authors of WEIGHTS would state of them."""
    return replace(
        PUBLISHED["colorful"], size=len(WEIGHTS), sha256=hashlib.sha256(WEIGHTS).hexdigest()
    )


@pytest.mark.parametrize("digits", [8, 64])
def test_the_published_file_is_known_by_its_hash(target, published, digits):
    target.write_bytes(WEIGHTS)
    published = replace(published, sha256=published.sha256[:digits])
    assert published.is_authenticated == (digits == 64)
    published.check(target, "the file")
    target.write_bytes(WEIGHTS[:-1] + b"\0")
    with pytest.raises(ModelError, match=r"^the file: its sha256 is .{12}\.\.\., not .{8,12}\.\."):
        published.check(target, "the file")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (WEIGHTS[:-1], "767,999 bytes in place of 768,000: an incomplete file or another one"),
        (PAGE, "an HTML page, not weights"),
        (b"", "0 bytes in place of 768,000"),
        (None, r"cannot be read \(No such file or directory\)"),
    ],
)
def test_other_files_are_refused(target, published, content, says):
    if content is not None:
        target.write_bytes(content)
    with pytest.raises(ModelError, match=f"^the file: {says}"):
        published.check(target, "the file")


def test_what_is_published_is_stated_whole():
    for name, published in PUBLISHED.items():
        assert published.name == name
        assert published.url.startswith("https://")
        assert published.url.endswith(f"-{published.sha256[:8]}.pth")
        assert 10**8 < published.size < 2 * 10**8
        assert published.is_authenticated
        assert published.licence == "BSD-2-Clause"


def test_a_misspelt_name():
    with pytest.raises(ModelError, match=r"no published model 'colourful': nearest: colorful; to"):
        find_published("colourful")
