import numpy as np
import pytest

from rehue.color import lightness, srgb_to_lab
from rehue.dataset import Sample
from rehue.errors import DatasetError
from rehue.judge.baselines import PLAIN_GREY, constant_ab, mean_color, paint


def test_plain_grey_is_grey_and_keeps_lightness(photographs):
    truth = lightness(photographs[0].image)
    grey = paint(truth, constant_ab(truth, PLAIN_GREY))
    assert (np.ptp(grey.astype(int), axis=-1) == 0).all()
    assert np.abs(lightness(grey) - truth).max() < 0.4


def test_paint_keeps_lightness_where_the_colour_does_not_fit(photographs):
    truth = lightness(photographs[2].image)
    garish = paint(truth, constant_ab(truth, (90.0, -90.0)))
    assert np.abs(lightness(garish) - truth).mean() < 0.3
    assert np.ptp(garish.astype(int), axis=-1).mean() > 20


def test_mean_color_weighs_photographs_and_not_pixels():
    red = np.full((4, 4, 3), (200, 40, 40), np.uint8)
    blue = np.full((40, 40, 3), (40, 40, 200), np.uint8)
    expected = (srgb_to_lab(red)[0, 0, 1:] + srgb_to_lab(blue)[0, 0, 1:]) / 2
    found = mean_color(Sample(key=str(at), image=image) for at, image in enumerate((red, blue)))
    # Means over equal pixels, of ab of up to 110: float32's 8e-6 of each.
    assert found == pytest.approx(expected.tolist(), abs=1e-4)


def test_mean_color_of_nothing_is_an_error():
    with pytest.raises(DatasetError, match="found none"):
        mean_color([])
