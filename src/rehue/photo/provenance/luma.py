"""Luma that is kept byte for byte: is it the source's, and the grey JPEG written back."""

from pathlib import Path

from rehue.errors import PhotoError
from rehue.files import reason, replacing, shown
from rehue.photo.formats.jpeg import splice
from rehue.photo.formats.jpeg.restoring import restored
from rehue.photo.write import check_target


def holds_luma_of(result: Path, source: Path | None) -> bool | None:
    """Say whether a result's image data are its source's, byte for byte.

    Args:
        result: a JPEG whose mark says that luma was kept.
        source: a JPEG; None where it is not at hand.

    Returns:
        False also where the result holds no image data of a grey JPEG any more; None where it
        does, and there is no source to hold it against.

    Raises:
        PhotoError: one of the two cannot be read.
    """
    luma = splice.luma_of(_content(result))
    if luma is None:
        return False
    if source is None:
        return None
    try:
        return splice.image_data(_content(source)) == luma
    except splice.NotKeptError:
        return False


def restore(result: str | Path, target: str | Path, *, overwrite: bool = False) -> None:
    """Write the grey JPEG out of a coloured one in which its image data stand byte for byte.

    Its tables and scans are the source's; EXIF, XMP without the mark, captions, comment and
    resolution are the result's.

    Args:
        result: as Rehue wrote it.
        target: of the grey JPEG.
        overwrite: replace a target that exists; the result itself is never replaced.

    Raises:
        PhotoError: the result cannot be read, holds no such image data, or its mark does not say
            that they are its source's; the target cannot be written.
    """
    result, target = Path(result), Path(target)
    data = _content(result)
    grey = restored(data) if data.startswith(b"\xff\xd8\xff") else None
    if grey is None:
        raise PhotoError(
            f"{shown(result)} does not hold a grey JPEG's own image data: give a JPEG whose mark "
            "says `luma: kept byte for byte`, as Rehue wrote it"
        )
    if target.exists() and target.samefile(result):
        raise PhotoError(f"{shown(target)} is the result itself: name another file")
    check_target(target, overwrite=overwrite)
    try:
        with replacing(target) as beside:
            beside.write_bytes(grey)
    except OSError as error:
        raise PhotoError(
            f"{shown(target)} cannot be written ({reason(error)}): check the folder's rights and "
            "free space"
        ) from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise PhotoError(f"{shown(path)} does not exist: check the path") from error
    except OSError as error:
        raise PhotoError(
            f"{shown(path)} cannot be read ({reason(error)}): check the path and its rights"
        ) from error
