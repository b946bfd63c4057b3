"""Damaged files through the whole tool: nothing may crash it, hang it, or pass as a picture.

    python benchmarks/files/damaged.py --each 360 --output damaged.json

One valid file of each kind is damaged in so many ways (fixed seeds: bytes changed, numbers made
huge, pieces left out, put in or cut off), and files made to do harm (huge sides, text and pixels
that swell, pages without end, deep nesting, lying headers) are added. A run colours them all as
`rehue colorize` does. Each must end

- in one line that says what is wrong, and no result; or,
- where the damage left a picture that can be read, in a whole result. ImageMagick, which shares no
  code with Rehue but some decoders, reads the damaged file too, and L of both is compared.

Printed are the counts and what is wrong: a traceback, a process that ended or took too long, a
half-written or missing result, more memory than the pixels allowed imply. The exit code is 1 if
anything is. Pictures that the second decoder reads otherwise, or not at all, are counted and named,
for decoders may differ on what damage means.
"""

import argparse
import hashlib
import json
import random
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin
from rare import RAW_TAGS, rare
from skimage import data

from rehue.batch import Outcome, Settings, Setup, Status, make_plan, open_run
from rehue.color import lightness
from rehue.errors import PhotoError
from rehue.photo import read, upright
from rehue.photo.formats.jpegxl.codestream import with_color
from rehue.photo.samples.profile import srgb_profile

HEIGHT, WIDTH = 32, 40
# Mean difference of L above which two decoders read different pictures.
SAME = 1.0
# What a worker holds without a photograph, and what it may hold for each pixel that is allowed:
# the pixels as floats with alpha, what they are made from, and the result.
BASE_MB, BYTES_A_PIXEL = 500, 40
# Beside a photograph that is whole.
SIDECAR = "sidecar.xmp"
HUGE = (b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\1\0\0")


def valid() -> dict[str, bytes]:
    """One file of each kind, by a name that ends as its files do."""
    grey = np.ascontiguousarray(data.camera()[100 : 100 + HEIGHT, 180 : 180 + WIDTH])
    deep = grey.astype(np.uint16) * 257
    rgb = np.stack([grey] * 3, axis=-1)
    deep_rgb = np.stack([deep] * 3, axis=-1)
    plain = {"photometric": "minisblack"}

    def pillow(kind: str, mode: str = "L", **options: object) -> bytes:
        file = BytesIO()
        Image.fromarray(grey).convert(mode).save(file, kind, **options)
        return file.getvalue()

    def tiff(samples: NDArray[np.generic], **options: object) -> bytes:
        file = BytesIO()
        tifffile.imwrite(file, samples, metadata=None, **options)
        return file.getvalue()

    def pages(*written: tuple[NDArray[np.generic], dict[str, object]]) -> bytes:
        file = BytesIO()
        with tifffile.TiffWriter(file) as writer:
            for samples, options in written:
                writer.write(samples, metadata=None, **{**plain, **options})
        return file.getvalue()

    jpeg2000, avif = imagecodecs.jpeg2k_encode, imagecodecs.avif_encode
    lossless = {"lossless": True, "effort": 1, "usecontainer": True}
    return {
        "jpeg.jpg": pillow("JPEG"),
        "jpeg-rgb.jpg": pillow("JPEG", "RGB", dpi=(300, 300), exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
        "jpeg-progressive.jpg": pillow("JPEG", progressive=True),
        "jpeg-cmyk.jpg": pillow("JPEG", "CMYK"),
        "jpeg-records.jpg": pillow("JPEG", **records()),
        "jpeg-gain-map.jpg": phone(grey),
        "png.png": pillow("PNG"),
        "png-palette.png": pillow("PNG", "P"),
        "png-alpha.png": pillow("PNG", "LA"),
        "png-16.png": imagecodecs.png_encode(deep),
        "webp.webp": pillow("WEBP"),
        "webp-lossless.webp": pillow("WEBP", lossless=True),
        "bmp.bmp": pillow("BMP"),
        "gif.gif": pillow("GIF"),
        "tiff-8.tif": tiff(grey, **plain),
        "tiff-16.tif": tiff(deep, **plain),
        "tiff-float.tif": tiff((grey / 255).astype(np.float32), **plain, compression="zlib"),
        "tiff-lzw.tif": tiff(deep_rgb, photometric="rgb", compression="lzw", predictor=True),
        "tiff-tiled.tif": tiff(deep_rgb, photometric="rgb", compression="zlib", tile=(16, 16)),
        "tiff-jpeg.tif": tiff(rgb, photometric="rgb", compression="jpeg"),
        "tiff-big.tif": tiff(deep, **plain, bigtiff=True),
        "tiff-pages.tif": tiff(np.stack([deep] * 3), **plain),
        "tiff-cmyk.tif": pillow("TIFF", "CMYK"),
        "tiff-palette.tif": pillow("TIFF", "P"),
        "tiff-fax.tif": pillow("TIFF", "1", compression="group4"),
        "tiff-packbits.tif": tiff(grey, **plain, compression="packbits"),
        "jpeg2000.jp2": jpeg2000(rgb, codecformat="jp2", level=0, reversible=True),
        "jpeg2000-16.jp2": jpeg2000(deep_rgb, codecformat="jp2", level=0, reversible=True),
        "avif.avif": pillow("AVIF", "RGB"),
        "avif-10.avif": avif(deep_rgb >> 6, bitspersample=10, level=90),
        "jpegxl.jxl": imagecodecs.jpegxl_encode(rgb, level=90),
        "jpegxl-16.jxl": imagecodecs.jpegxl_encode(deep_rgb, **lossless),
        "jpegxl-profile.jxl": with_color(bytes(imagecodecs.jpegxl_encode(rgb)), srgb_profile()),
        "jpegxl-jpeg.jxl": imagecodecs.jpegxl_encode_jpeg(pillow("JPEG", "RGB"), usecontainer=True),
        "png-texts.png": pillow("PNG", pnginfo=_texts()),
        "bmp-fields.bmp": _bmp_of_fields(grey),
        "gif-xmp.gif": _with_extensions(pillow("GIF")),
        "jpeg2000-boxes.jp2": _with_boxes(bytes(jpeg2000(rgb, codecformat="jp2", level=0))),
        "tiff-pyramid.tif": pages(
            (grey, {"tile": (16, 16), "subifds": 1, "compression": "zlib"}),
            (np.ascontiguousarray(grey[::2, ::2]), {"tile": (16, 16), "subfiletype": 1}),
        ),
        "tiff-infrared.tif": pages((deep_rgb, {"photometric": "rgb"}), (deep, {})),
        "tiff-mask.tif": pages((grey, {}), (grey > 100, {"subfiletype": 4})),
        "tiff-ycbcr.tif": pillow("TIFF", "YCbCr", compression="tiff_lzw"),
        # By its name a TIFF: raw files are not taken from folders.
        "raw.tif": tiff(deep, photometric="cfa", extratags=RAW_TAGS),
        **rare(grey, _described('xmlns:c="urn:c" c:Box="7"')),
        SIDECAR: _described('xmlns:c="urn:c" c:Box="7"'),
    }


def _texts() -> PngImagePlugin.PngInfo:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Anna")
    texts.add_text("Description", "from the attic " * 20, zip=True)
    texts.add_itxt("Title", "Dachboden", "de", "Titel", zip=True)
    return texts


def _bmp_of_fields(grey: NDArray[np.uint8]) -> bytes:
    """A BMP of 32 bits in bit fields, with alpha and a profile."""
    samples = (grey.astype(np.uint32) * 0x01010101)[::-1].astype("<u4").tobytes()
    profile = srgb_profile()
    head = struct.pack("<IiiHHIIiiII", 124, WIDTH, HEIGHT, 1, 32, 3, len(samples), 0, 0, 0, 0)
    head += struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"DEBM"
    head = head.ljust(112, b"\0") + struct.pack("<IIQ", 124 + len(samples), len(profile), 0)[:12]
    file = b"BM" + struct.pack("<IHHI", 138 + len(samples) + len(profile), 0, 0, 138)
    return file + head.ljust(124, b"\0") + samples + profile


def _with_extensions(gif: bytes) -> bytes:
    """A GIF with XMP and a comment before its picture."""
    place = 13 + (3 << (gif[10] & 7) + 1 if gif[10] & 0x80 else 0)
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    magic = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    added = b"!\xff\x0bXMP DataXMP" + packet + magic + b"!\xfe\x05attic\0"
    return gif[:place] + added + gif[place:]


def _with_boxes(jp2: bytes) -> bytes:
    """A JPEG 2000 file with an XML and a UUID box before its codestream."""
    at = jp2.index(b"jp2c") - 4
    parts = [(b"xml ", b"<mets/>"), (b"uuid", bytes(range(16)) + b"II*\0")]
    added = b"".join(struct.pack(">I", 8 + len(body)) + kind + body for kind, body in parts)
    return jp2[:at] + added + jp2[at:]


def records() -> dict[str, object]:
    """What may stand beside a JPEG's picture, for Pillow's writer."""
    record = Image.Exif()
    record[270], record[274], record[262] = "Hafen, 1931", 6, 1
    record.get_ifd(34665)[40961] = 65535
    extension = _described(f'xmlns:m="urn:m" m:Mask="{"01" * 300}"')
    guid = hashlib.md5(extension).hexdigest().upper()  # noqa: S324 (asked for by XMP's part 3)
    extended = b"http://ns.adobe.com/xmp/extension/\0" + guid.encode()
    extended += struct.pack(">II", len(extension), 0) + extension
    caption = b"\x1c\x02\x78\0\x06Hafen."
    resources = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(caption)) + caption + b"\0"
    segments = (
        (0xE1, extended),
        (0xED, b"Photoshop 3.0\0" + resources),
        (0xEC, b"Ducky\0\1\0\4\0\0\0\x50\0\0"),
        (0xFE, b"first"),
        (0xFE, b"second"),
    )
    note = 'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP'
    return {
        "exif": record,
        "icc_profile": srgb_profile(),
        "xmp": _described(f'{note}="{guid}"'),
        "extra": b"".join(
            bytes((0xFF, m)) + struct.pack(">H", len(c) + 2) + c for m, c in segments
        ),
    }


def phone(grey: NDArray[np.uint8]) -> bytes:
    """A JPEG with a gain map and a video behind it, an index and a container that name them."""
    hdrgm = 'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"'
    small = Image.fromarray(np.ascontiguousarray(grey[::2, ::2]))
    video = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100)
    items = "".join(
        f'<rdf:li rdf:parseType="Resource"><C:Item I:Semantic="{meaning}" I:Length="{length}"/>'
        "</rdf:li>"
        for meaning, length in (("Primary", 0), ("MotionPhoto", len(video)))
    )
    names = 'xmlns:{}="http://ns.google.com/photos/1.0/container/{}"'
    packet = _described(
        f"{names.format('C', '')} {names.format('I', 'item/')} {hdrgm}",
        f"<C:Directory><rdf:Seq>{items}</rdf:Seq></C:Directory>",
    )
    file = BytesIO()
    options = {"save_all": True, "append_images": [small], "xmp": packet}
    Image.fromarray(grey).save(file, "MPO", **options)
    return file.getvalue() + video


def _described(attributes: str, inside: str = "") -> bytes:
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{rdf}"><rdf:Description '
        f'rdf:about="" {attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def damaged(whole: bytes, seed: str) -> bytes:
    """The file with one to sixteen kinds of damage, most of them near its head."""
    draw = random.Random(seed)
    broken = bytearray(whole)
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        if not broken:
            break
        at = draw.randrange(min(len(broken), draw.choice((64, 300, len(broken)))))
        kind = draw.random()
        if kind < 0.5:
            broken[at] = draw.randrange(256)
        elif kind < 0.7:
            broken[at : at + 4] = draw.choice(HUGE)
        elif kind < 0.8:
            del broken[at : at + draw.randrange(1, 9)]
        elif kind < 0.9:
            broken[at:at] = bytes(draw.randrange(1, 9))
        else:
            del broken[max(1, at) :]
    return bytes(broken)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Files made to do harm."""
    grey = np.zeros((8, 8), np.uint8)
    for side in (60_000, 2**31 - 1):
        yield f"huge-{side}.png", _png(side, side)
        yield (
            f"huge-{side}.bmp",
            b"BM"
            + struct.pack(
                "<IIIIiiHHIIiiII", 1 << 20, 0, 54, 40, *((side, side, 1, 24, 0, 0, 0, 0, 0, 0))
            )
            + bytes(64),
        )
        yield f"huge-{side}.tif", _tiff(grey, {256: side, 257: side})
    yield (
        "huge.gif",
        b"GIF89a"
        + struct.pack("<HH", 65535, 65535)
        + b"\0\0\0,"
        + struct.pack("<HHHH", 0, 0, 65535, 65535)
        + b"\0\x02\x02L\x01\0;",
    )
    yield (
        "claims-much-in-565-bytes.gif",
        b"GIF89a".ljust(6)
        + struct.pack("<HH", 14_000, 14_000)
        + b"\0\0\0,"
        + struct.pack("<HHHH", 0, 0, 8, 8)
        + b"\0\x02\x02L\x01\0;".ljust(544, b"\0"),
    )
    yield (
        "huge.webp",
        b"RIFF"
        + struct.pack("<I", 30)
        + b"WEBPVP8X"
        + struct.pack("<IB3x", 10, 0)
        + b"\xff\xff\xff" * 2
        + bytes(8),
    )
    yield "pixels-that-swell.png", _png(5000, 5000, zlib.compress(bytes(5000 * 5001), 9))
    yield "too-many-pixels-that-swell.png", _png(15_000, 15_000, zlib.compress(bytes(1 << 27), 9))
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "a" * 50_000_000, zip=True)
    yield "text-that-swells.png", _saved(grey, "PNG", pnginfo=texts)
    swollen = zlib.compress(bytes(50_000_000), 9)
    yield (
        "profile-that-swells.png",
        _png(8, 8, zlib.compress(bytes(72)), (b"iCCP", b"a\0\0" + swollen)),
    )
    yield (
        "a-million-chunks.png",
        _png(8, 8, zlib.compress(bytes(72)), *[(b"tEXt", b"a\0b")] * 300_000),
    )
    pages = BytesIO()
    with tifffile.TiffWriter(pages) as file:
        for _ in range(30):
            file.write(grey, photometric="minisblack", metadata=None)
    yield "thirty-pages.tif", pages.getvalue()
    yield "pages-in-a-ring.tif", _tiff(grey, {}, ring=True)
    yield "strips-beyond-the-end.tif", _tiff(grey, {273: 2**31, 279: 2**31})
    yield "samples-without-end.tif", _tiff(grey, {277: 65_535})
    nested = "<x:a xmlns:x='y'>" + "<x:b>" * 200_000
    yield "deep-xmp.png", _saved(grey, "PNG", pnginfo=_xmp(nested))
    entities = "<!DOCTYPE a [<!ENTITY b0 'ha'>" + "".join(
        f"<!ENTITY b{i} '&b{i - 1};&b{i - 1};&b{i - 1};&b{i - 1};'>" for i in range(1, 20)
    )
    yield "xmp-that-swells.png", _saved(grey, "PNG", pnginfo=_xmp(entities + "]><a>&b19;</a>"))
    progressive = _saved(grey, "JPEG", progressive=True)
    last = progressive.rindex(b"\xff\xda")
    yield "endless-scans.jpg", progressive[:last] + progressive[last:-2] * 3000 + progressive[-2:]
    plain = _saved(grey, "JPEG")
    for word, part in (
        ("comments", b"\xff\xfe\0\3a"),
        ("segments", b"\xff\xec\0\x11Ducky\0\1\0\4\0\0\0\x50\0\0"),
        ("packets", b"\xff\xe1\0\x28http://ns.adobe.com/xap/1.0/\0<rdf:RDF/>"),
    ):
        yield f"a-million-{word}.jpg", plain[:2] + part * 300_000 + plain[2:]
    broken = "<x:xmpmeta><rdf:RDF><rdf:Description a=b & c " + "<dc:a b='" * 5000
    yield "broken-xmp.jpg", _saved(grey, "JPEG", xmp=broken.encode())
    yield "pictures-without-end.jpg", plain + plain * 5000
    baseline = bytearray(plain)
    struct.pack_into(">HH", baseline, baseline.index(b"\xff\xc0") + 5, 65_500, 65_500)
    yield "huge.jpg", bytes(baseline)
    boxes = b""
    for _ in range(3000):
        boxes = struct.pack(">I", 8 + len(boxes)) + b"meta" + boxes
    avif = imagecodecs.avif_encode(np.zeros((8, 8, 3), np.uint8))
    start = int.from_bytes(avif[:4], "big")
    yield "deep-boxes.avif", avif[:start] + boxes + avif[start:]
    yield "deep-boxes.jp2", _jp2(boxes)
    jp2 = bytearray(imagecodecs.jpeg2k_encode(grey, codecformat="jp2", level=0))
    struct.pack_into(">II", jp2, jp2.index(b"\xff\x4f\xff\x51") + 8, 60_000, 60_000)
    yield "huge.jp2", bytes(jp2)
    jpegxl = bytes(imagecodecs.jpegxl_encode(grey))
    # 2^30 by 2^30 pixels: sizes of 30 bits (18181-1, D.2), and the rest of a small one's header.
    size = 0b1_11 | ((1 << 30) - 1) << 3
    yield "huge.jxl", jpegxl[:2] + (size << 1).to_bytes(8, "little") + jpegxl[3:]
    swollen_box = b"xml " + bytes(imagecodecs.brotli_encode(bytes(100_000_000)))
    whole = bytes(imagecodecs.jpegxl_encode(grey, usecontainer=True))
    yield (
        "xmp-that-swells.jxl",
        whole + struct.pack(">I", 8 + len(swollen_box)) + b"brob" + swollen_box,
    )
    yield "nothing.jpg", b""
    yield "zeros.tif", bytes(1 << 20)


def _saved(samples: NDArray[np.uint8], kind: str, **options: object) -> bytes:
    file = BytesIO()
    Image.fromarray(samples).save(file, kind, **options)
    return file.getvalue()


def _png(width: int, height: int, pixels: bytes = b"", *chunks: tuple[bytes, bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", pixels), (b"IEND", b"")]
    whole = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(whole)


def _xmp(packet: str) -> PngImagePlugin.PngInfo:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", packet)
    return texts


def _jp2(boxes: bytes) -> bytes:
    whole = bytes(imagecodecs.jpeg2k_encode(np.zeros((8, 8), np.uint8), codecformat="jp2"))
    return whole[:12] + boxes + whole[12:]


def _tiff(samples: NDArray[np.uint8], values: dict[int, int], *, ring: bool = False) -> bytes:
    """A TIFF with other numbers in some of its tags, or whose last page is followed by itself."""
    file = BytesIO()
    tifffile.imwrite(file, samples, photometric="minisblack", metadata=None)
    whole = bytearray(file.getvalue())
    first = int.from_bytes(whole[4:8], "little")
    count = int.from_bytes(whole[first : first + 2], "little")
    for at in range(first + 2, first + 2 + 12 * count, 12):
        tag = int.from_bytes(whole[at : at + 2], "little")
        if tag in values:
            struct.pack_into("<HHII", whole, at, tag, 4, 1, values[tag])
    if ring:
        struct.pack_into("<I", whole, first + 2 + 12 * count, first)
    return bytes(whole)


def corpus(each: int, only: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Names of files whose kind fits a pattern, and what makes them."""
    for name, whole in valid().items():
        if not re.search(only, name):
            continue
        stem, _, ending = name.rpartition(".")
        for number in range(each):
            made = f"{stem}-{number:05}.{ending}"
            yield made, lambda whole=whole, made=made: damaged(whole, made)
            if name == SIDECAR:
                yield f"{stem}-{number:05}.jpg", lambda: valid()["jpeg.jpg"]
    for name, whole in bombs() if re.search(only, "bombs") else ():
        yield f"bomb-{name}", lambda whole=whole: whole


def fault(outcome: Outcome) -> str | None:
    """What is wrong with how a file ended; None when nothing is."""
    target, said = outcome.job.target, str(outcome.reason)
    is_there = target is not None and target.exists()
    if outcome.status is not Status.COLORED:
        signs = ("please report", "ended its process", "lost its process", "took more than")
        if any(sign in said for sign in signs) or not said.isprintable():
            return said
        return "a result is there all the same" if is_there else None
    if target is None or not is_there:
        return "no result is there"
    try:
        return None if read(target).mark else "its result has no mark"
    except PhotoError as error:
        return f"its result cannot be read: {error}"


def second_opinion(source: Path) -> NDArray[np.floating] | None:
    """L of the first page as ImageMagick reads it; None when it does not."""
    command = ["convert", f"{source}[0]", "-auto-orient", "-background", "none"]
    command += ["-alpha", "off", "-colorspace", "sRGB", "-depth", "8", "ppm:-"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
        with Image.open(BytesIO(done.stdout)) as image:
            return lightness(np.asarray(image.convert("RGB")))
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return None


def compare(source: Path, target: Path) -> str:
    """Whether the second decoder read the same picture: its lightness, or a grey JPEG's luma."""
    other = second_opinion(source)
    if other is None:
        return "read by Rehue alone"
    result = read(target)
    pixels = upright(result.pixels, result.orientation)
    if pixels.shape[:2] != other.shape:
        return "of another size"
    kept = [lightness(pixels)]
    if pixels.dtype == np.uint8 and pixels.ndim == 3:
        luma = pixels @ np.array([0.299, 0.587, 0.114])  # ITU-T T.871
        kept.append(lightness(np.rint(luma).astype(np.uint8)))
    nearest = min(abs(ours - other).mean() for ours in kept)
    return "the same" if nearest <= SAME else "another picture"


def main() -> None:
    """Damage, colour, judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--each", type=int, default=360, help="damaged files of each kind")
    parser.add_argument(
        "--only", default="", help="kinds (a regular expression; `bombs`: the rest)"
    )
    parser.add_argument("--model", default="default")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--time-limit", type=float, default=10.0, help="for one file (s)")
    parser.add_argument("--max-pixels", type=int, default=200_000_000)
    parser.add_argument("--output", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    faults: dict[str, str] = {}
    ended: Counter[str] = Counter()
    opinions: Counter[str] = Counter()
    others: dict[str, str] = {}
    slowest = (0.0, "")
    with tempfile.TemporaryDirectory() as folder:
        sources, results = Path(folder, "in"), Path(folder, "out")
        sources.mkdir()
        for name, make in corpus(arguments.each, arguments.only):
            (sources / name).write_bytes(make())
        settings = Settings(recolor=True, max_pixels=arguments.max_pixels)
        plan = make_plan([str(sources)], str(results))
        setup = Setup(settings, arguments.model)
        workers, limit = arguments.workers, arguments.time_limit
        with open_run(plan, setup, workers=workers, time_limit=limit) as going:
            for outcome in going.outcomes:
                name = outcome.job.source.name if outcome.job.source else "?"
                ended[outcome.status.value] += 1
                slowest = max(slowest, (outcome.seconds, name))
                wrong = fault(outcome)
                if wrong:
                    faults[name] = wrong
                    shutil.copy(sources / name, Path(tempfile.gettempdir(), f"fault-{name}"))
                elif outcome.status is Status.COLORED and shutil.which("convert"):
                    opinion = compare(sources / name, outcome.job.target or results)
                    opinions[opinion] += 1
                    if opinion != "the same":
                        others[name] = opinion
        left = [path.name for path in results.rglob("*.part")]
        faults |= dict.fromkeys(left, "half-written")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    allowed = BASE_MB + BYTES_A_PIXEL * arguments.max_pixels / 2**20
    if peak > allowed:
        faults["memory"] = f"{peak:.0f} MB, of {allowed:.0f} MB that the pixels allowed imply"
    report = {
        "files": sum(ended.values()),
        "ended": dict(ended),
        "second decoder": dict(opinions),
        "slowest": {"seconds": round(slowest[0], 2), "file": slowest[1]},
        "peak memory (MB)": round(peak),
        "allowed memory (MB)": round(allowed),
        "faults": faults,
        "not the same": others,
    }
    print(json.dumps({key: report[key] for key in list(report)[:-1]}, indent=1))
    if arguments.output:
        arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
