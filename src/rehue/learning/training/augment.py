"""Making the input look like an old print: only lightness is touched, ab stay the clean ones."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter


@dataclass(frozen=True)
class OldPrint:
    """Degrades a lightness with each of its means at the given probability.

    Attributes:
        tone: probability of a tone curve: gamma, lifted blacks, dulled whites.
        grain: probability of film grain.
        blur: probability of a soft lens or enlargement.
        jpeg: probability of JPEG artefacts.
    """

    tone: float = 0.6
    grain: float = 0.3
    blur: float = 0.2
    jpeg: float = 0.2

    def __call__(
        self, lightness: NDArray[np.float32], rng: np.random.Generator
    ) -> NDArray[np.float32]:
        """Return a degraded copy (height x width, 0..100)."""
        tone, blur, grain, jpeg = rng.random(4) < (self.tone, self.blur, self.grain, self.jpeg)
        if tone:
            lightness = _toned(lightness, rng)
        if blur:
            lightness = _blurred(lightness, rng)
        if grain:
            lightness = _grained(lightness, rng)
        if jpeg:
            lightness = _compressed(lightness, rng)
        return np.clip(lightness, 0, 100)


def _toned(light: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    gamma = np.float32(np.exp(rng.normal(0, 0.25)))
    black, white = np.float32(rng.uniform(0, 15)), np.float32(rng.uniform(85, 100))
    return black + (white - black) * np.power(np.clip(light / 100, 0, 1), gamma)


def _blurred(light: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    return _filtered(light, ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))


def _grained(light: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    noise = rng.standard_normal(light.shape, dtype=np.float32)
    if rng.random() < 0.5:
        # Grain of an enlarged print is coarser than a pixel; the factor restores its contrast.
        beside, below = np.roll(noise, 1, 1), np.roll(noise, 1, 0)
        total = noise + beside + below + np.roll(beside, 1, 0)
        noise = (total / 2).astype(np.float32, copy=False)
    return light + np.float32(rng.uniform(1, 6)) * noise


def _compressed(light: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    file = io.BytesIO()
    _picture(light).save(file, "JPEG", quality=int(rng.integers(30, 90)))
    return _light(Image.open(file))


def _filtered(light: NDArray[np.float32], how: ImageFilter.Filter) -> NDArray[np.float32]:
    return _light(_picture(light).filter(how))


def _picture(light: NDArray[np.float32]) -> Image.Image:
    return Image.fromarray(np.clip(light * 2.55 + 0.5, 0, 255).astype(np.uint8))


def _light(picture: Image.Image) -> NDArray[np.float32]:
    return np.asarray(picture, np.float32) / np.float32(2.55)
