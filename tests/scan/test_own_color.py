"""Stamps, ink and colour targets on grey pictures; the figures are in benchmarks/scan."""

import numpy as np
import pytest

from rehue.color import Tone
from rehue.scan import Stated, examine, find_own_color


def toned(grey, color):
    return np.rint(grey[..., None] / 255 * np.array(color)).astype(np.uint8)


PAPERS = {"grey": (255, 255, 255), "sepia": (250, 225, 185)}


def with_stamp(base, photograph):
    base = base.copy()
    side = base.shape[0] // 4
    base[20 : 20 + side, 30 : 30 + side] = photograph[50 : 50 + side, 60 : 60 + side]
    return base


def with_target(base, _):
    base = base.copy()
    for i, color in enumerate([(200, 40, 40), (40, 160, 60), (40, 60, 180), (230, 210, 40)]):
        base[-40:-15, 40 + 30 * i : 70 + 30 * i] = color
    return base


def with_pencil(base, _):
    base = base.copy()
    for i in range(120):
        row = 80 + i // 2
        base[row : row + 5, 50 + i : 53 + i] = (190, 30, 40)
    return base


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
@pytest.mark.parametrize("put", [with_stamp, with_target, with_pencil])
def test_vivid_parts_are_kept_exactly_and_the_rest_is_not(put, paper, photographs, grey_of):
    base = toned(grey_of(photographs["china"]), paper)
    picture = put(base, photographs["coffee"])
    own = examine(picture).own_color
    assert own is not None
    colored = np.full_like(picture, 7)
    own.keep(picture, colored)
    changed = (picture != base).any(axis=-1)
    vivid = changed & (np.ptp(picture.astype(int), axis=-1) > 40)
    kept = (colored == picture).all(axis=-1)
    assert kept[vivid].mean() > 0.99
    assert kept[~changed].mean() < 0.02


def test_photographs_in_colour_have_no_parts_of_their_own(photograph):
    assert find_own_color(photograph) is None


def test_grey_and_toned_pictures_have_none(photograph, grey_of):
    for paper in PAPERS.values():
        assert find_own_color(toned(grey_of(photograph), paper)) is None


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_deep_pictures_are_kept_in_their_type(dtype, photographs, grey_of):
    picture = with_target(toned(grey_of(photographs["china"]), PAPERS["grey"]), None)
    white = 65535 if dtype is np.uint16 else 1
    deep = (picture.astype(np.float64) / 255 * white).astype(dtype)
    own = find_own_color(deep)
    colored = np.zeros_like(deep)
    own.keep(deep, colored)
    assert np.array_equal(colored[-30, 50], deep[-30, 50])
    assert not colored[10, 10].any()


def test_a_part_of_the_picture_keeps_what_the_whole_keeps_there(photographs, grey_of):
    base = toned(grey_of(photographs["china"]), PAPERS["sepia"])
    picture = with_stamp(base, photographs["coffee"])
    own = find_own_color(picture)
    whole = np.zeros_like(picture)
    own.keep(picture, whole)
    rows, columns = slice(15, 77), slice(22, 91)
    part = np.zeros_like(picture[rows, columns])
    own.part(rows, columns, picture.shape[:2]).keep(picture[rows, columns], part)
    assert part.any()
    assert np.array_equal(part, whole[rows, columns])


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_a_stroke_so_thin_that_the_whole_is_grey_or_toned_is_kept(paper, photographs, grey_of):
    picture = toned(grey_of(photographs["china"]), paper)
    picture[100:104, 60:180] = (190, 30, 40)
    finding = examine(picture)
    assert finding.toning.tone is not Tone.COLORED
    colored = np.full_like(picture, 7)
    finding.own_color.keep(picture, colored)
    assert np.array_equal(colored[100:104, 60:180], picture[100:104, 60:180])


def test_nothing_is_kept_of_what_is_to_be_coloured_anew(photographs, grey_of):
    picture = with_stamp(toned(grey_of(photographs["china"]), (255,) * 3), photographs["coffee"])
    assert examine(picture).own_color is not None
    assert examine(picture, Stated(recolor=True)).own_color is None
