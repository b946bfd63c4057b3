"""What is said of a scan, by the picture or by the user."""

from dataclasses import replace

import numpy as np
import pytest

from rehue.color import Tone, lightness
from rehue.errors import PhotoError
from rehue.scan import (
    Finding,
    Print,
    Recognized,
    Stated,
    Tones,
    examine,
    is_nearly_as_sure,
    read_prints,
    read_tones,
    stated_of,
)

FADINGS = {"middle": (100, 180), "dark": (0, 110), "light": (150, 250)}


def faded(grey, black, white):
    return np.rint(black + (white - black) * (grey / 255)).astype(np.uint8)


@pytest.mark.parametrize("span", FADINGS.values(), ids=FADINGS)
def test_case_3_a_faded_print_spans_its_tones(photograph, span, grey_of):
    copy = faded(grey_of(photograph), *span)
    found = examine(copy).prints[0].tones
    darkest, lightest = np.quantile(lightness(copy), (0.002, 0.998))
    assert not found.is_full
    # The tones are those of a smaller copy, without the edges.
    assert found.black == pytest.approx(darkest, abs=4)
    assert found.white == pytest.approx(lightest, abs=4)


def test_an_ordinary_photograph_is_plain(photograph, grey_of):
    finding = examine(grey_of(photograph))
    assert finding.is_plain
    assert finding.said() == ""
    assert finding.notes() == ()


def test_tones_are_those_of_the_print_not_of_its_mat(photograph, grey_of, page_with):
    grey = faded(grey_of(photograph), 100, 180)
    page, _ = page_with([(grey, 450, 350, 0, 0)], 20, (700, 900))
    (found,) = examine(page).prints
    assert found.tones.black > 30


def test_tones_in_colour_are_those_of_all_channels():
    # Green alone spans little.
    across = np.linspace(0, 255, 300)[None].repeat(200, axis=0)
    flag = np.stack([across, 60 + across * 100 / 255, across], axis=-1).astype(np.uint8)
    assert not examine(flag[..., 1]).prints[0].tones.is_full
    assert examine(flag).prints[0].tones.is_full


def test_stretched_tones_have_the_contrast_of_an_ordinary_photograph():
    light = np.linspace(0, 100, 201, dtype=np.float32)
    full = Tones(40, 70).stretched(light)
    assert full[[80, 140]] == pytest.approx([10, 90], abs=1e-3)
    assert (full.min(), full.max()) == (0, 100)
    assert np.all(np.diff(full) >= 0)
    # Black stays black: a dense print only becomes lighter.
    assert Tones(0, 40).stretched(light)[0] == 0
    assert np.array_equal(Tones().stretched(light), light)


def test_a_network_is_less_sure_where_its_answer_is_vaguer():
    vague, clear = np.zeros((2, 5, 4, 6), np.float32)
    clear[2] = 6
    faded = Tones(30, 60)
    assert is_nearly_as_sure(faded, clear, vague)
    assert not is_nearly_as_sure(faded, vague, clear)
    # A trifle is nothing to go by.
    clear_too = clear.copy()
    clear_too[2] -= 0.2
    assert is_nearly_as_sure(faded, clear_too, clear)
    # Of a picture that is shown lighter a network is less sure by nature.
    half = clear / 2
    assert not is_nearly_as_sure(faded, half, clear)
    assert is_nearly_as_sure(Tones(gamma=1.8), half, clear)


def test_a_print_most_of_which_is_nearly_black_is_shown_lighter(photograph, grey_of):
    grey = grey_of(photograph)
    share = np.searchsorted(np.sort(grey, axis=None), grey) / grey.size  # that is darker
    dark = np.rint(255 * share**4).astype(np.uint8)
    found = examine(dark).prints[0].tones
    assert found.gamma > 1
    assert (found.black, found.white) == (0, 100)
    light = np.linspace(0, 100, 101, dtype=np.float32)
    shown = found.stretched(light)
    assert shown[[0, 100]] == pytest.approx([0, 100], abs=1e-3)
    assert shown[12] > 25
    finding = examine(dark)
    assert finding.said().startswith("a dark print (a gamma of ")
    assert examine(dark, finding.stated()).prints == finding.prints
    # A night is one more often: that it is none is not said.
    assert finding.recognized((Recognized(is_faded=False),)).notes() == ()


@pytest.mark.parametrize("span", [(50, 50), (70, 40), (-1, 50), (0, 101)])
def test_tones_that_are_none_are_refused(span):
    with pytest.raises(PhotoError, match="darker first"):
        Tones(*span)


def phone_light(grey):
    """Case 8: warm from one side, cool from the other."""
    across = np.linspace(-1, 1, grey.shape[1])[None, :, None]
    gains = 1 + across * np.array([0.05, 0.0, -0.06]) + np.array([0.02, 0, -0.02])
    return np.clip(np.rint(grey[..., None] * 0.9 * gains), 0, 255).astype(np.uint8)


def warm_corner(grey):
    y, x = np.mgrid[0 : 1 : 1j * grey.shape[0], 0 : 1 : 1j * grey.shape[1]]
    near = ((1 - y) * (1 - x))[..., None]
    return np.rint(grey[..., None] * np.array([1, 0.9, 0.7]) ** near * 0.97).astype(np.uint8)


@pytest.mark.parametrize("light", [phone_light, warm_corner])
def test_case_8_a_print_in_uneven_light_is_toned(photograph, light, grey_of):
    finding = examine(light(grey_of(photograph)))
    assert finding.toning.tone is Tone.TONED


@pytest.mark.parametrize("amount", [1, 0.5])
def test_faint_colour_is_colour(photograph, amount, grey_of):
    grey = grey_of(photograph)[..., None]
    faint = np.rint(grey + amount * (photograph - grey.astype(float)))
    assert examine(np.clip(faint, 0, 255).astype(np.uint8)).toning.tone is Tone.COLORED


def test_what_is_stated_is_not_looked_for(photograph, grey_of, page_with):
    page, _ = page_with([(faded(grey_of(photograph), 100, 180), 450, 350, 0, 0)], 60, (700, 900))
    assert examine(page, Stated(as_is=True)).is_plain
    assert not examine(page, Stated(prints=())).has_surround
    assert examine(page, Stated(tones=Tones(10, 90))).prints[0].tones == Tones(10, 90)
    corners = ((5.0, 6.0), (105.0, 6.0), (105.0, 86.0), (5.0, 86.0))
    assert examine(page, Stated(prints=(corners,))).prints[0].corners == corners


def test_stated_prints_lie_on_the_page():
    page = np.zeros((50, 60), np.uint8)
    with pytest.raises(PhotoError, match="lies outside 60 x 50"):
        examine(page, Stated(prints=(((0, 0), (61, 0), (61, 50), (0, 50)),)))
    with pytest.raises(PhotoError, match="give four"):
        Stated(prints=(((0, 0), (1, 1)),))


def test_prints_and_tones_are_read_as_they_are_written():
    assert read_prints("none") == ()
    two = read_prints("0,0,10,20; 20,0 30,1 29,21 19,20")
    assert [len(quad) for quad in two] == [4, 4]
    assert two[1][2] == (29, 21)
    for tones in (Tones(40, 75), Tones(gamma=1.8), Tones(12.5, 90, 0.5)):
        assert read_tones(str(tones)) == tones
        assert stated_of(Stated(tones=tones).table()) == Stated(tones=tones)
    assert stated_of({"tones": [40, 75]}).tones == Tones(40, 75)
    for wrong in ([], [40], [40, 75, 1, 2], "4075", [40, None], 40):
        with pytest.raises(PhotoError, match="scan: give"):
            stated_of({"tones": wrong})
    with pytest.raises(PhotoError, match=r"from 0\.2 to 5"):
        Tones(gamma=0)
    for text in ("", "1,2,3", "10,10,5,5", "a,b,c,d"):
        with pytest.raises(PhotoError, match="LEFT,TOP,RIGHT,BOTTOM"):
            read_prints(text)
    with pytest.raises(PhotoError, match="such as 40-75"):
        read_tones("dark")


def test_what_was_found_is_said_in_one_line(photograph, grey_of, page_with):
    page, _ = page_with([(faded(grey_of(photograph), 100, 180), 450, 350, 0, 0)], 60, (700, 900))
    (note,) = examine(page).notes()
    assert note.startswith("taken for 1 print on a plain surround, 1 of them faded (tones ")
    assert "\n" not in note


def test_a_print_with_blurred_sides_is_coloured_as_ever_and_that_is_said(
    photographs, grey_of, page_with, overlap
):
    grey = grey_of(photographs["coffee"]).astype(np.float32)
    down, across = (np.arange(side) for side in grey.shape)
    edge = np.minimum(down, down[::-1])[:, None], np.minimum(across, across[::-1])
    share = np.clip(np.minimum(*edge) / 16, 0, 1)
    soft = np.rint(130 * (1 - share) + grey * share)
    page, (true,) = page_with([(soft, 450, 350, 0, 0)], 130, (700, 900), 2)
    finding = examine(page)
    assert finding.is_plain
    assert not finding.has_surround
    (perhaps,) = finding.perhaps.prints
    assert overlap(perhaps, true, page.shape) >= 0.9
    (note,) = finding.notes()
    assert note.startswith("perhaps 1 print on a plain surround: not sure")
    # What it says to give is what is understood.
    given = note.partition('--prints "')[2].rstrip('"')
    stated = examine(page, Stated(prints=read_prints(given)))
    assert stated.has_surround
    assert overlap(stated.prints[0].corners, true, page.shape) >= 0.9


def test_a_print_grows_with_its_page():
    one = Print(((0, 0), (10, 0), (10, 20), (0, 20)), screen=4)
    assert one.scaled(2).corners == ((0, 0), (20, 0), (20, 40), (0, 40))
    assert one.scaled(2).screen == 8


def test_a_toned_picture_is_said(photograph, grey_of):
    assert examine(phone_light(grey_of(photograph))).notes() == ("taken for a toned picture",)


def test_what_was_found_can_be_handed_back(photograph, grey_of, page_with):
    grey = faded(grey_of(photograph), 100, 180)
    page, _ = page_with([(grey, 450, 350, 0, 0)], 20, (700, 900))
    found = examine(page)
    again = examine(page, found.stated())
    assert again.prints == found.prints
    assert again.has_surround
    lying = Finding((found.prints[0].turned(3),), has_surround=True)
    assert examine(page, lying.stated()).prints == lying.prints
    assert examine(grey, examine(grey).stated()).prints == examine(grey).prints


def test_prints_that_reach_the_edge_of_the_page_lie_on_it(photograph, grey_of, page_with):
    grey = grey_of(photograph)[:300, :400]
    for across in (201, 203, 205):  # sides one to five pixels from the page's
        page, _ = page_with([(grey, across, 152, 0.4, 0)], 20, (420, 560))
        found = examine(page)
        assert examine(page, found.stated()).prints == found.prints
        for corners in (*(one.corners for one in found.prints), *(found.perhaps.prints or ())):
            assert (np.array(corners) >= 0).all()
            assert (np.array(corners) <= (560, 420)).all()


def test_of_several_prints_the_one_that_is_doubted_is_said():
    one, other = (Print(((x, 0.0), (x + 9, 0.0), (x + 9, 9.0), (x, 9.0))) for x in (0.0, 20.0))
    faded_one = replace(other, tones=Tones(30, 60))
    finding = Finding((one, faded_one), has_surround=True)
    told = finding.recognized((Recognized(), Recognized(is_faded=False)))
    assert told.prints == (one, other)
    assert told.maybe() == "perhaps a faded print (tones 30 to 60 of 100)"
    assert finding.recognized((Recognized(), Recognized())).maybe() == ""
