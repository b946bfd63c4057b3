"""Cameras' raw files, through the extra `raw`: developed by LibRaw to 16-bit sRGB."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import linear_to_srgb
from rehue.errors import PhotoError, install_line
from rehue.photo.formats.contract import Decoded, Format, Source
from rehue.photo.formats.heard import heard
from rehue.photo.formats.raw import record, whole
from rehue.photo.records import boxes, directories, exif
from rehue.photo.records.xmp import Packet
from rehue.photo.records.xmp_edits import remove_edits

_DNG_VERSION, _PHOTOMETRIC, _COMPRESSION = 50706, 262, 259
_MOSAIC, _LINEAR = 32803, 34892
# Nikon's, Sony's, Samsung's, Pentax's and Kodak's own, which no picture but a mosaic has.
_OF_CAMERAS = {34713, 32767, 32769, 32770, 32772, 65000, 65535}
_OPCODES = {51008, 51009, 51022}
# Opcodes that map tones (DNG 1.7, chapter 7): without them a picture is far too dark or light.
_MAPS_TONES = {7, 8}
_SUBFILE = 254
_FURTHER = {
    4: "its mask (which part is transparent) is left out",
    8: "its depth map is left out",
    0x10004: "its masks (which part is skin, hair, sky) are left out",
}
# Directories of a TIFF that are looked at for a mosaic.
_MOST_LOOKED_AT = 16

# As their makers call them.
_ENDINGS = (
    *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".iiq", ".mef", ".mos", ".mrw"),
    *(".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".sr2", ".srf", ".srw", ".x3f"),
)
_SIGNATURES = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\x00", b"\0MRM", b"FOVb")


def read(source: Source) -> Iterator[Decoded]:
    """Yield the developed picture: the camera's white balance, no brightening, sRGB.

    One of a camera, or a scanner, without colour stays grey, with its black and white levels.

    Raises:
        PhotoError: the extra is not installed, the file is cut off, or LibRaw does not know it.
    """
    data, name = source.data, source.name
    try:
        import rawpy  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise PhotoError(
            f"{name} is a camera's raw file, and what reads them is not installed: "
            f"{install_line('raw')}; or develop it and save it as TIFF or PNG first"
        ) from error
    cut_off = PhotoError(f"{name} is cut off before its end: copy or download it again")
    if not whole.is_whole(data):
        raise cut_off
    corrections = _corrections(data)
    if not _MAPS_TONES.isdisjoint(corrections):
        raise PhotoError(
            f"{name} is a DNG whose tones are stored by a curve that LibRaw does not know (opcodes "
            "7 and 8): develop it and save it as TIFF or PNG first"
        )
    kept = record.records_of(data)
    # With the record goes its orientation; without one, LibRaw turns the picture.
    turned: dict[str, Any] = {"user_flip": 0} if exif.orientation(kept.exif) != 1 else {}
    try:
        with heard() as remarks, rawpy.imread(BytesIO(data)) as camera:
            sizes = camera.sizes
            source.check_size(sizes.width, sizes.height)
            if not whole.is_large_enough(data, sizes.raw_width * sizes.raw_height):
                raise cut_off
            samples: NDArray[Any]
            if camera.num_colors == 1:
                samples = _grey(camera, name)
            else:
                samples = camera.postprocess(
                    output_bps=16,
                    output_color=rawpy.ColorSpace.sRGB,
                    gamma=(2.4, 12.92),
                    use_camera_wb=True,
                    no_auto_bright=True,
                    **turned,
                )
    except rawpy.LibRawError as error:
        raise PhotoError(
            f"{name} is a camera's raw file that LibRaw does not read ({_said(error)}): "
            "develop it and save it as TIFF or PNG first"
        ) from error
    # LibRaw fills up what is missing or broken, and says so there alone.
    if remarks:
        raise PhotoError(
            f"{name} is a raw file with a part missing or damaged: copy or download it again"
        )
    notes = ["was developed from a raw file"]
    if corrections:
        notes.append("the corrections that its opcode lists ask for are not made")
    parsed = Packet.parse_or_mend(kept.xmp) if kept.xmp else None
    if parsed and remove_edits(parsed):
        kept = replace(kept, xmp=parsed.to_bytes() if parsed.says_something else None)
        notes.append("the edits that its XMP asks for are not made")
    yield Decoded(samples, None, kept, notes=(*notes, *_left_out(data)))


def is_tiff_of_camera(data: bytes) -> bool:
    """Say whether a TIFF is a raw file: a DNG, or one that has a camera's mosaic in it."""
    try:
        for number, entries in enumerate(whole.directories_of(data)):
            found = {entry.tag: entry.numbers() for entry in entries}
            if number == 0 and any(entry.tag == _DNG_VERSION for entry in entries):
                return True
            if found.get(_PHOTOMETRIC) in ((_MOSAIC,), (_LINEAR,)):
                return True
            if not _OF_CAMERAS.isdisjoint(found.get(_COMPRESSION, ())):
                return True
            if number > _MOST_LOOKED_AT:
                break
    except directories.TiffDirectoryError:
        pass
    return False


def _claims(start: bytes) -> bool:
    is_canon = start[:2] == b"II" and start[8:10] == b"CR"
    is_phase_one = start[:4] == b"II*\0" and start[8:12] == b"IIII"
    is_crw = start[6:14] == record.CRW
    is_named = start.startswith(_SIGNATURES)
    return is_canon or is_phase_one or is_crw or is_named or boxes.has_brand(start, (b"crx ",))


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


def _grey(camera: Any, name: str) -> NDArray[np.uint16]:  # noqa: ANN401 (an extra's)
    """Return a picture without colour: its samples between black and white, as sRGB."""
    raw = camera.raw_image_visible
    black, white = int(camera.black_level_per_channel[0]), int(camera.white_level)
    if raw is None or raw.ndim != 2 or white <= black:
        raise PhotoError(
            f"{name} is a raw file without colour, of a kind that Rehue does not read: "
            "develop it and save it as TIFF or PNG first"
        )
    levels = np.arange(65536, dtype=np.float64)
    light = np.clip((levels - black) / (white - black), 0, 1)
    table = np.floor(linear_to_srgb(light) * 65535 + 0.5).astype(np.uint16)
    grey: NDArray[np.uint16] = table[raw]
    return grey


def _corrections(data: bytes) -> set[int]:
    """Return the numbers of the corrections that a DNG asks for, which LibRaw does not make.

    Each is its number, version, flags (1: may be left out), and size, big-endian (DNG 1.7, 7).
    """
    found = set()
    try:
        lists = [
            entry.data
            for entries in whole.directories_of(record.as_tiff(data))
            for entry in entries
            if entry.tag in _OPCODES
        ]
    except directories.TiffDirectoryError:
        return set()
    for opcodes in lists:
        at = 4
        while at + 16 <= len(opcodes):
            number, size = (int.from_bytes(opcodes[at + n : at + n + 4], "big") for n in (0, 12))
            found.add(number)
            at += 16 + size
    return found


def _left_out(data: bytes) -> Iterator[str]:
    """Say which further pictures of a DNG have no place in a result (DNG 1.7, NewSubFileType)."""
    try:
        kinds = {
            entry.numbers()
            for entries in whole.directories_of(record.as_tiff(data))
            for entry in entries
            if entry.tag == _SUBFILE
        }
    except directories.TiffDirectoryError:
        return
    yield from (note for kind, note in _FURTHER.items() if (kind,) in kinds)


def _said(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("ascii", "replace") if isinstance(said, bytes) else str(said)
