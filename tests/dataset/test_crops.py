import numpy as np
import pytest

from rehue.color import lab_to_srgb, srgb_to_lab
from rehue.dataset import CropRequest, LabCrops, PixelCache


@pytest.fixture(scope="module")
def cache(tmp_path_factory, make):
    images = {"wide": make.picture(1, 64, 96), "tall": make.picture(2, 120, 50), "map": places()}
    return PixelCache.build(make.entries(images), tmp_path_factory.mktemp("cache"))


def places():
    """A square whose red says the column and whose green says the row, both times two."""
    row, column = np.mgrid[0:100, 0:100].astype(np.uint8) * 2
    return np.stack([column, row, 255 - column], axis=-1)


def seen(crop):
    """The sRGB picture that a crop was made of."""
    lab = np.concatenate([crop["lightness"], crop["ab"]])
    return lab_to_srgb(np.moveaxis(lab, 0, -1), np.uint8).astype(int)


def test_a_request_says_all_that_is_random(cache):
    crops = LabCrops(cache, degrade=noise)
    request = CropRequest(0, 32, 7)
    first, again = crops[request], LabCrops(cache, degrade=noise)[request]
    for name in ("lightness", "ab"):
        assert np.array_equal(first[name], again[name])
    for other in (CropRequest(0, 32, 8), CropRequest(1, 32, 7)):
        assert not np.array_equal(first["ab"], crops[other]["ab"])


@pytest.mark.parametrize("size", [16, 50, 130])
@pytest.mark.parametrize("seed", [None, 3])
def test_shapes_types_and_ranges(cache, size, seed):
    for number in range(len(cache)):
        crop = LabCrops(cache)[CropRequest(number, size, seed)]
        assert crop["lightness"].shape == (1, size, size)
        assert crop["ab"].shape == (2, size, size)
        assert crop["lightness"].dtype == crop["ab"].dtype == np.float32
        assert all(plane.flags.c_contiguous for plane in crop.values())
        assert crop["lightness"].min() >= 0
        assert crop["lightness"].max() <= 100.001
        assert np.abs(crop["ab"]).max() < 130


def test_without_a_seed_it_is_the_centre_crop_of_the_whole_short_side(cache, make):
    crop = LabCrops(cache, degrade=noise)[CropRequest(0, 64, None)]
    expected = srgb_to_lab(make.picture(1, 64, 96)[:, 16:80])
    assert np.array_equal(crop["lightness"][0], expected[..., 0])
    assert np.array_equal(crop["ab"], np.moveaxis(expected[..., 1:], -1, 0))
    tall = LabCrops(cache)[CropRequest(1, 50, None)]
    assert np.array_equal(seen(tall), make.picture(2, 120, 50)[35:85])


def test_half_of_the_crops_are_mirrored(cache):
    crops = LabCrops(cache, scale=(1.0, 1.0))
    image = places().astype(int)
    mirrored = []
    for seed in range(40):
        crop = seen(crops[CropRequest(2, 100, seed)])
        is_mirrored = np.array_equal(crop, image[:, ::-1])
        assert is_mirrored or np.array_equal(crop, image)
        mirrored.append(is_mirrored)
    assert 10 < sum(mirrored) < 30


def test_crops_lie_anywhere_and_have_sides_within_the_scale(cache):
    crops = LabCrops(cache, scale=(0.4, 0.8))
    sides, lefts, tops = [], [], []
    for seed in range(60):
        crop = seen(crops[CropRequest(2, 40, seed)])
        columns, rows = crop[..., 0] / 2, crop[..., 1] / 2
        # Means of the first and last output pixels lie half a pixel's footprint inside.
        side = (rows.max() - rows.min()) * 40 / 39
        assert columns.max() - columns.min() == pytest.approx(rows.max() - rows.min(), abs=2)
        sides.append(side)
        lefts.append(columns.min())
        tops.append(rows.min())
    assert 38 < min(sides) < 50
    assert 70 < max(sides) < 83
    assert max(lefts) - min(lefts) > 30
    assert max(tops) - min(tops) > 30


def test_degrading_changes_the_input_and_never_the_truth(cache):
    plain, degraded = LabCrops(cache), LabCrops(cache, degrade=noise)
    for seed in range(5):
        request = CropRequest(1, 24, seed)
        assert np.array_equal(plain[request]["ab"], degraded[request]["ab"])
        assert not np.array_equal(plain[request]["lightness"], degraded[request]["lightness"])


def noise(lightness, rng):
    assert lightness.ndim == 2
    return lightness + rng.standard_normal(lightness.shape, dtype=np.float32)
