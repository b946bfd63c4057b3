import numpy as np
import pytest

from rehue.color import Bins
from rehue.errors import DatasetError
from rehue.judge.choose import choose_decoding, decoding_grid
from rehue.model import Decoding

BINS = Bins.in_srgb()


def blurred(ab, decoding):
    """A network whose logits are half of what they should be: T = 0.5 makes up for it."""
    ab = ab[::4, ::4]
    index, weight = BINS.encode(ab)
    logits = np.full((*ab.shape[:2], len(BINS)), -6.0, np.float32)
    np.put_along_axis(logits, index, np.log(np.maximum(weight, 1e-6)) / 2, axis=-1)
    small = BINS.decode(np.moveaxis(logits, -1, 0), decoding.temperature)
    return np.moveaxis(small, 0, -1).repeat(4, axis=0).repeat(4, axis=1) * decoding.chroma


def turned(ab, decoding):
    """A model that gets hues wrong by 60 degrees: the duller it is, the smaller its error."""
    c, s = np.cos(np.pi / 3), np.sin(np.pi / 3)
    return ab @ np.array([[c, -s], [s, c]], np.float32) * np.float32(decoding.chroma)


def test_the_temperature_that_makes_up_for_the_network_is_found(stand_in, photographs):
    grid = [Decoding("bins", t) for t in (0.1, 0.5, 0.8, 1.0, 1.5)]
    choice = choose_decoding(stand_in(blurred), photographs, grid)
    assert choice.fit
    assert choice.best.decoding == Decoding("bins", 0.5)
    assert choice.best.median_over_grey < 0.3
    assert choice.count == len(photographs)


def test_the_chroma_that_makes_up_for_the_network_is_found(stand_in, photographs):
    def dull(ab, decoding):
        return ab * np.float32(0.8 * decoding.chroma)

    grid = [Decoding("bins", 1.0, chroma) for chroma in (1.0, 1.25, 1.5)]
    choice = choose_decoding(stand_in(dull), photographs, grid)
    assert choice.best.decoding.chroma == 1.25
    assert choice.best.gap == pytest.approx(0, abs=0.2)
    assert choice.best.absolute_gap < 0.2
    assert [c.gap for c in choice.candidates] == sorted(c.gap for c in choice.candidates)


def test_limits_keep_it_from_being_dull(stand_in, photographs):
    grid = [Decoding("bins", 1.0, chroma) for chroma in (0.2, 0.6, 1.0)]
    loose = {"gap_limit": 1000.0, "absolute_gap_limit": 1000.0}
    free = choose_decoding(stand_in(turned), photographs, grid, **loose)
    assert free.best.decoding.chroma == 0.2
    held = choose_decoding(stand_in(turned), photographs, grid, gap_limit=6.0)
    assert held.fit
    assert held.best.decoding.chroma == 1.0
    assert held.best.median_over_grey > free.best.median_over_grey


def test_where_none_is_fit_the_least_unfit_is_taken(stand_in, photographs):
    grid = [Decoding("bins", 1.0, chroma) for chroma in (0.1, 0.4, 0.2)]
    choice = choose_decoding(stand_in(turned), photographs, grid, gap_limit=0.5)
    assert not choice.fit
    assert choice.best.decoding.chroma == 0.4


def test_the_network_runs_once_a_photograph(stand_in, photographs):
    asked = []

    def noting(ab, decoding):
        asked.append(decoding)
        return ab

    colorizer = stand_in(noting)
    choose_decoding(
        colorizer, photographs, decoding_grid((0.5, 1.0), (1.0, 1.2, 1.4), evennesses=(0.0,))
    )
    assert colorizer.looks == len(photographs)
    assert asked == [Decoding("bins", 0.5), Decoding("bins", 1.0)] * len(photographs)


def test_nothing_to_choose_on_is_an_error(stand_in):
    with pytest.raises(DatasetError, match="found none"):
        choose_decoding(stand_in(turned), [])


def test_a_model_without_bins_is_tried_by_its_regression(stand_in, photographs):
    choice = choose_decoding(stand_in(turned, heads=("regression",)), photographs[:1])
    assert {candidate.decoding.head for candidate in choice.candidates} == {"regression"}
    assert len({candidate.decoding.chroma for candidate in choice.candidates}) > 3


def test_a_model_with_bins_is_tried_by_them():
    for heads in (("bins",), ("bins", "regression")):
        assert {decoding.head for decoding in decoding_grid(heads=heads)} == {"bins"}
