"""What a look tells of a photograph, and what a user may say of it."""

import io
import os
from dataclasses import replace

import numpy as np
import pytest
import skimage.data

from rehue import Colorizer, Hint
from rehue.color import Bins, Tone, srgb_to_lab
from rehue.color.ycbcr import Coding, decode_ycbcr
from rehue.errors import ModelError, PhotoError
from rehue.model import Decoding, Outputs
from rehue.photo import as_stored, read, upright
from rehue.seen import palette_of
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
        return Outputs(np.zeros((1, bins, height, width), np.float32), ab)


@pytest.fixture
def heeding(look):
    card = replace(
        look.card, trained_inputs=("lightness", "hints", "palette"), bin_centers=BIN_CENTERS
    )
    return replace(look, seen=replace(look.seen, card=card, runtime=Heeding()))


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


def test_suggestions_heed_the_hints_and_the_palette_so_far(look):
    class Swayed:
        """Is sure of one class; with hints of another, with a palette of a third."""

        def run(self, lightness, bins, hints=None, palette=None):
            height, width = lightness.shape[2] // 4, lightness.shape[3] // 4
            logits = np.zeros((1, bins, height, width), np.float32)
            logits[:, 0 if hints is None else 100] = 20
            if palette is not None:
                logits[:, 200] = 40
            return Outputs(logits)

    inputs = ("lightness", "hints", "palette")
    card = replace(look.card, trained_inputs=inputs, bin_centers=BIN_CENTERS)
    swayed = replace(look, seen=replace(look.seen, card=card, runtime=Swayed()))
    hints = [Hint(5, 5, "#b03030")]
    (found,) = swayed.suggest(60, 40, 1, hints=hints)
    assert (found.a, found.b) == pytest.approx(BIN_CENTERS[100], abs=0.1)
    assert swayed.suggest(60, 40, 1, Coloring(hints=hints)) == [found]
    (found,) = swayed.suggest(60, 40, 1, hints=hints, palette=["navy"])
    assert (found.a, found.b) == pytest.approx(BIN_CENTERS[200], abs=0.1)


def test_the_same_wishes_ask_the_network_once(heeding, monkeypatch):
    asked = []
    run = Heeding.run
    monkeypatch.setattr(Heeding, "run", lambda *a, **k: asked.append(1) or run(*a, **k))
    hints = [Hint(30, 20, "#b03030")]
    first = heeding.colorize(hints=hints)
    heeding.suggest(60, 40, hints=hints)
    heeding.confidence(hints=hints)
    assert np.array_equal(heeding.colorize(hints=list(hints), saturation=1.0), first)
    assert len(asked) == 1
    for color in ("navy", "green", "olive", "#b03030"):  # the first is forgotten meanwhile
        heeding.colorize(hints=[Hint(30, 20, color)])
    assert len(asked) == 5


def test_a_hint_as_a_share_is_at_its_place_in_the_preview(heeding):
    share = [Hint(0.25, 0.25, "#b03030", radius=0.1, unit="share")]
    pixels = [Hint(30, 22.5, "#b03030", radius=12)]
    assert np.array_equal(heeding.colorize(hints=share), heeding.colorize(hints=pixels))
    preview = heeding.preview(60)
    smaller = [Hint(15, 11.25, "#b03030", radius=6)]
    assert np.array_equal(preview.colorize(hints=share), preview.colorize(hints=smaller))


def test_a_hint_colours_its_place(heeding):
    automatic = srgb_to_lab(heeding.colorize())
    given = srgb_to_lab(heeding.colorize(hints=[Hint(x=30, y=20, color="#b03030", radius=8)]))
    assert given[20, 30, 1] > 10
    assert np.abs(given - automatic)[60:, 80:].max() < 2


def test_a_pin_keeps_the_automatic_colour_of_its_place(heeding):
    automatic = srgb_to_lab(heeding.colorize())
    pin = Hint(x=36, y=20, color="keep", radius=4)
    assert np.array_equal(heeding.colorize(hints=[pin]), heeding.colorize())
    hint = Hint(x=30, y=20, color="#b03030", radius=2)
    alone, held = (srgb_to_lab(heeding.colorize(hints=of)) for of in ([hint], [hint, pin]))
    moved, kept = (float(np.abs(lab - automatic)[20, 36, 1:].max()) for lab in (alone, held))
    assert kept < 0.3 * moved


@pytest.mark.parametrize("alternative", [1, 2, 3, 4])
def test_hints_change_another_version_only_where_they_are(alternative):
    """A person takes one of four versions, and then points at what is wrong with it."""
    look = Colorizer(threads=1).look(GREY)
    version = look.colorize(alternative=alternative)
    pin = Hint(x=36, y=20, color="keep", radius=4)
    assert np.array_equal(look.colorize(alternative=alternative, hints=[pin]), version)
    hint = Hint(x=12, y=12, color="#b03030", radius=4)
    hinted = look.colorize(alternative=alternative, hints=[hint])
    changed = np.abs(hinted.astype(int) - version).max(axis=-1)
    assert srgb_to_lab(hinted)[12, 12, 1] > 10
    assert np.median(changed[50:, 60:]) <= 1


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


def test_a_reference_that_was_changed_is_seen(heeding, tmp_path):
    from PIL import Image

    path, moment = tmp_path / "reference.bmp", (1_700_000_000, 1_700_000_000)
    for picture in (COLOR, COLOR[..., ::-1]):
        Image.fromarray(picture).save(path)
        os.utime(path, moment)  # nor do size and time tell
        assert np.array_equal(heeding.colorize(reference=path), heeding.colorize(reference=picture))
    assert palette_of(Coloring(reference=path), heeding.card) is palette_of(
        Coloring(reference=str(path)), heeding.card
    )


def test_a_notebook_shows_a_look_in_colour(tiny_model):
    from PIL import Image

    colorizer = Colorizer(tiny_model, threads=1)
    for picture in (GREY, COLOR, GREY.astype(np.uint16) * 257, np.float32(COLOR / 255)):
        shown = Image.open(io.BytesIO(colorizer.look(picture)._repr_png_()))
        assert (shown.format, shown.mode, shown.size) == ("PNG", "RGB", (120, 90))
        assert np.ptp(np.asarray(shown), axis=-1).max() > 10
    assert colorizer(Image.fromarray(GREY))._repr_png_().startswith(b"\x89PNG")


def test_a_look_tells_what_the_file_is(tiny_model, tmp_path):
    from PIL import Image

    colorizer = Colorizer(tiny_model, threads=1)
    kinds = {Tone.GREY: GREY, Tone.COLORED: COLOR}
    for tone, picture in kinds.items():
        look = colorizer.look(picture)
        assert look.neutrality.tone is look.preview(50).neutrality.tone is tone
        assert (look.mark, look.page, look.pages) == (None, 1, 1)
    path, result = tmp_path / "a.tif", tmp_path / "b.tif"
    first, second = Image.fromarray(GREY), Image.fromarray(GREY[:40])
    first.save(path, save_all=True, append_images=[second])
    look = colorizer.look(path, page=2)
    assert (look.page, look.pages, look.pixels.shape) == (2, 2, (40, 120))
    assert np.array_equal(look.colorize(), colorizer(GREY[:40]))
    with pytest.raises(PhotoError, match=r"a\.tif has no page 3: give 1 to 2"):
        colorizer.look(path, page=3)
    colorizer.colorize_file(path, result)
    assert colorizer.look(result, page=2).mark.model == "tiny"
    photograph = read(path)
    assert np.array_equal(colorizer.look(photograph).pixels, colorizer.look(path).pixels)


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


def test_boldness_goes_from_the_mean_to_bold_colours():
    look = Colorizer(threads=1).look(GREY)
    assert np.array_equal(look.colorize(boldness=0), look.colorize(decoding=Decoding("bins")))
    assert np.array_equal(look.colorize(boldness=0.5), look.colorize())  # this model's own
    calm, *steps = (look.seen.ab(Coloring(boldness=b)) for b in (0, 0.25, 0.5, 0.75, 1))
    away = [float(np.linalg.norm(ab - calm, axis=0).mean()) for ab in steps]
    # Between them what is alike gets one colour, which may lie a little further away.
    assert away[0] == min(away)
    assert away[-1] == max(away) > 2 * away[0] > 1


def test_a_model_without_classes_has_no_boldness(look):
    answer = replace(look.seen.answer, logits=None)
    dull = replace(look, seen=replace(look.seen, answer=answer))
    assert dull.colorize().shape == (90, 120, 3)
    with pytest.raises(ModelError, match="no head 'bins'"):
        dull.colorize(boldness=0.5)


@pytest.mark.parametrize("pixels", [GREY, COLOR, GREY.astype(np.uint16) * 257])
def test_a_part_has_the_colours_that_the_whole_has_there(tiny_model, pixels):
    look = Colorizer(tiny_model, threads=1).look(pixels)
    whole = look.colorize(saturation=1.5)
    for left, top, width, height in ((0, 0, 120, 90), (31, 17, 40, 33), (100, 80, 999, 999)):
        part = look.part(left, top, width, height).colorize(saturation=1.5)
        expected = whole[top : top + height, left : left + width]
        gap = np.abs(part.astype(int) - expected).max() / np.iinfo(pixels.dtype).max
        # Bicubic weights are of float32, and come out of another start.
        assert gap <= 1.01 / 255
    deep = look.part(31, 17, 40, 33).part(5, 6, 7, 8).colorize()
    assert np.abs(deep.astype(int) - look.colorize()[23:31, 36:43]).max() / deep.max() < 0.01


def test_the_cells_of_a_part_are_those_of_the_whole(look):
    for whole, part in zip(look.cells(), look.part(31, 17, 40, 33).cells(), strict=True):
        assert np.array_equal(whole, part)


def test_the_chroma_of_a_part_is_that_of_the_whole_there(tiny_model):
    look = Colorizer(tiny_model, threads=1).look(GREY)
    whole, part = look.chroma_at_luma(), look.part(30, 16, 40, 32).chroma_at_luma()
    for there, here in ((whole.cb, part.cb), (whole.cr, part.cr)):
        # Bicubic weights are of float32, and come out of another start.
        assert np.abs(there[8:24, 15:35].astype(int) - here).max() <= 1


@pytest.mark.parametrize("box", [(-1, 0, 5, 5), (120, 0, 5, 5), (0, 90, 5, 5), (3, 3, 0, 5)])
def test_a_part_outside_is_refused(look, box):
    with pytest.raises(PhotoError, match="lies outside"):
        look.part(*box)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_chroma_lies_in_the_order_that_the_file_stores(tiny_model, orientation):
    stored = GREY[:87, :119]  # odd: pairs are counted from the stored corner
    seen = upright(stored, orientation)
    look = Colorizer(tiny_model, threads=1).look(np.ascontiguousarray(seen))
    chroma = look.chroma_at_luma(orientation=orientation)
    assert chroma.cb.shape == chroma.cr.shape == (44, 60)
    wide = (p.repeat(2, 0).repeat(2, 1)[:87, :119] for p in (chroma.cb, chroma.cr))
    rgb = decode_ycbcr(stored, *wide, Coding("bt601", is_full_range=True)) * 255
    assert rgb.min() > -0.5
    assert rgb.max() < 255.5
    usual = srgb_to_lab(as_stored(look.colorize(), orientation))
    kept = srgb_to_lab(np.clip(rgb / 255, 0, 1))
    # One colour for 2 x 2 pixels here, one each there.
    assert np.abs(kept - usual)[..., 1:].mean() < 1


def test_chroma_alone_is_for_grey_photographs_of_8_bits(tiny_model):
    colorizer = Colorizer(tiny_model, threads=1)
    for picture in (COLOR, GREY.astype(np.uint16)):
        with pytest.raises(PhotoError, match="one channel and 8 bits"):
            colorizer.look(picture).chroma_at_luma()


def test_wishes_count_for_chroma_too(look):
    assert (look.chroma_at_luma(saturation=0).cb == 128).all()
    assert look.chroma_at_luma(warmth=20).cb.mean() < look.chroma_at_luma().cb.mean()
