"""JPEGs that Pillow does not decode: deeper than 8 bits, lossless, coded arithmetically.

Archives and hospitals have them. imagecodecs' libjpeg-turbo decodes them (ITU-T T.81, annexes D and
H); it says nothing where data break off, so that their end has to be there.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rehue.errors import PhotoError
from rehue.photo.formats.contract import Source
from rehue.photo.formats.jpeg.segments import BASELINE, FRAMES, DamagedError, Frame, Segment
from rehue.photo.samples import depth

# Lossless; arithmetic, sequential and progressive.
_CODINGS: Final = frozenset({0xC3, 0xC9, 0xCA})


def rare_frame(found: Iterable[Segment]) -> Frame | None:
    """Return the frame header of a file of such a kind; None for all others."""
    segment = next((s for s in found if s.marker in FRAMES), None)
    try:
        frame = Frame.of(segment) if segment else None
    except DamagedError:
        return None
    if frame is None or len(frame.components) not in (1, 3):
        return None
    # The baseline process has 8 bits alone (table B.2).
    is_deep = frame.bits > 8 and frame.marker != BASELINE
    return frame if is_deep or frame.marker in _CODINGS else None


def decode(picture: Source, frame: Frame, end: int | None) -> NDArray[Any]:
    """Decode a picture: H x W or H x W x 3; uint8, or uint16 of full range.

    Raises:
        PhotoError: it is too large, breaks off, or is not as its header says.
    """
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    picture.check_size(frame.width, frame.height)
    if end is None:
        raise PhotoError(f"{picture.name} is cut off before its end: copy or download it again")
    samples = np.asarray(imagecodecs.jpeg_decode(picture.data))
    if samples.shape[:2] != (frame.height, frame.width):
        raise PhotoError(f"{picture.name} is not as its header says: copy or download it again")
    if samples.dtype == np.uint16:
        samples = depth.filled(samples.copy(), frame.bits)
    return depth.without_idle_channels(samples)
