"""Attacks over real connections: what stops coming, what never ends, what comes from too many."""

import contextlib
import json
import queue
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest

from rehue.studio import Limits, Place, Session, serve


@pytest.fixture(scope="module")
def short():
    """Limits that are reached within a test."""
    return Limits(idle=0.5, file_bytes=1 << 20)


@pytest.fixture
def session(colorizer, folder, short):
    return Session(colorizer, folder, short)


@pytest.fixture
def place(session):
    """Where a studio with short limits listens, and its token."""
    ready, made = queue.Queue(), Place()

    def run():
        serve(session, made, ready.put)

    threading.Thread(target=run, daemon=True).start()
    address = urlsplit(ready.get(timeout=20))
    return address.hostname, address.port, made.token


def head(place, line, *more):
    host, port, token = place
    lines = [line, f"Host: {host}:{port}", f"Authorization: Bearer {token}", *more, "", ""]
    return "\r\n".join(lines).encode()


FORM = "Content-Type: multipart/form-data; boundary=x"


def answered(connection):
    """Return the status and the table of an answer."""
    status, body = received(connection)
    return status, json.loads(body)


def received(connection):
    """Return the status and the body of an answer."""
    connection.settimeout(20)
    data = b""
    with contextlib.suppress(ConnectionError):
        while chunk := connection.recv(1 << 16):
            data += chunk
    first, _, body = data.partition(b"\r\n\r\n")
    return int(first.split()[1]), body


def test_a_body_that_stops_coming_is_given_up(place):
    with socket.create_connection(place[:2], 10) as slow:
        slow.sendall(head(place, "POST /api/photos HTTP/1.1", FORM, "Content-Length: 5000"))
        slow.sendall(b"--x\r\n")
        started = time.monotonic()
        status, table = answered(slow)
    assert status == 408
    assert "send it again" in table["error"]
    assert time.monotonic() - started < 10


def test_a_body_that_never_ends_is_cut(place):
    sent = 0
    more = (FORM, "Transfer-Encoding: chunked")
    with socket.create_connection(place[:2], 10) as endless:
        endless.sendall(head(place, "POST /api/color HTTP/1.1", *more))
        first = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        endless.sendall(b"%x\r\n%s\r\n" % (len(first), first))
        with contextlib.suppress(OSError):
            while sent < 64 << 20:
                endless.sendall(b"10000\r\n" + bytes(1 << 16) + b"\r\n")
                sent += 1 << 16
    # What was on its way when the limit was reached is all that is taken more than it.
    assert sent < 32 << 20


def test_a_length_that_lies_is_found_out(place):
    """It says a thousand and sends more: the rest is no request of this one's."""
    with socket.create_connection(place[:2], 10) as liar:
        liar.sendall(head(place, "POST /api/photos HTTP/1.1", FORM, f"Content-Length: {9 << 20}"))
        status, table = answered(liar)
    assert status == 413
    assert "1,048,576 bytes" in table["error"]


@pytest.mark.parametrize(
    "line",
    [
        "GET /api/photos/../../../../etc/passwd HTTP/1.1",
        "GET /page/%2e%2e%2f%2e%2e%2fapp.py HTTP/1.1",
        "GET //etc/passwd HTTP/1.1",
        "TRACE /api/session HTTP/1.1",
        "CONNECT evil.example:443 HTTP/1.1",
    ],
)
def test_odd_requests_give_nothing_away(place, line):
    with socket.create_connection(place[:2], 10) as odd:
        odd.sendall(head(place, line, "Connection: close"))
        odd.settimeout(20)
        data = b""
        while chunk := odd.recv(1 << 16):
            data += chunk
    assert int(data.split()[1]) in (400, 403, 404, 405)
    assert b"root:" not in data
    assert b"Traceback" not in data


def test_after_all_that_it_answers(place):
    for _ in range(150):  # more than are taken at once, each given up at once
        socket.create_connection(place[:2], 10).close()
    status, until = 503, time.monotonic() + 20
    while status == 503 and time.monotonic() < until:  # until it has noticed that all hung up
        with socket.create_connection(place[:2], 10) as good:
            good.sendall(head(place, "GET /api/folder HTTP/1.1", "Connection: close"))
            status, body = received(good)
    assert status == 200
    assert len(json.loads(body)["photos"]) == 3


def test_who_hangs_up_makes_room(place, session):
    """Forty looks that nobody waits for any more would fill a queue of 32."""
    with socket.create_connection(place[:2], 10) as first:
        more = ("Content-Type: application/json", "Content-Length: 17", "Connection: close")
        first.sendall(head(place, "POST /api/photos HTTP/1.1", *more) + b'{"path": "a.jpg"}')
        status, photo = answered(first)
    assert status == 201
    line = f"GET /api/photos/{photo['id']}/grey HTTP/1.1"
    gate, begun, make = threading.Event(), threading.Event(), session._looks.small
    session._looks.small = lambda *given: (begun.set(), gate.wait(30), make(*given))[-1]
    with socket.create_connection(place[:2], 10) as looks:
        looks.sendall(head(place, line, "Connection: close"))
        assert begun.wait(30)
        for _ in range(40):
            with socket.create_connection(place[:2], 10) as gone:
                gone.sendall(head(place, line))
                until(lambda: session.worker._waiting == 1)
            until(lambda: session.worker._waiting == 0)
        gate.set()
        looks.settimeout(30)
        assert looks.recv(100).startswith(b"HTTP/1.1 200")


def test_answers_leave_at_once(session, monkeypatch):
    """Of this protocol asyncio makes connections that hold nothing back; others wait 40 ms."""
    taken = []
    monkeypatch.setattr("uvicorn.Server.run", lambda _, sockets: taken.append(sockets[0].proto))
    serve(session, Place(), lambda _: None)
    assert taken == [socket.IPPROTO_TCP]


def until(is_so):
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)
