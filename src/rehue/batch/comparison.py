"""The before/after picture of `--compare`: a photograph and its result in one, to share."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.batch.job import LocalJob
from rehue.photo import Photograph, read, upright, with_bits, write

_GAP: Final = 4
_PAPER: Final = (255, 255, 255)
# Wider pictures lie one above the other.
_PANORAMA: Final = 2.0


def write_comparison(job: LocalJob, max_pixels: int) -> None:
    """Draw what a job wants from its files: the same now and after a run that stopped.

    It bears the result's mark, and so is never an input; without a result nothing is drawn.

    Args:
        job: done; one that wants no such picture gets none.
        max_pixels: of the photograph, as it was read.

    Raises:
        PhotoError: a file cannot be read or written.
    """
    if not (job.source and job.target and job.compare):
        return
    before, after = (read(path, max_pixels=max_pixels) for path in (job.source, job.target))
    if after.mark:
        drawn = np.asarray(before_after(_shown(before), _shown(after)))
        write(Photograph(drawn), drawn, job.compare, after.mark, overwrite=True)


def _shown(photograph: Photograph) -> NDArray[np.uint8]:
    return upright(with_bits(photograph.pixels, 8), photograph.orientation)


def before_after(
    grey: NDArray[np.uint8], colored: NDArray[np.uint8], longest: int = 2560
) -> Image.Image:
    """Return one picture of both: side by side, panoramas one above the other.

    Args:
        grey: height x width or height x width x 3.
        colored: height x width x 3.
        longest: side of the result, px; what is larger is made smaller.
    """
    width, height = colored.shape[1], colored.shape[0]
    stacked = width > _PANORAMA * height
    whole = 2 * max(1, height) if stacked else 2 * width
    share = min(1.0, (longest - _GAP) / max(whole, width, height))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    step = (0, size[1] + _GAP) if stacked else (size[0] + _GAP, 0)
    both = Image.new("RGB", (size[0] + step[0], size[1] + step[1]), _PAPER)
    for picture, place in ((grey, (0, 0)), (colored, step)):
        image = Image.fromarray(picture).convert("RGB")
        if image.size != size:
            image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        both.paste(image, place)
    return both
