"""Cameras' raw files: whole or refused, grey ones too, and with all that they say."""

import struct
import subprocess
from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image

from rehue.errors import PhotoError
from rehue.photo import losses, read, write
from rehue.photo.formats.raw.record import records_of
from rehue.photo.records import directories

pytest.importorskip("rawpy", reason="the extra raw is not installed")

UNIT = (10000, 10000, 0, 10000, 0, 10000, 0, 10000, 10000, 10000, 0, 10000, 0, 10000, 0, 10000)
OF_A_DNG = [
    (50706, 1, 4, (1, 4, 0, 0), True),
    (50707, 1, 4, (1, 1, 0, 0), True),
    (50708, 2, None, "Test", True),
    (271, 2, None, "Acme", True),
    (274, 3, 1, 6, True),
    (306, 2, None, "1931:05:01 12:00:00", True),
]
OF_A_MOSAIC = [
    (33421, 3, 2, (2, 2), True),
    (33422, 1, 4, (0, 1, 1, 2), True),
    (50721, 10, 9, (*UNIT, 10000, 10000), True),
    (50728, 5, 3, (1, 1, 1, 1, 1, 1), True),
    (50717, 4, 1, 65535, True),
    (50778, 3, 1, 21, True),
]
RAMP = np.add.outer(np.arange(64) * 300, np.arange(96) * 400).astype(np.uint16)


def dng_of(samples=RAMP, photometric="cfa", tags=OF_A_MOSAIC, **options):
    file = BytesIO()
    extra = [*OF_A_DNG, *tags]
    tifffile.imwrite(
        file, samples, photometric=photometric, metadata=None, extratags=extra, **options
    )
    return file.getvalue()


def refusal(data):
    with pytest.raises(PhotoError) as caught:
        read(data)
    message = str(caught.value)
    assert "\n" not in message
    assert "b'" not in message
    return message


@pytest.mark.parametrize(("black", "white"), [(0, 65535), (1000, 40000)])
def test_a_monochrome_dng_stays_grey_between_its_levels(black, white, mark):
    levels = [(50714, 3, 1, black, True), (50717, 4, 1, white, True)]
    light = np.linspace(0, 1, 96)
    stored = np.rint(black + light * (white - black)).astype(np.uint16)[None].repeat(64, 0)
    # tifffile writes no linear DNG of one sample: its photometric interpretation is put in.
    data = bytearray(dng_of(stored, "minisblack", levels))
    at = data.index(struct.pack("<HHI", 262, 3, 1))
    struct.pack_into("<I", data, at + 8, 34892)
    photograph = read(bytes(data))
    assert photograph.pixels.shape == (64, 96)
    assert photograph.pixels.dtype == np.uint16
    assert photograph.notes == ("was developed from a raw file",)
    linear = (stored[0].astype(float) - black) / (white - black)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    assert np.abs(photograph.pixels[0] / 65535 - encoded).max() < 1e-4
    file = BytesIO()
    write(photograph, np.repeat(photograph.pixels[..., None], 3, -1), file, mark)
    assert file.getvalue()[:4] == b"II*\0"


def test_a_linear_dng_of_three_samples():
    photograph = read(dng_of(np.stack([RAMP] * 3, -1), 34892))
    assert photograph.pixels.shape[:2] == (64, 96)
    assert photograph.pixels[..., :1].mean() > 5000


def opcodes(*numbers):
    body = b"".join(struct.pack(">IIII", number, 0x01030000, 0, 0) for number in numbers)
    return struct.pack(">I", len(numbers)) + body


def test_corrections_that_are_not_made_are_said():
    warp = opcodes(1)
    photograph = read(dng_of(tags=[*OF_A_MOSAIC, (51022, 7, len(warp), warp, True)]))
    assert "the corrections that its opcode lists ask for are not made" in photograph.notes
    curve = opcodes(1, 8)
    assert "tones are stored by a curve" in refusal(
        dng_of(tags=[*OF_A_MOSAIC, (51009, 7, len(curve), curve, True)])
    )


@pytest.mark.parametrize("head", [b"II*\0", b"IIRO", b"IIRS", b"IIU\0"])
@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_what_is_cut_off_behind_its_header_is_refused(head, share):
    file = BytesIO()
    with tifffile.TiffWriter(file) as writer:
        extra = [*OF_A_DNG, *OF_A_MOSAIC]
        writer.write(RAMP, photometric="cfa", metadata=None, extratags=extra, rowsperstrip=8)
    # The directory in front, as cameras have it.
    whole = file.getvalue()
    assert int.from_bytes(whole[4:8], "little") == 8
    whole = head + whole[4:]
    assert read(whole).orientation == 6
    assert "is cut off before its end" in refusal(whole[: int(len(whole) * share)])


def test_a_dng_that_names_one_of_its_tiles_is_refused():
    whole = dng_of(tile=(16, 16))
    assert read(whole).pixels.shape[:2] == (64, 96)
    layout = directories.Layout.of(whole)
    entries, _ = directories.read_directory(whole, layout)
    short = [
        directories.Entry(e.tag, e.kind, 1, e.data[:4]) if e.tag in (324, 325) else e
        for e in entries
    ]
    at = len(whole) + len(whole) % 2
    data = whole.ljust(at, b"\0") + directories.pack(short, at)
    data = data[:4] + at.to_bytes(4, "little") + data[8:]
    assert "is cut off before its end" in refusal(data)


def test_a_file_that_is_far_too_short_for_its_picture_is_refused():
    # As a header alone, with offsets that lead nowhere wrong: one strip of a few bytes.
    whole = bytearray(dng_of())
    layout = directories.Layout.of(bytes(whole))
    count = int.from_bytes(whole[layout.first : layout.first + 2], "little")
    for at in range(layout.first + 2, layout.first + 2 + 12 * count, 12):
        (tag,) = struct.unpack_from("<H", whole, at)
        if tag in (256, 257, 278):
            struct.pack_into("<HHII", whole, at, tag, 4, 1, 4000)
    assert "cut off" in refusal(bytes(whole)) or "damaged" in refusal(bytes(whole))


@pytest.mark.parametrize("head", [b"II*\0", b"IIRO", b"IIU\0"])
def test_olympus_and_panasonic_keep_their_record(head, tmp_path, mark):
    photograph = read(head + dng_of()[4:])
    assert photograph.orientation == 6
    file = tmp_path / "out.tif"
    shape = (*photograph.pixels.shape[:2], 3)
    write(photograph, np.zeros(shape, np.uint16), file, mark)
    command = ["exiftool", "-s3", "-Make", "-ModifyDate", "-Orientation#", file]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout.split("\n")[:3] == ["Acme", "1931:05:01 12:00:00", "6"]


RATED = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4" '
    b'xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" crs:Exposure2012="+1.50"/></rdf:RDF>'
)
CAPTIONS = b"\x1c\x02\x78\0\x0dIn the garden"
SAID = [(700, 1, len(RATED), RATED, True), (33723, 7, len(CAPTIONS), CAPTIONS, True)]


@pytest.mark.parametrize("head", [b"II*\0", b"IIRO", b"IIU\0"])
def test_xmp_and_captions_of_raw_files_go_over_without_their_edits(head, tmp_path, mark):
    photograph = read(head + dng_of(tags=[*OF_A_MOSAIC, *SAID])[4:])
    assert "the edits that its XMP asks for are not made" in photograph.notes
    file = tmp_path / "out.tif"
    shape = (*photograph.pixels.shape[:2], 3)
    write(photograph, np.zeros(shape, np.uint16), file, mark)
    command = ["exiftool", "-s3", "-XMP:Rating", "-IPTC:Caption-Abstract", "-XMP-crs:all", file]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout.split("\n") == ["4", "In the garden", ""]


def test_a_raw_file_that_asks_for_no_edits_has_no_line_on_them():
    packet = RATED.replace(b"crs", b"some").replace(b"ns.adobe.com/camera-raw-", b"example.org/")
    photograph = read(dng_of(tags=[*OF_A_MOSAIC, (700, 1, len(packet), packet, True)]))
    assert photograph.notes == ("was developed from a raw file",)
    assert b'some:Exposure2012="+1.50"' in photograph.carried.xmp


def test_xmp_and_captions_are_found_in_files_of_every_maker(exif):
    resource = b"8BIM\x04\x04\0\0" + len(CAPTIONS).to_bytes(4, "big") + CAPTIONS
    resource += bytes(len(CAPTIONS) % 2)
    content = b"Photoshop 3.0\0" + resource
    segment = b"\xff\xed" + struct.pack(">H", len(content) + 2) + content
    fujifilm = records_of(fujifilm_of(exif, xmp=RATED, extra=segment))
    assert (fujifilm.xmp, fujifilm.photoshop) == (RATED, resource)
    number = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
    canon = records_of(canon_of() + boxed(b"uuid", number + RATED))
    assert canon.xmp == RATED
    assert records_of(canon_of()).xmp is None
    jpeg = BytesIO()
    Image.new("L", (16, 16)).save(jpeg, "JPEG", xmp=RATED, extra=segment)
    inside = jpeg.getvalue()
    panasonic = b"IIU\0" + dng_of(tags=[*OF_A_MOSAIC, (46, 7, len(inside), inside, True)])[4:]
    assert (records_of(panasonic).xmp, records_of(panasonic).photoshop) == (RATED, resource)


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        (8, "its depth map is left out"),
        (0x10004, "its masks (which part is skin, hair, sky) are left out"),
        (4, "its mask (which part is transparent) is left out"),
        (1, None),
    ],
)
def test_further_pictures_of_a_dng_are_said(kind, note):
    file = BytesIO()
    with tifffile.TiffWriter(file) as tiff:
        extra = [*OF_A_DNG, *OF_A_MOSAIC]
        tiff.write(RAMP, photometric="cfa", metadata=None, extratags=extra, subifds=1)
        tiff.write(RAMP[::2, ::2], photometric="minisblack", metadata=None, subfiletype=2)
    plain = struct.pack("<HHII", 254, 4, 1, 2)
    assert file.getvalue().count(plain) == 1
    data = file.getvalue().replace(plain, struct.pack("<HHII", 254, 4, 1, kind))
    assert read(data).notes[1:] == ((note,) if note else ())


def test_a_manifest_of_a_dng_is_said():
    signed = read(dng_of(tags=[*OF_A_MOSAIC, (52545, 7, 4, b"jumb", True)]))
    assert losses(signed, "TIFF") == (
        "its C2PA manifest is signed for its own bytes, and is left out",
    )


def fujifilm_of(exif, **options):
    jpeg = BytesIO()
    Image.new("L", (16, 16)).save(jpeg, "JPEG", exif=b"Exif\0\0" + exif, **options)
    inside = jpeg.getvalue()
    parts = struct.pack(">IIIIII", 160, len(inside), 160, 8, 168, 400)
    head = b"FUJIFILMCCD-RAW 0201".ljust(84, b"\0") + parts
    return head.ljust(160, b"\0") + inside.ljust(500, b"\0")


def boxed(kind, content):
    return struct.pack(">I", 8 + len(content)) + kind + content


def canon_of():
    def part(*entries):
        made = [directories.Entry(t, k, n, d) for t, k, n, d in entries]
        return b"II*\0\x08\0\0\0" + directories.pack(made, 8)

    own = bytes.fromhex("85C0B687820F11E08111F4CE462B6A48")
    first = part((271, 2, 6, b"Canon\0"), (274, 3, 1, b"\x08\0"), (256, 3, 1, b"\1\0"))
    inner = part((33434, 5, 1, struct.pack("<II", 1, 80)), (37500, 7, 4, b"note"))
    gps = part((1, 2, 2, b"N\0"))
    boxes = boxed(b"CMT1", first) + boxed(b"CMT2", inner) + boxed(b"CMT4", gps)
    movie = boxed(b"moov", boxed(b"uuid", own + boxes))
    return boxed(b"ftyp", b"crx \0\0\0\1crx isom") + movie + boxed(b"mdat", bytes(400))


def heap_of_canon():
    """A CRW: strings, a time, the lens and the exposure, as Canon's heaps have them."""
    shot = [0] * 30
    shot[2], shot[21], shot[22] = 160, 4 * 64 // 2, 32 * 6
    parts = [
        (0x080A, b"Canon\0Canon EOS\0"),
        (0x102A, struct.pack("<30h", *shot)),
        (0x1029, struct.pack("<4h", 2, 24, 0, 0)),
        (0x180E, struct.pack("<III", 1_068_485_966, 0, 0)),
    ]
    body, rows = b"", b""
    for kind, content in parts:
        rows += struct.pack("<HII", kind, len(content), len(body))
        body += content
    heap = body + struct.pack("<H", len(parts)) + rows + struct.pack("<I", len(body))
    return b"II\x1a\0\0\0HEAPCCDR".ljust(26, b"\0") + heap


@pytest.fixture
def tags(tmp_path):
    """What exiftool reads in a record, by name."""

    def told(record):
        path = tmp_path / "record.exif"
        path.write_bytes(record)
        command = ["exiftool", "-s", "-n", path]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return {k.strip(): v.strip() for k, v in (row.split(":", 1) for row in said.splitlines())}

    return told


def test_what_fujifilm_and_canon_say_is_found(tags, exif):
    assert tags(records_of(fujifilm_of(exif)).exif)["ImageDescription"] == "Grandmother, 1931"
    canon = tags(records_of(canon_of()).exif)
    assert (canon["Make"], canon["Orientation"]) == ("Canon", "8")
    assert float(canon["ExposureTime"]) == 1 / 80
    assert canon["GPSLatitudeRef"] == "N"
    assert "MakerNoteUnknown" not in canon
    heap = tags(records_of(heap_of_canon()).exif)
    assert (heap["Make"], heap["Model"]) == ("Canon", "Canon EOS")
    assert heap["DateTimeOriginal"] == "2003:11:10 17:39:26"
    assert (heap["FNumber"], heap["ISO"], heap["FocalLength"]) == ("4", "100", "24")
    assert float(heap["ExposureTime"]) == 1 / 64


@pytest.mark.parametrize("kind", ["fujifilm", "canon", "heap"])
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_fujifilm_and_canon_cut_off_are_refused(kind, share, exif):
    whole = {"fujifilm": fujifilm_of(exif), "canon": canon_of(), "heap": heap_of_canon()}[kind]
    assert "is cut off before its end" in refusal(whole[: int(len(whole) * share)])
    # Whole, they are no picture that LibRaw knows, and that is said.
    assert "cut off" not in refusal(whole) or kind == "heap"


def test_records_that_are_damaged_are_none():
    for whole in (canon_of(), heap_of_canon(), fujifilm_of(b"II*\0")):
        for seed in range(30):
            data = bytearray(whole)
            for at in np.random.default_rng(seed).integers(4, len(data), 6):
                data[at] ^= 0xFF
            records_of(bytes(data))


def test_heaps_within_heaps_come_to_an_end():
    """Each of 500 records is the heap that they stand in."""
    rows = b"".join(struct.pack("<HII", 0x3000, 5006, 0) for _ in range(500))
    heap = struct.pack("<H", 500) + rows + struct.pack("<I", 0)
    data = b"II\x1a\0\0\0HEAPCCDR".ljust(26, b"\0") + heap
    assert records_of(data).exif is None
    assert "is cut off" in refusal(data)
