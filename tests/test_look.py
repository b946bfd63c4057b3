"""What a look tells of a photograph, and what a user may say of it."""

from dataclasses import replace

import numpy as np
import pytest
import skimage.data

from rehue import Colorizer, Hint
from rehue.color import Bins, srgb_to_lab
from rehue.errors import ModelError, PhotoError
from rehue.model import Decoding
from rehue.wishes import Coloring

GREY = np.ascontiguousarray(skimage.data.camera()[100:190, 180:300])
COLOR = np.ascontiguousarray(skimage.data.astronaut()[0:90, 150:270])

BIN_CENTERS = tuple(map(tuple, Bins.in_srgb(10).centers.tolist()))


@pytest.fixture(scope="module")
def look(tiny_model):
    return Colorizer(tiny_model, threads=1).look(GREY)


class Heeding:
    """A network that shows hints as they are, and is the redder the fewer colours a palette has."""

    def run(self, lightness, bins, hints=None, palette=None):
        height, width = lightness.shape[2] // 4, lightness.shape[3] // 4
        ab = np.zeros((1, 2, height, width), np.float32)
        if hints is not None:
            ab[:] = hints[:, :2].reshape(1, 2, height, 4, width, 4).max(axis=(3, 5))
        if palette is not None:
            ab[:, 0] = 60 * (palette**2).sum()
        return np.zeros((1, bins, height, width), np.float32), ab


@pytest.fixture
def heeding(look):
    card = replace(
        look.card, trained_inputs=("lightness", "hints", "palette"), bin_centers=BIN_CENTERS
    )
    return replace(look, card=card, runtime=Heeding())


def test_a_low_temperature_takes_the_likeliest_colour(look):
    def distance(temperature):
        """From the nearest of the three colours that the network knows."""
        ab = look.ab(Decoding("bins", temperature))
        centers = np.array(look.card.bin_centers)
        return np.median(np.linalg.norm(ab[:, :, None] - centers, axis=-1).min(axis=-1))

    assert distance(0.01) < 0.5 * distance(1)
    expected = look.colorize(decoding=Decoding("bins", 0.01))
    assert np.array_equal(look.colorize(temperature=0.01), expected)


def test_confidence_is_a_probability_at_every_pixel(look):
    sure = look.confidence()
    assert sure.shape == GREY.shape
    assert sure.dtype == np.float32
    assert 0 <= sure.min() < sure.max() <= 1


def test_alternatives_begin_with_the_likeliest():
    look = Colorizer(threads=1).look(GREY)
    pictures = look.alternatives(3, saturation=0.8)
    assert np.array_equal(pictures[0], look.colorize(saturation=0.8))
    assert np.array_equal(pictures[1], look.colorize(saturation=0.8, alternative=2))
    for first, second in ((0, 1), (0, 2), (1, 2)):
        difference = srgb_to_lab(pictures[first])[..., 1:] - srgb_to_lab(pictures[second])[..., 1:]
        assert (np.linalg.norm(difference, axis=-1) > 5).mean() > 0.05
    with pytest.raises(PhotoError, match="alternative 5: give 1 to 4"):
        look.alternatives(5)


def test_suggestions_are_the_likeliest_colours_of_a_place(look):
    row, column = np.unravel_index(look.lightness.argmax(), GREY.shape)
    first, *others = look.suggest(column, row)
    assert (first.a, first.b) == pytest.approx((20, 20), abs=1)  # light is orange
    assert all(first.probability >= other.probability for other in others)
    assert len(look.suggest(column, row, count=1)) == 1
    with pytest.raises(PhotoError, match="lies outside 120 x 90"):
        look.suggest(120, 0)


def test_a_hint_colours_its_place(heeding):
    automatic = srgb_to_lab(heeding.colorize())
    given = srgb_to_lab(heeding.colorize(hints=[Hint(x=30, y=20, color="#b03030", radius=8)]))
    assert given[20, 30, 1] > 10
    assert np.abs(given - automatic)[60:, 80:].max() < 2


def test_a_hint_outside_is_told(heeding):
    wished = Coloring(hints=[Hint(500, 20, "red")])
    assert heeding.notes(wished) == ("hint red at 500, 20 lies outside 120 x 90 pixels: left out",)
    assert heeding.notes(Coloring()) == ()


def test_a_preview_of_a_colour_scan_has_the_colours_of_a_preview_of_its_grey(tiny_model):
    colorizer = Colorizer(tiny_model, threads=1)
    scan = np.stack([GREY] * 3, axis=-1)
    of_scan, of_grey = (colorizer.look(one).preview(80) for one in (scan, GREY))
    assert of_scan.colorize().shape == (60, 80, 3)
    assert np.abs(of_scan.colorize().astype(int) - of_grey.colorize()).max() <= 2


def test_a_preview_coloured_again_is_the_same(tiny_model):
    preview = Colorizer(tiny_model, threads=1).look(GREY).preview(80)
    first = preview.colorize()
    preview.colorize(saturation=2.0, warmth=9)
    assert np.array_equal(preview.colorize(), first)


@pytest.mark.parametrize("picture", [GREY, COLOR, GREY.astype(np.uint16) * 257, COLOR / 255])
def test_a_preview_has_the_colours_of_the_photograph(tiny_model, picture):
    picture = np.tile(picture, (4, 4, 1)[: picture.ndim])
    picture = picture.astype(np.float32) if picture.dtype == np.float64 else picture
    look = Colorizer(tiny_model, threads=1).look(picture)
    preview = look.preview(longest=160)
    small = preview.colorize()
    assert small.shape == (120, 160, 3)
    assert small.dtype == picture.dtype
    whole = look.colorize().reshape(120, 3, 160, 3, 3).mean(axis=(1, 3))
    assert np.abs(small - whole).mean() < 0.02 * np.ptp(whole)
    assert look.preview(longest=5000).pixels is look.pixels
    with pytest.raises(PhotoError, match="preview"):
        look.preview(0)


def test_a_reference_is_a_palette_of_its_colours(heeding, tmp_path):
    from PIL import Image

    path = tmp_path / "reference.png"
    Image.fromarray(COLOR).save(path)
    from_array = heeding.colorize(reference=COLOR)
    assert np.array_equal(heeding.colorize(reference=path), from_array)
    assert not np.array_equal(heeding.colorize(palette=["navy"]), from_array)
    with pytest.raises(ModelError, match="no colour to borrow"):
        heeding.colorize(reference=GREY)


@pytest.mark.parametrize(
    ("wished", "says"),
    [
        ({"hints": [Hint(1, 1, "red")]}, "was not trained with hints"),
        ({"palette": ["red"]}, "was not trained with palette"),
    ],
)
def test_a_network_that_cannot_heed_says_so(look, wished, says):
    with pytest.raises(ModelError, match=says):
        look.colorize(**wished)


@pytest.mark.parametrize(
    ("wished", "says"),
    [
        ({"saturation": -1}, "saturation -1"),
        ({"warmth": float("nan")}, "warmth nan"),
        ({"temperature": 0}, "temperature 0"),
        ({"palette": ["red"], "reference": COLOR}, "give one of them"),
    ],
)
def test_wishes_that_cannot_be(look, wished, says):
    with pytest.raises(PhotoError, match=says):
        look.colorize(**wished)


def test_what_differs_is_called_differently(tiny_model):
    colorizer = Colorizer(tiny_model, threads=1)
    colorizer.card = replace(colorizer.card, bin_centers=BIN_CENTERS)
    wishes = [
        Coloring(),
        Coloring(saturation=0.5),
        Coloring(temperature=0.5),
        Coloring(decoding=Decoding("bins")),
        Coloring(hints=[Hint(1, 1, "red")]),
        Coloring(hints=[Hint(1, 1, "red", radius=9)]),
        Coloring(palette=["red"]),
        Coloring(reference=COLOR),
        Coloring(reference=COLOR[::-1, ::-1] // 2),
    ]
    said = [colorizer.settings(coloring=wished) for wished in wishes]
    assert len(set(said)) == len(wishes)
