"""Numbers of files without a profile, read by a gamma or profile that the user names."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from rehue.color import linear_to_srgb
from rehue.errors import PhotoError
from rehue.photo import assumed_profile, read, with_assumed_profile
from rehue.photo.samples.profile import srgb_profile

RAMP = np.tile(np.arange(256, dtype=np.uint8), (4, 1))


def as_png(pixels, **options):
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG", **options)
    return file.getvalue()


@pytest.mark.parametrize(("gamma", "exponent"), [("linear", 1.0), ("1.8", 1.8), ("2.2", 2.2)])
def test_numbers_are_read_by_the_gamma(gamma, exponent):
    photograph = with_assumed_profile(read(as_png(RAMP)), gamma)
    expected = 255 * linear_to_srgb((RAMP / 255) ** exponent)
    # LittleCMS works with 16 bits and rounds to 8.
    assert np.abs(photograph.pixels.astype(float) - expected).max() <= 1.5
    assert photograph.carried.icc == assumed_profile(gamma)


def test_deep_numbers_are_too():
    deep = RAMP.astype(np.uint16) * 257
    photograph = with_assumed_profile(read(as_png(deep)), "linear")
    expected = linear_to_srgb(deep[..., None] / 65535)
    found = photograph.pixels.reshape(*deep.shape, -1) / 65535
    assert photograph.pixels.dtype == np.uint16
    assert np.abs(found - expected).max() < 0.005


def test_a_profile_of_the_file_goes_before():
    source = as_png(RAMP, icc_profile=srgb_profile())
    photograph = with_assumed_profile(read(source), "linear")
    assert np.array_equal(photograph.pixels, read(source).pixels)
    assert any("profile of its own" in note for note in photograph.notes)


def test_an_icc_file_is_taken(tmp_path):
    path = tmp_path / "mine.icc"
    path.write_bytes(assumed_profile("1.8"))
    by_file = with_assumed_profile(read(as_png(RAMP)), str(path))
    assert np.array_equal(by_file.pixels, with_assumed_profile(read(as_png(RAMP)), "1.8").pixels)


def test_nothing_given_changes_nothing():
    photograph = read(as_png(RAMP))
    assert with_assumed_profile(photograph, None) is photograph


@pytest.mark.parametrize("gamma", ["0", "9", "-1", "nan", "none.icc"])
def test_what_is_no_gamma_is_refused(gamma):
    with pytest.raises(PhotoError, match="linear"):
        assumed_profile(gamma)


def test_a_file_that_is_no_profile_is_refused(tmp_path):
    path = tmp_path / "text.icc"
    path.write_text("no profile")
    with pytest.raises(PhotoError, match="no ICC profile of RGB"):
        assumed_profile(str(path))


@pytest.mark.parametrize("gamma", ["linear", "1.8", "2.4"])
def test_the_profile_made_is_one_that_others_read(gamma):
    opened = ImageCms.ImageCmsProfile(BytesIO(assumed_profile(gamma)))
    assert opened.profile.xcolor_space == "RGB "
    assert "gamma" in ImageCms.getProfileDescription(opened)
