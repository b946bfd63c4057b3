"""Attacks on the studio: other pages, other hosts, guessed tokens, and what answers give away."""

import pytest

from rehue.errors import RehueError
from rehue.studio import Place
from rehue.studio.server import password_in

PORT = 8123  # of conftest.py
ROUTES = ("/api/session", "/api/folder", "/api/photos", "/api/openapi.json", "/api/nothing")
# What is no file of the page is none of theirs either, however it is written.
ROUTES += ("//api/session", "/API/session", "/page", "/nothing", "/api/health/../session")


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "token", ["", "Bearer", "Bearer wrong", "Basic {}", "Bearer {}x", "Bearer  {}", "{}"]
)
def test_without_the_token_nothing_is_answered(asking, path, token):
    right = asking.headers["authorization"].removeprefix("Bearer ")
    answer = asking.get(path, headers={"authorization": token.format(right)})
    assert answer.status_code == 401
    assert set(answer.json()) == {"error"}


def test_a_token_in_the_address_is_no_token(asking):
    right = asking.headers["authorization"].removeprefix("Bearer ")
    answer = asking.get(f"/api/session?token={right}", headers={"authorization": ""})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"evil.example:{PORT}",
        "127.0.0.1",
        "127.0.0.1:1",
        f"127.0.0.1:{PORT}.evil.example",
        f"evil.example@127.0.0.1:{PORT}",
        f"127.0.0.2:{PORT}",
        f"[::1]:{PORT}",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/session", "/page/studio.css"])
def test_another_host_is_refused(asking, host, path):
    """DNS rebinding: a page of another name that leads to this computer."""
    assert asking.get(path, headers={"host": host}).status_code == 403


def test_localhost_is_this_computer(asking):
    assert asking.get("/api/session", headers={"host": f"localhost:{PORT}"}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1",
        f"https://127.0.0.1:{PORT}",
        f"http://localhost:{PORT}",
        f"http://127.0.0.1:{PORT + 1}",
        "",
    ],
)
def test_another_page_in_the_browser_may_not_ask(asking, origin, open_photo):
    """Even one that has the token; its own page asks under the very name that it was loaded by."""
    photo = open_photo(asking)
    headers = {"origin": origin}
    edits = {"revision": 1, "edits": {"wishes": {"saturation": 2}}}
    answers = [
        asking.put(f"/api/photos/{photo['id']}/edits", json=edits, headers=headers),
        asking.post(f"/api/photos/{photo['id']}/save", headers=headers),
        asking.delete(f"/api/photos/{photo['id']}", headers=headers),
        asking.get("/api/session", headers=headers),
        asking.options("/api/session", headers=headers),
    ]
    assert [one.status_code for one in answers] == [403] * 5
    assert not any("access-control-allow-origin" in one.headers for one in answers)
    assert asking.get(f"/api/photos/{photo['id']}").json()["revision"] == 1


def test_its_own_page_may(asking):
    headers = {"origin": f"http://127.0.0.1:{PORT}"}
    assert asking.post("/api/photos", json={"path": "a.jpg"}, headers=headers).status_code == 201


@pytest.mark.parametrize(
    "path", ["/", "/page/studio.css", "/api/session", "/api/no", "/api/health"]
)
def test_every_answer_bears_the_policy(asking, path):
    headers = asking.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy.pop("default-src") == "'none'"
    assert set(" ".join(policy.values()).split()) == {"'self'", "'none'", "blob:"}
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


def test_an_error_shows_nothing_of_the_inside(asking, session, monkeypatch, open_photo):
    def fail(*_):
        raise RuntimeError("a secret from /somewhere/inside.py")

    photo = open_photo(asking)
    monkeypatch.setattr(session, "preview", fail)
    answer = asking.get(f"/api/photos/{photo['id']}/preview")
    assert answer.status_code == 500
    assert answer.json() == {"error": "the studio failed (RuntimeError): please report this"}


def test_health_needs_no_token_and_says_nothing(asking):
    answer = asking.get("/api/health", headers={"authorization": ""})
    assert set(answer.json()) == {"status", "version"}


@pytest.mark.parametrize(
    "path", ["/page/../app.py", "/page/%2e%2e/app.py", "/page/..%2fapp.py", "/page//etc/passwd"]
)
def test_the_page_gives_only_its_own_files(asking, path):
    assert asking.get(path).status_code in (403, 404)


def test_tokens_are_long_and_new_each_time():
    first, second = Place().token, Place().token
    assert first != second
    assert len(first) >= 40
    assert first not in repr(Place(token=first))


@pytest.mark.parametrize("text", ["", "short", "has a space in it", "ünïcodé-letters"])
def test_a_weak_password_is_refused(tmp_path, text):
    (tmp_path / "password").write_text(text, "utf-8")
    with pytest.raises(RehueError, match="12 or more"):
        password_in(tmp_path / "password")


def test_hosts_are_the_names_given_each_with_its_port():
    place = Place("10.0.0.7", names=("photos.home", "photos.example:443"))
    assert place.hosts(8000) == {"10.0.0.7:8000", "photos.home:8000", "photos.example:443"}
    assert Place("::1").hosts(8000) == {"[::1]:8000"}  # as browsers say it
