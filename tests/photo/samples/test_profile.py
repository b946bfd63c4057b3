import numpy as np
import pytest
from PIL import Image

from rehue.photo.samples import profile


def test_an_rgb_profile_there_and_back(color, make):
    icc = make.adobe_like_profile()
    srgb = profile.to_srgb(Image.fromarray(color), icc)
    assert srgb.icc == icc
    assert srgb.note is None
    # Adobe RGB's numbers mean more saturated colours than sRGB's.
    moved = np.abs(np.asarray(srgb.image).astype(int) - color)
    assert moved.max() > 10
    back = np.asarray(profile.from_srgb(srgb.image, icc)).astype(int)
    inside = (np.asarray(srgb.image) > 8).all(-1) & (np.asarray(srgb.image) < 247).all(-1)
    assert inside.sum() > 1000
    assert np.abs(back - color)[inside].max() <= 4


def test_adobe_rgb_green_matches_the_published_conversion(make):
    # (100, 150, 100) in Adobe RGB (1998): by its primaries and gamma 563/256 (annex B), D65.
    linear = (np.array([100, 150, 100]) / 255) ** (563 / 256)
    to_xyz = np.array(
        [[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [0.02703, 0.07069, 0.99134]]
    )
    to_srgb = np.array(
        [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
    )
    light = to_srgb @ to_xyz @ linear
    expected = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    image = Image.new("RGB", (1, 1), (100, 150, 100))
    found = np.asarray(profile.to_srgb(image, make.adobe_like_profile(563 / 256)).image)[0, 0]
    assert np.abs(found - expected).max() < 1.5


def test_srgb_itself_is_carried_and_not_applied(color, make):
    image = Image.fromarray(color)
    icc = make.srgb_profile()
    assert profile.to_srgb(image, icc).image is image
    assert profile.to_srgb(image, icc).icc == icc
    assert profile.from_srgb(image, icc) is image


def test_no_profile_is_srgb(grey):
    image = Image.fromarray(grey)
    assert profile.to_srgb(image, None) == profile.Srgb(image, None)
    assert profile.from_srgb(image, None) is image


def test_a_grey_profile_is_applied_and_replaced_by_srgb(make):
    ramp = Image.frombytes("L", (256, 1), bytes(range(256)))
    srgb = profile.to_srgb(ramp, make.grey_profile(1.0))
    assert srgb.image.mode == "L"
    assert srgb.icc == profile.srgb_profile()
    light = np.arange(256) / 255
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    assert np.abs(np.asarray(srgb.image)[0] - curve).max() <= 1


def test_a_grey_picture_with_an_rgb_profile_stays_grey_and_keeps_it(make):
    ramp = Image.frombytes("L", (256, 1), bytes(range(256)))
    icc = make.adobe_like_profile(1.8)
    srgb = profile.to_srgb(ramp, icc)
    as_rgb = profile.to_srgb(ramp.convert("RGB"), icc)
    assert srgb.image.mode == "L"
    assert srgb.icc == icc
    assert np.abs(np.asarray(as_rgb.image)[0, :, 1].astype(int) - np.asarray(srgb.image)).max() <= 1
    assert np.asarray(srgb.image)[0, 128] != 128


@pytest.mark.parametrize("icc", [b"nonsense", profile.srgb_profile()[:200], b"\0" * 500])
def test_a_broken_profile_is_left_out_and_said(color, icc):
    image = Image.fromarray(color)
    srgb = profile.to_srgb(image, icc)
    assert srgb == profile.Srgb(image, None, "its ICC profile cannot be read and is left out")
    assert profile.from_srgb(image, icc) is image


def test_a_profile_of_another_kind_is_left_out_and_said(color, make):
    srgb = profile.to_srgb(Image.fromarray(color), make.grey_profile())
    assert srgb.icc is None
    assert np.array_equal(np.asarray(srgb.image), color)
    assert srgb.note == "its ICC profile is for another kind of picture and is left out"


def test_cmyk_without_profile_becomes_rgb():
    srgb = profile.to_srgb(Image.new("CMYK", (2, 2), (0, 255, 255, 0)), None)
    assert srgb.image.mode == "RGB"
    assert srgb.image.getpixel((0, 0)) == (255, 0, 0)


def test_the_srgb_profile_is_always_the_same_bytes():
    first = profile.srgb_profile()
    profile.srgb_profile.cache_clear()
    assert profile.srgb_profile() == first
    assert first[24:36] == bytes.fromhex("07e400010001000000000000")
