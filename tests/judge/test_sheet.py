import numpy as np
import pytest

from rehue.errors import DatasetError
from rehue.judge.results import Judged
from rehue.judge.sheet import choose_for_sheet, contact_sheet, model_sheet

RED, GREEN, BLUE = (
    np.full((40, 60, 3), c, np.uint8) for c in ((255, 0, 0), (0, 255, 0), (0, 0, 255))
)


def judged(count):
    """Mostly 3:2, with two tall ones and one panorama at places of no note; three kinds."""
    shapes = {17: (300, 100), 31: (200, 120), 44: (80, 240)}
    return [
        Judged(f"key{at}", ("a", "b", "c")[at % 3], *shapes.get(at, (100, 150)), {}, {}, {}, {})
        for at in range(count)
    ]


def colors(image):
    return {color for count, color in image.getcolors(1 << 24) if count > 50}


def test_sheet_has_its_cells_side_by_side_and_a_caption_line():
    sheet = contact_sheet([[RED, GREEN, BLUE]], ["one"], height=80)
    # Three cells of 120 x 80, gaps of 4 between and around, a caption of 14 below.
    assert sheet.size == (3 * 120 + 2 * 4 + 2 * 4, 80 + 14 + 4)
    assert [sheet.getpixel((4 + 60 + step * 124, 40)) for step in range(3)] == [
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
    ]
    caption = np.asarray(sheet)[84:98, 4:100]
    assert caption.min() < 120


def test_photographs_are_laid_out_in_lines():
    block = 2 * 120 + 4
    narrow = contact_sheet([[RED, BLUE]] * 5, [""] * 5, height=80, width=2 * block + 20)
    assert narrow.size == (2 * (block + 8), 3 * 98)
    assert contact_sheet([[RED, BLUE]] * 5, [""] * 5, height=80, width=10).size == (
        block + 8,
        5 * 98,
    )


def test_a_missing_original_leaves_a_square_free():
    sheet = contact_sheet([[RED, None, BLUE]], [""], height=80)
    assert sheet.size == (120 + 80 + 120 + 2 * 4 + 2 * 4, 98)
    assert sheet.getpixel((4 + 120 + 4 + 40, 40)) == (255, 255, 255)


def test_historic_photographs_have_two_cells_and_may_be_grey_arrays():
    grey = np.full((40, 60), 77, np.uint8)
    assert (77, 77, 77) in colors(contact_sheet([[grey, RED]], ["1907"], height=40))


@pytest.mark.parametrize(
    ("shape", "size"), [((1, 1), (80, 80)), ((1, 5000), (320, 80)), ((5000, 1), (1, 80))]
)
def test_odd_shapes_stay_within_a_cell(shape, size):
    picture = np.full((*shape, 3), 9, np.uint8)
    sheet = contact_sheet([[picture]], ["a caption that is longer than the cell"], height=80)
    assert sheet.size == (size[0] + 8, size[1] + 18)


def test_captions_in_any_script_are_drawn_or_replaced():
    contact = contact_sheet([[RED, RED]], ["Прокудин-Горский 1911 naïve"], height=80)
    assert np.asarray(contact)[84:98].min() < 120


def test_an_empty_sheet_is_an_error():
    with pytest.raises(DatasetError, match="found none"):
        contact_sheet([], [])


def test_tall_and_panoramic_photographs_are_always_on_the_sheet():
    for count in (60, 45):
        chosen = choose_for_sheet(judged(count), 12)
        assert len(chosen) == len(set(chosen)) == 12
        assert {"key17", "key31", "key44"} <= set(chosen)
    assert {"key17", "key44"} <= set(choose_for_sheet(judged(60), 3))


def test_the_choice_is_spread_over_kinds_and_does_not_depend_on_order():
    photographs = judged(60)
    chosen = choose_for_sheet(photographs, 24)
    kinds = {photograph.key: photograph.kind for photograph in photographs}
    counts = [sum(kinds[key] == kind for key in chosen) for kind in "abc"]
    assert min(counts) >= 5
    assert chosen == choose_for_sheet(photographs[5:] + photographs[:5], 24)


def test_a_small_set_is_shown_whole():
    assert sorted(choose_for_sheet(judged(3), 24)) == ["key0", "key1", "key2"]
    assert choose_for_sheet([], 24) == []


def test_model_sheet_shows_grey_original_and_prediction(stand_in, photographs):
    sheet = model_sheet(stand_in(lambda ab, decoding: -ab), photographs[2:3])
    picture = np.asarray(sheet).astype(int)[4:160, 4:-4]
    width = 240  # 108 x 72 at a height of 160
    cells = [picture[:, at * (width + 4) : at * (width + 4) + width] for at in range(3)]
    warmth = [(cell[..., 0] - cell[..., 2]).mean() for cell in cells]
    assert warmth[0] == pytest.approx(0, abs=0.5)
    assert warmth[1] > 20
    assert warmth[2] < -10
