"""One photograph: its original, and what a predictor made of it, in figures."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rehue.color import ciede2000, colorfulness, srgb_to_lab
from rehue.judge.groups import Appearance, Outcome, outcome_of
from rehue.judge.hues import TrueHues
from rehue.judge.metrics import Moments, count_differences, psnr, squared_error, ssim
from rehue.judge.unrest import calm_segments, can_segment, measure_unrest


@dataclass(frozen=True)
class Comparison:
    """Figures of one picture against its original.

    Attributes:
        mse_ab: of the raw prediction, in the study's normalisation.
        psnr: dB, of the 8-bit pictures, as all that follows.
        ssim: up to 1.
        ciede2000: mean over pixels.
        colorfulness: of the picture.
        differences: CIEDE2000 of its pixels, counted (`metrics.count_differences`).
        hues: errors and chroma by hue family (`TrueHues.measure`).
        outcome: success, medium or failure.
        unrest: how far colours vary within calm things (`unrest.Unrest.shown`); nan where the
            original has none, or scikit-image is missing.
        patches: share of those that is of another hue; nan likewise.
    """

    mse_ab: float
    psnr: float
    ssim: float
    ciede2000: float
    colorfulness: float
    differences: NDArray[np.int64]
    hues: NDArray[np.float64]
    outcome: Outcome
    unrest: float
    patches: float


@dataclass(frozen=True)
class Original:
    """A colour photograph, its own size, with what every comparison needs computed once.

    Comparing from several threads is safe: at worst what is kept is computed twice.

    Attributes:
        image: height x width x 3, uint8, sRGB.
    """

    image: NDArray[np.uint8]

    @cached_property
    def lab(self) -> NDArray[np.floating]:
        """The truth: height x width x 3, L*a*b*."""
        return srgb_to_lab(self.image)

    @cached_property
    def colorfulness(self) -> float:
        """Colourfulness of the photograph itself."""
        return colorfulness(self.image)

    @cached_property
    def moments(self) -> Moments:
        """What SSIM needs of the photograph."""
        return Moments.of(self.image)

    @cached_property
    def hues(self) -> TrueHues:
        """Its pixels by hue family."""
        return TrueHues.of(self.lab[..., 1:])

    @cached_property
    def appearance(self) -> Appearance:
        """What the groups are judged by."""
        return Appearance.of(self.image)

    @cached_property
    def segments(self) -> list[NDArray[np.intp]]:
        """Its calm things; none without scikit-image."""
        return calm_segments(self.lab) if can_segment() else []

    @cached_property
    def unrest(self) -> float:
        """How far its own colours vary within calm things; nan where it has none."""
        own = self.lab[..., 1:]
        return measure_unrest(own, own, self.segments).original

    def compare(self, ab: NDArray[np.floating], picture: NDArray[np.uint8]) -> Comparison:
        """Judge a prediction.

        Args:
            ab: height x width x 2, as predicted, before it is fitted into the gamut.
            picture: height x width x 3, what a viewer gets: fitted and rounded to 8 bit.
        """
        shown = srgb_to_lab(picture)
        errors = squared_error(ab, self.lab[..., 1:])
        differences = ciede2000(shown, self.lab)
        calm = measure_unrest(shown[..., 1:], self.lab[..., 1:], self.segments)
        return Comparison(
            mse_ab=float(errors.mean(dtype=np.float64)),
            psnr=psnr(picture, self.image),
            ssim=ssim(self.moments, picture),
            ciede2000=float(differences.mean(dtype=np.float64)),
            colorfulness=colorfulness(picture),
            differences=count_differences(differences),
            hues=self.hues.measure(errors, differences, shown[..., 1:]),
            outcome=outcome_of(Appearance.of(picture), self.appearance),
            unrest=calm.shown,
            patches=calm.patches,
        )
