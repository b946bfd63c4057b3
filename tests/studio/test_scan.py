"""What was found of a scan is told, corrected, and kept where the command line reads it."""

import io
import json

import numpy as np
import pytest
import skimage.data
from PIL import Image

from rehue import Colorizer
from rehue.edits import read_edits
from rehue.scan import Stated
from rehue.studio import Limits, Session

GREY = np.ascontiguousarray(skimage.data.camera()[96:224, 160:352])
MAT, PLACES = 200, ((30, 40), (270, 50))  # left and top of each print


@pytest.fixture
def album(folder):
    """A page of an album with two prints."""
    page = np.full((240, 500), MAT, np.uint8)
    for left, top in PLACES:
        page[top : top + GREY.shape[0], left : left + GREY.shape[1]] = GREY
    Image.fromarray(page).save(folder / "album.png")
    return folder / "album.png"


def corners_of(left, top, width=192, height=128):
    right, lower = left + width, top + height
    return [[left, top], [right, top], [right, lower], [left, lower]]


def preview(asking, photo):
    answer = asking.get(f"/api/photos/{photo['id']}/preview")
    return np.asarray(Image.open(io.BytesIO(answer.content))).astype(int)


def edit(asking, photo, **scan):
    body = {"revision": photo["revision"], "edits": {"wishes": {"scan": scan}}}
    return asking.put(f"/api/photos/{photo['id']}/edits", json=body)


def test_prints_are_told_with_their_corners(asking, album, open_photo):
    photo = open_photo(asking, album.name)
    found = asking.get(f"/api/photos/{photo['id']}/finding").json()
    assert photo["finding"] == found
    assert found["said"].startswith("2 prints on a plain surround")
    for one, place in zip(found["prints"], PLACES, strict=True):
        assert np.abs(np.array(one["corners"]) - corners_of(*place)).max() <= 3
    at = f"/api/photos/{photo['id']}/suggestions"
    assert asking.get(at, params={"x": 0.2, "y": 0.4}).json()["suggestions"]
    beside = asking.get(at, params={"x": 0.5, "y": 0.02})
    assert beside.status_code == 422
    assert "on no print" in beside.json()["error"]


def test_an_ordinary_photograph_is_told_as_one(asking, open_photo):
    found = open_photo(asking)["finding"]
    assert (found["said"], found["has_surround"], len(found["prints"])) == ("", False, 1)


def test_as_it_is(asking, album, folder, open_photo):
    """Said on the page, it is what `--as-is` is: the surround is coloured, too."""
    photo = open_photo(asking, album.name)
    mat = (slice(0, 30), slice(0, 500))
    assert np.ptp(preview(asking, photo)[mat], axis=-1).max() <= 3  # a JPEG
    photo = edit(asking, photo, as_is=True).json()
    assert photo["edits"]["wishes"] == {"scan": {"as_is": True}}
    assert photo["finding"]["said"] == ""
    assert np.ptp(preview(asking, photo)[mat], axis=-1).max() > 3
    assert read_edits(folder / "album.png.rehue.json").scan == Stated(as_is=True)
    photo = edit(asking, photo).json()
    assert photo["finding"]["has_surround"]
    assert photo["edits"]["wishes"] == {}


def test_prints_that_are_stated_are_saved_as_the_command_line_would(
    asking, album, folder, open_photo, colorizer
):
    photo = open_photo(asking, album.name)
    stated = {"prints": [corners_of(30, 40)], "tones": [10, 90], "upright": 180}
    photo = edit(asking, photo, **stated).json()
    assert photo["edits"]["wishes"]["scan"] == stated
    (one,) = photo["finding"]["prints"]
    assert (one["tones"], one["turn"]) == ([10, 90], 2)
    assert np.ptp(preview(asking, photo)[45:170, 280:450], axis=-1).max() <= 3
    result = asking.get(f"/api/photos/{photo['id']}/result")
    assert result.status_code == 200
    coloring = read_edits(folder / "album.png.rehue.json")
    colorizer.colorize_file(album, folder / "again.png", **coloring.wished())
    assert (folder / "again.png").read_bytes() == result.content


def test_a_negative_is_shown_as_a_positive(asking, open_photo):
    photo = open_photo(asking)
    at = f"/api/photos/{photo['id']}/grey"
    before = np.asarray(Image.open(io.BytesIO(asking.get(at).content))).astype(float)
    assert edit(asking, photo, negative=True).status_code == 200
    after = np.asarray(Image.open(io.BytesIO(asking.get(at).content))).astype(float)
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] < -0.9


@pytest.mark.parametrize(
    "scan",
    [
        [],
        {"as_is": 1},
        {"as_iz": True},
        {"input_gamma": "/etc/passwd"},
        {"prints": "none"},
        {"prints": [[[0, 0], [9, 0], [9, 9]]]},
        {"prints": [[[0, 0], [9, 9], [9, 0], [0, 9]]]},  # crossed
        {"prints": [[[0, 0], [0, 9], [9, 9], [9, 0]]]},  # the other way round
        {"prints": [[[0, 0], [4, 4], [9, 9], [0, 9]]]},  # a triangle
        {"prints": [[[0, 0], [9, 0], [2, 2], [0, 9]]]},  # a corner inside the others
        {"prints": [[[0, 0], [9, 0], [9, float("inf")], [0, 9]]]},
        {"prints": [[[0, 0], [900, 0], [900, 9], [0, 9]]]},  # beyond the page
        {"prints": [{"left": 0}]},
        {"tones": [75, 40]},
        {"tones": [40]},
        {"tones": [float("nan"), 40]},
        {"upright": 45},
        {"upright": [90]},
    ],
)
def test_what_no_scan_can_be_is_one_line_and_changes_nothing(asking, open_photo, scan):
    photo = open_photo(asking)
    body = {"revision": 1, "edits": {"wishes": {"scan": scan}}}
    text = json.dumps(body)  # with Infinity and NaN, as Python says them
    answer = asking.put(
        f"/api/photos/{photo['id']}/edits",
        content=text,
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 422, answer.text
    assert "\n" not in answer.json()["error"]
    assert asking.get(f"/api/photos/{photo['id']}").json()["revision"] == 1


def test_many_prints_are_too_many_however_they_come(colorizer, folder, asks):
    session = Session(colorizer, folder, Limits(prints=2, hints=3))
    scan = {"prints": [corners_of(0, 0, 9, 9)] * 3}
    hints = [{"x": 1, "y": 1, "color": "navy"}] * 4
    file = {"file": ("a.jpg", (folder / "a.jpg").read_bytes())}
    with asks(session) as asking:
        photo = asking.post("/api/photos", json={"path": "a.jpg"}).json()
        for edits in ({"wishes": {"scan": scan}}, {"hints": hints}):
            body = {"revision": 1, "edits": edits}
            at = f"/api/photos/{photo['id']}/edits"
            assert asking.put(at, json=body).status_code == 413
            form = {"edits": json.dumps(edits)}
            assert asking.post("/api/color", files=file, data=form).status_code == 413
        body = {"wishes": {"scan": scan}}
        assert asking.post("/api/folder/color", json=body).status_code == 413


def test_a_scan_is_stated_of_a_file_that_is_sent(asking, album):
    files = {"file": (album.name, album.read_bytes())}
    results = [
        asking.post("/api/color", files=files, data=data).content
        for data in ({}, {"scan": '{"as_is": true}'})
    ]
    whole = np.asarray(Image.open(io.BytesIO(results[1])))[:30]
    assert np.ptp(np.asarray(Image.open(io.BytesIO(results[0])))[:30], axis=-1).max() == 0
    assert np.ptp(whole.astype(int), axis=-1).max() > 3


def test_what_was_stated_of_another_scan_is_left_alone(asking, folder, open_photo):
    """The wishes beside a photograph were of a larger one."""
    beside = folder / "a.jpg.rehue.json"
    beside.write_text(json.dumps({"wishes": {"scan": {"prints": [corners_of(0, 0, 900, 900)]}}}))
    before = beside.read_text()
    photo = open_photo(asking)
    assert "left alone" in photo["notes"][0]
    assert photo["edits"]["wishes"] == {}
    assert edit(asking, photo, as_is=True).status_code == 200
    assert beside.read_text() == before


def test_each_page_has_a_finding_of_its_own(asking, album, folder, open_photo):
    first, second = Image.open(folder / "a.jpg"), Image.open(album)
    first.save(folder / "two.tif", save_all=True, append_images=[second])
    photo = open_photo(asking, "two.tif")
    at = f"/api/photos/{photo['id']}/finding"
    said = [asking.get(f"{at}?page={page}").json()["said"] for page in (1, 2)]
    assert said[0] == ""
    assert said[1].startswith("2 prints")


def test_a_model_without_hints_says_so_of_a_page_of_prints(tiny_model, folder, asks):
    """What a model cannot is found out before it is kept, of a page of prints as well."""
    page = np.pad(GREY, 40, constant_values=MAT)
    Image.fromarray(page).save(folder / "page.png")
    with asks(Session(Colorizer(tiny_model, threads=1), folder)) as asking:
        photo = asking.post("/api/photos", json={"path": "page.png"}).json()
        assert photo["finding"]["has_surround"]
        hint = {"x": 0.5, "y": 0.5, "color": "navy", "unit": "share"}
        body = {"revision": 1, "edits": {"hints": [hint]}}
        answer = asking.put(f"/api/photos/{photo['id']}/edits", json=body)
    assert answer.status_code == 422
    assert "not trained with hints" in answer.json()["error"]
