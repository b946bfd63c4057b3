"""Halftone prints; the figures are in benchmarks/scan/halftone.py."""

import numpy as np
import pytest
from PIL import Image

from rehue.scan import descreened, examine


def printed(grey, period, degrees):
    """Round dots whose share of ink is that of darkness."""
    height, width = grey.shape
    y, x = np.mgrid[0:height, 0:width]
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    screen = np.cos(2 * np.pi * (x * cos + y * sin) / period)
    screen += np.cos(2 * np.pi * (y * cos - x * sin) / period)
    order = np.argsort(np.argsort(screen, axis=None)).reshape(screen.shape) / screen.size
    ink = np.clip((order - grey / 255) * period + 0.5, 0, 1)
    return np.rint(235 - 200 * ink).astype(np.uint8)


@pytest.mark.parametrize(("period", "degrees"), [(4, 0), (6, 45), (9, 15), (12, 30), (14, 45)])
def test_a_screen_is_found(photograph, period, degrees, grey_of):
    grey = np.asarray(Image.fromarray(grey_of(photograph)).resize((800, 600)))
    found = examine(printed(grey, period, degrees)).prints[0]
    # A patch of 128 pixels resolves a period so closely; where its overtone stands out more, half.
    assert period * 0.45 <= found.screen <= period * 1.25


def test_photographs_have_no_screen(photograph, grey_of):
    assert examine(grey_of(photograph)).prints[0].screen == 0


@pytest.mark.parametrize("name", ["brick", "grass", "gravel", "text", "coins"])
def test_texture_is_no_screen(name):
    import skimage.data

    assert examine(getattr(skimage.data, name)()).prints[0].screen == 0


@pytest.mark.parametrize("period", [4.0, 9.5, 14.0])
def test_descreened_dots_are_gone(period):
    grey = np.full((200, 240), 128.0)
    dots = printed(grey, period, 20).astype(np.float32)
    smooth = descreened(dots, period)
    inner = (slice(40, -40), slice(40, -40))
    assert smooth.shape == dots.shape
    # The blur leaves 2 % of the screen's first harmonic, less of the others.
    assert smooth[inner].std() < 0.04 * dots[inner].std()
    assert smooth[inner].mean() == pytest.approx(dots[inner].mean(), rel=0.02)
    assert descreened(dots, 0) is dots
