import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rehue.photo.records import exif as module
from rehue.photo.records.directories import Layout, read_directory


def big_endian():
    record = Image.Exif()
    record.endian = ">"
    record[274] = 8
    record.get_ifd(34665)[36867] = "1931:05:01 12:00:00"
    return record.tobytes()[6:]


def test_all_but_the_thumbnail_stays_where_it_was(exif):
    cleared = module.without_thumbnail(exif)
    assert b"\xff\xd8\xff" in exif
    assert b"\xff\xd8\xff" not in cleared
    link = 8 + 2 + 12 * int.from_bytes(exif[8:10], "little")
    at = int.from_bytes(exif[link : link + 4], "little")
    assert cleared[:link] == exif[:link]
    assert cleared[link + 4 : at] == exif[link + 4 : at]
    read = Image.Exif()
    read.load(cleared)
    assert read[270] == "Grandmother, 1931"
    assert read.get_ifd(34665)[37500] == b"maker note" * 20
    assert not read.get_ifd(1)


def test_thumbnail_in_front_of_other_bytes_is_cleared_in_place(exif):
    cleared = module.without_thumbnail(exif + b"trailing")
    assert len(cleared) == len(exif) + 8
    assert cleared.endswith(b"\0trailing")
    assert b"\xff\xd8\xff" not in cleared


def test_a_record_without_thumbnail_is_not_touched():
    record = big_endian()
    assert module.without_thumbnail(record) == record


def test_orientation_in_both_byte_orders(exif):
    assert module.orientation(exif) == 6
    assert module.orientation(big_endian()) == 8


@pytest.mark.parametrize("record", [None, b"", b"II", b"II*\0\xff\xff\xff\xff", b"nonsense" * 9])
def test_a_broken_record_is_upright(record):
    assert module.orientation(record) == 1


@pytest.mark.parametrize("value", [0, 9, 700])
def test_an_orientation_out_of_range_is_upright(value):
    record = Image.Exif()
    record[274] = value
    assert module.orientation(record.tobytes()[6:]) == 1


def test_a_lying_thumbnail_offset_costs_nothing_else(exif):
    at = exif.index((513).to_bytes(2, "little") + b"\4\0\1\0\0\0") + 8
    lying = exif[:at] + (0).to_bytes(4, "little") + exif[at + 4 :]
    cleared = module.without_thumbnail(lying)
    assert module.orientation(cleared) == 6


@given(st.data())
def test_damage_never_raises(data):
    record = bytearray(big_endian())
    for _ in range(data.draw(st.integers(1, 6))):
        record[data.draw(st.integers(0, len(record) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(record[: data.draw(st.integers(0, len(record)))])
    assert module.orientation(cut) in range(1, 9)
    cleared = module.without_thumbnail(cut)
    assert cleared is None or len(cleared) <= len(cut)


def test_prefixes():
    assert module.without_prefix(b"Exif\0\0Exif\0\0II*\0") == b"II*\0"
    assert module.with_prefix(b"II*\0") == b"Exif\0\0II*\0"


def loaded(record):
    read = Image.Exif()
    read.load(record)
    return read


def test_another_orientation_moves_nothing(exif):
    changed = module.oriented(exif, 3)
    assert module.orientation(changed) == 3
    assert len(changed) == len(exif)
    assert sum(a != b for a, b in zip(changed, exif, strict=True)) == 1


@pytest.mark.parametrize("endian", ["<", ">"])
@pytest.mark.parametrize("value", [1, 6, 8])
def test_a_record_without_orientation_gets_one_and_keeps_the_rest(endian, value):
    record = Image.Exif()
    record.endian = endian
    record[270] = "Grandmother, 1931"
    record[306] = "1931:05:01 12:00:00"
    record.get_ifd(34665)[37500] = b"maker note" * 20
    before = record.tobytes()[6:]
    after = module.oriented(before, value)
    # What maker notes point to stays where it was.
    assert after[8 : len(before)] == before[8:]
    read = loaded(after)
    assert (read[274], read[270], read[306]) == (value, "Grandmother, 1931", "1931:05:01 12:00:00")
    assert read.get_ifd(34665)[37500] == b"maker note" * 20
    tags = [entry.tag for entry in read_directory(after, Layout.of(after))[0]]
    assert tags == sorted(tags)


def test_where_there_is_no_record_one_says_orientation_and_resolution():
    read = loaded(module.of_orientation(6, (300.0, 150.0)))
    assert (read[274], read[282], read[283]) == (6, 300, 150)
    assert dict(loaded(module.of_orientation(8, None))) == {274: 8}


@given(st.binary(max_size=200))
def test_a_damaged_record_is_never_an_error(data):
    for record in (data, b"II*\0\x08\0\0\0" + data, b"MM\0*\0\0\0\x08" + data):
        assert isinstance(module.oriented(record, 6), bytes)
