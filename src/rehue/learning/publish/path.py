"""A network's own path from calm to bold colours, found by how colourful pictures come out.

The longer a network learns, and the more its rate falls, the sharper its distributions are: the
same temperature and chroma give duller pictures with one set of weights and gaudy ones with
another. Networks are alike at equal colourfulness, so for each step of the path the chroma is
sought that brings it there.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from rehue.color import colorfulness, srgb_to_lab
from rehue.colorizer import Colorizer
from rehue.dataset import Sample
from rehue.judge.baselines import paint
from rehue.model import bold
from rehue.model.boldness import MIDDLE, PATH, Step, Steps
from rehue.scan import AS_IS

# How far below the originals' the colourfulness of pictures is to be in the mean at a boldness: the
# middle as calm as it looked best, the boldest nearly as colourful as the originals
# (docs/log/2026-11-28-averages.md). Other steps of the path stay.
_GAPS: Final = {MIDDLE: -13.0, 1.0: -1.5}
# Chroma that is tried, ever finer between those that lie about the one wanted.
_LOWEST, _HIGHEST, _ROUNDS = 0.8, 3.2, 6


def find_path(colorizer: Colorizer, photographs: Iterable[Sample]) -> Steps:
    """Return the path on which pictures are as colourful as wanted.

    Args:
        colorizer: its model has classes.
        photographs: in colour, held back from training; all of them are kept in memory.
    """
    photographs = list(photographs)
    looks = [colorizer.look(sample.image, scan=AS_IS) for sample in photographs]
    own = [colorfulness(sample.image) for sample in photographs]
    lights = [srgb_to_lab(sample.image)[..., 0] for sample in photographs]

    def at_gap(step: Step, wanted: float) -> Step:
        # Chroma is a factor of what was decoded, which is done once.
        how = bold(step.boldness, (step._replace(chroma=1.0),))
        decoded = [look.ab(how) for look in looks]

        def gap(chroma: float) -> float:
            shown = map(paint, lights, (ab * np.float32(chroma) for ab in decoded))
            return float(np.mean([*map(colorfulness, shown)]) - np.mean(own))

        low, high = _LOWEST, _HIGHEST
        for _ in range(_ROUNDS):
            middle = (low + high) / 2
            low, high = (middle, high) if gap(middle) < wanted else (low, middle)
        return step._replace(chroma=round((low + high) / 2, 2))

    return tuple(
        at_gap(step, _GAPS[step.boldness]) if step.boldness in _GAPS else step for step in PATH
    )
