"""Pages of a file, choices drawn ahead, colours to keep, and how far a save is."""

import io
import time

import numpy as np
import pytest
from PIL import Image, ImageColor

from rehue.color import srgb_to_lab
from rehue.edits import read_edits
from rehue.studio.suggestions import Place
from rehue.studio.views import Asked

PIN = {"x": 0.42, "y": 0.5, "color": "keep", "unit": "share"}
RED = {"x": 0.5, "y": 0.4, "color": "#b03030", "unit": "share"}


def picture(answer):
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def read_lightness(color):
    return float(srgb_to_lab(np.array(ImageColor.getrgb(color), np.uint8))[0])


def edit(asking, photo, **edits):
    body = {"revision": photo["revision"], "edits": edits}
    answer = asking.put(f"/api/photos/{photo['id']}/edits", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def two_pages(asking, folder, open_photo):
    """A photograph of two pages, the second one turned by its orientation."""
    first = Image.open(folder / "a.jpg")
    second = Image.fromarray(np.asarray(first)[:100, :90])
    first.save(folder / "two.tif", save_all=True, append_images=[second])
    return open_photo(asking, "two.tif")


def test_every_page_is_seen(asking, two_pages):
    assert two_pages["pages"] == [{"width": 192, "height": 128}, {"width": 90, "height": 100}]
    at = f"/api/photos/{two_pages['id']}"
    for what in ("grey", "preview", "confidence"):
        shapes = [picture(asking.get(f"{at}/{what}?page={page}")).shape[:2] for page in (1, 2)]
        assert shapes == [(128, 192), (100, 90)], what
    part = picture(asking.get(f"{at}/crop?x=80&y=90&width=50&height=50&page=2"))
    assert part.shape == (10, 10, 3)
    for query in ("x=0.5&y=0.5", "x=1&y=1"):
        found = asking.get(f"{at}/suggestions?{query}&page=2").json()
        assert found["suggestions"]
    for page in (0, 3):
        answer = asking.get(f"{at}/preview?page={page}")
        assert answer.status_code == 422
        assert "no page" in answer.json()["error"]


def test_what_is_wished_holds_for_every_page(asking, two_pages):
    at = f"/api/photos/{two_pages['id']}"
    before = picture(asking.get(f"{at}/preview?page=2"))
    edit(asking, two_pages, wishes={"saturation": 0})
    after = picture(asking.get(f"{at}/preview?page=2"))
    assert np.ptp(before.astype(int), axis=-1).max() > 5
    assert np.ptp(after.astype(int), axis=-1).max() <= 3


def drawn_ahead(asking, session, photo, colors):
    """Wait until the previews with these colours are there."""
    view = session._view(session.photo(photo["id"]), Asked(photo["id"]))
    views = [view.with_color(Place(0.5, 0.4, 5), color, None) for color in colors]
    end = time.monotonic() + 60
    while not all(session._looks.is_drawn(one.shown, one.coloring) for one in views):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_likely_choices_are_drawn_while_they_are_looked_at(
    asking, session, open_photo, monkeypatch
):
    """The answer to a click is there already, and is the very one that would be made."""
    photo = open_photo(asking)
    at = f"/api/photos/{photo['id']}"
    found = asking.get(f"{at}/suggestions?x=0.5&y=0.4&ahead=480").json()
    colors = [one["color"] for one in found["suggestions"]]
    drawn_ahead(asking, session, photo, colors)

    def never(*_):
        raise AssertionError("the worker was asked")

    monkeypatch.setattr(session.worker, "do", never)
    hint = {"x": 0.5, "y": 0.4, "color": colors[-1], "unit": "share"}
    photo = edit(asking, photo, hints=[hint])
    quick = asking.get(f"{at}/preview?longest=480&revision=2").content
    monkeypatch.undo()
    session._looks._drawn.clear()
    session._looks._previews.clear()
    assert asking.get(f"{at}/preview?longest=480&revision=2").content == quick


def test_what_was_drawn_never_answers_for_another_revision(asking, open_photo):
    photo = open_photo(asking)
    at = f"/api/photos/{photo['id']}"
    asking.get(f"{at}/preview?longest=480&revision=1")
    edit(asking, photo, wishes={"warmth": 3})
    assert asking.get(f"{at}/preview?longest=480&revision=1").status_code == 409


def test_a_hint_does_not_suggest_itself(asking, open_photo):
    photo = open_photo(asking)
    at = f"/api/photos/{photo['id']}/suggestions?x=0.5&y=0.4"
    bare = asking.get(at).json()["suggestions"]
    edit(asking, photo, hints=[{**RED, "radius": 0.05}])
    with_it = asking.get(at).json()["suggestions"]
    assert asking.get(f"{at}&hint=0").json()["suggestions"] == bare
    assert with_it != bare
    answer = asking.get(f"{at}&hint=1")
    assert answer.status_code == 400
    assert "counted from 0" in answer.json()["error"]


@pytest.mark.parametrize("alternative", [1, 3])
def test_a_pin_alone_changes_nothing_whatever_else_is_wished(asking, open_photo, alternative):
    wishes = {"saturation": 1.6, "warmth": 6, "boldness": 0.75, "alternative": alternative}
    photo = edit(asking, open_photo(asking), wishes=wishes)
    at = f"/api/photos/{photo['id']}"
    before = asking.get(f"{at}/preview").content
    photo = edit(asking, photo, hints=[PIN], wishes=wishes)
    assert photo["edits"]["hints"] == [PIN]
    assert asking.get(f"{at}/preview").content == before


def test_a_pin_stops_a_hint_and_is_saved_as_the_command_line_says_it(asking, folder, open_photo):
    photo = open_photo(asking)
    at = f"/api/photos/{photo['id']}"
    free = picture(asking.get(f"{at}/preview")).astype(int)
    photo = edit(asking, photo, hints=[{**RED, "radius": 0.05}])
    hinted = picture(asking.get(f"{at}/preview"))
    photo = edit(asking, photo, hints=[{**RED, "radius": 0.05}, PIN])
    pinned = picture(asking.get(f"{at}/preview"))
    place = (int(PIN["y"] * 128), int(PIN["x"] * 192))
    assert np.abs(pinned - free)[place].max() < np.abs(hinted - free)[place].max() / 2
    kept = read_edits(folder / "a.jpg.rehue.json")
    assert kept.hints[1].is_pin
    (folder / "hints.csv").write_text("x,y,color,unit\n0.42,0.5,keep,share\n")
    assert read_edits(folder / "hints.csv").hints == kept.hints[1:]


def test_what_exists_somewhere_is_for_the_lightness_that_is_shown(asking, folder, open_photo):
    """Of a faded print the network sees full contrast: its darkest tone is not black on paper."""
    faded = Image.open(folder / "a.jpg").point(lambda value: 90 + value * 90 // 255)
    faded.save(folder / "faded.png")
    photo = open_photo(asking, "faded.png")
    at = f"/api/photos/{photo['id']}/suggestions"
    row, column = np.unravel_index(np.asarray(faded).argmin(), faded.size[::-1])
    query = {"x": (column + 0.5) / faded.width, "y": (row + 0.5) / faded.height}
    found = asking.get(at, params=query).json()
    assert 38 < found["lightness"] < 45
    shown = [read_lightness(one["color"]) for one in found["suggestions"]]
    assert shown == pytest.approx([found["lightness"]] * len(shown), abs=1)


def test_a_save_tells_how_far_it_is(asking, session, two_pages):
    told = []
    start = session.tasks.start

    def watched(kind, total, work):
        task = start(kind, total, work)
        tell = task.tell
        task.tell = lambda steps, most: (tell(steps, most), told.append(task.share))
        return task

    session.tasks.start = watched
    task = asking.post(f"/api/photos/{two_pages['id']}/save").json()
    assert task["share"] == 0
    while task["state"] == "running":
        time.sleep(0.05)
        task = asking.get(f"/api/tasks/{task['id']}").json()
    assert task["share"] == 1
    assert told == sorted(told)
    assert len(set(told)) >= 5  # two pages looked at and coloured, and the file written
