import numpy as np
import pytest

from rehue.color import srgb_to_lab
from rehue.judge.evaluation import evaluate as judge
from rehue.judge.hues import FAMILIES, NEUTRAL, hue_family
from rehue.judge.results import GREY, ORIGINAL
from rehue.model import Decoding

PLAIN = {"prediction": Decoding("bins")}
# Survey names that end in another word for a family.
SYNONYMS = {"teal": "cyan", "turquoise": "cyan", "aqua": "cyan"}
SYNONYMS |= {"violet": "purple", "magenta": "purple"}


def family_of(*rgb):
    return FAMILIES[hue_family(srgb_to_lab(np.array(rgb, np.uint8))[1:])]


def figures(evaluation, name, predictor="prediction"):
    rows = {family: evaluation.hue_row(predictor, family).figures for family in FAMILIES}
    return {family: row[name].value for family, row in rows.items() if name in row}


@pytest.mark.parametrize(
    ("rgb", "family"),
    [
        ((255, 0, 0), "red"),
        ((255, 140, 0), "orange"),
        ((224, 172, 105), "orange"),  # skin
        ((255, 255, 0), "yellow"),
        ((0, 128, 0), "green"),
        ((0, 255, 255), "cyan"),
        ((135, 206, 235), "blue"),  # sky
        ((0, 0, 255), "blue"),
        ((128, 0, 128), "purple"),
        ((255, 0, 255), "purple"),
        ((128, 128, 128), NEUTRAL),
        ((130, 126, 124), NEUTRAL),
    ],
)
def test_families_are_what_people_call_them(rgb, family):
    assert family_of(*rgb) == family


def test_boundaries_are_where_the_survey_changes_the_name():
    from matplotlib.colors import XKCD_COLORS, to_rgb

    agreed = {family: [] for family in FAMILIES[:-1]}
    for name, value in XKCD_COLORS.items():
        word = name.removeprefix("xkcd:").split()[-1]
        family = SYNONYMS.get(word, word)
        if family in agreed:
            found = FAMILIES[hue_family(srgb_to_lab(np.array(to_rgb(value)))[1:])]
            agreed[family].append(found == family)
    assert min(len(answers) for answers in agreed.values()) >= 25
    # The survey has four times as many greens as reds: each family weighs the same.
    shares = {family: np.mean(answers) for family, answers in agreed.items()}
    assert np.mean(list(shares.values())) > 0.88
    assert min(shares.values()) > 0.75, shares


def test_every_hue_has_one_family_and_families_meet_at_zero():
    angles = np.radians(np.arange(0, 360, 0.5))
    family = hue_family(50 * np.stack([np.cos(angles), np.sin(angles)], axis=-1))
    assert (np.diff(family) >= 0).all()
    assert set(family) == set(range(len(FAMILIES) - 1))


def test_shares_add_up_and_weigh_the_errors_to_the_sets(stand_in, photographs):
    evaluation = judge(stand_in(lambda ab, how: ab / 2), photographs, PLAIN, draws=5)
    shares = figures(evaluation, "share", ORIGINAL)
    assert sum(shares.values()) == pytest.approx(1)
    for predictor in ("prediction", GREY):
        whole = evaluation.row(predictor).figures
        for name in ("mse_ab", "ciede2000"):
            errors = figures(evaluation, name, predictor)
            added = sum(shares[f] * errors[f] for f in FAMILIES if f in errors)
            # The same pixels summed by family and as a whole, in float32.
            assert added == pytest.approx(whole[name].value, rel=1e-5)


def test_chroma_kept_is_that_of_a_model_that_halves_it(stand_in, photographs):
    evaluation = judge(stand_in(lambda ab, how: ab / 2), photographs, PLAIN, draws=20)
    for name in ("chroma_kept", "chroma_kept_along_hue"):
        for family in ("red", "orange", "yellow"):
            # The picture is rounded to 8 bit.
            assert figures(evaluation, name)[family] == pytest.approx(0.5, abs=0.02)
            assert figures(evaluation, name, GREY)[family] == pytest.approx(0, abs=1e-3)
    assert figures(evaluation, "mse_ab_over_grey")["orange"] == pytest.approx(0.25, abs=1e-4)


def test_a_turned_hue_keeps_chroma_but_not_along_the_true_hue(stand_in, photographs):
    def turned(ab, how):
        return np.stack([-ab[..., 1], ab[..., 0]], axis=-1) * np.float32(0.3)

    evaluation = judge(stand_in(turned), photographs, PLAIN, draws=5)
    assert figures(evaluation, "chroma_kept")["orange"] == pytest.approx(0.3, abs=0.03)
    assert figures(evaluation, "chroma_kept_along_hue")["orange"] == pytest.approx(0, abs=0.02)


def test_a_model_that_is_blind_to_one_hue_is_seen(stand_in, photographs):
    def no_red(ab, how):
        return np.where((hue_family(ab) == FAMILIES.index("red"))[..., None], 0, ab)

    evaluation = judge(stand_in(no_red), photographs, PLAIN, draws=5)
    over_grey = figures(evaluation, "mse_ab_over_grey")
    assert over_grey["red"] == 1
    assert over_grey["orange"] == over_grey["blue"] == 0


def test_a_family_without_a_pixel_has_no_value(stand_in, photographs):
    warm = [sample for sample in photographs if sample.key == "coffee"]
    evaluation = judge(stand_in(lambda ab, how: ab / 2), warm, PLAIN, draws=5)
    shares = figures(evaluation, "share", ORIGINAL)
    missing = [family for family in FAMILIES if shares[family] == 0]
    assert missing
    assert not set(missing) & set(figures(evaluation, "mse_ab"))
    assert len(figures(evaluation, "mse_ab")) == len(FAMILIES) - len(missing)
