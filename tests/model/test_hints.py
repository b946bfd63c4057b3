import json

import numpy as np
import pytest

from rehue.color import Bins, srgb_to_lab
from rehue.color.gamut import in_gamut
from rehue.errors import ModelError
from rehue.model import Hint, palette_of_colors, palette_of_picture, place_hints, read_hints

LIGHT = np.full((40, 60), 50, np.float32)
SIZE = (400, 600)  # ten pixels of the photograph to one that the network sees
BINS = Bins.in_srgb(10)


def test_a_hint_is_a_disc_of_its_colour():
    drawn, _, notes = place_hints([Hint(200, 100, "#b03030", radius=30)], LIGHT, SIZE)
    assert notes == ()
    mask = drawn[2] > 0
    rows, columns = np.nonzero(mask)
    assert (rows.mean() + 0.5, columns.mean() + 0.5) == pytest.approx((10, 20))
    assert mask.sum() == pytest.approx(np.pi * 3**2, rel=0.2)
    expected = srgb_to_lab(np.array([0xB0, 0x30, 0x30], np.uint8))[1:]
    assert drawn[:2, 10, 20] == pytest.approx(expected, abs=1)
    assert not drawn[:, ~mask].any()
    assert np.ptp(drawn[:, mask], axis=1).max() == 0


@pytest.mark.parametrize(("x", "y"), [(0, 0), (600, 400), (3, 397), (299.9, 200)])
def test_the_smallest_hint_still_has_a_pixel(x, y):
    drawn, *_ = place_hints([Hint(x, y, "navy", radius=0)], LIGHT, SIZE)
    ((row, column),) = np.argwhere(drawn[2])
    assert abs(column + 0.5 - x / 10) <= 1
    assert abs(row + 0.5 - y / 10) <= 1


def test_a_share_is_the_same_place_in_every_size():
    share = Hint(0.5, 0.25, "navy", radius=0.05, unit="share")
    for height, width in (SIZE, (40, 60)):
        pixels = Hint(width / 2, height / 4, "navy", radius=0.05 * width)
        expected, *_ = place_hints([pixels], LIGHT, (height, width))
        assert np.array_equal(place_hints([share], LIGHT, (height, width))[0], expected)
    *_, (note,) = place_hints([Hint(200, 0.5, "navy", unit="share")], LIGHT, SIZE)
    assert note == "hint navy at 200, 0.5 lies outside 0 to 1: left out"


def test_shares_from_files(tmp_path):
    path = tmp_path / "hints"
    expected = [Hint(0.5, 0.25, "navy", unit="share")]
    for text in (
        '{"x": 0.5, "y": 0.25, "color": "navy", "unit": "share"}',
        '{"unit": "share", "hints": [{"x": 0.5, "y": 0.25, "color": "navy"}]}',
        "x,y,color,unit\n0.5,0.25,navy,share\n",
        "0.5,0.25,navy,,share\n",
    ):
        path.write_text(text, "utf-8")
        assert read_hints(path) == expected


def test_the_later_hint_counts():
    drawn, *_ = place_hints([Hint(300, 200, "red"), Hint(300, 200, "blue")], LIGHT, SIZE)
    assert drawn[1, 20, 30] < -10


def test_a_hint_outside_is_left_out_and_told():
    hints = [Hint(601, 10, "red"), Hint(-1, 10, "red"), Hint(10, 401, "red")]
    drawn, _, notes = place_hints(hints, LIGHT, SIZE)
    assert not drawn.any()
    assert len(notes) == 3
    assert "lies outside 600 x 400 pixels: left out" in notes[0]


def test_a_colour_that_its_lightness_has_not_is_brought_to_the_nearest():
    dark = np.full((40, 60), 3, np.float32)
    drawn, _, (note,) = place_hints([Hint(300, 200, "yellow", radius=20)], dark, SIZE)
    assert "does not exist at the lightness there: the nearest is taken" in note
    a, b, _ = drawn[:, 20, 30]
    assert in_gamut(np.array([[3, a, b]]), 1e-3).all()
    yellow = srgb_to_lab(np.array([255, 255, 0], np.uint8))[1:]
    assert b > 1
    assert np.arctan2(b, a) == pytest.approx(np.arctan2(yellow[1], yellow[0]), abs=1e-3)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"color": "reddish"}, "'reddish' is no colour: give #rrggbb"),
        ({"color": 7}, "7 is no colour"),
        ({"x": float("nan")}, "give numbers for x, y and radius"),
        ({"x": "7"}, "give numbers for x, y and radius"),
        ({"radius": -1}, "radius -1 is below 0"),
        ({"unit": "inches"}, "unit 'inches': give pixels or share"),
    ],
)
def test_what_is_no_hint(values, message):
    with pytest.raises(ModelError) as caught:
        Hint(**{"x": 1, "y": 2, "color": "red", **values})
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


HINTS = [Hint(64, 128, "#b03030", 4), Hint(1.5, 2, "navy")]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(
            [
                {"x": 64, "y": 128, "color": "#b03030", "radius": 4},
                {"x": 1.5, "y": 2, "color": "navy"},
            ]
        ),
        "x,y,color,radius\n64,128,#b03030,4\n1.5,2,navy,\n",
        "\ufeffcolor,y,x\r\n#b03030,128,64\r\nnavy,2,1.5\r\n",
        "64,128,#b03030,4\n1.5,2,navy\n",
        "\n 64, 128, #b03030\n\n1.5, 2, navy\n",
    ],
)
def test_hints_from_files(tmp_path, text):
    path = tmp_path / "hints"
    path.write_bytes(text.encode())
    assert [hint.in_pixels(400, 600) for hint in read_hints(path)] == [
        hint.in_pixels(400, 600) for hint in HINTS
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        "[{]",
        '[{"x": 1, "y": 2}]',
        '[{"x": 1, "y": 2, "color": "red", "size": 3}]',
        "x,y,color\n1,b,red\n",
        "x,y,color\n1,,red\n",
        "1,2\n",
        "1,2,red,4,pixels,more\n",
        "x,y,color,unit\n1,2,red,inches\n",
        "x,y,color\n",
        "[]",
        "",
        '{"hints": []}',
        '{"hints": 7}',
        '{"hints": [7]}',
        '{"size": 3, "hints": [{"x": 1, "y": 2, "color": "red"}]}',
        "<html>\n<body>",
        '[{"x": [], "y": 2, "color": "red"}]',
        "\xff\xfe",
    ],
)
def test_files_without_hints(tmp_path, text):
    path = tmp_path / "hints"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError) as caught:
        read_hints(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(ModelError, match="hints cannot be read"):
        read_hints(tmp_path / "none.csv")


def test_a_palette_of_colours():
    palette = palette_of_colors(["#b03030", "navy"], BINS)
    assert palette.dtype == np.float32
    assert palette.sum() == pytest.approx(1)
    mean = palette @ BINS.centers
    colors = np.array([[0xB0, 0x30, 0x30], [0, 0, 128]], np.uint8)
    assert mean == pytest.approx(srgb_to_lab(colors)[:, 1:].mean(axis=0), abs=3)
    for colors, message in (([], "without colours"), (["red", "rde"], "'rde' is no colour")):
        with pytest.raises(ModelError, match=message):
            palette_of_colors(colors, BINS)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_a_palette_of_a_picture(dtype):
    largest = {np.uint8: 255, np.uint16: 65535, np.float32: 1}[dtype]
    picture = np.zeros((300, 500, 3), dtype)
    picture[:, :250, 0] = largest  # red and blue
    picture[:, 250:, 2] = largest
    palette = palette_of_picture(picture, BINS)
    assert palette.sum() == pytest.approx(1)
    assert palette == pytest.approx(palette_of_colors(["red", "blue"], BINS), abs=0.02)
    for grey in (picture[..., 1], np.full((5, 5, 3), largest, dtype)):
        with pytest.raises(ModelError, match="has no colour to borrow"):
            palette_of_picture(grey, BINS)


def test_a_pin_takes_the_automatic_colour_of_its_place():
    automatic = np.stack([np.full_like(LIGHT, 12), np.full_like(LIGHT, -34)])
    hints = [Hint(100, 100, "keep", radius=30), Hint(500, 300, "navy", radius=30)]
    placed = place_hints(hints, LIGHT, SIZE, automatic)
    assert placed.notes == ()
    assert placed.drawn[:, 10, 10].tolist() == [12, -34, 1]
    assert placed.pinned[10, 10]
    assert placed.drawn[2, 30, 50] == 1
    assert not placed.pinned[30, 50]
    assert str(hints[0]) == "100,100,keep,30"


@pytest.mark.parametrize("number", [np.int64, np.float32, np.uint8])
def test_places_may_be_numpys_numbers(number):
    assert Hint(number(3), number(4), "navy", number(2)) == Hint(3, 4, "navy", 2)
