"""Writing results: whole files or none, never over a source."""

import os
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.errors import PhotoError
from rehue.files import reason, replacing, shown
from rehue.photo import formats
from rehue.photo.failures import encoding
from rehue.photo.formats.contract import Encode, Format, Page
from rehue.photo.luma import has_luma_for
from rehue.photo.output import check_fits, result_bits, result_format
from rehue.photo.photograph import Chroma, Photograph
from rehue.photo.provenance import c2pa, sidecar
from rehue.photo.provenance.credentials import Credentials
from rehue.photo.provenance.mark import Mark
from rehue.photo.records.statements import put_right
from rehue.photo.result import result_in
from rehue.photo.samples import depth, pixels
from rehue.photo.samples.orientation import upright

_SAMPLE_TYPES: Final = tuple(depth.SAMPLE_TYPES.values())


def write(
    photograph: Photograph,
    rgb: NDArray[Any] | Chroma | Iterable[NDArray[Any] | Chroma],
    target: Path | BinaryIO,
    mark: Mark,
    *,
    format: str | None = None,  # noqa: A002 (Pillow's word)
    bit_depth: int | None = None,
    quality: int | None = None,
    overwrite: bool = False,
    keep_times: bool = False,
    credentials: Credentials | None = None,
) -> None:
    """Write a coloured photograph with all that its source carried, and the mark.

    The file is made beside its target under another name and then renamed, so that a target is
    either whole or not there. The same arguments give the same bytes, unless it is signed.

    Args:
        photograph: the source.
        rgb: H x W x 3, sRGB-encoded (uint8, uint16 or float32), in the order that the source
            stores; for several pages one such array each, taken one after the other. For a
            photograph whose luma is kept (`keeps_luma`) the `Chroma` alone.
        target: a path, in a folder that exists, or a binary stream.
        mark: says how it was coloured.
        format: a name or ending of `rehue.photo.formats`; by default what the target's name says,
            or else what the source was. Where it has no place for the mark (BMP), that is written
            beside it, to the same name with `.xmp` after it.
        bit_depth: bits of a sample; by default the source's, or the most that the format has.
        quality: 1..100, for formats that have one; by default as fine as the source.
        overwrite: replace a target that exists; the source itself is never replaced.
        keep_times: give the target the times of access and change of the source file.
        credentials: sign a C2PA manifest with them, which is the last that is done to the file.

    Raises:
        PhotoError: the target is the source, exists, or cannot be written; the format cannot hold
            the picture; it cannot be signed.
    """
    path = None if hasattr(target, "write") else Path(target)
    form = formats.named(result_format(photograph, path, format))
    bits = result_bits(photograph, form.name, bit_depth)
    if quality is not None and not 1 <= quality <= 100:
        raise PhotoError(f"quality {quality}: give 1 to 100, or none for that of the source")
    check_fits(photograph, form)
    if credentials:
        c2pa.check_signable(photograph, form)
    colored = _checked([rgb] if isinstance(rgb, np.ndarray | Chroma) else rgb, photograph, form)
    if path is not None:
        check_target(path, photograph, overwrite=overwrite)
    elif not form.holds_mark:
        raise PhotoError(
            f"a {form.name} has no place for Rehue's mark: write it to a file, or a PNG"
        )
    encode = cast(Encode, form.encode)
    result = result_in(photograph, form)

    def packet_of(page: Photograph) -> bytes:
        return mark.to_xmp(put_right(page.carried.xmp, result))

    def encoded(file: BinaryIO) -> None:
        pages = (
            Page(page, rgb, packet_of(page), bits, quality)
            for page, rgb in zip(photograph.pages, colored, strict=True)
        )
        with encoding(photograph.name, form.name):
            encode(pages, file)

    fill: Callable[[BinaryIO], None] = encoded
    if credentials:
        fill = c2pa.signing(fill, photograph, form, mark, credentials)
    if path is None:
        _send(_buffered(fill), cast(BinaryIO, target))
        return
    if not photograph.further:
        # Coloured before there is a file; several pages together may be too large for that.
        colored = iter(list(colored))
    # Pages may be too large for memory together; a page is quicker to encode there.
    into_file = _buffered(fill) if "pages" in form.lacks else fill
    times = photograph.times if keep_times else None
    if form.holds_mark:
        _place(into_file, path, times)
    else:
        packet = packet_of(photograph)
        _place_with_sidecar(into_file, packet, photograph, path, times, overwrite=overwrite)


def _buffered(fill: Callable[[BinaryIO], None]) -> Callable[[BinaryIO], None]:
    """Fill memory now, and a file from it later."""
    whole = BytesIO()
    fill(whole)
    return lambda file: cast(None, file.write(whole.getbuffer()))


def _checked(
    pages: Iterable[NDArray[Any] | Chroma], photograph: Photograph, form: Format
) -> Iterator[NDArray[Any] | Chroma]:
    for page, rgb in zip(photograph.pages, pages, strict=True):
        height, width = page.pixels.shape[:2]
        if isinstance(rgb, Chroma):
            _check_chroma(rgb, page, form)
            yield rgb
            continue
        if rgb.dtype not in _SAMPLE_TYPES or rgb.shape != (height, width, 3):
            raise PhotoError(
                f"a result for {photograph.name} is uint8, uint16 or float32 of shape "
                f"({height}, {width}, 3), found {rgb.dtype} of shape {rgb.shape}: "
                "give one of the same size"
            )
        yield rgb


def _check_chroma(chroma: Chroma, page: Photograph, form: Format) -> None:
    height, width = page.pixels.shape[:2]
    half = (-(-height // 2), -(-width // 2))
    if not (has_luma_for(page, form) and chroma.cb.shape == chroma.cr.shape == half):
        raise PhotoError(
            f"Cb and Cr of {chroma.cb.shape[1]} x {chroma.cb.shape[0]} for {page.name}, a "
            f"{page.kind or 'picture'} of {width} x {height} to be written as {form.name}: they go "
            "with the luma of a grey JPEG, at half its size, into a JPEG"
        )


def to_pillow(photograph: Photograph, rgb: NDArray[Any]) -> Image.Image:
    """Return a coloured photograph as Pillow's picture: upright, sRGB, RGB or RGBA, 8 bits.

    Resolution (`info["dpi"]`) comes with it; to keep everything else, write a file.
    """
    alpha = photograph.alpha
    if alpha is not None:
        alpha = upright(depth.with_bits(alpha, 8), photograph.orientation)
    image = pixels.picture(upright(depth.with_bits(rgb, 8), photograph.orientation), alpha)
    if photograph.carried.dpi:
        image.info["dpi"] = photograph.carried.dpi
    return image


def check_target(target: Path, photograph: Photograph | None = None, *, overwrite: bool) -> None:
    """Refuse a target that `write` would refuse, before any work is done for it.

    Raises:
        PhotoError: it is the source or a folder, exists, or its folder does not.
    """
    name = shown(target)
    try:
        source = photograph.path if photograph else None
        if source and target.exists() and target.samefile(source):
            raise PhotoError(f"{name} is the photograph itself: name another file for the result")
        if target.is_dir():
            raise PhotoError(f"{name} is a folder: name a file in it for the result")
        if not target.parent.is_dir():
            raise PhotoError(
                f"{name} cannot be written, there is no folder {shown(target.parent)}: "
                "make it first"
            )
        if not overwrite and os.path.lexists(target):
            raise PhotoError(f"{name} exists: name another file, or allow overwriting")
    except (OSError, ValueError) as error:
        raise _unwritable(name, error) from error


def sidecar_of(target: Path, kind: str | None = None) -> Path | None:
    """Return the file beside a result that its mark is written to; None where the result holds it.

    Args:
        target: of the result.
        kind: its format; None is what its name says.
    """
    form = formats.named(kind) if kind else formats.by_ending(target.suffix)
    return sidecar.path_of(target) if form in formats.RESULTS and not form.holds_mark else None


def _place(
    fill: Callable[[BinaryIO], None], target: Path, times: tuple[int, int] | None = None
) -> None:
    try:
        with replacing(target, times=times) as beside, beside.open("x+b") as file:
            fill(file)
    except (OSError, ValueError) as error:
        raise _unwritable(shown(target), error) from error


def _place_with_sidecar(
    fill: Callable[[BinaryIO], None],
    packet: bytes,
    photograph: Photograph,
    target: Path,
    times: tuple[int, int] | None,
    *,
    overwrite: bool,
) -> None:
    """Write the mark and then the picture: never a picture without its mark."""
    beside = sidecar.path_of(target)
    check_target(beside, photograph, overwrite=overwrite)
    is_new = not os.path.lexists(beside)
    _place(lambda file: cast(None, file.write(packet)), beside)
    try:
        _place(fill, target, times)
    except BaseException:
        if is_new:
            beside.unlink(missing_ok=True)
        raise


def _send(fill: Callable[[BinaryIO], None], stream: BinaryIO) -> None:
    try:
        fill(stream)
    except (OSError, ValueError, TypeError) as error:
        raise _unwritable("the stream given", error) from error


def _unwritable(name: str, error: Exception) -> PhotoError:
    return PhotoError(
        f"{name} cannot be written ({reason(error)}): check the folder's rights and free space"
    )
