from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import data

from rehue.batch import Status
from rehue.photo import read


def statuses(outcomes):
    return [outcome.status for outcome in outcomes]


def test_what_is_done_is_not_done_again(go, grey):
    grey("in/a.jpg")
    grey("in/a.tif", part=20)
    assert statuses(go("in", target="out")) == [Status.COLORED] * 2
    times = [path.stat().st_mtime_ns for path in sorted(grey("x.png").parent.glob("out/*"))]
    assert len(times) == 2
    assert statuses(go("in", target="out")) == [Status.DONE] * 2
    assert times == [path.stat().st_mtime_ns for path in sorted(grey("x.png").parent.glob("out/*"))]
    assert statuses(go("in", target="out", overwrite=True)) == [Status.COLORED] * 2


def test_a_source_that_changed_is_said_and_not_taken_for_done(go, grey):
    grey("in/a.jpg")
    go("in", target="out")
    grey("in/a.jpg", part=50)
    (outcome,) = go("in", target="out")
    assert outcome.status is Status.FAILED
    assert "earlier state of" in outcome.reason
    assert statuses(go("in", target="out", overwrite=True)) == [Status.COLORED]


def test_settings_reach_the_colours(go, grey):
    source = grey("a.png")
    go("a.png", target="plain.png", saturation=0.0)
    assert read(source.with_name("plain.png")).pixels.ndim == 2
    go("a.png", target="normal.png")
    go("a.png", target="warm.png", warmth=15.0)
    warm, normal = (read(source.with_name(f"{n}.png")) for n in ("warm", "normal"))
    assert warm.pixels[..., 2].mean() < normal.pixels[..., 2].mean() - 10
    assert "warmth=15" in warm.mark.settings


def test_colour_photographs_are_left_alone(go, color):
    source = color("a.png")
    (outcome,) = go("a.png")
    assert outcome.status is Status.IN_COLOR
    assert outcome.reason.startswith(
        "a.png is already in colour and is left alone: places of one brightness differ in colour, "
        "clearly ("
    )
    assert outcome.reason.endswith("; --recolor colours it all the same")
    assert not source.with_name("a.rehue.png").exists()
    assert statuses(go("a.png", recolor=True)) == [Status.COLORED]
    assert statuses(go("a.png")) == [Status.DONE]


def test_results_are_never_inputs(go, grey):
    path = grey("a.png")
    go("a.png")
    path.with_name("a.rehue.png").rename(path.with_name("b.png"))  # its mark tells, not its name
    for wishes in ({}, {"recolor": True}, {"overwrite": True, "recolor": True}):
        (outcome,) = go("b.png", target="c.png", **wishes)
        assert outcome.status is Status.RESULT
        assert outcome.reason.endswith("give the original")


def test_pictures_to_compare(go, grey):
    path = grey("a.jpg")
    (outcome,) = go("a.jpg", compare=True)
    both = path.with_name("a.jpg.rehue-compare.jpg")
    assert outcome.job.compare.name == both.name
    assert read(both).mark == read(path.with_name("a.rehue.jpg")).mark
    # Asked for later, it is drawn from the files; it is no input either.
    both.unlink()
    assert statuses(go("a.jpg", compare=True)) == [Status.DONE]
    assert statuses(go(both.name, recolor=True)) == [Status.RESULT]


def test_pictures_to_compare_do_not_collide_across_endings(go, grey):
    grey("a.jpg")
    grey("a.png")
    assert statuses(go("a.jpg", compare=True)) == [Status.COLORED]
    assert statuses(go("a.png", compare=True)) == [Status.COLORED]


def test_what_was_done_in_another_way_is_said(go, grey):
    grey("a.jpg")
    go("a.jpg")
    (same,) = go("a.jpg")
    (other,) = go("a.jpg", saturation=0.5)
    assert (same.status, same.notes) == (Status.DONE, ())
    assert other.status is Status.KEPT
    assert other.reason == (
        "a.jpg was coloured before with other options (saturation=1, now 0.5), and that result "
        "stays: --overwrite makes it anew"
    )
    assert statuses(go("a.jpg", saturation=0.5, overwrite=True)) == [Status.COLORED]


@pytest.mark.parametrize("taken", ["a.rehue.jpg", "a.jpg.rehue-compare.jpg"])
def test_a_foreign_file_stays(go, grey, taken):
    path = grey("a.jpg").with_name(taken)
    path.write_bytes(b"mine")
    for overwrite in (False, True):
        (outcome,) = go("a.jpg", compare=True, overwrite=overwrite)
        assert outcome.status is Status.FAILED
        assert "not made by Rehue" in outcome.reason
    assert path.read_bytes() == b"mine"
    assert len(list(path.parent.iterdir())) == 2


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (MemoryError(), "a.jpg needs more memory than there is: close other programs"),
        (RuntimeError("Failed to\nallocate"), "(RuntimeError: Failed to allocate): please report"),
    ],
)
def test_a_fault_with_one_does_not_stop_the_others(go, grey, colorizer, error, says):
    class Faulty:
        def colorize_photograph(self, photograph, *args, **kwargs):
            if photograph.name == "a.jpg":
                raise error
            return colorizer.colorize_photograph(photograph, *args, **kwargs)

    grey("a.jpg")
    grey("b.jpg")
    first, second = go("a.jpg", "b.jpg", by=Faulty())
    assert first.status is Status.FAILED
    assert says in first.reason
    assert second.status is Status.COLORED


def test_stopping_leaves_nothing_half_written(go, grey):
    class Stopped:
        def colorize_photograph(self, *args, **kwargs):
            raise KeyboardInterrupt

    path = grey("a.jpg")
    with pytest.raises(KeyboardInterrupt):
        go("a.jpg", by=Stopped())
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_carried_over_is_noted(go, grey, colorizer, monkeypatch):
    grey("a.jpg")
    noted = lambda path, **_: replace(read(path), notes=("its EXIF is left out",))  # noqa: E731
    monkeypatch.setattr("rehue.batch.coloring.read", noted)
    (outcome,) = go("a.jpg")
    assert outcome.notes == ("its EXIF is left out",)


def test_a_stream_without_a_picture_is_a_failure(go, color, monkeypatch):
    stream = SimpleNamespace(buffer=BytesIO(color("a.png").read_bytes()))
    monkeypatch.setattr("sys.stdin", stream)
    (outcome,) = go("-")
    assert outcome.status is Status.FAILED
    assert outcome.reason.startswith("standard input is already in colour")


def test_results_are_written_as_wished(go, grey):
    path = grey("a.jpg")
    wishes = {"format": "tif", "bit_depth": 16, "visible_mark": True, "keep_times": True}
    (outcome,) = go("a.jpg", timestamp="2026-01-02T03:04:05+00:00", **wishes)
    assert (outcome.status, outcome.job.target.name) == (Status.COLORED, "a.jpg.rehue.tif")
    result = read(outcome.job.target)
    assert (result.kind, result.bits) == ("TIFF", 16)
    assert result.mark.timestamp == "2026-01-02T03:04:05+00:00"
    assert "bits=16 visible-mark" in result.mark.settings
    assert outcome.job.target.stat().st_mtime_ns == path.stat().st_mtime_ns
    # The time in it does not make it another result.
    assert statuses(go("a.jpg", **wishes)) == [Status.DONE]
    (other,) = go("a.jpg", **(wishes | {"bit_depth": 8}))
    assert "bits=16, now 8" in other.reason


def test_a_format_that_is_none_of_ours_fails_its_file(go, grey):
    grey("a.jpg")
    (outcome,) = go("a.jpg", target="a.gif")
    assert outcome.status is Status.FAILED
    assert ".gif" in outcome.reason


def test_colour_layers_lie_beside_their_originals(go, grey):
    grey("a.jpg")
    grey("b.tif", part=40)
    outcomes = go("a.jpg", "b.tif", layer=True)
    assert statuses(outcomes) == [Status.COLORED] * 2
    names = [outcome.job.target.name for outcome in outcomes]
    assert names == ["a.jpg.rehue-layer.png", "b.tif.rehue-layer.tif"]
    assert all("layer" in read(outcome.job.target).mark.settings for outcome in outcomes)
    assert statuses(go("a.jpg", layer=True)) == [Status.DONE]
    assert statuses(go("a.jpg")) == [Status.COLORED]  # beside it, whole
    (refused,) = go("a.jpg", target="c.jpg", layer=True)
    assert "a colour layer is a PNG or TIFF" in refused.reason


def test_what_a_format_cannot_hold_is_said(go, tmp_path):
    deep = np.repeat(np.arange(64, dtype=np.uint16)[:, None] * 999, 64, axis=1)
    tifffile.imwrite(tmp_path / "a.tif", deep)
    (planned,) = go("a.tif", target="a.jpg", dry_run=True)
    (done,) = go("a.tif", target="a.jpg")
    assert planned.notes == done.notes == ("its 16 bits a sample become 8",)


def test_a_deep_photograph_is_compared_in_8_bits(go, tmp_path):
    deep = np.repeat(np.arange(64, dtype=np.uint16)[:, None] * 999, 64, axis=1)
    tifffile.imwrite(tmp_path / "a.tif", deep)
    (outcome,) = go("a.tif", compare=True)
    assert outcome.status is Status.COLORED
    assert read(outcome.job.compare).bits == 8


def test_one_page_in_colour_keeps_all_from_being_coloured(go, tmp_path):
    pages = [np.stack([data.camera()[:96, :96]] * 3, axis=-1), data.astronaut()[:96, 150:246]]
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for page in pages:
            file.write(np.ascontiguousarray(page))
    (outcome,) = go("a.tif")
    assert outcome.status is Status.IN_COLOR
    assert "page 2" in outcome.reason
    assert statuses(go("a.tif", recolor=True)) == [Status.COLORED]


def test_a_photograph_of_too_many_pixels_fails(go, grey):
    grey("a.jpg")
    (outcome,) = go("a.jpg", max_pixels=1000)
    assert outcome.status is Status.FAILED
    assert "pixels" in outcome.reason


def test_faded_photographs_are_refreshed_and_good_ones_left_alone(go, tmp_path):
    original = data.astronaut()[:256, :256]
    faded = np.rint([60, 30, 25] + ([0.74, 0.6, 0.5] * (original.astype(float) ** 0.97)))
    for name, picture in (("good.png", original), ("faded.png", faded.astype(np.uint8))):
        Image.fromarray(np.ascontiguousarray(picture)).save(tmp_path / name)
    grey = Image.fromarray(data.camera()[:96, :96])
    grey.save(tmp_path / "grey.png")
    good, old, plain = go("good.png", "faded.png", "grey.png", refresh=True)
    assert (good.status, old.status, plain.status) == (
        Status.IN_COLOR,
        Status.COLORED,
        Status.COLORED,
    )
    assert "; no fading was found; --recolor" in good.reason
    mark = read(old.job.target).mark
    assert "refresh" in mark.settings
    assert statuses(go("faded.png", refresh=True)) == [Status.DONE]
