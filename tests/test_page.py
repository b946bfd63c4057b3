"""Pages of prints and faded prints on their way through the network."""

from dataclasses import replace

import numpy as np
import pytest
import skimage.data
from PIL import Image

import rehue.page
from rehue import Colorizer, Hint
from rehue.color import Tone, lightness, srgb_to_lab
from rehue.errors import ModelError, PhotoError
from rehue.scan import Recognized, Stated, Tones, examine
from rehue.wishes import Coloring

PRINT = np.ascontiguousarray(skimage.data.camera()[60:300, 120:440])
TOP, LEFT, MAT = 90, 130, 128
AS_IS = Stated(as_is=True)


@pytest.fixture(scope="module")
def page():
    page = np.full((460, 640), MAT, np.uint8)
    page[TOP : TOP + PRINT.shape[0], LEFT : LEFT + PRINT.shape[1]] = PRINT
    return page


@pytest.fixture(scope="module")
def colorizer(tiny_model):
    return Colorizer(tiny_model, threads=1)


def on_print(picture, margin=4):
    height, width = PRINT.shape
    return picture[TOP + margin : TOP + height - margin, LEFT + margin : LEFT + width - margin]


def beside_print(page, margin=4):
    height, width = PRINT.shape
    beside = np.ones(page.shape[:2], bool)
    beside[TOP - margin : TOP + height + margin, LEFT - margin : LEFT + width + margin] = False
    return beside


def test_case_2_the_mat_stays_neutral_and_the_print_is_coloured_as_cut_out(colorizer, page):
    colored = srgb_to_lab(colorizer.look(page).colorize())
    chroma = np.hypot(colored[..., 1], colored[..., 2])
    assert chroma[beside_print(page)].max() < 0.5
    alone = srgb_to_lab(colorizer.look(PRINT, scan=AS_IS).colorize())[4:-4, 4:-4]
    difference = np.abs(on_print(colored) - alone)[..., 1:]
    # The network's grid lies otherwise on a print that is found a pixel smaller or larger.
    assert np.median(difference) < 1
    as_is = srgb_to_lab(colorizer.look(page, scan=AS_IS).colorize())
    assert np.hypot(as_is[..., 1], as_is[..., 2])[beside_print(page)].mean() > 1


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_lightness_stays_in_every_type(colorizer, page, dtype):
    deep = page.astype(np.uint16) * 257 if dtype is np.uint16 else page.astype(np.float32) / 255
    colored = colorizer.look(deep).colorize()
    assert colored.dtype == dtype
    assert np.abs(lightness(colored) - lightness(deep)).max() < 0.05


def test_warmth_and_saturation_leave_the_mat_alone(colorizer, page):
    colored = colorizer.look(page).colorize(warmth=30, saturation=2)
    beside = beside_print(page)
    assert np.ptp(colored[beside], axis=-1).max() == 0


def test_hints_are_placed_on_the_print_they_lie_on(colorizer, page):
    seen = colorizer.look(page).seen
    ((one, cut),) = seen.prints
    placed = seen._placed_on(one, cut, Hint(LEFT + 100, TOP + 50, "red", 8))
    assert (placed.x, placed.y) == pytest.approx((100, 50), abs=2)
    assert placed.radius == pytest.approx(8, rel=0.02)
    assert seen._placed_on(one, cut, Hint(5, 5, "red")) is None


def test_places_beside_the_prints_are_told(colorizer, page):
    look = colorizer.look(page)
    from rehue.wishes import Coloring

    notes = look.notes(Coloring(hints=[Hint(5, 6, "red")]))
    assert "hint red at 5, 6 lies beside the prints: left out" in notes
    assert any(note.startswith("taken for 1 print on a plain surround") for note in notes)
    with pytest.raises(PhotoError, match="lies on no print"):
        look.suggest(5, 6)
    assert look.suggest(LEFT + 100, TOP + 50, count=1)
    with pytest.raises(ModelError, match="no one answer"):
        look.cells()


def test_the_mat_is_sure_and_previews_are_of_the_page(colorizer, page):
    look = colorizer.look(page)
    sure = look.confidence()
    assert sure.shape == page.shape
    assert sure[beside_print(page)].min() == 1
    assert on_print(sure).mean() < 1
    small = look.preview(320)
    assert small.colorize().shape == (230, 320, 3)
    assert small.suggest((LEFT + 100) / 2, (TOP + 50) / 2, count=1)


FADED = np.rint(100 + 80 * (PRINT / 255)).astype(np.uint8)


def test_case_3_the_network_sees_a_faded_print_at_the_contrast_of_others(colorizer):
    look = colorizer.look(FADED)
    assert np.ptp(np.quantile(lightness(FADED), (0.01, 0.99))) < 30
    assert np.ptp(np.quantile(look.seen.light, (0.01, 0.99))) > 65
    assert np.array_equal(look.pixels, FADED)
    assert np.abs(lightness(look.colorize()) - lightness(FADED)).max() < 0.5


def test_narrow_tones_of_which_the_network_is_no_surer_are_left_and_said(colorizer, monkeypatch):
    monkeypatch.setattr(rehue.page, "is_nearly_as_sure", lambda *_: False)
    look = colorizer.look(FADED)
    as_ever = colorizer.look(FADED, scan=AS_IS)
    assert np.array_equal(look.seen.light, as_ever.seen.light)
    assert np.array_equal(look.colorize(), as_ever.colorize())
    (note,) = look.notes(Coloring())
    tones = examine(FADED).prints[0].tones
    assert note.startswith("perhaps a faded print")
    assert note.endswith(f"if so, --tones {tones.black:g}-{tones.white:g}")
    # What the user says is so is not doubted.
    stated = colorizer.look(FADED, scan=Stated(tones=tones))
    assert np.ptp(stated.seen.light) > 65
    assert stated.finding.prints[0].tones == tones


def test_ordinary_photographs_are_seen_as_ever(colorizer):
    as_ever = colorizer.look(PRINT, scan=AS_IS)
    assert np.array_equal(colorizer.look(PRINT).seen.light, as_ever.seen.light)
    assert np.array_equal(colorizer.look(PRINT).colorize(), as_ever.colorize())


def test_stated_tones_are_taken(colorizer):
    stretched = colorizer.look(PRINT, scan=Stated(tones=Tones(20, 80))).seen.light
    plain = colorizer.look(PRINT, scan=AS_IS).seen.light
    # They come to 10..90.
    assert np.allclose(stretched, np.clip(10 + (plain - 20) * 80 / 60, 0, 100), atol=1e-3)


def test_a_negative_becomes_its_positive(colorizer):
    negative = 255 - PRINT
    look = colorizer.look(negative, scan=Stated(is_negative=True))
    assert np.corrcoef(look.pixels.ravel(), PRINT.ravel())[0, 1] > 0.99
    assert look.pixels.dtype == np.uint8


def test_an_orange_base_becomes_neutral(colorizer):
    base = np.array([235, 150, 90]) / 255
    negative = np.rint((255 - PRINT)[..., None] * base).astype(np.uint8)
    look = colorizer.look(negative, scan=Stated(is_negative=True))
    assert look.neutrality.tone is not Tone.COLORED
    # The orange channels span fewer codes: a step of the least of them is three of the result's.
    assert np.ptp(look.pixels.astype(int), axis=-1).max() <= 4
    assert np.corrcoef(look.pixels[..., 1].ravel(), PRINT.ravel())[0, 1] > 0.99


def test_a_gamma_that_is_stated_counts_for_files_and_arrays_alike(colorizer, tmp_path):
    stated = Stated(as_is=True, input_gamma="linear")
    path = tmp_path / "print.png"
    Image.fromarray(PRINT).save(path)
    shown = [colorizer.look(one, scan=stated).pixels for one in (PRINT, path)]
    assert np.array_equal(*shown)
    assert shown[0].mean() > PRINT.mean() + 20
    assert np.array_equal(colorizer(PRINT, scan=stated), np.asarray(colorizer(path, scan=stated)))


def test_vivid_parts_of_a_grey_picture_stay(colorizer):
    picture = np.repeat(PRINT[..., None], 3, axis=2)
    picture[20:60, 30:90] = (190, 30, 40)
    colored = colorizer.look(picture).colorize()
    assert np.array_equal(colored[22:58, 32:88], picture[22:58, 32:88])
    assert np.ptp(colored[100:, 100:], axis=-1).mean() > 3


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (40, 40)])
def test_odd_pictures_are_coloured_as_they_were(colorizer, shape):
    picture = np.full(shape, 200, np.uint8)
    assert np.array_equal(
        colorizer.look(picture).colorize(), colorizer.look(picture, scan=AS_IS).colorize()
    )


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_picture_said_to_lie_is_seen_upright_and_coloured_as_it_lies(colorizer, degrees):
    lying = np.ascontiguousarray(PRINT[:, :300])  # whole cells both ways
    look = colorizer.look(lying, scan=Stated(upright=degrees))
    assert look.finding.turn == look.seen.turn == degrees // 90
    upright = np.ascontiguousarray(np.rot90(lying, -degrees // 90))
    shown = colorizer.look(upright, scan=AS_IS).colorize()
    # The tiny network's colour is that of the place alone; what is resampled differs by rounding.
    assert np.abs(np.rot90(look.colorize(), -degrees // 90).astype(int) - shown).mean() < 0.5


def recognizing(monkeypatch, told):
    """A network with a recogniser beside it, which tells this of every picture."""
    ask = rehue.page.ask
    shown = []

    def asked(*given, turn, **more):
        shown.append(turn)
        answer = ask(*given, turn=turn, **more)
        return replace(answer, features=np.zeros((352, 2, 3), np.float32))

    def recognize(first, look, light):
        assert look(told.turn)
        return told

    monkeypatch.setattr(rehue.page, "ask", asked)
    monkeypatch.setattr(rehue.page, "recognize", recognize)
    return shown


@pytest.mark.parametrize("has_mat", [False, True])
def test_a_picture_found_to_lie_is_coloured_by_a_look_that_sees_it_upright(
    colorizer, page, has_mat, monkeypatch
):
    shown = recognizing(monkeypatch, Recognized(3))
    picture = page if has_mat else PRINT
    look = colorizer.look(picture)
    # As it lies, its recogniser alone, and once more whole.
    assert shown == [0, 3, 3]
    assert look.finding.turn == 3
    assert "to be turned clockwise by 270°" in look.notes(Coloring())[0]
    assert look.colorize().shape == (*picture.shape, 3)
    # A print's own picture keeps its place.
    plain = look.finding.prints[0].turned(1)
    assert plain.corners == examine(picture).prints[0].corners


def test_what_is_said_is_not_looked_for(colorizer, monkeypatch):
    for stated in (AS_IS, Stated(upright=0), Stated(is_negative=True)):
        shown = recognizing(monkeypatch, Recognized(1))
        assert colorizer.look(PRINT, scan=stated).finding.turn == 0
        assert set(shown) == {0}


def test_a_negative_is_said_and_not_turned(colorizer, monkeypatch):
    recognizing(monkeypatch, Recognized(is_negative=True))
    look = colorizer.look(PRINT)
    assert look.notes(Coloring()) == ("looks like a negative; --negative colours the positive",)
    assert np.array_equal(look.pixels, PRINT)


BAD = {
    "white": np.full((240, 320), 255, np.uint8),
    "black": np.zeros((240, 320), np.uint8),
    "text": skimage.data.page(),
    "dot": np.full((1, 1), 90, np.uint8),
    "a print that fills the page": np.pad(PRINT, 1, constant_values=MAT),
    "twenty prints": np.tile(np.pad(PRINT[::4, ::4], 24, constant_values=MAT), (4, 5)),
    "prints that touch": np.pad(
        np.concatenate([PRINT, PRINT[:, ::-1]], 1), 60, constant_values=MAT
    ),
}


@pytest.mark.parametrize("picture", BAD.values(), ids=BAD)
def test_bad_input_is_coloured_all_the_same(colorizer, picture):
    look = colorizer.look(picture)
    colored = look.colorize()
    assert colored.shape == (*picture.shape, 3)
    assert np.abs(lightness(colored) - lightness(picture)).max() < 0.5
    if not look.finding.has_surround:
        assert len(look.finding.prints) == 1
    # What was taken for more than a photograph is said, and only that.
    assert bool(look.notes(Coloring())) != look.finding.is_plain
