import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from rehue.color import Bins, srgb_to_lab

BINS = Bins.in_srgb(10)
AB = st.floats(-127, 126, width=32)


def test_bins_lie_on_the_grid_and_each_holds_a_colour_of_srgb():
    assert BINS.centers.dtype == np.float32
    assert (BINS.centers % 10 == 0).all()
    assert len(np.unique(BINS.centers, axis=0)) == len(BINS)
    levels = np.arange(0, 256, 3, dtype=np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    cells = np.rint(srgb_to_lab(cube)[:, 1:] / 10).astype(int)
    found = set((cells[:, 0] * 100 + cells[:, 1]).tolist())
    centers = (BINS.centers / 10).astype(int)
    assert set((centers[:, 0] * 100 + centers[:, 1]).tolist()) == found


def test_neutral_is_a_bin():
    assert [0.0, 0.0] in BINS.centers.tolist()


@given(npst.arrays(np.float32, (4, 3, 2), elements=AB))
def test_soft_encoding_sums_to_one_over_the_five_nearest(ab):
    numbers, weights = BINS.encode(ab)
    assert numbers.shape == weights.shape == (4, 3, 5)
    # Five float32 shares, 6e-8 each.
    assert np.allclose(weights.sum(axis=-1), 1, atol=1e-6)
    whole = np.rint(ab)
    distances = np.linalg.norm(whole[..., None, :] - BINS.centers, axis=-1)
    assert np.allclose(
        np.sort(np.take_along_axis(distances, numbers, axis=-1)), np.sort(distances)[..., :5]
    )
    assert all(len(set(five)) == 5 for five in numbers.reshape(-1, 5).tolist())


def test_weights_are_the_gaussian_of_the_paper():
    ab = np.array([13.0, -8.0])
    numbers, weights = BINS.encode(ab)
    expected = np.exp(-((BINS.centers[numbers] - ab) ** 2).sum(axis=-1) / (2 * 5.0**2))
    # Kept in float32.
    assert np.allclose(weights, expected / expected.sum(), atol=1e-6)


def test_colours_beyond_the_table_are_taken_to_its_edge():
    for far, edge in (([500, 0], [127, 0]), ([-500, -500], [-128, -128])):
        assert np.array_equal(
            BINS.encode(np.array(far, float))[1], BINS.encode(np.array(edge, float))[1]
        )


def test_decoding_one_bin_gives_its_centre():
    one_hot = np.where(np.eye(len(BINS)) == 1, 0.0, -1e4)
    # Float64, and the others' share is e^-10000: the rest is the float32 of the centres.
    assert np.allclose(BINS.decode(one_hot), BINS.centers.T, atol=1e-4)


def random_logits(seed):
    return np.random.default_rng(seed).normal(0, 3, (len(BINS), 2)).clip(-8, 8)


@given(st.integers(0, 2**32), st.integers(0, len(BINS) - 1))
def test_at_a_low_temperature_the_likeliest_bin_wins(seed, likeliest):
    logits = random_logits(seed)
    logits[likeliest] = 9
    assert np.allclose(BINS.decode(logits, 1e-3), BINS.centers[likeliest][:, None], atol=1e-6)


@given(st.integers(0, 2**32))
def test_at_temperature_one_the_mean_is_expected(seed):
    logits = random_logits(seed)
    shares = np.exp(logits) / np.exp(logits).sum(axis=0)
    # Float64 sums over the bins, in any order: 1e-13.
    assert np.allclose(BINS.decode(logits), BINS.centers.T.astype(float) @ shares, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("temperature", [0.05, 1.0])
def test_extreme_logits_do_not_overflow(dtype, temperature):
    logits = np.full((len(BINS), 2, 2), -1e30, dtype)
    logits[7] = 1e30
    logits[:, 1, 1] = 3e4
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        ab = BINS.decode(logits, temperature)
    assert ab.shape == (2, 2, 2)
    assert ab.dtype == dtype
    assert np.allclose(ab[:, 0, 0], BINS.centers[7])
    # Sums over the bins of centres up to 110, also in float32.
    assert np.allclose(ab[:, 1, 1], BINS.centers.mean(axis=0), atol=1e-3)


def test_logits_are_left_alone():
    logits = np.ones((len(BINS), 3), np.float32)
    BINS.decode(logits)
    assert (logits == 1).all()


@pytest.mark.parametrize("shape", [(2,), (3, 2), (40, 50, 2), (0, 2)])
def test_few_colours_are_encoded_as_the_table_has_them(shape):
    ab = np.random.default_rng(0).normal(0, 60, shape)
    fresh = Bins(BINS.centers)
    by_itself = fresh.encode(ab)
    assert "encoding_table" not in vars(fresh)  # it takes a second to make
    assert fresh.encoding_table
    for one, other in zip(by_itself, fresh.encode(ab), strict=True):
        assert np.array_equal(one, other)
