import numpy as np
import pytest

from rehue.batch.comparison import before_after

RED, BLUE = (np.full((40, 60, 3), c, np.uint8) for c in ((255, 0, 0), (0, 0, 255)))


def test_before_after_side_by_side_at_full_size():
    both = before_after(RED, BLUE)
    assert both.size == (124, 40)
    assert both.getpixel((30, 20)) == (255, 0, 0)
    assert both.getpixel((94, 20)) == (0, 0, 255)
    assert both.getpixel((61, 20)) == (255, 255, 255)


def test_before_after_stacks_panoramas_and_takes_grey_arrays():
    both = before_after(np.full((10, 50), 128, np.uint8), np.full((10, 50, 3), 9, np.uint8))
    assert both.size == (50, 24)
    assert both.getpixel((25, 5)) == (128, 128, 128)
    assert both.getpixel((25, 20)) == (9, 9, 9)


@pytest.mark.parametrize("shape", [(3000, 4000), (4000, 3000), (50, 9000), (9000, 50), (1, 9000)])
def test_before_after_is_made_small_enough_to_share(shape):
    grey = np.zeros(shape, np.uint8)
    both = before_after(grey, np.zeros((*shape, 3), np.uint8), longest=1000)
    assert max(both.size) <= 1000
    assert max(both.size) >= 995
