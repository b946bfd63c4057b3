import numpy as np
import pytest

from rehue.judge.unrest import calm_segments, measure_unrest


@pytest.fixture(scope="module")
def original():
    """Return two calm halves in L*a*b*, a blue one and a green one, with a little grain."""
    rng = np.random.default_rng(3)
    lab = np.zeros((128, 192, 3))
    lab[:, :96], lab[:, 96:] = (60, -5, -30), (40, -30, 25)
    return lab + rng.normal(0, 0.1, lab.shape)


@pytest.fixture(scope="module")
def segments(original):
    return calm_segments(original)


def test_calm_things_of_an_original_are_found(original, segments):
    assert len(segments) == 2
    assert sum(map(len, segments)) > 0.95 * 128 * 192


def test_the_originals_own_colours_are_calm_and_have_no_patch(original, segments):
    seen = measure_unrest(original[..., 1:], original[..., 1:], segments)
    assert seen.shown == seen.original < 1.0
    assert seen.patches == 0


def test_a_patch_of_another_hue_is_counted(original, segments):
    shown = original[..., 1:].copy()
    shown[10:26, 8:24] = (40, 30)  # 256 pixels of red in the blue half
    seen = measure_unrest(shown, original[..., 1:], segments)
    assert seen.patches == pytest.approx(256 / sum(map(len, segments)))
    assert seen.shown > 5 > seen.original


def test_dull_places_are_no_patches(original, segments):
    shown = original[..., 1:].copy()
    shown[10:26, 8:24] = (5, 5)
    assert measure_unrest(shown, original[..., 1:], segments).patches == 0


def test_a_photograph_without_calm_segments_has_no_figure():
    rng = np.random.default_rng(4)
    lab = np.stack([rng.uniform(0, 100, (32, 32)), *rng.uniform(-60, 60, (2, 32, 32))], axis=-1)
    seen = measure_unrest(lab[..., 1:], lab[..., 1:], calm_segments(lab))
    assert np.isnan([seen.shown, seen.original, seen.patches]).all()
