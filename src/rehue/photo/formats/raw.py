"""Cameras' raw files, through the extra `raw`: developed by LibRaw to 16-bit sRGB."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from rehue.errors import PhotoError, install_line
from rehue.photo.formats.contract import Decoded, Format, Source
from rehue.photo.photograph import Carried
from rehue.photo.records import boxes, directories, exif

_SUBFILE, _REDUCED, _DNG_VERSION, _PHOTOMETRIC, _MOSAIC = 254, 1, 50706, 262, 32803
_SUB_DIRECTORIES, _STRIPS, _TILES = 330, (273, 279), (324, 325)
# What a raw file's first directory says of the picture, not of its mosaic: description, camera,
# orientation, resolution, program, time, artist, copyright, and the EXIF and GPS directories.
_SAID = {270, 271, 272, 274, 282, 283, 296, 305, 306, 315, 33432, directories.EXIF, directories.GPS}


# As their makers call them.
_ENDINGS = (
    *(".3fr", ".arw", ".cr2", ".cr3", ".dng", ".erf", ".iiq", ".mef", ".mos", ".mrw", ".nef"),
    *(".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".sr2", ".srf", ".srw", ".x3f"),
)
_SIGNATURES = (b"FUJIFILMCCD-RAW", b"IIRO", b"MMOR", b"IIU\x00")


def read(source: Source) -> Iterator[Decoded]:
    """Yield the developed picture: the camera's white balance, no brightening, sRGB.

    Raises:
        PhotoError: the extra is not installed, or LibRaw does not know the file.
    """
    data, name = source.data, source.name
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
            source.check_size(camera.sizes.width, camera.sizes.height)
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
    yield Decoded(rgb, None, Carried(exif=record), notes=("was developed from a raw file",))


def is_tiff_of_camera(data: bytes) -> bool:
    """Say whether a TIFF is a raw file: one that begins with a small copy, or a mosaic."""
    entries, _ = directories.read_directory(data, directories.Layout.of(data))
    whole = (directories.BYTE, directories.SHORT, directories.LONG)
    numbers = {entry.tag: entry.number() for entry in entries if entry.kind in whole}
    return (
        _DNG_VERSION in numbers
        or bool(numbers.get(_SUBFILE, 0) & _REDUCED)
        or numbers.get(_PHOTOMETRIC) == _MOSAIC
    )


def _claims(start: bytes) -> bool:
    is_canon = start[:2] == b"II" and start[8:10] == b"CR"
    return is_canon or start.startswith(_SIGNATURES) or boxes.has_brand(start, (b"crx ",))


FORMAT = Format(
    name="RAW",
    words=("camera raw",),
    endings=_ENDINGS,
    claims=_claims,
    read=read,
    result="TIFF",
    # Cameras write a JPEG beside each.
    from_folders=False,
    extra="raw",
)


def _record(data: bytes) -> bytes | None:
    try:
        said = [entry for entry in directories.description(data) if entry.tag in _SAID]
    except directories.TiffDirectoryError:
        return None
    return exif.from_entries(said) if said else None


def _is_cut_off(data: bytes) -> bool:
    """Say whether a raw file that is a TIFF ends before its strips or tiles do.

    LibRaw fills up what is missing.
    """
    try:
        layout = directories.Layout.of(data)
    except directories.TiffDirectoryError:
        return False
    waiting, seen = [layout.first], set[int]()
    while waiting:
        offset = waiting.pop()
        if not offset or offset in seen:
            continue
        seen.add(offset)
        try:
            entries, _ = directories.read_directory(data, layout, offset)
            waiting.append(directories.next_directory(data, layout, offset))
        except directories.TiffDirectoryError:
            return True
        found = {entry.tag: entry.numbers() for entry in entries}
        waiting += found.get(_SUB_DIRECTORIES, ())
        for offsets, sizes in (_STRIPS, _TILES):
            ends = map(sum, zip(found.get(offsets, ()), found.get(sizes, ()), strict=False))
            if any(end > len(data) for end in ends):
                return True
    return False
