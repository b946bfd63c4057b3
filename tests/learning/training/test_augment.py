import numpy as np
import pytest
import skimage.data

from rehue.color import lightness
from rehue.learning.training.augment import OldPrint

NONE = {"tone": 0.0, "grain": 0.0, "blur": 0.0, "jpeg": 0.0}


@pytest.fixture(scope="module")
def light():
    return lightness(skimage.data.camera()[40:168, 150:250]).astype(np.float32)


def degraded(light, seed, **probabilities):
    return OldPrint(**{**NONE, **probabilities})(light, np.random.default_rng(seed))


@pytest.mark.parametrize("means", [*NONE, "all"])
def test_each_means_keeps_shape_type_and_range_and_changes_something(light, means):
    probabilities = dict.fromkeys(NONE, 1.0) if means == "all" else {means: 1.0}
    before = light.copy()
    for seed in range(20):
        result = degraded(light, seed, **probabilities)
        assert result.shape == light.shape
        assert result.dtype == np.float32
        assert result.min() >= 0
        assert result.max() <= 100
        assert not np.array_equal(result, light)
        # It stays the same photograph.
        assert np.corrcoef(result.ravel(), light.ravel())[0, 1] > 0.8
    assert np.array_equal(light, before)


def test_the_same_seed_gives_the_same_print(light):
    old = OldPrint()
    one, again, other = (old(light, np.random.default_rng(seed)) for seed in (4, 4, 6))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_at_probabilities_of_zero_lightness_is_left_alone(light):
    for seed in range(10):
        assert np.array_equal(degraded(light, seed), light)


@pytest.mark.parametrize("means", list(NONE))
def test_a_probability_is_how_often(light, means):
    touched = sum(
        not np.array_equal(degraded(light[:8, :8], seed, **{means: 0.3}), light[:8, :8])
        for seed in range(300)
    )
    assert 60 < touched < 120


def test_a_tone_curve_keeps_the_order_of_tones():
    ramp = np.linspace(0, 100, 200, dtype=np.float32)[None]
    lifted = []
    for seed in range(20):
        toned = degraded(ramp, seed, tone=1.0)
        assert (np.diff(toned) >= 0).all()
        lifted.append((toned[0, 0], toned[0, -1]))
    blacks, whites = np.array(lifted).T
    assert 5 < blacks.max() <= 15
    assert 85 <= whites.min() < 95


def test_blur_softens_and_grain_roughens(light):
    roughness = np.abs(np.diff(light, axis=1)).mean()
    for seed in range(10):
        assert np.abs(np.diff(degraded(light, seed, blur=1.0), axis=1)).mean() < roughness
        assert np.abs(np.diff(degraded(light, seed, grain=1.0), axis=1)).mean() > roughness


def test_grain_is_fine_or_coarse_and_equally_strong():
    grey = np.full((64, 64), 50, np.float32)
    grains = [degraded(grey, seed, grain=1.0) - 50 for seed in range(40)]
    # Neighbours of fine grain have nothing in common, of coarse grain half.
    likeness = np.array([(g[:, 1:] * g[:, :-1]).mean() / (g**2).mean() for g in grains])
    assert (np.abs(likeness) < 0.1).sum() + (np.abs(likeness - 0.5) < 0.1).sum() == 40
    assert 10 < (likeness > 0.25).sum() < 30
    strength = np.array([g.std() for g in grains])
    assert strength.min() > 0.8
    assert strength.max() < 6.5
