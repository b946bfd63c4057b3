"""Pages and prints drawn from photographs that come with scikit-image and scikit-learn."""

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageDraw
from sklearn.datasets import load_sample_images

CHINA, FLOWER = load_sample_images().images
PHOTOGRAPHS = {
    "china": CHINA,
    "flower": FLOWER,
    "astronaut": skimage.data.astronaut(),
    "cat": skimage.data.chelsea(),
    "coffee": skimage.data.coffee(),
}


def _grey_of(photograph):
    return np.rint(photograph @ [0.299, 0.587, 0.114]).astype(np.uint8)


def _page_with(prints, mat, size, noise=0.0, gradient=0.0, shadow=0.0):
    """A page (height, width) with greys laid on it: (grey, center x, center y, degrees, rim)."""
    height, width = size
    x = np.linspace(-0.5, 0.5, width)[None]
    page = np.repeat(mat * (1 + gradient * x), height, axis=0)
    corners = []
    for grey, cx, cy, degrees, rim in prints:
        paper = np.pad(grey.astype(np.float32), rim, constant_values=238)
        h, w = paper.shape
        angle = np.deg2rad(degrees)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        shift = np.array([w / 2, h / 2]) - turn.T @ [cx, cy]
        how = (*turn.T[0], shift[0], *turn.T[1], shift[1])
        laid = [
            np.asarray(
                Image.fromarray(plane).transform(
                    (width, height), Image.Transform.AFFINE, how, Image.Resampling.BILINEAR
                )
            )
            for plane in (paper, np.ones_like(paper))
        ]
        if shadow:
            page *= 1 - shadow * np.roll(laid[1], (4, 5), (0, 1))
        page = page * (1 - laid[1]) + laid[0]
        inner = np.array([[-w, -h], [w, -h], [w, h], [-w, h]]) / 2
        inner -= np.sign(inner) * rim
        corners.append(inner @ turn.T + [cx, cy])
    page += np.random.default_rng(3).normal(0, noise, page.shape)
    return np.clip(np.rint(page), 0, 255).astype(np.uint8), corners


def _overlap(found, true, shape):
    masks = []
    for corners in (found, true):
        image = Image.new("1", shape[::-1])
        ImageDraw.Draw(image).polygon([tuple(c) for c in corners], fill=1)
        masks.append(np.asarray(image))
    return (masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum()


@pytest.fixture(params=PHOTOGRAPHS.values(), ids=PHOTOGRAPHS)
def photograph(request):
    return request.param


@pytest.fixture
def photographs():
    return PHOTOGRAPHS


@pytest.fixture
def grey_of():
    """Luma of a photograph, 8 bits."""
    return _grey_of


@pytest.fixture
def page_with():
    """Lays greys on a mat; returns the page and the true corners of each picture."""
    return _page_with


@pytest.fixture
def overlap():
    """Intersection over union of two quadrilaterals on a page."""
    return _overlap
