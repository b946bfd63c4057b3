import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from rehue.color import linear_to_srgb, quantize, srgb_to_linear
from rehue.errors import PhotoError


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_code_value_comes_back(dtype):
    codes = np.arange(np.iinfo(dtype).max + 1).astype(dtype)
    assert np.array_equal(quantize(linear_to_srgb(srgb_to_linear(codes)), dtype), codes)


@pytest.mark.parametrize(
    ("encoded", "linear"),
    # IEC 61966-2-1: the line below 0.04045, the curve above, the ends.
    [(0.0, 0.0), (0.04045, 0.04045 / 12.92), (0.5, 0.21404114), (1.0, 1.0)],
)
def test_transfer_function_follows_the_standard(encoded, linear):
    # As many digits as the expected numbers are written with.
    assert srgb_to_linear(np.array(encoded)) == pytest.approx(linear, abs=1e-8)
    assert linear_to_srgb(np.array(linear)) == pytest.approx(encoded, abs=1e-7)


@pytest.mark.parametrize(
    ("dtype", "white", "expected"),
    [
        (np.uint8, 255, np.float32),
        (np.uint16, 65535, np.float32),
        (np.float32, 1, np.float32),
        (np.float64, 1, np.float64),
    ],
)
def test_white_of_each_sample_type_is_one(dtype, white, expected):
    linear = srgb_to_linear(np.array([0, white], dtype))
    assert linear.dtype == expected
    assert linear.tolist() == [0.0, 1.0]
    assert quantize(np.array([0.0, 1.0]), dtype).tolist() == [0, white]
    assert quantize(np.array([0.0, 1.0]), dtype).dtype == dtype


@given(npst.arrays(np.float64, 20, elements=st.floats(-0.5, 1.5)))
def test_floats_outside_the_range_are_carried_there_and_back(encoded):
    # Powers of 2.4 and 1 / 2.4 in float32: some 6e-8.
    assert np.allclose(linear_to_srgb(srgb_to_linear(encoded)), encoded, atol=1e-6)


@given(npst.arrays(np.float32, 20, elements=st.floats(-2, 3, width=32)))
def test_quantize_clips_and_rounds_to_the_nearest(encoded):
    codes = quantize(encoded, np.uint8).astype(float)
    assert np.all(np.abs(codes - np.clip(encoded, 0, 1) * 255.0) <= 0.5 + 1e-4)


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.uint32, np.bool_, np.complex64])
def test_other_sample_types_are_refused_by_name(dtype):
    samples = np.zeros((2, 2, 3), dtype)
    with pytest.raises(PhotoError, match=np.dtype(dtype).name):
        srgb_to_linear(samples)
    with pytest.raises(PhotoError, match=np.dtype(dtype).name):
        quantize(np.zeros(3), dtype)
