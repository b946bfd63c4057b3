import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from rehue.color import lightness, srgb_to_lab
from rehue.color.ycbcr import Coding, chroma_at_luma, decode_ycbcr, encoded_grey
from rehue.errors import PhotoError

CODINGS = [
    Coding(matrix, full, bits)
    for matrix in ("bt601", "bt709", "bt2020")
    for full in (False, True)
    for bits in (8, 10, 12, 16)
]
SUBSAMPLINGS = [(2, 2), (2, 1), (1, 1), (4, 1), (1, 2)]


def spread(plane, subsampling, shape):
    across, down = subsampling
    return plane.repeat(down, 0).repeat(across, 1)[: shape[0], : shape[1]]


@pytest.mark.parametrize("coding", CODINGS)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_all_that_is_made_decodes_into_range(coding, data):
    across, down = subsampling = data.draw(st.sampled_from(SUBSAMPLINGS))
    height, width = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    codes = st.integers(0, (1 << coding.bits) - 1)
    luma = data.draw(arrays(coding.dtype, (height, width), elements=codes))
    ab = arrays(
        np.float32,
        (2, -(-height // down), -(-width // across)),
        elements=st.floats(-300, 300, width=32),
    )
    a, b = data.draw(ab)
    cb, cr = chroma_at_luma(luma, a, b, coding, subsampling)
    assert cb.dtype == cr.dtype == coding.dtype
    assert cb.shape == cr.shape == a.shape
    rgb = decode_ycbcr(
        luma, *(spread(c, subsampling, luma.shape) for c in (cb, cr)), coding
    ).astype(np.float64)
    within = (luma >= coding.black) & (luma <= coding.white)
    half = 0.5 / (coding.white - coding.black)
    assert rgb[within].min(initial=0) >= -half
    assert rgb[within].max(initial=0) <= 1 + half
    # Luma beyond black or white is shown without colour.
    assert np.ptp(rgb[~within], axis=-1).max(initial=0) < 1e-6


@pytest.mark.parametrize("coding", [c for c in CODINGS if c.matrix != "bt2020"])
@pytest.mark.parametrize(("light", "ab"), [(50, (20, 25)), (60, (-25, 15)), (35, (10, -30))])
def test_the_ab_wanted_comes_out_at_the_luma_given(coding, light, ab):
    grey = (light + 16) / 116
    encoded = 1.055 * (grey**3) ** (1 / 2.4) - 0.055
    code = round(coding.black + encoded * (coding.white - coding.black))
    luma = np.full((4, 4), code, coding.dtype)
    a, b = (np.full((2, 2), value, np.float32) for value in ab)
    cb, cr = chroma_at_luma(luma, a, b, coding)
    rgb = decode_ycbcr(luma, *(spread(c, (2, 2), (4, 4)) for c in (cb, cr)), coding)
    shown = srgb_to_lab(rgb)[0, 0]
    # Half a code of Cb and Cr is about 0.6 units of ab in 8 bits.
    allowed = 0.35 + 0.9 * 256 / (1 << coding.bits)
    assert np.hypot(shown[1] - ab[0], shown[2] - ab[1]) < allowed
    assert abs(shown[0] - light) < 4


def test_wide_primaries_give_the_same_colour_by_other_numbers():
    luma = np.full((1, 1), 500, np.uint16)
    a, b = np.float32([[25]]), np.float32([[20]])
    coding = Coding("bt2020", bits=10)
    rgb = decode_ycbcr(luma, *chroma_at_luma(luma, a, b, coding, (1, 1)), coding).astype(float)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    # BT.2020's primaries and D65 to XYZ (ITU-R BT.2020-2, table 2), then BT.709's from XYZ.
    wide = np.array(
        [
            [0.6369580, 0.1446169, 0.1688810],
            [0.2627002, 0.6779981, 0.0593017],
            [0, 0.0280727, 1.0609851],
        ]
    )
    narrow = np.array(
        [
            [0.4123908, 0.3575843, 0.1804808],
            [0.2126390, 0.7151687, 0.0721923],
            [0.0193308, 0.1191948, 0.9505322],
        ]
    )
    srgb = linear @ (np.linalg.inv(narrow) @ wide).T
    encoded = np.where(srgb <= 0.0031308, srgb * 12.92, 1.055 * srgb ** (1 / 2.4) - 0.055)
    assert srgb_to_lab(encoded)[0, 0, 1:] == pytest.approx([25, 20], abs=0.6)


def test_no_colour_is_neutral():
    for coding in CODINGS:
        luma = np.linspace(0, (1 << coding.bits) - 1, 256).astype(coding.dtype)[None]
        none = np.zeros((1, 128), np.float32)
        for plane in chroma_at_luma(luma, none, none, coding, (2, 1)):
            assert (plane == coding.neutral).all()


def test_agrees_with_pillow_on_jpegs_coding():
    """Pillow's YCbCr is JFIF: BT.601 in full range."""
    rng = np.random.default_rng(0)
    samples = rng.integers(0, 256, (16, 16, 3), np.uint8)
    theirs = np.asarray(Image.fromarray(samples, "YCbCr").convert("RGB"), np.float32)
    ours = decode_ycbcr(*np.moveaxis(samples, -1, 0), Coding("bt601", True)).clip(0, 1) * 255
    assert np.abs(theirs - ours).max() <= 1


def test_greys_of_a_limited_range_are_stretched_and_of_a_full_one_kept():
    codes = np.arange(256, dtype=np.uint8)
    assert (encoded_grey(codes, Coding(is_full_range=True)) == codes).all()
    assert encoded_grey(codes, Coding())[[0, 16, 235, 255]].tolist() == [0, 0, 255, 255]
    deep = np.array([64, 940], np.uint16)
    assert encoded_grey(deep, Coding(bits=10)).tolist() == [0, 255]


def test_lightness_moves_little():
    rng = np.random.default_rng(1)
    luma = rng.integers(60, 200, (64, 64)).astype(np.uint8)
    a, b = rng.normal(0, 12, (2, 32, 32)).astype(np.float32)
    coding = Coding("bt709", True)
    cb, cr = chroma_at_luma(luma, a, b, coding)
    rgb = decode_ycbcr(luma, *(spread(c, (2, 2), (64, 64)) for c in (cb, cr)), coding)
    moved = np.abs(srgb_to_lab(rgb.clip(0, 1))[..., 0] - lightness(luma))
    assert moved.mean() < 1


@pytest.mark.parametrize("wrong", [{"matrix": "bt470"}, {"bits": 4}])
def test_another_coding_is_one_line(wrong):
    with pytest.raises(PhotoError, match="give"):
        Coding(**wrong)


def test_ab_of_another_size_are_one_line():
    plane = np.zeros((3, 3), np.float32)
    with pytest.raises(PhotoError, match="one for each group"):
        chroma_at_luma(np.zeros((4, 4), np.uint8), plane, plane, Coding())
