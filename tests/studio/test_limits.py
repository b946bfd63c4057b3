"""Attacks on the limits: too long, too large, too many, too slow, and out of the folder."""

import asyncio
import os
import threading
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from rehue.studio import Session
from rehue.studio.limits import Limits, counted
from rehue.studio.refusals import BusyError, SlowError
from rehue.studio.worker import Worker


def limited(session, **limits):
    """Return another session over the same folder, with other limits."""
    return Session(session.colorizer, session.folder.root, replace(Limits(), **limits))


def test_a_file_is_counted_while_it_comes_in(session, asks):
    whole = 0

    def endless():
        nonlocal whole
        yield b"--x\r\nContent-Disposition: form-data; name=file; filename=a.jpg\r\n\r\n"
        while whole < 1 << 24:
            whole += 1 << 16
            yield bytes(1 << 16)

    with asks(limited(session, file_bytes=1 << 20)) as asking:
        kind = {"content-type": "multipart/form-data; boundary=x"}
        answer = asking.post("/api/photos", content=endless(), headers=kind)
    assert answer.status_code == 413
    assert "1,048,576 bytes" in answer.json()["error"]


def test_what_says_that_it_is_too_long_is_not_even_read(session):
    async def never():
        raise AssertionError("it was read")

    headers = {b"content-type": b"multipart/form-data", b"content-length": b"2000"}
    with pytest.raises(Exception, match="more than 1,000 bytes"):
        counted(never, headers, Limits(file_bytes=1000))


def test_a_request_without_a_file_is_short(asking):
    answer = asking.post("/api/photos", content=b"{" + b" " * (1 << 21))
    assert answer.status_code == 413


def test_a_form_where_json_is_meant_is_not_read_into_memory(asking, open_photo):
    """A form may be as long as a file; what is JSON may not, whatever it calls itself."""
    photo = open_photo(asking)
    form = {"file": ("a.json", b"{" + b" " * (1 << 21))}
    for method, path in (
        ("PUT", f"/api/photos/{photo['id']}/edits"),
        ("POST", f"/api/photos/{photo['id']}/save"),
        ("POST", "/api/folder/color"),
    ):
        answer = asking.request(method, path, files=form)
        assert answer.status_code == 400, path
        assert "send JSON" in answer.json()["error"]


def test_what_waits_for_the_worker_is_not_in_memory(session, asks, folder, monkeypatch):
    """Files lie on the disk until it is their turn: else each that waits would cost its bytes."""
    from rehue.studio import answers

    files = {"file": ("a.jpg", (folder / "a.jpg").read_bytes())}
    threads = []

    def bytes_of(file, read=answers.bytes_of):
        threads.append(threading.current_thread().name)
        return read(file)

    monkeypatch.setattr(answers, "bytes_of", bytes_of)
    with asks(session) as asking:
        assert asking.post("/api/color", files=files).status_code == 200
        asking.post("/api/palette", files=files)
    assert threads == ["rehue-studio"] * 2


def test_a_request_that_stops_coming_is_given_up():
    async def silent():
        await asyncio.sleep(60)

    with pytest.raises(SlowError):
        asyncio.run(counted(silent, {}, Limits(idle=0.01))())


def test_pixels_are_judged_before_they_are_decoded(session, tmp_path, asks):
    Image.fromarray(np.zeros((200, 200), np.uint8)).save(tmp_path / "large.png")
    with asks(limited(session, pixels=10_000)) as asking:
        sent = {"file": ("large.png", (tmp_path / "large.png").read_bytes())}
        answers = [asking.post(path, files=sent) for path in ("/api/photos", "/api/color")]
    assert [one.status_code for one in answers] == [422] * 2
    assert all("40,000" in one.text or "200 x 200" in one.text for one in answers)


@pytest.mark.parametrize(
    "name",
    [
        "../secret.jpg",
        "below/../../secret.jpg",
        "/etc/passwd",
        "..\\secret.jpg",
        "C:\\secret.jpg",
        "//server/share/a.jpg",
        "link.jpg",
        "linked/secret.jpg",
        ".hidden.jpg",
        "a.jpg\0.png",
        "below",
        "pipe.jpg",
        "",
        ".",
        "x" * 5000,
        "a.jpg/b.jpg",
        "nothing.jpg",
    ],
)
def test_paths_out_of_the_folder_are_refused(asking, folder, name):
    secret = folder.parent / "secret.jpg"
    secret.write_bytes((folder / "a.jpg").read_bytes())
    (folder / ".hidden.jpg").write_bytes(secret.read_bytes())
    (folder / "link.jpg").symlink_to(secret)
    (folder / "linked").symlink_to(folder.parent)
    os.mkfifo(folder / "pipe.jpg")
    answers = [
        asking.post("/api/photos", json={"path": name}),
        asking.get("/api/folder/thumbnail", params={"name": name}),
    ]
    for answer in answers:
        assert answer.status_code in (403, 404), answer.text
        assert str(folder.parent) not in answer.text


def test_the_folder_lists_no_links_out_of_it_by_name(asking, folder):
    (folder / ".hidden.jpg").write_bytes(b"")
    (folder / "a.rehue.jpg").write_bytes(b"")
    names = [one["name"] for one in asking.get("/api/folder").json()["photos"]]
    assert names == ["a.jpg", "color.png", "below/b.png"]


def test_names_of_sent_files_lead_nowhere(asking, folder):
    data = (folder / "a.jpg").read_bytes()
    for name in ("../../evil.jpg", "..", "/etc/passwd", "a\nb.jpg", "C:\\x.jpg", "é" * 300):
        answer = asking.post("/api/photos", files={"file": (name, data)})
        assert answer.status_code == 201, answer.text
        assert "/" not in answer.json()["name"]
        assert "\\" not in answer.json()["name"]


def test_beyond_the_queue_it_says_that_it_is_busy():
    async def ask():
        worker, gate = Worker(most=3, wait=30), threading.Event()
        begun = threading.Event()
        first = asyncio.create_task(worker.do(lambda: (begun.set(), gate.wait(10))))
        await asyncio.to_thread(begun.wait, 10)
        waiting = [asyncio.create_task(worker.do(lambda: 1)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="try again"):
            await worker.do(lambda: 1)
        gate.set()
        await first
        return [await one for one in waiting]

    assert asyncio.run(ask()) == [1, 1, 1]


def test_a_full_queue_is_503_with_a_word(session, asks):
    with asks(limited(session, queued=0)) as asking:
        answer = asking.post("/api/photos", json={"path": "a.jpg"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


def test_what_is_looked_at_comes_before_what_is_saved():
    async def ask():
        worker, gate, order = Worker(most=9, wait=30), threading.Event(), []
        jobs = [asyncio.create_task(worker.do(lambda: gate.wait(10)))]
        await asyncio.sleep(0.05)
        for name, later in (("save", True), ("click", False), ("folder", True), ("drag", False)):
            jobs.append(
                asyncio.create_task(worker.do(lambda name=name: order.append(name), later=later))
            )
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*jobs)
        return order

    assert asyncio.run(ask()) == ["click", "drag", "save", "folder"]


def test_who_is_gone_costs_nothing():
    async def ask():
        worker, gate, done = Worker(most=9, wait=30), threading.Event(), []
        first = asyncio.create_task(worker.do(lambda: gate.wait(10)))
        await asyncio.sleep(0.05)
        gone = asyncio.create_task(worker.do(lambda: done.append("gone")))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0.05)
        gate.set()
        await first
        await worker.do(lambda: None)
        return done

    assert asyncio.run(ask()) == []


def test_an_answer_is_not_waited_for_for_ever():
    async def ask():
        worker, gate = Worker(most=9, wait=0.05), threading.Event()
        with pytest.raises(BusyError, match="no answer"):
            await worker.do(lambda: gate.wait(10))
        gate.set()

    asyncio.run(ask())


def test_as_many_are_open_as_the_limit_says(session, folder, asks):
    data = (folder / "below" / "b.png").read_bytes()
    held = limited(session, opened=3)
    with asks(held) as asking:
        keys = [
            asking.post("/api/photos", files={"file": ("b.png", data)}).json()["id"]
            for _ in range(5)
        ]
        assert [one["id"] for one in asking.get("/api/photos").json()] == keys[2:]
        assert asking.get(f"/api/photos/{keys[0]}").status_code == 404
        assert len(held._looks._whole) <= held.limits.looked
        copies = held._copies.folder
        assert len([one for one in copies.iterdir() if one.is_dir()]) == 3
    assert not copies.exists()


def test_hints_have_a_limit(session, asks, open_photo):
    with asks(limited(session, hints=2)) as asking:
        photo = open_photo(asking)
        hints = [{"x": 0.5, "y": 0.5, "color": "navy", "unit": "share"}] * 3
        body = {"revision": 1, "edits": {"hints": hints}}
        assert asking.put(f"/api/photos/{photo['id']}/edits", json=body).status_code == 413


@pytest.mark.parametrize("body", [b"", b"[]", b"nothing", b"{", b"[" * 100_000, b"\xff\xfe", b"1"])
def test_bodies_that_are_no_tables_are_refused(asking, body, open_photo):
    photo = open_photo(asking)
    answer = asking.put(f"/api/photos/{photo['id']}/edits", content=body)
    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]
