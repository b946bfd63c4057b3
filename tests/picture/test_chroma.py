import numpy as np
import pytest
from skimage import data

from rehue.color.ycbcr import Coding, chroma_at_luma, decode_ycbcr
from rehue.picture import chroma
from rehue.picture.chroma import chroma_of
from rehue.picture.upsample import Upsampling

CODING = Coding("bt601", is_full_range=True)
BOX = (0, 0, 16, 12)


@pytest.fixture(scope="module")
def ab():
    """Colours of all hues, some far outside sRGB."""
    rng = np.random.default_rng(2)
    return (rng.normal(0, 40, (2, 12, 16))).astype(np.float32)


@pytest.fixture(params=["computed", "by table"])
def way(request, monkeypatch):
    monkeypatch.setattr(chroma, "_TABLE_PIXELS", 0 if request.param == "by table" else 1 << 60)
    return request.param


@pytest.mark.parametrize("size", [(96, 128), (95, 127), (1, 1), (2, 3), (300, 401)])
def test_all_decodes_into_range(ab, way, size):
    luma = np.ascontiguousarray(np.resize(data.camera(), (512, 512))[: size[0], : size[1]])
    # Edges between black and white leave no room for colour.
    luma[::7] = 255
    luma[:, ::11] = 0
    cb, cr = chroma_of(luma, Upsampling(ab, BOX, *size))
    assert cb.shape == cr.shape == (-(-size[0] // 2), -(-size[1] // 2))
    wide = (p.repeat(2, 0).repeat(2, 1)[: size[0], : size[1]] for p in (cb, cr))
    rgb = decode_ycbcr(luma, *wide, CODING) * 255
    assert rgb.min() > -0.5
    assert rgb.max() < 255.5


def test_the_table_is_what_is_computed(ab, monkeypatch):
    luma = np.ascontiguousarray(data.camera()[:200, :300])
    small = ab / 4
    whole = Upsampling(small, BOX, *luma.shape)
    computed = chroma_at_luma(luma, *whole.halved().rows(slice(0, 100)), CODING)
    monkeypatch.setattr(chroma, "_TABLE_PIXELS", 0)
    by_table = chroma_of(luma, whole)
    for mine, other in zip(by_table, computed, strict=True):
        # ab is rounded to whole units on the grid and again at half size: 1 unit, which in dark
        # tones is up to 2 codes; the mean luma is rounded, and so is the code.
        assert np.abs(mine.astype(int) - other).max() <= 5
        assert np.abs(mine.astype(int) - other).mean() < 0.6


def test_no_colour_is_neutral(way):
    luma = np.ascontiguousarray(data.camera()[:50, :70])
    planes = chroma_of(luma, Upsampling(np.zeros((2, 12, 16), np.float32), BOX, *luma.shape))
    assert all((plane == 128).all() for plane in planes)


def test_threads_change_nothing(ab, way, monkeypatch):
    monkeypatch.setattr(chroma, "_STRIP", 1 << 10)
    luma = np.ascontiguousarray(data.camera()[:201, :301])
    whole = Upsampling(ab, BOX, *luma.shape)
    one, four = chroma_of(luma, whole), chroma_of(luma, whole, 4)
    assert all(np.array_equal(a, b) for a, b in zip(one, four, strict=True))
