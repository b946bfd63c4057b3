"""What microscopes and scientific programs write of samples into a picture's description.

OME-XML (Open Microscopy Environment, schema 2016-06) counts channels and samples; tifffile writes
the shape of its array as JSON. Readers take both for the layout of the file.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from rehue.photo.records.statement import IFD0, Result, Statement

_DESCRIPTION: Final = 270
_CHANNELS = re.compile(rb'(?<=\bSizeC=")\d{1,6}(?=")')
_SAMPLES = re.compile(rb'(?<=\bSamplesPerPixel=")\d{1,6}(?=")')
_SHAPE: Final = ("shape", "axes")


def statements(why: str) -> Iterator[Statement]:
    """Yield the statements of descriptions, which are no longer true for a reason."""
    key = (IFD0, _DESCRIPTION)
    yield Statement(
        *("EXIF", "ImageDescription (SizeC and SamplesPerPixel of OME-XML)", key, why),
        becomes="those of the result",
        rewritten=_ome,
    )
    yield Statement(
        *("EXIF", "ImageDescription (shape and axes of tifffile's JSON)", key, why),
        rewritten=_shape,
    )


def _ome(text: bytes, result: Result) -> bytes:
    """Return OME-XML that counts a result's samples; any other text as it is.

    >>> _ome(b'<OME><Pixels SizeC="2"/></OME>', Result(further_samples=2))
    b'<OME><Pixels SizeC="6"/></OME>'
    """
    if b"<OME" not in text:
        return text
    said = _SAMPLES.search(text)
    before = int(said.group()) if said else 1
    after = before + result.further_samples

    def channels(found: re.Match[bytes]) -> bytes:
        return b"%d" % (int(found.group()) // max(before, 1) * after)

    return _SAMPLES.sub(b"%d" % after, _CHANNELS.sub(channels, text))


def _shape(text: bytes, result: Result) -> bytes:
    """Return tifffile's JSON without the array's shape, empty where it says nothing else."""
    if not (result.further_samples and text.startswith(b"{") and b'"shape":' in text):
        return text
    try:
        said = json.loads(text.rstrip(b"\0"))
    except (ValueError, RecursionError):
        return text
    kept = {name: value for name, value in said.items() if name not in _SHAPE}
    return json.dumps(kept).encode() if kept else b""
