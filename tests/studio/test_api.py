"""What programs ask of the studio: photographs in, previews, suggestions and results out."""

import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from rehue.photo import inspect, read

SHAPE = (128, 192)
RED = {"x": 0.5, "y": 0.4, "color": "#b03030", "unit": "share", "radius": 0.05}


def picture(answer):
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def edit(asking, photo, revision=None, **edits):
    body = {"revision": revision or photo["revision"], "edits": edits}
    return asking.put(f"/api/photos/{photo['id']}/edits", json=body)


def finished(asking, task):
    for _ in range(600):
        task = asking.get(f"/api/tasks/{task['id']}").json()
        if task["state"] != "running":
            return task
        time.sleep(0.05)
    raise AssertionError(task)


def test_curl_of_the_documents(asking, folder):
    """A file in, the same in colour out, in its own format, with what it carries."""
    data = (folder / "a.jpg").read_bytes()
    answer = asking.post("/api/color", files={"file": ("a.jpg", data, "image/jpeg")})
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"].endswith("a.rehue.jpg")
    made = read(answer.content)
    assert made.pixels.shape == (*SHAPE, 3)
    assert made.mark
    assert made.carried.dpi == (300, 300)


def test_wishes_go_with_a_file(asking, folder):
    files = {"file": ("a.jpg", (folder / "a.jpg").read_bytes())}
    grey = asking.post("/api/color", files=files, data={"saturation": "0", "format": "png"})
    assert grey.headers["content-type"] == "image/png"
    assert np.ptp(picture(grey).astype(int), axis=-1).max() <= 1
    edits = json.dumps({"hints": [RED], "wishes": {"warmth": 5}})
    assert asking.post("/api/color", files=files, data={"edits": edits}).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"saturation": "much"},
        {"saturation": "11"},
        {"saturation": "nan"},
        {"format": "doc"},
        {"edits": "["},
        {"edits": '{"hints": [{"x": 1}]}'},
        {"edits": '{"wishes": {"reference": "/etc/passwd"}}'},
        {"edits": '{"wishes": {"alternative": 1.5}}'},
        {"edits": '{"wishes": {"palette": "navy"}}'},
        {"edits": '{"wishes": {"refresh": 1}}'},
        {"edits": '{"more": 1}'},
        {"edits": '{"wishes": []}'},
        {"edits": '{"wishes": null}'},
        {"edits": '{"hints": 1}'},
        {"edits": "[" * 100_000},
        {"scan": "as-is"},
        {"scan": "[]"},
        {"hints": "1,2,navy"},
    ],
)
def test_what_is_no_wish_is_one_line(asking, folder, fields):
    files = {"file": ("a.jpg", (folder / "a.jpg").read_bytes())}
    answer = asking.post("/api/color", files=files, data=fields)
    assert answer.status_code in (400, 422)
    assert "\n" not in answer.json()["error"]


def test_no_picture_is_one_line_and_names_no_place(asking, session):
    answer = asking.post("/api/photos", files={"file": ("notes.txt", b"no picture")})
    assert answer.status_code == 422
    assert "notes.txt" in answer.json()["error"]
    assert str(session._copies.folder) not in answer.text


def test_a_photograph_tells_what_it_is(asking, open_photo):
    grey, color = open_photo(asking), open_photo(asking, "color.png")
    assert (grey["width"], grey["height"], grey["tone"]) == (192, 128, "grey")
    assert color["tone"] == "coloured"
    states = {one["name"]: one["state"] for one in asking.get("/api/folder").json()["photos"]}
    assert states == {"a.jpg": "new", "color.png": "in_color", "below/b.png": "new"}


def test_a_second_tab_has_the_same_photograph(asking, open_photo):
    assert open_photo(asking)["id"] == open_photo(asking)["id"]


def test_two_tabs_that_open_it_at_once_have_one_photograph(asking, session, open_photo):
    """Else each would have a revision of its own, and the later write over the earlier unasked."""
    begun = threading.Event()
    read = session._looks.read
    session._looks.read = lambda path: begun.wait(20) and read(path)
    with ThreadPoolExecutor(2) as tabs:
        opened = [tabs.submit(open_photo, asking) for _ in range(2)]
        end = time.monotonic() + 20
        while session.worker._waiting < 1 and time.monotonic() < end:  # one is read, one waits
            time.sleep(0.01)
        begun.set()
        assert len({one.result()["id"] for one in opened}) == 1
    assert len(asking.get("/api/photos").json()) == 1


@pytest.mark.parametrize("radius", [1e4, 1e300, 1.7e308])
@pytest.mark.parametrize("unit", ["pixels", "share"])
def test_a_hint_of_any_size_covers_the_whole_or_is_one_line(asking, open_photo, radius, unit):
    photo = open_photo(asking)
    answer = edit(asking, photo, hints=[{**RED, "radius": radius, "unit": unit}])
    if answer.status_code == 422:  # more pixels than there are numbers
        assert "give numbers" in answer.json()["error"]
    else:
        assert asking.get(f"/api/photos/{photo['id']}/preview").status_code == 200


def test_a_hint_colours_its_place(asking, open_photo):
    photo = open_photo(asking)
    before = picture(asking.get(f"/api/photos/{photo['id']}/preview"))
    photo = edit(asking, photo, hints=[RED]).json()
    after = picture(asking.get(f"/api/photos/{photo['id']}/preview?revision=2"))
    here = (int(0.4 * 128), int(0.5 * 192))
    assert after[here][0] - after[here][2] > before[here][0] - before[here][2] + 20
    whole = picture(asking.get(f"/api/photos/{photo['id']}/result"))
    assert np.abs(whole[here].astype(int) - after[here]).max() < 24  # two JPEGs


def test_a_stale_answer_never_takes_a_newer_ones_place(asking, open_photo):
    """Two tabs: the second one's change is refused and told of the first."""
    photo = open_photo(asking)
    first = edit(asking, photo, wishes={"saturation": 1.5})
    second = edit(asking, photo, wishes={"saturation": 0.5})
    assert (first.status_code, second.status_code) == (200, 409)
    now = asking.get(f"/api/photos/{photo['id']}").json()
    assert (now["revision"], now["edits"]["wishes"]) == (2, {"saturation": 1.5})
    for what in ("preview", "confidence", "suggestions?x=0.5&y=0.5&", "result"):
        mark = "" if "?" in what else "?"
        stale = asking.get(f"/api/photos/{photo['id']}/{what}{mark}revision=1")
        assert stale.status_code == 409, what


def test_suggestions_are_likely_and_exist(asking, open_photo):
    photo = open_photo(asking)
    at = f"/api/photos/{photo['id']}/suggestions"
    found = asking.get(at, params={"x": 0.5, "y": 0.1}).json()
    shares = [one["share"] for one in found["suggestions"]]
    assert 1 <= len(shares) <= 5
    assert shares == sorted(shares, reverse=True)
    assert all(one["color"].startswith("#") for one in found["suggestions"])
    assert any(any(row) for row in found["existing"])
    for x, y in ((0, 0), (1, 1), (0, 1)):
        assert asking.get(at, params={"x": x, "y": y}).status_code == 200
    for x in ("-0.1", "1.1", "nan", "inf", "left"):
        assert asking.get(at, params={"x": x, "y": 0.5}).status_code == 400


def test_versions_are_different_colourings(asking, open_photo):
    photo = open_photo(asking)
    at = f"/api/photos/{photo['id']}/preview?longest=480&alternative="
    versions = [picture(asking.get(f"{at}{n}")) for n in (1, 2, 3, 4)]
    assert len({one.tobytes() for one in versions}) == 4
    assert asking.get(f"{at}5").status_code == 422


def test_a_part_has_all_its_pixels(asking, open_photo):
    photo = edit(asking, open_photo(asking), hints=[RED]).json()
    at = f"/api/photos/{photo['id']}"
    part = picture(asking.get(f"{at}/crop?x=60&y=30&width=50&height=40"))
    whole = picture(asking.get(f"{at}/preview"))
    assert part.shape == (40, 50, 3)
    inside = (slice(4, -4), slice(4, -4))
    here, beside = (
        np.abs(part[inside].astype(int) - whole[top : top + 40, 60:110][inside]).mean()
        for top in (30, 32)
    )
    assert here < beside / 2  # two JPEGs, cut differently
    grey = picture(asking.get(f"{at}/crop?x=60&y=30&width=50&height=40&grey=1"))
    assert grey.shape == (40, 50)
    edge = picture(asking.get(f"{at}/crop?x=180&y=120&width=500&height=500"))
    assert edge.shape == (8, 12, 3)
    assert asking.get(f"{at}/crop?x=192&y=0&width=5&height=5").status_code == 422
    assert asking.get(f"{at}/crop?x=0&y=0&width=5000&height=5").status_code == 400
    assert asking.get(f"{at}/crop?x=-1&y=0&width=5&height=5").status_code == 400


def test_confidence_is_a_grey_picture(asking, open_photo):
    photo = open_photo(asking)
    sure = picture(asking.get(f"/api/photos/{photo['id']}/confidence?longest=480"))
    assert sure.shape == SHAPE


def test_saving_writes_beside_and_asks_before_it_replaces(asking, folder, open_photo):
    photo = open_photo(asking)
    save = f"/api/photos/{photo['id']}/save"
    task = finished(asking, asking.post(save).json())
    target = folder / "a.rehue.jpg"
    assert (task["state"], task["results"]) == ("done", [str(target)])
    first = target.read_bytes()
    assert asking.get("/api/folder").json()["photos"][0]["state"] == "saved"
    edit(asking, photo, hints=[RED])
    assert asking.get("/api/folder").json()["photos"][0]["state"] == "touched"
    task = finished(asking, asking.post(save).json())
    assert task["state"] == "kept"
    assert target.read_bytes() == first
    task = finished(asking, asking.post(save, json={"overwrite": True}).json())
    assert task["state"] == "done"
    assert target.read_bytes() != first
    assert "#b03030" in inspect(target).mark.hints[0]


def test_what_rehue_did_not_make_is_never_replaced(asking, folder, open_photo):
    (folder / "a.rehue.jpg").write_bytes((folder / "a.jpg").read_bytes())
    before = (folder / "a.rehue.jpg").read_bytes()
    photo = open_photo(asking)
    body = {"overwrite": True}
    task = finished(asking, asking.post(f"/api/photos/{photo['id']}/save", json=body).json())
    assert task["state"] == "failed"
    assert "not made by Rehue" in task["lines"][0]
    assert (folder / "a.rehue.jpg").read_bytes() == before


def test_saved_is_what_the_command_line_writes(asking, folder, colorizer, open_photo):
    """The same writer, and `photo.jpg.rehue.json` says to it what was said on the page."""
    from rehue.edits import read_edits

    photo = edit(asking, open_photo(asking), hints=[RED], wishes={"saturation": 1.3}).json()
    finished(asking, asking.post(f"/api/photos/{photo['id']}/save").json())
    coloring = read_edits(folder / "a.jpg.rehue.json")
    colorizer.colorize_file(folder / "a.jpg", folder / "again.jpg", **coloring.wished())
    assert (folder / "again.jpg").read_bytes() == (folder / "a.rehue.jpg").read_bytes()


def test_what_was_sent_is_downloaded_not_saved(asking, folder):
    data = (folder / "a.jpg").read_bytes()
    photo = asking.post("/api/photos", files={"file": ("a.jpg", data)}).json()
    assert not photo["can_save"]
    assert asking.post(f"/api/photos/{photo['id']}/save").status_code == 422
    result = asking.get(f"/api/photos/{photo['id']}/result")
    assert read(result.content).mark


def test_a_folder_is_coloured_each_as_wished(asking, folder, open_photo):
    edit(asking, open_photo(asking), hints=[RED])
    body = {"wishes": {"saturation": 0.7}}
    task = finished(asking, asking.post("/api/folder/color", json=body).json())
    assert (task["state"], task["done"], task["total"]) == ("done", 3, 3)
    assert inspect(folder / "a.rehue.jpg").mark.hints
    assert "saturation=0.7" in inspect(folder / "below" / "b.rehue.png").mark.settings
    assert not (folder / "color.rehue.png").exists()
    states = {one["name"]: one["state"] for one in asking.get("/api/folder").json()["photos"]}
    assert states == {"a.jpg": "saved", "color.png": "in_color", "below/b.png": "saved"}


def test_a_task_is_cancelled(asking, session):
    task = asking.post("/api/folder/color").json()
    asking.delete(f"/api/tasks/{task['id']}")
    task = finished(asking, task)
    assert task["state"] in ("cancelled", "done")
    assert asking.get("/api/tasks/nothing").status_code == 404


def test_a_palette_is_taken_from_a_reference(asking, folder, open_photo):
    sent = {"file": ("color.png", (folder / "color.png").read_bytes())}
    colors = asking.post("/api/palette", files=sent).json()["colors"]
    assert 1 <= len(colors) <= 8
    photo = open_photo(asking)
    answer = edit(asking, photo, wishes={"palette": colors})
    assert answer.status_code == 200, answer.text
    grey = {"file": ("a.jpg", (folder / "a.jpg").read_bytes())}
    assert asking.post("/api/palette", files=grey).status_code == 422


def test_a_photograph_removed_under_the_page(asking, folder, open_photo):
    photo = open_photo(asking)
    (folder / "a.jpg").unlink()
    assert edit(asking, photo, hints=[RED]).status_code == 200
    task = finished(asking, asking.post(f"/api/photos/{photo['id']}/save").json())
    assert task["state"] == "failed"
    assert "does not exist" in task["lines"][0]


def test_a_photograph_changed_under_the_page(asking, session, folder, open_photo):
    """It is not open any more, and opened again it is the new one, in the strip as well."""
    photo = open_photo(asking)
    thumbnail = asking.get("/api/folder/thumbnail?name=a.jpg").content
    Image.fromarray(np.zeros((64, 64), np.uint8)).save(folder / "a.jpg")
    session._looks._whole.clear()
    session._looks._previews.clear()
    answer = asking.get(f"/api/photos/{photo['id']}/preview")
    assert answer.status_code == 404
    assert "open it again" in answer.json()["error"]
    again = open_photo(asking)
    assert (again["width"], again["height"]) == (64, 64)
    assert picture(asking.get(f"/api/photos/{again['id']}/preview")).shape == (64, 64, 3)
    assert asking.get(f"/api/photos/{photo['id']}").status_code == 404
    assert asking.get("/api/folder/thumbnail?name=a.jpg").content != thumbnail


def test_openapi_describes_every_route(asking):
    from rehue.studio.app import ROUTES

    document = asking.get("/api/openapi.json").json()
    described = {(path, m.upper()) for path, ms in document["paths"].items() for m in ms}
    assert described == {(path, method) for path, method, _ in ROUTES}


def test_closing_forgets(asking, open_photo):
    photo = open_photo(asking)
    assert asking.delete(f"/api/photos/{photo['id']}").status_code == 204
    assert asking.get(f"/api/photos/{photo['id']}").status_code == 404


def test_the_page_and_all_that_it_names_are_there(asking):
    import re

    page = asking.get("/", headers={"authorization": ""})
    assert page.headers["content-type"].startswith("text/html")
    named = re.findall(r'(?:src|href)="(/page/[^"]+)"', page.text)
    assert named
    for path in named:
        assert asking.get(path, headers={"authorization": ""}).status_code == 200, path
    assert "http" not in re.sub(r"http-equiv|https?://www.w3.org", "", page.text)
