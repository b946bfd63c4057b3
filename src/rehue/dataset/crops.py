"""What a network learns from: square crops as lightness and ab."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.color import srgb_to_lab
from rehue.dataset.cache import PixelCache

# Makes a lightness (height x width, 0..100) look like an old print's; must keep shape and type.
Degradation = Callable[[NDArray[np.float32], np.random.Generator], NDArray[np.float32]]


class CropRequest(NamedTuple):
    """Which crop to make: everything that is random about it follows from `seed`.

    Attributes:
        number: photograph in the cache.
        size: side of the crop that comes out (px).
        seed: for place, scale, flip and degradation; None gives the centre crop of the whole
            short side, neither flipped nor degraded.
    """

    number: int
    size: int
    seed: int | None


@dataclass(frozen=True)
class LabCrops:
    """A map-style data set of crops; the conversion from sRGB to Lab happens here.

    Attributes:
        cache: decoded photographs.
        scale: smallest and largest side of a crop, as shares of the photograph's short side.
        degrade: applied to the input's lightness alone; ab stay the clean photograph's.
    """

    cache: PixelCache
    scale: tuple[float, float] = (0.5, 1.0)
    degrade: Degradation | None = None

    def __len__(self) -> int:
        """Number of photographs."""
        return len(self.cache)

    def __getitem__(self, request: CropRequest) -> dict[str, NDArray[Any]]:
        """Return `lightness` (1 x size x size, 0..100), `ab` (2 x size x size) and `scene`.

        The scene is the number of the photograph's label, -1 where it has none.
        """
        number, size, seed = request
        image = self.cache.image(number)
        rng = None if seed is None else np.random.default_rng((seed, number))
        crop = self._crop(image, size, rng)
        lab = np.moveaxis(srgb_to_lab(crop).astype(np.float32, copy=False), -1, 0)
        light, ab = lab[:1], np.ascontiguousarray(lab[1:])
        if rng is not None and self.degrade is not None:
            light = self.degrade(light[0], rng)[None]
        return {
            "lightness": np.ascontiguousarray(light),
            "ab": ab,
            "scene": np.asarray(self.cache.scene(number)),
        }

    def _crop(
        self, image: NDArray[np.uint8], size: int, rng: np.random.Generator | None
    ) -> NDArray[np.uint8]:
        height, width = image.shape[:2]
        short = min(height, width)
        if rng is None:
            side, top, left = short, (height - short) // 2, (width - short) // 2
        else:
            side = min(short, max(1, round(short * rng.uniform(*self.scale))))
            top = int(rng.integers(height - side + 1))
            left = int(rng.integers(width - side + 1))
        crop = np.ascontiguousarray(image[top : top + side, left : left + side])
        if side != size:
            # Antialiased where it shrinks, so a network sees the scale, not its aliases.
            resized = Image.fromarray(crop).resize((size, size), Image.Resampling.BICUBIC)
            crop = np.asarray(resized)
        return crop[:, ::-1] if rng is not None and rng.random() < 0.5 else crop
