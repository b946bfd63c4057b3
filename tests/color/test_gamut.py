import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehue.color import fit_to_gamut, in_gamut, lab_to_srgb, srgb_to_lab

L, A, B = np.meshgrid(
    np.linspace(0, 100, 21), np.linspace(-128, 128, 33), np.linspace(-128, 128, 33), indexing="ij"
)
GRID = np.stack([L, A, B], axis=-1).reshape(-1, 3)


def assert_fits(lab, fitted, slack):
    """In gamut; L as it was; the hue angle as it was; chroma not greater."""
    encoded = lab_to_srgb(fitted)
    # 1e-4 of sRGB is a fortieth of an 8-bit step: nothing is clipped visibly.
    assert encoded.min() > -1e-4
    assert encoded.max() < 1 + 1e-4
    # What docs/color.md promises; float32 keeps 8e-6 of an L of 100.
    assert np.abs(fitted[..., 0] - lab[..., 0]).max() < 1e-3
    before, after = lab[..., 1:], fitted[..., 1:]
    cross = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
    chroma, left = np.hypot(*np.moveaxis(before, -1, 0)), np.hypot(*np.moveaxis(after, -1, 0))
    # The distance from the line to neutral, in units of ab, and on its side of neutral.
    assert np.abs(cross / np.maximum(chroma, 1e-6)).max() < slack
    assert ((before * after).sum(axis=-1) >= 0).all()
    assert (left <= chroma + slack).all()


@pytest.mark.parametrize(("dtype", "slack"), [(np.float32, 1e-4), (np.float64, 1e-9)])
def test_a_grid_of_colours_is_brought_in_at_the_same_lightness_and_hue(dtype, slack):
    lab = GRID.astype(dtype)
    fitted = fit_to_gamut(lab)
    assert fitted.dtype == dtype
    assert_fits(lab, fitted, slack)


@given(st.floats(0, 100), st.floats(-300, 300), st.floats(-300, 300))
def test_any_colour_is_brought_in_at_the_same_lightness_and_hue(lightness, a, b):
    lab = np.array([[lightness, a, b]])
    assert_fits(lab, fit_to_gamut(lab), 1e-9)


@pytest.mark.parametrize(("chroma", "rest"), [(0.01, 1e-3), (2.5, 0)])
def test_no_more_chroma_is_taken_than_needed(chroma, rest):
    # Some dark blues are found slowly: within 2 units, not within a hundredth (`_STEPS`).
    rng = np.random.default_rng(0)
    lightness, hue = rng.uniform(0.5, 99.5, 20_000), rng.uniform(0, 2 * np.pi, 20_000)
    direction = np.stack([0 * hue, np.cos(hue), np.sin(hue)], axis=-1)
    far = np.stack([lightness, 0 * hue, 0 * hue], axis=-1) + 200 * direction
    assert in_gamut(fit_to_gamut(far) + chroma * direction).mean() <= rest


def test_lightness_after_rounding_to_8_bit_moves_by_rounding_alone():
    lab = GRID[(GRID[:, 0] > 0) & (GRID[:, 0] < 100)]
    shown = srgb_to_lab(lab_to_srgb(fit_to_gamut(lab), np.uint8))
    # A colour of dark blue may be half a step off in each channel.
    assert np.abs(shown[:, 0] - lab[:, 0]).max() < 0.6


def test_colours_of_srgb_stay_as_they_are():
    cube = np.random.default_rng(3).integers(0, 256, (5000, 3), dtype=np.uint8)
    lab = srgb_to_lab(cube / 255)
    assert in_gamut(lab).all()
    assert np.array_equal(fit_to_gamut(lab), lab)


def test_lightness_outside_the_range_is_clipped():
    fitted = fit_to_gamut(np.array([[-5.0, 10, 10], [105.0, 10, 10]]))
    assert fitted[:, 0].tolist() == [0, 100]
    # The tolerance of the gamut leaves black and white next to no chroma.
    assert np.abs(fitted[:, 1:]).max() < 0.01


def test_the_array_given_is_left_alone():
    lab = np.array([[50.0, 150, 150]])
    fit_to_gamut(lab)
    assert lab.tolist() == [[50.0, 150, 150]]
