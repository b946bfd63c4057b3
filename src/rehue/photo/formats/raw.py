"""Cameras' raw files, through the extra `raw`: developed by LibRaw to 16-bit sRGB."""

from io import BytesIO
from typing import Any

from numpy.typing import NDArray

from rehue.errors import PhotoError, install_line
from rehue.photo.photograph import Carried
from rehue.photo.records import exif, tiff
from rehue.photo.records.metadata import Found

_SUB_DIRECTORIES, _STRIPS, _TILES = 330, (273, 279), (324, 325)
# What a raw file's first directory says of the picture, not of its mosaic: description, camera,
# orientation, resolution, program, time, artist, copyright, and the EXIF and GPS directories.
_SAID = {270, 271, 272, 274, 282, 283, 296, 305, 306, 315, 33432, tiff.EXIF, tiff.GPS}


def develop(data: bytes, name: str, max_pixels: int) -> tuple[NDArray[Any], Found, int]:
    """Return the developed picture, what stands beside it, and its orientation.

    The camera's white balance, no brightening, sRGB.

    Raises:
        PhotoError: the extra is not installed, or LibRaw does not know the file.
    """
    try:
        import rawpy  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise PhotoError(
            f"{name} is a camera's raw file, or begins with a small copy, as they do, and what "
            f"reads them is not installed: {install_line('raw')}; or develop it and save it as "
            "TIFF or PNG first"
        ) from error
    if _is_cut_off(data):
        raise PhotoError(f"{name} is cut off before its end: copy or download it again")
    try:
        with rawpy.imread(BytesIO(data)) as camera:
            pixels = camera.sizes.width * camera.sizes.height
            if not 0 < pixels <= max_pixels:
                raise PhotoError(
                    f"{name} has {pixels:,} pixels, not between 1 and {max_pixels:,}: "
                    "give a smaller picture"
                )
            record = _record(data)
            # With the record goes its orientation; without one, LibRaw turns the picture.
            turned: dict[str, Any] = {"user_flip": 0} if record else {}
            rgb = camera.postprocess(
                output_bps=16,
                output_color=rawpy.ColorSpace.sRGB,
                gamma=(2.4, 12.92),
                use_camera_wb=True,
                no_auto_bright=True,
                **turned,
            )
    except rawpy.LibRawError as error:
        raise PhotoError(
            f"{name} begins with a small copy, as cameras' raw files do, and is none that LibRaw "
            f"knows ({error}): develop it and save it as TIFF or PNG first"
        ) from error
    found = Found(Carried(format="TIFF", exif=record), None, ("was developed from a raw file",))
    return rgb, found, exif.orientation(record)


def _record(data: bytes) -> bytes | None:
    try:
        said = [entry for entry in tiff.description(data) if entry.tag in _SAID]
    except tiff.TiffDirectoryError:
        return None
    return exif.from_entries(said) if said else None


def _is_cut_off(data: bytes) -> bool:
    """Say whether a raw file that is a TIFF ends before its strips or tiles do.

    LibRaw fills up what is missing.
    """
    try:
        layout = tiff.Layout.of(data)
    except tiff.TiffDirectoryError:
        return False
    waiting, seen = [layout.first], set[int]()
    while waiting:
        offset = waiting.pop()
        if not offset or offset in seen:
            continue
        seen.add(offset)
        try:
            entries, _ = tiff.read_directory(data, layout, offset)
            waiting.append(tiff.next_directory(data, layout, offset))
        except tiff.TiffDirectoryError:
            return True
        found = {entry.tag: entry.numbers() for entry in entries}
        waiting += found.get(_SUB_DIRECTORIES, ())
        for offsets, sizes in (_STRIPS, _TILES):
            ends = map(sum, zip(found.get(offsets, ()), found.get(sizes, ()), strict=False))
            if any(end > len(data) for end in ends):
                return True
    return False
