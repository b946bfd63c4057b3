"""Format by property, read with tools that are not ours: exiftool, ImageMagick, libvips.

Each row is a source of one format and depth with everything that the format holds, put there by
exiftool. It is coloured into its own format, and each column is one thing that the result must say.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from rehue.color import fit_to_gamut, lab_to_srgb, lightness
from rehue.errors import PhotoError
from rehue.photo import losses, read, result_format, write

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="shoebox 7"/></rdf:RDF></x:xmpmeta>'
)
WIDTH, HEIGHT = 128, 64
DPI = (240, 300)


@dataclass(frozen=True)
class Row:
    """One format and depth, and what it holds."""

    name: str
    suffix: str
    bits: int
    alpha: bool = False
    iptc: bool = True
    dpi: bool = True
    pages: int = 1
    icc: bool = True
    orientation: int = 6
    tagged: bool = True  # by exiftool, which writes all but WebP and BigTIFF
    words: str = ""  # how libvips calls the samples


ROWS = [
    Row("jpeg", ".jpg", 8, words="uchar"),
    Row("png-8", ".png", 8, alpha=True, words="uchar"),
    Row("png-16", ".png", 16, alpha=True, words="ushort"),
    Row("png-palette", ".png", 8, words="uchar"),
    Row("tiff-8", ".tif", 8, alpha=True, words="uchar"),
    Row("tiff-16", ".tif", 16, alpha=True, words="ushort"),
    Row("tiff-float", ".tif", 32, words="float"),
    Row("tiff-big", ".tif", 16, tagged=False, words="ushort"),
    Row("tiff-cmyk", ".tif", 16, icc=False, words="ushort"),
    Row("tiff-tiled-lzw", ".tif", 16, words="ushort"),
    Row("tiff-pages", ".tif", 16, pages=3, words="ushort"),
    Row("webp", ".webp", 8, alpha=True, iptc=False, tagged=False, words="uchar"),
    # ImageMagick 6 says 8 bits of every JPEG 2000 file, and Debian's libvips reads none.
    Row("jpeg2000-8", ".jp2", 8, alpha=True, words="uchar"),
    Row("jpeg2000-16", ".jp2", 16, alpha=True, words="ushort"),
    Row("avif-8", ".avif", 8, alpha=True, iptc=False, words="uchar"),
    # exiftool puts no profile there, and ImageMagick 6 reads none. Results are upright.
    Row("jpegxl-8", ".jxl", 8, alpha=True, iptc=False, icc=False, orientation=1, words="uchar"),
    Row("jpegxl-16", ".jxl", 16, alpha=True, iptc=False, icc=False, orientation=1, words="ushort"),
    Row("jpegxl-float", ".jxl", 32, iptc=False, icc=False, orientation=1, words="float"),
    # No encoder at hand puts a profile or a turn into a 12-bit AVIF.
    Row("avif-12", ".avif", 12, iptc=False, icc=False, orientation=1, words="ushort"),
    # libheif turns pictures upright, whatever their EXIF says.
    Row("heic-8", ".heic", 8, iptc=False, orientation=1, words="uchar"),
]
ids = [row.name for row in ROWS]


def ran(*command, **options):
    return subprocess.run(
        [str(part) for part in command], capture_output=True, check=True, timeout=120, **options
    ).stdout


def needs(tool, package):
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed (Debian: apt-get install {package})")


def samples(row):
    """A grey ramp with a wave in it, as the row's format stores it."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    level = 0.1 + 0.8 * (x / WIDTH) * (0.8 + 0.2 * np.sin(y / 5))
    if row.bits == 32:
        return level.astype(np.float32)
    if row.bits == 8:
        return (level * 255).astype(np.uint8)
    return (level * 65535).astype(np.uint16)


def big_tags(profile):
    """What exiftool writes into other files, for tifffile."""
    caption = b"\x1c\x02\x78\x00\x0dIn the garden"
    return {
        "bigtiff": True,
        "description": "Grandmother, 1931",
        "resolution": DPI,
        "resolutionunit": 2,
        "iccprofile": profile,
        "software": False,
        "extratags": [
            (274, 3, 1, 6, True),
            (700, 1, len(XMP), XMP, True),
            (33723, 7, len(caption), caption, True),
        ],
    }


def source(row, profile):  # noqa: PLR0912 (a branch a format)
    """The bytes of a source, without anything beside its pixels where exiftool adds that."""
    import imagecodecs
    import tifffile

    grey = samples(row)
    white = {8: 255, 16: 65535, 12: 65535, 32: 1}[row.bits]
    alpha = np.full_like(grey, white)
    alpha[: HEIGHT // 2] = white // 3 if row.bits != 32 else 0.3
    stacked = np.stack([grey, alpha], axis=-1) if row.alpha else grey
    file = BytesIO()
    kind = row.name.split("-")[0]
    if kind == "tiff":
        options = {"metadata": None, "photometric": "minisblack"}
        if row.alpha:
            options |= {"extrasamples": ["unassalpha"], "planarconfig": "contig"}
        if row.name == "tiff-cmyk":
            stacked = np.stack([0 * grey, 0 * grey, 0 * grey, white - grey], axis=-1)
            options["photometric"] = "separated"
        if row.name == "tiff-tiled-lzw":
            options |= {"tile": (16, 32), "compression": "lzw", "predictor": True}
        if row.pages > 1:
            stacked = np.stack([stacked] * row.pages)
        if row.name == "tiff-big":
            options |= big_tags(profile)
        tifffile.imwrite(file, stacked, **options)
    elif row.name == "png-16":
        file.write(imagecodecs.png_encode(stacked))
    elif kind == "jpeg2000":
        rgb = np.stack([grey, grey, grey, alpha] if row.alpha else [grey] * 3, axis=-1)
        file.write(imagecodecs.jpeg2k_encode(rgb, codecformat="jp2", reversible=True, level=0))
    elif row.name == "avif-12":
        rgb = np.stack([grey >> 4] * 3, axis=-1)
        file.write(imagecodecs.avif_encode(rgb, level=95, bitspersample=12))
    elif kind == "jpegxl":
        # Deep ones are read as linear, as imagecodecs says of them. exiftool wants a container.
        file.write(imagecodecs.jpegxl_encode(stacked, lossless=True, usecontainer=True))
    elif kind == "heic":
        pillow_heif = pytest.importorskip("pillow_heif", reason="the extra heic is not installed")
        rgb = np.stack([grey] * 3, axis=-1)
        pillow_heif.from_bytes("RGB", (WIDTH, HEIGHT), rgb.tobytes()).save(
            file, quality=95, icc_profile=profile
        )
    else:
        image = Image.fromarray(stacked, "LA" if row.alpha else "L")
        if row.name == "png-palette":
            image = image.convert("P")
        options = {}
        if kind in {"webp", "avif"}:
            record = Image.Exif()
            record[270], record[274], record[282], record[283], record[296] = (
                "Grandmother, 1931",
                6,
                *map(float, DPI),
                2,
            )
            record.get_ifd(34665)[36867] = "1931:05:01 12:00:00"
            options = {"exif": record, "xmp": XMP, "icc_profile": profile}
            options |= {"lossless": True} if kind == "webp" else {"subsampling": "4:4:4"}
        image.save(file, {"jpeg": "JPEG"}.get(kind, kind.upper()), **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("table")


@pytest.fixture(scope="module")
def results(folder, make, mark):
    """Path of each row's result; sources that the extras are missing for are left out."""
    needs("exiftool", "libimage-exiftool-perl")
    profile = folder / "adobe.icc"
    profile.write_bytes(make.adobe_like_profile())
    made = {}
    for row in ROWS:
        path = folder / f"{row.name}{row.suffix}"
        try:
            path.write_bytes(source(row, profile.read_bytes()))
        except pytest.skip.Exception:
            continue
        made[row.name] = path
    tags = [
        "-EXIF:ImageDescription=Grandmother, 1931",
        "-EXIF:DateTimeOriginal=1931:05:01 12:00:00",
        f"-EXIF:XResolution={DPI[0]}",
        f"-EXIF:YResolution={DPI[1]}",
        "-EXIF:ResolutionUnit#=2",
        "-XMP-dc:Source=shoebox 7",
        f"-ICC_Profile<={profile}",
    ]
    captions = ["-IPTC:Caption-Abstract=In the garden", "-EXIF:Orientation#=6"]
    for iptc, more in ((True, captions), (False, [])):
        files = [
            made[row.name] for row in ROWS if row.name in made and row.tagged and row.iptc == iptc
        ]
        ran("exiftool", "-q", "-m", "-overwrite_original", *tags, *more, *files)
    for row in ROWS:
        if row.name in made:
            made[row.name] = colored(made[row.name], mark)
    return made


def colored(path, mark):
    photograph = read(path)
    target = path.with_name(f"{path.stem}.rehue{path.suffix}")
    pages = []
    for page in photograph.pages:
        lab = np.zeros((*page.pixels.shape[:2], 3), np.float32)
        lab[..., 0] = lightness(page.pixels)
        lab[..., 1], lab[..., 2] = 12, 25
        pages.append(lab_to_srgb(fit_to_gamut(lab), page.pixels.dtype))
    write(photograph, iter(pages), target, mark, keep_times=True)
    return target


@pytest.fixture(scope="module")
def said(results):
    """What exiftool says of each result, one dictionary a row."""
    lines = json.loads(ran("exiftool", "-j", "-G1", "-n", *results.values()))
    return dict(zip(results, lines, strict=True))


def of(table, row):
    if row.name not in table:
        pytest.skip("the extra heic is not installed")
    return table[row.name]


each = pytest.mark.parametrize("row", ROWS, ids=ids)


@each
def test_size_by_exiftool(said, row):
    found = of(said, row)
    size = [
        found[next(key for key in found if key.endswith(name))]
        for name in ("ImageWidth", "ImageHeight")
    ]
    assert size == [WIDTH, HEIGHT]


@each
def test_mark(said, row, mark):
    found = of(said, row)
    assert found["XMP-iptcExt:DigitalSourceType"] == SOURCE_TYPE
    assert found["XMP-rehue:Model"] == mark.model
    assert found["XMP-rehue:ModelSHA256"] == mark.model_sha256
    assert found["XMP-rehue:Version"] == mark.version
    assert found["XMP-rehue:Runtime"] == mark.runtime
    assert found["XMP-rehue:SourceSHA256"] == mark.source_sha256


@each
def test_exif_and_xmp(said, row):
    found = of(said, row)
    assert found["IFD0:ImageDescription"] == "Grandmother, 1931"
    if row.name != "tiff-big":  # tifffile writes no EXIF directory
        assert found["ExifIFD:DateTimeOriginal"] == "1931:05:01 12:00:00"
    assert found["XMP-dc:Source"] == "shoebox 7"


@each
def test_orientation(said, row):
    found = of(said, row)
    assert found.get("IFD0:Orientation", 1) == row.orientation


@each
def test_resolution(said, row):
    found = of(said, row)
    assert (found["IFD0:XResolution"], found["IFD0:YResolution"]) == DPI
    places = {"jpeg": "JFIF:{}Resolution", "png": "PNG-pHYs:PixelsPerUnit{}"}
    place = places.get(row.name.split("-")[0])
    if place:
        per = 1 if "JFIF" in place else 39.3701
        assert [round(found[place.format(axis)] / per) for axis in "XY"] == list(DPI)


@each
def test_captions(said, row):
    found = of(said, row)
    if not row.iptc:
        pytest.skip("the format has no place for IPTC-IIM; XMP holds its properties")
    assert found["IPTC:Caption-Abstract"] == "In the garden"


@each
def test_profile_is_an_rgb_one(results, row, make):
    path = of(results, row)
    profile = ran("exiftool", "-b", "-ICC_Profile", path)
    assert profile == (make.adobe_like_profile() if row.icc else b"")


@each
def test_size_depth_and_alpha_by_imagemagick(results, row):
    needs("identify", "imagemagick")
    path = of(results, row)
    if row.suffix in {".heic", ".avif", ".jp2", ".jxl"} and not magick_reads(path):
        pytest.skip(f"this ImageMagick does not read {row.suffix}")
    line = ran("identify", "-format", "%w %h %z %A\n", f"{path}[0]").decode().split()
    turned = row.suffix == ".avif" and row.orientation == 6  # as libheif does
    assert line[:2] == [str(n) for n in ((HEIGHT, WIDTH) if turned else (WIDTH, HEIGHT))]
    if row.suffix not in {".jp2", ".avif"}:
        assert line[2] == str(row.bits)
    if row.suffix != ".avif":  # ImageMagick 6 says of no AVIF that it has alpha
        assert (line[3] not in {"False", "Undefined"}) == row.alpha


def magick_reads(path):
    done = subprocess.run(["identify", path], capture_output=True, check=False, timeout=60)
    return done.returncode == 0


@each
def test_samples_bands_and_pages_by_libvips(results, row):
    needs("vipsheader", "libvips-tools")
    path = of(results, row)
    done = subprocess.run(["vipsheader", "-a", path], capture_output=True, check=False, timeout=60)
    if done.returncode:
        pytest.skip(f"this libvips does not read {row.suffix}")
    fields = dict(
        line.split(": ", 1)
        for line in done.stdout.decode(errors="replace").splitlines()[1:]
        if ": " in line
    )
    assert fields["format"] == row.words
    assert fields["bands"] == ("4" if row.alpha else "3")
    if row.pages > 1:
        assert fields["n-pages"] == str(row.pages)


@each
def test_times_of_the_source(results, row):
    path = of(results, row)
    before = path.with_name(path.name.replace(".rehue", ""))
    assert path.stat().st_mtime_ns == before.stat().st_mtime_ns


def test_a_bmp_has_its_mark_beside_it(grey, make, mark, folder):
    needs("exiftool", "libimage-exiftool-perl")
    path = folder / "a.png"
    path.write_bytes(make.saved(Image.fromarray(grey), "PNG", dpi=DPI))
    photograph = read(path)
    target = folder / "a.bmp"
    write(photograph, np.repeat(grey[..., None], 3, axis=-1), target, mark)
    assert Image.open(target).format == "BMP"
    (found,) = json.loads(ran("exiftool", "-j", "-G1", "-n", folder / "a.bmp.xmp"))
    assert found["XMP-iptcExt:DigitalSourceType"] == SOURCE_TYPE
    assert read(target).mark == mark
    with pytest.raises(PhotoError, match="no place for Rehue's mark"):
        write(photograph, np.repeat(grey[..., None], 3, axis=-1), BytesIO(), mark, format="bmp")
    assert result_format(read(target), None) == "PNG"


def test_what_a_format_cannot_hold_is_said(results):
    photograph = read(of(results, ROWS[0]))
    assert losses(photograph, "TIFF") == ()
    assert losses(photograph, "WEBP") == ("its IPTC has no place in a WEBP",)
    deep = read(of(results, ROWS[5]))
    assert losses(deep, "JPEG") == ("its 16 bits a sample become 8",)
