"""What a file looks like that is no picture, or none that Rehue reads, by its first bytes."""

from typing import Final

# Bytes that tell what a file is.
SEEN: Final = 512

# Brands of HEIF that no format here claims: of the container alone, of its short form, and of AVC,
# VVC, JPEG and JPEG 2000 in it.
_HEIF: Final = {b"mif1", b"mif2", b"mif3", b"msf1", b"miaf", b"unif"}
_HEIF.update({b"avci", b"avcs", b"vvic", b"vvis", b"jpeg", b"jpgs", b"j2ki", b"j2is"})

_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"8BPS", "a Photoshop document"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"v/1\x01", "an OpenEXR picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"\x0a\x05\x01\x08", "a PCX picture"),
    (b"SIMPLE  =", "a FITS picture"),
    (b"DDS ", "a DDS texture"),
    (b"gimp xcf", "a GIMP project"),
    (b"qoif", "a QOI picture"),
    (b"II\xbc", "a JPEG XR picture"),
    (b"RIFF", "a RIFF file (sound or video)"),
    (b"\x1aE\xdf\xa3", "a Matroska video"),
    (b"ID3", "an MP3 recording"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"version https://git-lfs", "a Git LFS pointer (run `git lfs pull`)"),
)


def looks_like(start: bytes) -> str:
    """Say in words what a file that begins with `start` looks like.

    >>> looks_like(b"<!DOCTYPE html><title>404")
    'an HTML page'
    """
    if start[4:8] == b"ftyp":
        return _of_boxes(start)
    for magic, words in _OTHERS:
        if start.startswith(magic):
            return words
    if not start.strip(b"\0"):
        return "zeros only"
    return _text_like(start) or f"nothing known (first bytes {start[:8].hex(' ')})"


def _of_boxes(start: bytes) -> str:
    """Name a file of boxes by its brands (ISO/IEC 14496-12, 4.3)."""
    size = min(int.from_bytes(start[:4], "big"), len(start))
    brands = {start[8:12], *(start[at : at + 4] for at in range(16, size - 3, 4))}
    if brands.isdisjoint(_HEIF):
        return "an MP4 or QuickTime video"
    return f"HEIF of a kind that is seldom used (brand {_printable(start[8:12])})"


def _printable(brand: bytes) -> str:
    return "".join(chr(byte) if 32 < byte < 127 else "?" for byte in brand)


def _text_like(start: bytes) -> str | None:
    try:
        # A character may be cut at the end of what was read.
        text = start.decode("utf-8-sig", errors="strict" if len(start) < SEEN else "ignore")
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
