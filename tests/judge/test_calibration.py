import numpy as np
import pytest
from skimage import data

from rehue import Colorizer
from rehue.dataset import Sample
from rehue.errors import DatasetError
from rehue.judge import TEMPERATURES, measure_calibration


@pytest.fixture(scope="module")
def samples():
    pictures = (data.astronaut()[:256, 100:400], data.coffee()[:, :300], data.chelsea())
    return [Sample(str(n), np.ascontiguousarray(picture)) for n, picture in enumerate(pictures)]


@pytest.fixture(scope="module")
def fits(samples):
    return measure_calibration(Colorizer(threads=1), samples, TEMPERATURES)


def test_bins_hold_all_cells_and_explain_the_error(fits):
    for fit in fits:
        shares, sure, right = np.array(fit.bins).T
        assert shares.sum() == pytest.approx(1)
        assert (shares * abs(sure - right)).sum() == pytest.approx(fit.error)
        assert (shares * right).sum() == pytest.approx(fit.right)


def test_a_temperature_makes_surer_or_less_so_and_nothing_else(fits):
    sure = [np.average(np.array(fit.bins)[:, 1], weights=np.array(fit.bins)[:, 0]) for fit in fits]
    assert sure == sorted(sure, reverse=True)
    # Means of the same ones and zeros, in float64.
    assert np.ptp([fit.right for fit in fits]) < 1e-9
    assert np.ptp([fit.error for fit in fits]) > 0.01


def test_the_cards_temperature_is_taken(samples):
    (fit,) = measure_calibration(Colorizer(threads=1), samples[:1])
    assert fit.temperature == Colorizer().card.confidence_temperature


def test_nothing_to_judge():
    with pytest.raises(DatasetError, match="found none"):
        measure_calibration(Colorizer(threads=1), [])
