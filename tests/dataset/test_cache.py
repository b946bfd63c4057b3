from dataclasses import replace

import numpy as np
import pytest

from rehue.color import Bins, srgb_to_lab
from rehue.dataset import Entry, PixelCache
from rehue.errors import DatasetError


def test_pixels_are_the_decoded_ones(tmp_path, make):
    images = {"a": make.picture(1), "b": make.picture(2, 33, 21), "c": make.picture(3, 40, 90)}
    entries = make.entries(images)
    entries[1] = replace(entries[1], kind="people", label="portrait", source="a museum")
    cache = PixelCache.build(entries, tmp_path, short_side=256)
    assert len(cache) == 3
    assert [photo.key for photo in cache.photos] == ["a", "b", "c"]
    for number, image in enumerate(images.values()):
        assert np.array_equal(cache.image(number), image)
    sample = cache.sample(1)
    assert (sample.key, sample.kind, sample.label) == ("b", "people", "portrait")
    assert sample.source == "a museum"
    assert np.array_equal(sample.image, images["b"])
    assert cache.scenes == ["portrait"]
    assert [cache.scene(number) for number in range(3)] == [-1, 0, -1]
    with pytest.raises(ValueError, match="read-only"):
        cache.image(0)[:] = 0


def test_large_photographs_are_brought_to_the_short_side(tmp_path, make):
    sizes = {"wide": (60, 90), "tall": (95, 31), "small": (20, 25)}
    images = {key: make.picture(1, *size) for key, size in sizes.items()}
    cache = PixelCache.build(make.entries(images), tmp_path, short_side=30)
    assert [cache.image(n).shape for n in range(3)] == [(30, 45, 3), (92, 30, 3), (20, 25, 3)]
    # Brought down, not cropped: the picture's mean colour stays.
    means = [image.reshape(-1, 3).mean(axis=0) for image in (images["wide"], cache.image(0))]
    assert means[0] == pytest.approx(means[1], abs=2)


def test_a_second_build_decodes_nothing(tmp_path, make):
    entries = make.entries({"a": make.picture(1), "b": make.grey(2), "c": b"broken"})
    first = PixelCache.build(entries, tmp_path)

    def forbidden():
        raise AssertionError("read again")

    again = PixelCache.build([replace(e, read=forbidden) for e in entries], tmp_path)
    assert again.folder == first.folder
    assert again.left_out == first.left_out == {"grey": ["b"], "unreadable": ["c"]}
    assert np.array_equal(again.image(0), first.image(0))


def test_other_photographs_or_settings_go_elsewhere(tmp_path, make):
    entries = make.entries({"a": make.picture(1), "b": make.picture(2)})
    first, second = entries
    variants = [
        PixelCache.build(entries, tmp_path),
        PixelCache.build(entries, tmp_path, short_side=20),
        PixelCache.build([first], tmp_path),
        PixelCache.build([second, first], tmp_path),
        PixelCache.build([first, replace(second, label="b")], tmp_path),
        # The same name in another folder is another photograph.
        PixelCache.build([first, replace(second, origin="/elsewhere/b")], tmp_path),
    ]
    assert len({cache.folder for cache in variants}) == len(variants)


def test_an_interrupted_build_leaves_nothing_behind(tmp_path, make):
    def interrupted():
        raise KeyboardInterrupt

    entries = make.entries({"a": make.picture(1), "b": make.picture(2)})
    with pytest.raises(KeyboardInterrupt):
        PixelCache.build([entries[0], replace(entries[1], read=interrupted)], tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(PixelCache.build(entries, tmp_path)) == 2


def test_another_run_may_finish_the_same_cache_first(tmp_path, make):
    entries = make.entries({"a": make.picture(1), "b": make.picture(2)})

    def slow():
        PixelCache.build(entries, tmp_path)
        return entries[1].read()

    cache = PixelCache.build([entries[0], replace(entries[1], read=slow)], tmp_path)
    assert np.array_equal(cache.image(1), make.picture(2))
    assert list(tmp_path.iterdir()) == [cache.folder]


def test_nothing_with_colour_is_an_error_that_names_counts(tmp_path, make):
    entries = make.entries({"a": make.grey(1), "b": make.grey(2), "c": b"", "d": make.sepia(3)})
    with pytest.raises(DatasetError) as caught:
        PixelCache.build(entries, tmp_path)
    assert str(caught.value) == (
        "no photograph with colour is left of 4 (2 grey, 1 unreadable, 1 toned): "
        "give photographs in colour"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_colour_histogram_of_hand_made_pictures(tmp_path, make):
    red, blue = np.array([220, 30, 40], np.uint8), np.array([30, 40, 220], np.uint8)
    striped = np.tile(red, (64, 64, 1))
    striped[:, 32:] = blue
    # A large picture of both, and a small one that is all red: every photograph weighs the same.
    images = {"both": striped, "red": np.tile(red, (8, 8, 1))}
    cache = PixelCache.build(make.entries(images), tmp_path)
    bins = Bins.in_srgb(10)
    rows = cache.color_histograms(bins)
    assert rows.shape == (2, len(bins))
    assert rows.sum(axis=1) == pytest.approx(1)
    shares = rows.mean(axis=0)
    expected = np.zeros(len(bins))
    for color, weight in ((red, 0.75), (blue, 0.25)):
        numbers, weights = bins.encode(srgb_to_lab(color)[1:])
        expected[numbers] += weight * weights
    # Shares in float32: sums of some thousand, of which none is larger than one.
    assert shares == pytest.approx(expected, abs=1e-6)
    assert bins.centers[rows[1].argmax()] == pytest.approx(srgb_to_lab(red)[1:], abs=7.1)


def test_histograms_are_counted_once_for_each_way_of_counting(tmp_path, make, monkeypatch):
    cache = PixelCache.build(make.entries({"a": make.picture(1)}), tmp_path)
    coarse, fine = Bins.in_srgb(20), Bins.in_srgb(10)
    first = {len(bins): cache.color_histograms(bins) for bins in (coarse, fine)}
    every_pixel = cache.color_histograms(fine, step=1)
    monkeypatch.setattr(Bins, "encode", None)  # counting again would fail
    again = PixelCache(cache.folder)
    for bins in (coarse, fine):
        assert np.array_equal(again.color_histograms(bins), first[len(bins)])
    assert np.array_equal(again.color_histograms(fine, step=1), every_pixel)
    assert not np.array_equal(every_pixel, first[len(fine)])


def test_entries_say_where_they_come_from(tmp_path, make):
    """Two folders with the same names inside never share a cache."""
    from rehue.dataset.source import find_entries

    folders = []
    for n in (1, 2):
        folder = tmp_path / f"folder {n}"
        folder.mkdir()
        (folder / "1.png").write_bytes(make.saved(make.picture(n)))
        folders.append(folder)
        make.shard(tmp_path / f"{n}.tar", {"1.png": make.saved(make.picture(n))})
    caches = [
        PixelCache.build(find_entries(path), tmp_path / "cache")
        for path in (*folders, tmp_path / "1.tar", tmp_path / "2.tar")
    ]
    for cache, seed in zip(caches, (1, 2, 1, 2), strict=True):
        assert np.array_equal(cache.image(0), make.picture(seed))


def test_an_entry_needs_no_more_than_a_key_and_a_way_to_read(tmp_path, make):
    entry = Entry("a", lambda: make.saved(make.picture(1)))
    assert len(PixelCache.build([entry], tmp_path)) == 1
