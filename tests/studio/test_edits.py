"""What was wished of a photograph outlives the page, the studio, and a folder without rights."""

import json

import pytest

from rehue.edits import coloring_of, read_edits, table_of, write_edits
from rehue.errors import RehueError
from rehue.model import Hint
from rehue.scan import Stated, Tones
from rehue.studio import Session
from rehue.wishes import Coloring

EDITS = {
    "hints": [{"x": 0.25, "y": 0.5, "color": "navy", "unit": "share"}],
    "wishes": {"saturation": 1.25, "alternative": 2},
}


def wish(asking, photo):
    body = {"revision": photo["revision"], "edits": EDITS}
    answer = asking.put(f"/api/photos/{photo['id']}/edits", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_wishes_go_to_a_table_and_back():
    coloring = Coloring(
        saturation=0.5,
        boldness=0.25,
        refresh=True,
        alternative=3,
        palette=("navy", "#b03030"),
        hints=(Hint(0.5, 0.5, "navy", 0.01, "share"), Hint(3, 4, "#123456"), Hint(5, 6, "keep")),
        scan=Stated(
            prints=(((0.0, 1.0), (9.5, 0.0), (9.0, 9.0), (1.0, 9.0)),),
            tones=Tones(40, 75),
            upright=0,
            is_negative=True,
        ),
    )
    assert coloring_of(json.loads(json.dumps(table_of(coloring))), "here") == coloring


def test_a_file_with_hints_alone_is_read_as_ever(tmp_path):
    (tmp_path / "hints.csv").write_text("3,4,navy\n")
    assert read_edits(tmp_path / "hints.csv").hints == (Hint(3, 4, "navy"),)


def test_a_file_with_wishes_alone_is_one(tmp_path):
    write_edits(tmp_path / "a.json", Coloring(warmth=3), "a.jpg", None)
    assert read_edits(tmp_path / "a.json") == Coloring(warmth=3)


@pytest.mark.parametrize(
    "table",
    [
        {"hints": {}, "wishes": {}},
        {"wishes": []},
        {"wishes": {"hints": []}},
        {"wishes": {"saturatoin": 1}},
        {"wishes": {"saturation": "much"}},
        {"wishes": {"saturation": True}},
        {"wishes": {"palette": [1]}},
        {"wishes": {"palette": ["nocolour"]}, "hints": [{"x": 0, "y": 0, "color": "nocolour"}]},
        {"photograph": 1},
    ],
)
def test_what_is_no_wish_is_refused(table):
    with pytest.raises(RehueError) as found:
        coloring_of(table, "here")
    assert str(found.value).startswith("here") or "saturation" in str(found.value)


def test_work_survives_a_reload_and_a_crash(colorizer, folder, asks):
    data = (folder / "a.jpg").read_bytes()
    for sent in ({"json": {"path": "a.jpg"}}, {"files": {"file": ("a.jpg", data)}}):
        with asks(Session(colorizer, folder)) as asking:
            photo = wish(asking, asking.post("/api/photos", **sent).json())
            assert asking.get(f"/api/photos/{photo['id']}").json()["edits"] == EDITS
        with asks(Session(colorizer, folder)) as asking:  # nothing was told to the first
            photo = asking.post("/api/photos", **sent).json()
            assert photo["edits"] == EDITS


def test_nothing_is_written_where_nothing_was_wished(asking, folder, open_photo):
    before = sorted(folder.rglob("*"))
    photo = open_photo(asking)
    asking.get(f"/api/photos/{photo['id']}/preview")
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("what", ["rights", "disk"])
def test_where_it_cannot_be_beside_it_goes_elsewhere_and_is_said(
    asking, folder, tmp_path, monkeypatch, what, open_photo
):
    """A folder without rights, or a full disk there."""
    from rehue.studio import opened

    write = opened.write_edits

    def refusing(path, *rest):
        if path.parent == folder:
            raise RehueError(f"{path}: cannot be written ({what})")
        write(path, *rest)

    monkeypatch.setattr(opened, "write_edits", refusing)
    photo = wish(asking, open_photo(asking))
    assert photo["kept"].startswith(str(tmp_path / "data"))
    assert "kept in" in photo["notes"][0]
    asking.delete(f"/api/photos/{photo['id']}")
    assert open_photo(asking)["edits"] == EDITS


def test_where_it_can_be_nowhere_it_is_said_and_the_page_goes_on(asking, monkeypatch, open_photo):
    from rehue.studio import opened

    def refusing(path, *rest):
        raise RehueError(f"{path}: cannot be written (No space left on device)")

    monkeypatch.setattr(opened, "write_edits", refusing)
    photo = wish(asking, open_photo(asking))
    assert "only as long as the studio runs" in photo["notes"][-1]
    assert photo["edits"] == EDITS


@pytest.mark.parametrize(
    "text", ["{", '{"wishes": {"saturation": 99}}', '{"other": 1}', "\0", "[" * 100_000]
)
def test_a_file_that_cannot_be_read_is_left_alone(asking, folder, text, open_photo):
    beside = folder / "a.jpg.rehue.json"
    beside.write_text(text)
    photo = open_photo(asking)
    assert "left alone" in photo["notes"][0]
    photo = wish(asking, photo)
    assert beside.read_text() == text
    assert photo["kept"] != str(beside)
