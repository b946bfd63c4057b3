"""What a file's first bytes say that it is: a format that Rehue reads, or something to name."""

from typing import Literal

from rehue.errors import PhotoError

Format = Literal["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "JPEG2000", "AVIF", "HEIC", "RAW"]

# Bytes that `picture_format` wants to see.
SNIFFED = 512

_PICTURES: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"GIF8", "GIF"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"FUJIFILMCCD-RAW", "RAW"),
    (b"IIRO", "RAW"),
    (b"MMOR", "RAW"),
    (b"IIU\x00", "RAW"),
)
# Sizes of the header that follows a BMP's file header; "BM" alone begins many a text.
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)

_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"8BPS", "a Photoshop document"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"RIFF", "a RIFF file (sound or video)"),
    (b"\x1aE\xdf\xa3", "a Matroska video"),
    (b"ID3", "an MP3 recording"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"version https://git-lfs", "a Git LFS pointer (run `git lfs pull`)"),
)
# Brands of the ISO base media format (bytes 8 to 12, after `ftyp`).
_BRANDS: dict[bytes, Format] = {
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"crx ": "RAW",
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"heim": "HEIC",
    b"heis": "HEIC",
    b"hevc": "HEIC",
    b"hevx": "HEIC",
}
# Brands that name only the container; the brands that follow say what is in it.
_CONTAINERS = (b"mif1", b"msf1", b"miaf")


def picture_format(start: bytes, name: str) -> Format:
    """Return the format of a file that begins with `start` (`SNIFFED` bytes, or all there are).

    Raises:
        PhotoError: it is empty, or not a picture that Rehue reads; says what it looks like.

    >>> picture_format(b"GIF89a", "flag.gif")
    'GIF'
    """
    if _is_canon_raw(start):
        return "RAW"
    for magic, kind in _PICTURES:
        if start.startswith(magic):
            return kind
    in_container = _in_container(start)
    if in_container:
        return in_container
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WEBP"
    if start[:2] == b"BM" and int.from_bytes(start[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    if not start:
        raise PhotoError(f"{name} is empty (0 bytes): copy or download it again")
    raise PhotoError(
        f"{name} is not a picture that Rehue reads, it looks like {looks_like(start)}: "
        "give a JPEG, PNG, TIFF or WebP file"
    )


def looks_like(start: bytes) -> str:
    """Say in words what a file that begins with `start` looks like.

    >>> looks_like(b"<!DOCTYPE html><title>404")
    'an HTML page'
    """
    if start[4:8] == b"ftyp":
        return "an MP4 or QuickTime video"
    for magic, words in _OTHERS:
        if start.startswith(magic):
            return words
    if not start.strip(b"\0"):
        return "zeros only"
    return _text_like(start) or f"nothing known (first bytes {start[:8].hex(' ')})"


def _in_container(start: bytes) -> Format | None:
    if start[4:8] != b"ftyp":
        return None
    size = min(int.from_bytes(start[:4], "big"), len(start))
    brands = [start[8:12], *(start[at : at + 4] for at in range(16, size - 3, 4))]
    if brands[0] not in _BRANDS and brands[0] not in _CONTAINERS:
        return None
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), None)


def _is_canon_raw(start: bytes) -> bool:
    return start[:2] == b"II" and start[8:10] == b"CR"


def _text_like(start: bytes) -> str | None:
    try:
        # A character may be cut at the end of what was read.
        text = start.decode("utf-8-sig", errors="strict" if len(start) < SNIFFED else "ignore")
    except UnicodeDecodeError:
        return None
    begin = text.lstrip().lower()
    if begin.startswith(("<!doctype html", "<html", "<head", "<body")) or "<html" in begin:
        return "an HTML page"
    if "<svg" in begin:
        return "an SVG drawing"
    if begin.startswith("<?xml"):
        return "an XML document"
    # "ignore" lets binary data through; text has hardly any control characters.
    odd = sum(not (letter.isprintable() or letter.isspace()) for letter in text)
    return "text" if len(text) > len(start) // 4 and odd == 0 else None
