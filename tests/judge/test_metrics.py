import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from rehue.color import ciede2000, srgb_to_lab
from rehue.judge.metrics import (
    BIN_WIDTH,
    BINS,
    LARGEST_PSNR,
    difference_histogram,
    histogram_median,
    mse_ab,
    psnr,
    ssim,
)


def altered(image):
    """Copies that differ in noise, in contrast and in colour."""
    noise = np.random.default_rng(1).normal(0, 20, image.shape)
    yield np.clip(image + noise, 0, 255).astype(np.uint8)
    yield (image // 2 + 40).astype(np.uint8)
    yield np.repeat(image.mean(axis=-1).astype(np.uint8)[..., None], 3, axis=-1)


def test_ssim_is_scikit_images(photographs):
    for sample in photographs:
        for copy in altered(sample.image):
            theirs = structural_similarity(
                sample.image,
                copy,
                gaussian_weights=True,
                sigma=1.5,
                use_sample_covariance=False,
                data_range=255,
                channel_axis=-1,
            )
            assert theirs < 0.99
            # Ours filters in float32, theirs in float64.
            assert ssim(sample.image, copy) == pytest.approx(theirs, abs=1e-5)


def test_ssim_of_flat_pictures_is_the_luminance_term():
    flat = np.full((16, 16, 3), 100, np.uint8)
    brighter = np.full((16, 16, 3), 200, np.uint8)
    c1 = 6.5025
    expected = (2 * 100 * 200 + c1) / (100**2 + 200**2 + c1)
    assert ssim(flat, brighter) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 40, 3), (40, 10, 3)])
def test_ssim_of_pictures_smaller_than_its_window(shape):
    image = np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8)
    # A ratio of the same two numbers, but for the order of its factors.
    assert ssim(image, image) == pytest.approx(1, abs=1e-6)
    assert ssim(image, 255 - image) < 0.9


def test_psnr_is_scikit_images(photographs):
    for sample in photographs:
        for copy in altered(sample.image):
            theirs = peak_signal_noise_ratio(sample.image, copy, data_range=255)
            # Whole numbers are summed exactly; one logarithm in float64.
            assert psnr(sample.image, copy) == pytest.approx(theirs, abs=1e-9)


def test_psnr_of_equal_pictures_is_finite(photographs):
    assert psnr(photographs[0].image, photographs[0].image) == LARGEST_PSNR


def test_mse_ab_by_hand():
    truth = np.zeros((1, 2, 2), np.float32)
    predicted = np.array([[[3.0, 4.0], [0.0, 0.0]]], np.float32)
    assert mse_ab(predicted, truth) == pytest.approx(25 / 4 / 255**2, rel=1e-4)


def test_histogram_counts_every_pixel_and_keeps_the_mean(photographs):
    first = srgb_to_lab(photographs[0].image)
    second = first * np.float32([1, 0.3, -0.5])
    mean, counts = difference_histogram(first, second)
    differences = ciede2000(first, second)
    assert counts.shape == (BINS,)
    assert counts.sum() == differences.size
    # Of float32 pixels below 100, summed by strips.
    assert mean == pytest.approx(differences.mean(), abs=1e-4)
    assert float(histogram_median(counts)) == pytest.approx(np.median(differences), abs=BIN_WIDTH)


def test_median_over_a_set_is_that_of_all_its_pixels(photographs):
    total, everything = np.zeros(BINS, np.int64), []
    for sample in photographs:
        lab = srgb_to_lab(sample.image)
        grey = lab * np.float32([1, 0, 0])
        total += difference_histogram(lab, grey)[1]
        everything.append(ciede2000(lab, grey).ravel())
    median = np.median(np.concatenate(everything))
    assert float(histogram_median(total)) == pytest.approx(median, abs=BIN_WIDTH)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 199), min_size=1, max_size=200))
def test_histogram_median_lies_within_a_bin_of_a_true_median(values):
    counts = np.bincount((np.array(values) / BIN_WIDTH).astype(int), minlength=BINS)
    low = np.quantile(values, 0.5, method="lower")
    high = np.quantile(values, 0.5, method="higher")
    assert low - BIN_WIDTH <= float(histogram_median(counts)) <= high + BIN_WIDTH


def test_what_lies_beyond_the_histogram_is_counted_last():
    far = np.array([[[50.0, 5000.0, 0.0]]])
    _, counts = difference_histogram(far, np.array([[[0.0, -5000.0, 5000.0]]]))
    assert counts.sum() == 1


def test_histogram_median_works_row_by_row():
    counts = np.array([[4, 0, 0], [0, 0, 2], [1, 1, 0]])
    assert histogram_median(counts, width=1.0).tolist() == [0.5, 2.5, 1.0]
    assert np.isnan(histogram_median(np.zeros(3), width=1.0))
