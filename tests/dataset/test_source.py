import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rehue.dataset import Photographs, open_photographs
from rehue.dataset.source import decode, find_entries
from rehue.errors import DatasetError


@pytest.fixture
def folder(tmp_path, make):
    """Two colour photographs among a grey one, a sepia one and three that cannot be read."""
    files = {
        "1.png": make.saved(make.picture(1)),
        "2-grey.png": make.saved(make.grey(2)),
        "3.jpg": make.saved(make.picture(3), "JPEG"),
        "4-one-channel.png": make.saved(make.grey(4)[..., 0]),
        "5-sepia.jpg": make.saved(make.sepia(5), "JPEG"),
        "6-empty.jpg": b"",
        "7-page.jpg": b"<html>404</html>",
        "8-cut.jpg": make.saved(make.picture(8), "JPEG")[:700],
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


LEFT_OUT = {
    "grey": ["2-grey.png", "4-one-channel.png"],
    "toned": ["5-sepia.jpg"],
    "unreadable": ["6-empty.jpg", "7-page.jpg", "8-cut.jpg"],
}


def test_what_is_grey_toned_or_unreadable_is_left_out_counted_and_named(folder):
    photographs = open_photographs(folder)
    assert len(photographs) == 8
    for _ in range(2):  # a second pass counts anew
        assert [sample.key for sample in photographs] == ["1.png", "3.jpg"]
        assert photographs.left_out == LEFT_OUT


def test_grey_ones_are_kept_where_that_is_asked_for(folder):
    photographs = open_photographs(folder, keep_neutral=True)
    assert sum(1 for _ in photographs) == 5
    assert photographs.left_out == {"unreadable": LEFT_OUT["unreadable"]}


@pytest.mark.parametrize(
    ("count", "places"), [(0, []), (2, [0, 4]), (3, [0, 2, 5]), (99, range(8))]
)
def test_a_part_is_evenly_spaced(folder, count, places):
    photographs = open_photographs(folder, keep_neutral=True)
    part = photographs.evenly(count)
    assert part.entries == [photographs.entries[place] for place in places]
    assert part.keep_neutral
    assert photographs.evenly(None).entries == photographs.entries


def test_samples_are_what_the_file_holds(tmp_path, make):
    (tmp_path / "abbey").mkdir()
    (tmp_path / "abbey" / "1.png").write_bytes(make.saved(make.picture(1)))
    (sample,) = open_photographs(tmp_path)
    assert (sample.key, sample.label, sample.kind) == ("abbey/1.png", "abbey", None)
    assert sample.image.dtype == np.uint8
    assert np.array_equal(sample.image, make.picture(1))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr"])
def test_every_kind_of_picture_becomes_rgb(make, mode):
    picture = Image.fromarray(make.picture(1)).convert(mode)
    image = decode(make.saved(picture, "JPEG" if mode in {"CMYK", "YCbCr"} else "PNG"))
    assert image.shape == (48, 64, 3)
    assert image.dtype == np.uint8


def test_pictures_are_turned_upright(make):
    record = Image.Exif()
    record[274] = 6  # to be shown turned clockwise by a quarter
    image = decode(make.saved(make.picture(1), exif=record))
    assert np.array_equal(image, np.rot90(make.picture(1), -1))


def test_a_path_that_leads_nowhere(tmp_path):
    with pytest.raises(DatasetError, match=r"none: no such shard or folder: check the path"):
        find_entries(tmp_path / "none")


def test_a_folder_without_photographs(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(DatasetError, match="no photographs found: give a shard or a folder"):
        open_photographs(tmp_path)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
@pytest.mark.filterwarnings("ignore")
def test_damage_is_never_fatal(data, make):
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "BMP"]))
    record = Image.Exif()
    record[274] = 3
    options = {} if kind == "BMP" else {"exif": record}
    whole = bytearray(make.saved(make.picture(1, 16, 20), kind, **options))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, min(len(whole), 400) - 1))] = data.draw(st.integers(0, 255))
    photographs = Photographs(make.entries({"damaged": bytes(whole)}))
    seen = [sample.key for sample in photographs]
    left_out = [key for keys in photographs.left_out.values() for key in keys]
    assert seen + left_out == ["damaged"]


def test_an_error_of_any_kind_while_a_file_is_read_is_counted(make, monkeypatch):
    def opened(file):
        raise IndexError(f"deep inside a decoder of {len(file.read())} bytes")

    monkeypatch.setattr(Image, "open", opened)
    photographs = Photographs(make.entries({"one": b"x", "two": io.BytesIO(b"y").read()}))
    assert list(photographs) == []
    assert photographs.left_out == {"unreadable": ["one", "two"]}
