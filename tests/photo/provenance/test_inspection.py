import numpy as np
import pytest
from PIL import Image

from rehue.errors import PhotoError
from rehue.photo import Mark, inspect, read, write
from rehue.photo.provenance.mark import SOURCE_TYPE


@pytest.fixture
def result(grey, make, folder):
    """A result beside its source."""
    source = folder / "box 7.jpg"
    source.write_bytes(make.saved(Image.fromarray(grey), "JPEG"))
    photograph = read(source)
    mark = Mark("tiny", "ab" * 32, "1.0", "onnxruntime", "size=64", photograph.sha256)
    target = folder / "box 7.rehue.jpg"
    write(photograph, np.repeat(grey[..., None], 3, axis=-1), target, mark)
    return target


def test_a_result_says_how_it_was_coloured_and_that_its_source_is_the_same(result, grey):
    found = inspect(result)
    assert (found.format, found.width, found.height) == ("JPEG", grey.shape[1], grey.shape[0])
    assert (found.bits, found.pages, found.notes) == (8, 1, ())
    assert found.mark.model == "tiny"
    assert found.source_type == SOURCE_TYPE
    assert found.source == result.with_name("box 7.jpg")
    assert found.source_matches is True
    assert found.sidecar is None


def test_a_changed_source_is_noticed(result):
    source = result.with_name("box 7.jpg")
    source.write_bytes(source.read_bytes() + b" ")
    assert inspect(result).source_matches is False


def test_a_source_elsewhere(result, tmp_path):
    moved = result.with_name("box 7.jpg").rename(tmp_path / "other.jpg")
    assert inspect(result).source is None
    assert inspect(result).source_matches is None
    assert inspect(result, moved).source_matches is True
    with pytest.raises(PhotoError, match="does not exist: check the path of the source"):
        inspect(result, tmp_path / "none.jpg")


def test_the_source_of_a_bmp(grey, make, folder):
    source = folder / "old.bmp"
    source.write_bytes(make.saved(Image.fromarray(grey), "BMP"))
    photograph = read(source)
    mark = Mark("tiny", "ab" * 32, "1.0", "onnxruntime", "", photograph.sha256)
    rgb = np.repeat(grey[..., None], 3, axis=-1)
    write(photograph, rgb, folder / "old.bmp.rehue.png", mark)
    assert inspect(folder / "old.bmp.rehue.png").source == source
    write(photograph, rgb, folder / "new.bmp", mark)
    found = inspect(folder / "new.bmp", source)
    assert found.sidecar == folder / "new.bmp.xmp"
    assert found.source_matches is True


def test_a_picture_that_nobody_coloured(result):
    found = inspect(result.with_name("box 7.jpg"))
    assert (found.mark, found.source_type, found.source, found.source_matches) == (None,) * 4


def test_hints_and_a_timestamp_stand_in_the_mark(grey):
    mark = Mark(
        "tiny", "ab" * 32, "1.0", "rt", "", None, ("sky <blue>", "é"), "2026-01-02T03:04:05Z"
    )
    assert Mark.from_xmp(mark.to_xmp()) == mark
    assert Mark.from_xmp(mark.to_xmp(mark.to_xmp())) == mark
