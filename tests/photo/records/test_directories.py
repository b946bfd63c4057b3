import pytest
from PIL import Image

from rehue.photo.records import directories

LITTLE, BIG = b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"


def rational_big_endian():
    """One directory of a big-endian file: x resolution 300/1, page number (1, 2)."""
    fields = b"\0\x02"
    fields += b"\x01\x1a\0\x05\0\0\0\x01" + (8 + 2 + 24 + 4).to_bytes(4, "big")
    fields += b"\x01\x29\0\x03\0\0\0\x02\0\x01\0\x02"
    return BIG + fields + b"\0\0\0\0" + (300).to_bytes(4, "big") + (1).to_bytes(4, "big")


def test_values_become_little_endian():
    entries = directories.description(rational_big_endian())
    assert [(e.tag, e.kind, e.count) for e in entries] == [(282, 5, 1), (297, 3, 2)]
    assert entries[0].data == (300).to_bytes(4, "little") + (1).to_bytes(4, "little")
    assert entries[1].data == b"\x01\0\x02\0"


def test_pack_there_and_back():
    inner = directories.Entry(36867, 2, 20, b"1931:05:01 12:00:00\0")
    entries = (
        directories.Entry(270, 2, 3, b"ab\0"),
        directories.Entry(33432, 2, 11, b"odd length\0"),
        directories.Entry(directories.EXIF, directories.LONG, 1, b"", (inner,)),
        directories.Entry(65000, 12, 1, bytes(range(8))),
    )
    assert directories.description(LITTLE + directories.pack(entries, 8)) == entries


def test_layout_tags_are_not_described(color, make):
    data = make.saved(Image.fromarray(color), "TIFF", description="a title", dpi=(300, 300))
    assert {entry.tag for entry in directories.description(data)} == {270, 282, 283, 296}


def test_a_big_directory_there_and_back():
    inner = directories.Entry(36867, 2, 20, b"1931:05:01 12:00:00\0")
    entries = (
        directories.Entry(270, 2, 30, b"longer than a field of offsets"),
        directories.Entry(directories.EXIF, directories.LONG, 1, b"", (inner,)),
    )
    whole = (
        b"II+\0\x08\0\0\0" + (16).to_bytes(8, "little") + directories.pack(entries, 16, big=True)
    )
    found = directories.description(whole)
    assert [(e.tag, e.data) for e in found] == [(e.tag, e.data) for e in entries]
    assert found[1].children == (inner,)


def test_resolution_there_and_back():
    assert directories.dpi(directories.resolution((240.0, 300.5))) == (240.0, 300.5)
    assert directories.dpi([]) is None


def test_big_tiff_is_read(make):
    data = make.saved(Image.new("L", (3, 2)), "TIFF", big_tiff=True, description="wide offsets")
    assert data[2] == 43
    assert directories.description(data)[0].data == b"wide offsets\0"


@pytest.mark.parametrize(
    "data",
    [b"", b"II*\0", b"JPEG" * 5, LITTLE, LITTLE + b"\xff\xff" + bytes(40), b"II\x07\0" + bytes(9)],
)
def test_bytes_that_are_no_directory(data):
    with pytest.raises(directories.TiffDirectoryError):
        directories.description(data)


def test_values_outside_the_file_and_directories_in_circles_are_left_out():
    entry = b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0"  # EXIF directory at byte 8: itself
    outside = b"\x0e\x01\x02\0\xff\0\0\0\xff\xff\0\0"
    data = LITTLE + b"\x02\0" + outside + entry + bytes(4)
    assert directories.description(data) == ()


def test_many_entries_that_share_bytes_hold_no_more_than_the_file():
    entry = b"\x0e\x01\x02\0\x00\x02\0\0\x08\0\0\0"
    data = LITTLE + (200).to_bytes(2, "little") + entry * 200 + bytes(4)
    assert sum(len(e.data) for e in directories.description(data)) <= len(data)
