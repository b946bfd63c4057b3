"""XMP in a file of its own beside a picture whose format has no place for it (BMP).

It is called as the picture with `.xmp` after it, as darktable, digiKam and exiftool have it.
"""

from pathlib import Path

from rehue.photo.provenance.mark import Mark

# A sidecar is some kilobytes; what is larger by far is none.
_LONGEST = 1 << 24


def path_of(picture: Path) -> Path:
    """Return where the XMP of a picture stands.

    >>> path_of(Path("a/b.bmp")).name
    'b.bmp.xmp'
    """
    return picture.with_name(picture.name + ".xmp")


def mark_beside(picture: Path) -> Mark | None:
    """Return the mark that stands beside a picture; None when there is none."""
    try:
        with path_of(picture).open("rb") as file:
            return Mark.from_xmp(file.read(_LONGEST))
    except (OSError, ValueError):
        return None
