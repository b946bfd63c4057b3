"""Which way up for chroma: bicubic, joint bilateral or fast guided filter, judged near edges.

    python benchmarks/picture/upsampling.py --kodak KODAK --output upsampling.json

The true ab of each Kodak photograph, averaged down to the network's grid (stride 4 at 256 px), is
brought up again in each way; CIEDE2000 to the original is told for the whole picture and within 8
and 32 px of strong edges of lightness. So only the way up is judged, not a network.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from rehue.color import ciede2000, fit_to_gamut, srgb_to_lab
from rehue.picture.upsample import Upsampling

Array = NDArray[np.float32]
# Sobel magnitude of L, the strongest so much of the pixels are strong edges.
STRONG = 0.03


def main() -> None:
    """Compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    sums: dict[str, list[NDArray[np.float64]]] = {name: [] for name in WAYS}
    for path in sorted(arguments.kodak.glob("*.webp")):
        lab = srgb_to_lab(np.asarray(Image.open(path).convert("RGB")))
        height, width = lab.shape[:2]
        factor = 64 / min(height, width)
        grid = (round(height * factor), round(width * factor))
        small = np.stack([averaged(lab[..., i], grid) for i in (1, 2)])
        light = averaged(lab[..., 0], grid)
        areas = [np.ones((height, width), bool), *near_edges(lab[..., 0])]
        for name, way in WAYS.items():
            ab = way(small, light, lab[..., 0])
            fitted = fit_to_gamut(np.concatenate([lab[..., :1], ab], axis=-1))
            error = ciede2000(fitted, lab)
            sums[name].append(np.array([error[area].mean() for area in areas]))
    figures = {name: np.mean(rows, axis=0).round(3).tolist() for name, rows in sums.items()}
    print(f"{'CIEDE2000':18} whole  within 8 px  within 32 px of strong edges")
    for name, (whole, near, wide) in figures.items():
        print(f"{name:18} {whole:5.3f}  {near:11.3f}  {wide:12.3f}")
    arguments.output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def averaged(plane: Array, grid: tuple[int, int]) -> Array:
    """Area mean."""
    return np.asarray(Image.fromarray(plane).resize(grid[::-1], Image.Resampling.BOX))


def near_edges(light: Array) -> list[NDArray[np.bool_]]:
    """Areas within 8 and 32 px of strong edges."""
    strength = np.hypot(ndimage.sobel(light, 0), ndimage.sobel(light, 1))
    edges = strength > np.quantile(strength, 1 - STRONG)
    distance = ndimage.distance_transform_edt(~edges)
    return [distance <= 8, distance <= 32]


def bicubic(small: Array, _: Array, full: Array) -> Array:
    """As Rehue does."""
    box = (0, 0, small.shape[2], small.shape[1])
    return Upsampling(small, box, *full.shape).all()


def guided(small: Array, light: Array, full: Array, radius: int = 4, floor: float = 4.0) -> Array:
    """Fast guided filter (He and Sun 2015): ab as a local linear function of L."""

    def mean(plane: Array) -> Array:
        return ndimage.uniform_filter(plane, 2 * radius + 1)

    mean_l = mean(light)
    variance = mean(light * light) - mean_l**2
    planes = []
    for plane in small:
        slope = (mean(light * plane) - mean_l * mean(plane)) / (variance + floor)
        offset = mean(plane) - slope * mean_l
        both = bicubic(np.stack([mean(slope), mean(offset)]), light, full)
        planes.append(both[..., 0] * full + both[..., 1])
    return np.stack(planes, axis=-1)


def joint_bilateral(
    small: Array, light: Array, full: Array, radius: int = 2, spread: float = 1.0, tone: float = 8.0
) -> Array:
    """Joint bilateral upsampling (Kopf et al. 2007)."""
    height, width = full.shape
    y = (np.arange(height) + 0.5) * small.shape[1] / height - 0.5
    x = (np.arange(width) + 0.5) * small.shape[2] / width - 0.5
    row, column = np.rint(y).astype(int), np.rint(x).astype(int)
    total = np.zeros((height, width, 2), np.float32)
    weights = np.zeros((height, width, 1), np.float32)
    for dy in range(-radius, radius + 1):
        for dx in range(-radius, radius + 1):
            r = np.clip(row + dy, 0, small.shape[1] - 1)
            c = np.clip(column + dx, 0, small.shape[2] - 1)
            far = (row + dy - y)[:, None] ** 2 + (column + dx - x)[None] ** 2
            unlike = (full - light[np.ix_(r, c)]) ** 2
            weight = np.exp(-far / (2 * spread**2) - unlike / (2 * tone**2))[..., None] + 1e-6
            total += weight * np.moveaxis(small[:, r][:, :, c], 0, -1)
            weights += weight
    return (total / weights).astype(np.float32)


WAYS: dict[str, Callable[[Array, Array, Array], Array]] = {
    "bicubic": bicubic,
    "joint bilateral": joint_bilateral,
    "fast guided": guided,
}


if __name__ == "__main__":
    main()
