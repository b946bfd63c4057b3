"""Clips in colour for benchmarks: one shot of each, and what the network says of its frames."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue import Colorizer
from rehue.color import srgb_to_lab
from rehue.film.flow import flow_size
from rehue.wishes import Coloring

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Clip:
    """One shot, at the size for flow.

    Attributes:
        name: of the file, and where the shot begins.
        light: T x h x w, L of the original.
        ab: T x h x w x 2 of the original.
        grey: T x h x w, 8-bit, as the network sees it.
        alone: T x h / 2 x w / 2 x 2, what the network says of each frame alone.
    """

    name: str
    light: Array
    ab: Array
    grey: NDArray[np.uint8]
    alone: Array


def read_clip(
    path: Path,
    first: int,
    count: int,
    colorizer: Colorizer,
    cache: Path,
    coloring: Coloring,
) -> Clip:
    """Read some frames of a film, or of a folder of frames; network answers are kept in `cache`."""
    said = f"{colorizer.card.sha256} {colorizer.settings(coloring=coloring)}"
    key = hashlib.sha256(said.encode()).hexdigest()[:8]
    kept = cache / f"{path.stem}-{first}-{count}-{key}.npz"
    if not kept.exists():
        light, ab, grey, alone = [], [], [], []
        for rgb in frames_of(path, first, count):
            tall, wide = flow_size(*rgb.shape[:2])
            small = cv2.resize(rgb, (wide, tall), interpolation=cv2.INTER_AREA)
            lab = srgb_to_lab(small)
            light.append(lab[..., 0])
            ab.append(lab[..., 1:])
            look = colorizer.look(np.asarray(Image.fromarray(rgb).convert("L")))
            grey.append(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
            alone.append(look.chroma(coloring, (tall // 2, wide // 2)).all())
        cache.mkdir(parents=True, exist_ok=True)
        stacks = {"light": light, "ab": ab, "grey": grey, "alone": alone}
        np.savez_compressed(kept, **{name: np.stack(stack) for name, stack in stacks.items()})
    with np.load(kept) as found:
        return Clip(f"{path.stem} {first}", **{name: found[name] for name in found.files})


def frames_of(path: Path, first: int, count: int) -> Iterator[NDArray[np.uint8]]:
    """Yield frames of a film, or of a folder of frames, in RGB."""
    if path.is_dir():
        for file in sorted(path.iterdir())[first : first + count]:
            yield np.asarray(Image.open(file).convert("RGB"))
        return
    with av.open(str(path)) as container:
        stream = container.streams.best("video")
        for number, picture in enumerate(container.decode(stream)):
            if number >= first + count:
                return
            if number >= first:
                yield picture.to_ndarray(format="rgb24")
