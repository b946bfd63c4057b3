"""HEIC (HEVC in HEIF), through the extra `heic`."""

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.errors import PhotoError, install_line
from rehue.photo.records import exif

_FINE = 95


def open_heic(data: bytes, name: str) -> tuple[tuple[int, int], dict[str, Any], Any]:
    """Return size, Pillow-like info, and the picture, not yet decoded.

    libheif turns pictures upright as it decodes them, so the record's orientation becomes 1.

    Raises:
        PhotoError: the extra is not installed.
    """
    heif = _library(name).open_heif(BytesIO(data), convert_hdr_to_8bit=False)
    return heif.size, heif.info, heif


def decode(heif: Any) -> tuple[Image.Image | NDArray[np.uint16], NDArray[Any] | None]:  # noqa: ANN401
    """Decode colour and alpha: a Pillow picture of 8 bits, or uint16 of full range."""
    samples = np.asarray(heif[heif.primary_index])
    alpha = np.ascontiguousarray(samples[..., -1]) if heif.has_alpha else None
    color = samples[..., :3] if samples.ndim == 3 else samples
    color = np.ascontiguousarray(color)
    if color.dtype == np.uint8:
        return Image.fromarray(color), alpha
    bits = heif.info.get("bit_depth", 16)
    # The high bits are filled; the low ones repeat them, so that white is full.
    wide = [plane | (plane >> bits) for plane in (color, alpha) if plane is not None]
    return wide[0], wide[1] if alpha is not None else None


def encode(
    samples: NDArray[Any],
    name: str,
    *,
    quality: int | None,
    icc: bytes | None,
    record: bytes | None,
    xmp: bytes,
) -> bytes:
    """Return a HEIC file, 4:2:0, which is all that many players decode.

    Args:
        samples: upright, H x W x 3 or x 4 (with alpha), uint8, or uint16 (written with 12 bits).
        name: what messages call the source.
        quality: 0..100.
        icc: an RGB profile.
        record: EXIF, of orientation 1.
        xmp: packet.
    """
    library = _library(name)
    mode = {3: "RGB", 4: "RGBA"}[samples.shape[2]]
    deep = samples.dtype == np.uint16
    image = library.from_bytes(
        mode=f"{mode};16" if deep else mode,
        size=(samples.shape[1], samples.shape[0]),
        data=np.ascontiguousarray(samples).tobytes(),
    )
    options: dict[str, Any] = {"xmp": xmp, "chroma": 420}
    if record:
        options["exif"] = exif.with_prefix(record)
    if icc:
        options["icc_profile"] = icc
    file = BytesIO()
    image.save(file, quality=_FINE if quality is None else quality, **options)
    return file.getvalue()


def _library(name: str) -> Any:  # noqa: ANN401 (a module without types)
    try:
        import pillow_heif  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise PhotoError(
            f"{name} is an HEIC picture, and what reads them is not installed: "
            f"{install_line('heic')}; or save it as JPEG or TIFF"
        ) from error
    return pillow_heif
