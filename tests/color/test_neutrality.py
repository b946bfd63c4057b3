"""On photographs that come with packages; the figures are in benchmarks/picture/neutrality.py."""

import io

import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sklearn.datasets import load_sample_images

from rehue.color import Neutrality, Tone, judge_neutrality, lightness
from rehue.errors import PhotoError

CHINA, FLOWER = load_sample_images().images
PHOTOGRAPHS = {
    "china": CHINA,
    "flower": FLOWER,
    "astronaut": skimage.data.astronaut(),
    "cat": skimage.data.chelsea(),
    "coffee": skimage.data.coffee(),
}
photographs = pytest.mark.parametrize("photograph", PHOTOGRAPHS.values(), ids=PHOTOGRAPHS)


def grey_of(photograph):
    return np.rint(photograph @ [0.299, 0.587, 0.114]).astype(np.uint8)


def toned(grey, gammas, black, white):
    share = (grey[..., None] / 255) ** np.array(gammas)
    return np.rint(np.array(black) + share * (np.array(white) - np.array(black))).astype(np.uint8)


def clipped_sepia(grey):
    return np.minimum(grey[..., None] * [1.351, 1.203, 0.937], 255).astype(np.uint8)


def split_toned(grey):
    light = grey[..., None] / 255
    shadows = light * (1 - light) ** 2 * np.array([-40, 0, 60])
    highlights = light**2 * (1 - light) * np.array([60, 10, -60])
    return np.clip(255 * light + shadows + highlights, 0, 255).astype(np.uint8)


def yellowed_unevenly(grey):
    height, width = grey.shape
    y, x = np.mgrid[0:height, 0:width]
    stain = 0.7 + 0.3 * np.hypot(y / height - 0.5, x / width - 0.5)
    faded = 35 + 0.75 * grey
    return (faded[..., None] * np.array([0.98, 0.93, 0.8]) ** stain[..., None]).astype(np.uint8)


TONERS = {
    "sepia": clipped_sepia,
    "cyanotype": lambda grey: toned(grey, (1.7, 1.05, 0.65), (4, 18, 45), (245, 250, 250)),
    "selenium": lambda grey: toned(grey, (0.9, 1.12, 0.95), (12, 6, 14), (252, 250, 248)),
    "copper": lambda grey: toned(grey, (0.7, 1.1, 1.2), (25, 8, 5), (255, 245, 235)),
    "split": split_toned,
    "yellowed": yellowed_unevenly,
}


def as_jpeg(picture, quality):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


@photographs
@pytest.mark.parametrize("quality", [None, 90, 50])
def test_photographs_in_colour_are_coloured(photograph, quality):
    shown = as_jpeg(photograph, quality) if quality else photograph
    assert judge_neutrality(shown).tone is Tone.COLORED


@photographs
@pytest.mark.parametrize("quality", [None, 50])
@pytest.mark.parametrize("toner", TONERS.values(), ids=TONERS)
def test_toned_copies_are_toned(photograph, toner, quality):
    copy = toner(grey_of(photograph))
    shown = as_jpeg(copy, quality) if quality else copy
    assert judge_neutrality(shown).tone is Tone.TONED


@photographs
@pytest.mark.parametrize("quality", [None, 50])
def test_grey_copies_are_grey_with_one_channel_or_three(photograph, quality):
    grey = grey_of(photograph)
    copy = grey[..., None].repeat(3, axis=-1)
    assert judge_neutrality(grey).tone is Tone.GREY
    assert judge_neutrality(as_jpeg(copy, quality) if quality else copy).tone is Tone.GREY


@photographs
def test_a_noisy_colour_scan_of_a_grey_print_is_grey(photograph):
    noise = np.random.default_rng(7).normal(0, 6, photograph.shape)
    scan = np.clip(grey_of(photograph)[..., None] + noise, 0, 255).astype(np.uint8)
    assert judge_neutrality(scan).tone is Tone.GREY


@photographs
@pytest.mark.parametrize("enlarged", [1, 4])
def test_one_small_red_thing_on_a_grey_picture_makes_it_coloured(photograph, enlarged):
    picture = grey_of(photograph)[..., None].repeat(3, axis=-1)
    height, width, _ = picture.shape
    # A seventeenth of each side: 0.35 % of the area.
    top, left = height // 3, width // 2
    scarf = picture[top : top + height // 17, left : left + width // 17]
    scarf[:] = scarf * np.array([0.3, 0.05, 0.05]) + np.array([160, 20, 30])
    picture = picture.repeat(enlarged, axis=0).repeat(enlarged, axis=1)
    assert judge_neutrality(picture).tone is Tone.COLORED


def test_selective_colour_is_coloured():
    selective = grey_of(FLOWER)[..., None].repeat(3, axis=-1)
    red = FLOWER[..., 0].astype(int) - FLOWER[..., 1] > 60
    selective[red] = FLOWER[red]
    assert judge_neutrality(selective).tone is Tone.COLORED


def test_colours_more_vivid_than_any_toner_are_coloured():
    ramp = np.linspace(0, 1, 200)[:, None, None]
    lava = np.rint(ramp * [255, 30, 0]).astype(np.uint8).repeat(200, axis=1)
    judgement = judge_neutrality(lava)
    assert judgement.tone is Tone.COLORED
    assert judgement.reason.startswith("its colour is stronger than toning, ")


@photographs
def test_size_does_not_matter(photograph):
    sepia = clipped_sepia(grey_of(photograph))
    for picture, tone in ((photograph, Tone.COLORED), (sepia, Tone.TONED)):
        small = np.asarray(Image.fromarray(picture).resize((128, 96), Image.Resampling.BOX))
        assert judge_neutrality(small).tone is tone
        assert judge_neutrality(picture.repeat(4, axis=0).repeat(4, axis=1)).tone is tone


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("toner", [lambda grey: CHINA, clipped_sepia], ids=["coloured", "sepia"])
def test_sample_types_agree(dtype, toner):
    picture = toner(grey_of(CHINA))
    scaled = picture.astype(dtype) * 257 if dtype is np.uint16 else (picture / 255).astype(dtype)
    assert judge_neutrality(scaled) == judge_neutrality(picture)


def test_floats_outside_the_range_are_judged_all_the_same():
    picture = (CHINA / 255).astype(np.float32) * 3 - 1
    picture[5] = np.nan
    picture[6] = np.inf
    assert judge_neutrality(picture).tone is Tone.COLORED


SHAPES = [(1, 1), (1, 2), (3, 7), (100_000, 1), (1, 100_000), (5, 20_000), (300, 2)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_odd_shapes_are_valid(shape):
    grey = np.random.default_rng(8).integers(0, 256, shape, dtype=np.uint8)
    assert judge_neutrality(grey).tone is Tone.GREY
    assert judge_neutrality(grey[..., None].repeat(3, axis=-1)).tone is Tone.GREY
    beige = np.full((*shape, 3), (200, 185, 160), np.uint8)
    assert judge_neutrality(beige).tone is Tone.TONED
    blue = np.full((*shape, 3), (0, 0, 255), np.uint8)
    assert judge_neutrality(blue).tone is Tone.COLORED


@pytest.mark.parametrize("shape", [(100_000, 1), (1, 100_000), (5, 20_000)], ids=str)
def test_strips_in_colour_are_coloured(shape):
    rainbow = np.zeros((*shape, 3), np.uint8)
    third = max(shape) // 3
    along = rainbow if shape[0] > shape[1] else rainbow.swapaxes(0, 1)
    along[:third] = (200, 80, 80)
    along[third : 2 * third] = (80, 140, 80)
    along[2 * third :] = (100, 100, 200)
    assert judge_neutrality(rainbow).tone is Tone.COLORED


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 255), st.integers(0, 2**32))
def test_equal_channels_are_grey_at_any_size(height, width, lowest, seed):
    grey = np.random.default_rng(seed).integers(lowest, 256, (height, width, 1), dtype=np.uint8)
    assert judge_neutrality(grey.repeat(3, axis=-1)).tone is Tone.GREY


def test_views_are_judged_like_their_copies_and_left_alone():
    view = CHINA[::-1, ::2]
    before = CHINA.copy()
    assert judge_neutrality(view) == judge_neutrality(view.copy())
    assert np.array_equal(CHINA, before)


def test_the_reason_is_one_short_phrase_with_a_figure():
    for picture in (CHINA, clipped_sepia(grey_of(CHINA)), lightness(CHINA) / np.float32(100)):
        judgement = judge_neutrality(picture)
        assert isinstance(judgement, Neutrality)
        assert len(judgement.reason) < 100
        assert "\n" not in judgement.reason
        assert picture.ndim == 2 or any(sign.isdigit() for sign in judgement.reason)


@pytest.mark.parametrize(
    "shape", [(), (5,), (4, 4, 1), (4, 4, 2), (4, 4, 4), (0, 4, 3), (1, 2, 3, 3)]
)
def test_other_shapes_are_refused_with_what_was_found(shape):
    with pytest.raises(PhotoError) as caught:
        judge_neutrality(np.zeros(shape, np.uint8))
    assert str(shape) in str(caught.value)


def test_other_sample_types_are_refused_by_name():
    with pytest.raises(PhotoError, match="int64"):
        judge_neutrality(np.zeros((4, 4, 3), np.int64))


def test_the_reason_says_in_words_what_was_seen_and_how_clearly():
    assert judge_neutrality(CHINA).reason.startswith(
        "places of one brightness differ in colour, clearly ("
    )
    grey = grey_of(CHINA)[..., None].repeat(3, axis=-1)
    # Less and less of its colour, until it is none.
    words = []
    for share in np.linspace(1, 0, 41)[:, None, None, None]:
        faint = np.rint(grey + share[0] * (CHINA.astype(float) - grey)).astype(np.uint8)
        judged = judge_neutrality(faint)
        if judged.tone is Tone.COLORED:
            words.append(judged.reason.split(", ")[1].split(" (")[0])
    assert list(dict.fromkeys(words)) == ["clearly", "fairly clearly", "only just"]
