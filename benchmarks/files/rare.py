"""One valid file of each kind that is seldom met, for `damaged.py`: deep JPEGs, HEIC, raw files.

Raw files are TIFFs by their names, for from folders no raw files are taken; what they are stands in
their first bytes. Those of Fujifilm and Canon hold all that is read of them before LibRaw, and a
mosaic that it does not know.
"""

import shutil
import struct
import subprocess
from io import BytesIO

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from rehue.photo.records import directories, exif
from rehue.photo.records.boxes import box
from rehue.photo.records.directories import Entry

_XMP_OF_CR3 = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
_CANON = bytes.fromhex("85C0B687820F11E08111F4CE462B6A48")
_CAPTION = b"\x1c\x02\x78\0\x06Hafen."
# Of a DNG with a mosaic of red, green, green and blue.
RAW_TAGS = [
    (50706, 1, 4, (1, 4, 0, 0), True),
    (50708, 2, 5, "Test", True),
    (33421, 3, 2, (2, 2), True),
    (33422, 1, 4, (0, 1, 1, 2), True),
    (50721, 10, 9, (1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1), True),
    (50717, 4, 1, 65535, True),
]


def rare(grey: NDArray[np.uint8], packet: bytes) -> dict[str, bytes]:
    """Return the files by their names.

    Args:
        grey: the picture.
        packet: XMP that some of them have.
    """
    deep = grey.astype(np.uint16) * 257
    said = [(700, 1, len(packet), packet, True), (33723, 7, len(_CAPTION), _CAPTION, True)]
    mosaic = _dng(deep, "cfa", [*RAW_TAGS, *said])
    # tifffile writes no linear DNG of one sample: its photometric interpretation is put in.
    mono = bytearray(_dng(deep, "minisblack", RAW_TAGS[:2]))
    struct.pack_into("<I", mono, mono.index(struct.pack("<HHI", 262, 3, 1)) + 8, 34892)
    return {
        **_jpegs(grey, deep),
        **_heic(grey),
        "raw-said.tif": mosaic,
        "raw-mono.tif": bytes(mono),
        "raw-linear.tif": _dng(np.stack([deep] * 3, -1), 34892, RAW_TAGS[:2]),
        "raw-orf.tif": b"IIRO" + mosaic[4:],
        "raw-rw2.tif": b"IIU\0" + mosaic[4:],
        "raw-raf.tif": _fujifilm(grey, packet),
        "raw-cr3.tif": _canon(packet),
        "raw-crw.tif": _heap(),
    }


def _jpegs(grey: NDArray[np.uint8], deep: NDArray[np.uint16]) -> dict[str, bytes]:
    made = {
        "jpeg-12.jpg": bytes(imagecodecs.jpeg_encode(deep >> 4, bitspersample=12, level=95)),
        "jpeg-lossless.jpg": bytes(imagecodecs.jpeg_encode(grey, lossless=True)),
        "jpeg-lossless-16.jpg": bytes(
            imagecodecs.jpeg_encode(deep, lossless=True, bitspersample=16)
        ),
    }
    if shutil.which("jpegtran"):
        command = ["jpegtran", "-arithmetic"]
        done = subprocess.run(command, input=_jpeg(grey), capture_output=True, check=True)
        made["jpeg-arithmetic.jpg"] = done.stdout
    return made


def _heic(grey: NDArray[np.uint8]) -> dict[str, bytes]:
    try:
        import pillow_heif  # noqa: PLC0415 (an extra)
    except ImportError:
        return {}
    file = BytesIO()
    pillow_heif.from_pillow(Image.fromarray(grey).convert("RGB")).save(file, quality=90)
    return {"heic.heic": file.getvalue()}


def _jpeg(grey: NDArray[np.uint8], **options: object) -> bytes:
    file = BytesIO()
    Image.fromarray(grey).save(file, "JPEG", **options)
    return file.getvalue()


def _dng(samples: NDArray[np.uint16], photometric: str | int, tags: list[tuple]) -> bytes:
    file = BytesIO()
    tifffile.imwrite(file, samples, photometric=photometric, metadata=None, extratags=tags)
    return file.getvalue()


def _record(*entries: tuple[int, int, int, bytes]) -> bytes:
    return exif.from_entries(Entry(*entry) for entry in entries)


def _fujifilm(grey: NDArray[np.uint8], packet: bytes) -> bytes:
    record = b"Exif\0\0" + _record((270, 2, 6, b"Hafen\0"))
    inside = _jpeg(grey, exif=record, xmp=packet)
    end = 160 + len(inside)
    parts = struct.pack(">IIIIII", 160, len(inside), end, 8, end + 8, 400)
    head = b"FUJIFILMCCD-RAW 0201".ljust(84, b"\0") + parts
    return head.ljust(160, b"\0") + inside + bytes(408)


def _canon(packet: bytes) -> bytes:
    first = _record((271, 2, 6, b"Canon\0"), (274, directories.SHORT, 1, b"\x08\0"))
    inner = _record((33434, directories.RATIONAL, 1, struct.pack("<II", 1, 80)))
    place = _record((1, 2, 2, b"N\0"))
    parts = box(b"CMT1", first) + box(b"CMT2", inner) + box(b"CMT4", place)
    movie = box(b"moov", box(b"uuid", _CANON + parts)) + box(b"uuid", _XMP_OF_CR3 + packet)
    return box(b"ftyp", b"crx \0\0\0\1crx isom") + movie + box(b"mdat", bytes(400))


def _heap() -> bytes:
    """A CRW: strings, a time and the exposure, as Canon's heaps have them."""
    shot = [0] * 30
    shot[2], shot[21], shot[22] = 160, 128, 192
    parts = [
        (0x080A, b"Canon\0Canon EOS\0"),
        (0x102A, struct.pack("<30h", *shot)),
        (0x180E, struct.pack("<III", 1_068_485_966, 0, 0)),
    ]
    body, rows = b"", b""
    for kind, content in parts:
        rows += struct.pack("<HII", kind, len(content), len(body))
        body += content
    heap = body + struct.pack("<H", len(parts)) + rows + struct.pack("<I", len(body))
    return b"II\x1a\0\0\0HEAPCCDR".ljust(26, b"\0") + heap
