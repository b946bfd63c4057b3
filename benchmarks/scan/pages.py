"""Pages with prints, as scanners give them, made of photographs: what `prints.py` judges on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Grey = NDArray[np.float32]
Color = NDArray[np.float32]


@dataclass(frozen=True)
class Page:
    """A page and where its prints lie.

    Attributes:
        light: height x width, 0..255.
        corners: of the picture of each print (rims are surround): top left, top right, bottom
            right, bottom left, x and y in pixels of the page.
        pictures: the photograph in each, height x width x 3, sRGB.
        kind: what was made, in words.
    """

    light: Grey
    corners: list[NDArray[np.float64]]
    pictures: list[NDArray[np.uint8]]
    kind: dict[str, float]


def grey_of(picture: NDArray[np.uint8]) -> Grey:
    """Luma, 0..255."""
    return (picture.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)).astype(
        np.float32
    )


def make_page(pictures: list[NDArray[np.uint8]], rng: np.random.Generator) -> Page:
    """Lay one to six photographs on a mat, each turned a little, with rims, edges and shadows."""
    count = len(pictures)
    columns = int(np.ceil(np.sqrt(count))) if count > 1 else 1
    rows = -(-count // columns)
    cell = max(max(p.shape[:2]) for p in pictures)
    gap = rng.uniform(0.08, 0.35)
    pitch = int(cell * (1 + gap) * 1.08)
    margin = int(cell * rng.uniform(0.06, 0.4))
    height, width = rows * pitch + margin, columns * pitch + margin
    mat = rng.uniform(20, 250)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    slope = rng.uniform(-0.12, 0.12, 2)
    field = 1 + slope[0] * (y / height - 0.5) + slope[1] * (x / width - 0.5)
    page = (mat * field).astype(np.float32)
    has_rim, has_deckle = rng.random() < 0.4, rng.random() < 0.2
    has_shadow = rng.random() < 0.5
    corners = []
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        slack = pitch - cell
        cx = margin / 2 + pitch * (column + 0.5) + rng.uniform(-0.1, 0.1) * slack
        cy = margin / 2 + pitch * (row + 0.5) + rng.uniform(-0.1, 0.1) * slack
        angle = np.deg2rad(rng.uniform(-5, 5)) if rng.random() < 0.7 else 0.0
        h, w = picture.shape[:2]
        rim = int(rng.uniform(0.02, 0.06) * min(h, w)) if has_rim else 0
        paper = np.full((h + 2 * rim, w + 2 * rim), rng.uniform(225, 250), np.float32)
        paper[rim : rim + h, rim : rim + w] = grey_of(picture)
        outline = np.ones_like(paper)
        if has_deckle:
            outline = deckled(outline, rng)
        page, quad = laid(page, paper, outline, (cx, cy), angle, has_shadow, rng)
        corners.append(inset(quad, rim, paper.shape))
    noise = rng.uniform(0, 5)
    page = np.clip(page + rng.normal(0, noise, page.shape), 0, 255).astype(np.float32)
    kind = {
        "prints": count,
        "mat": mat,
        "noise": noise,
        "rim": float(has_rim),
        "deckle": float(has_deckle),
        "shadow": float(has_shadow),
    }
    return Page(np.rint(page), corners, pictures, kind)


def deckled(outline: Grey, rng: np.random.Generator) -> Grey:
    """Cut waves of about a hundredth of the side into a print's edges."""
    height, width = outline.shape
    depth, period = 0.012 * min(height, width), 0.05 * min(height, width)
    y, x = np.mgrid[0:height, 0:width]
    across = depth * (0.5 + 0.5 * np.sin(2 * np.pi * x / period + rng.uniform(0, 6)))
    down = depth * (0.5 + 0.5 * np.sin(2 * np.pi * y / period + rng.uniform(0, 6)))
    inside = (y >= across) & (height - 1 - y >= across) & (x >= down) & (width - 1 - x >= down)
    return outline * inside


def laid(
    page: Grey,
    paper: Grey,
    outline: Grey,
    center: tuple[float, float],
    angle: float,
    has_shadow: bool,
    rng: np.random.Generator,
) -> tuple[Grey, NDArray[np.float64]]:
    """Lay a print on a page; return the page and the print's corners."""
    h, w = paper.shape
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    half = np.array([[-w, -h], [w, -h], [w, h], [-w, h]]) / 2
    quad = half @ turn.T + np.array(center)
    # Pillow asks where each pixel of the result comes from.
    back = turn.T
    shift = np.array([w / 2, h / 2]) - back @ np.array(center)
    data = (back[0, 0], back[0, 1], shift[0], back[1, 0], back[1, 1], shift[1])
    size = (page.shape[1], page.shape[0])
    how = (Image.Transform.AFFINE, data, Image.Resampling.BICUBIC)
    mask = np.asarray(
        Image.fromarray(np.pad(outline, 1)).transform(
            size, how[0], (data[0], data[1], data[2] + 1, data[3], data[4], data[5] + 1), how[2]
        )
    )
    edge = np.asarray(
        Image.fromarray(np.pad(paper, 1, "edge")).transform(
            size, how[0], (data[0], data[1], data[2] + 1, data[3], data[4], data[5] + 1), how[2]
        )
    )
    mask = np.clip(mask, 0, 1)
    if has_shadow:
        away = rng.uniform(-0.012, 0.012, 2) * min(h, w)
        wide = Image.fromarray(
            (np.roll(mask, np.rint(away).astype(int), (0, 1)) * 255).astype(np.uint8)
        )
        soft = wide.filter(ImageFilter.GaussianBlur(0.008 * min(h, w) + 0.5))
        page = page * (1 - rng.uniform(0.1, 0.4) * np.asarray(soft, np.float32) / 255)
    return (page * (1 - mask) + edge * mask).astype(np.float32), quad


def inset(quad: NDArray[np.float64], rim: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Move a rectangle's corners in by a rim."""
    across, down = quad[1] - quad[0], quad[3] - quad[0]
    dx, dy = rim * across / shape[1], rim * down / shape[0]
    signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    return quad + signs[:, :1] * dx + signs[:, 1:] * dy
