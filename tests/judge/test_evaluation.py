from dataclasses import replace

import numpy as np
import pytest
from skimage import data

from rehue.color import colorfulness, normalize_ab, srgb_to_lab
from rehue.colorizer import Colorizer
from rehue.dataset import Sample
from rehue.errors import DatasetError
from rehue.judge.calibration import measure_calibration
from rehue.judge.evaluation import evaluate as judge
from rehue.judge.groups import Outcome
from rehue.judge.results import ALL, CONSTANT, DEFAULT, EXPECTED, GREY, ORIGINAL, REGRESSION
from rehue.model import Decoding

PLAIN = {"prediction": Decoding("bins")}


class Leaving(list):
    """A set that left two photographs out."""

    def __init__(self, photographs=()):
        super().__init__(photographs)
        self.left_out = {"grey": ["a", "b"]}


def truth(ab, decoding):
    return ab


def grey(ab, decoding):
    return np.zeros_like(ab)


def half(ab, decoding):
    return ab / 2


def own_mse(image):
    """MSE of plain grey, photograph by photograph, straight from the definition."""
    normalized = normalize_ab(srgb_to_lab(image)[..., 1:].astype(np.float64))
    return ((normalized - 128 / 255) ** 2).mean()


def test_a_model_that_knows_the_truth_has_no_error(stand_in, photographs):
    figures = judge(stand_in(truth), photographs, PLAIN, draws=20).row("prediction").figures
    assert figures["mse_ab"].value == 0
    assert figures["mse_ab_over_grey"].value == 0
    assert figures["psnr"].value > 60
    # Pictures that went to 8 bits; windows summed in float32.
    assert figures["ssim"].value == pytest.approx(1, abs=1e-4)
    assert figures["ciede2000"].value < 0.01
    assert figures["ciede2000_median"].value <= 0.01
    assert figures["ciede2000_median_over_grey"].value < 0.001
    assert figures["colorfulness_gap"].value == pytest.approx(0, abs=0.01)
    assert figures["colorfulness_absolute_gap"].value < 0.01


def test_a_model_that_answers_grey_equals_plain_grey(stand_in, photographs):
    evaluation = judge(stand_in(grey), photographs, PLAIN, draws=20)
    for group in evaluation.groups:
        ours = evaluation.row("prediction", group)
        plain = evaluation.row(GREY, group)
        assert ours.figures == plain.figures
        for ratio in ("mse_ab_over_grey", "ciede2000_over_grey", "ciede2000_median_over_grey"):
            estimate = plain.figures[ratio]
            assert (estimate.value, estimate.low, estimate.high) == (1, 1, 1)
        assert plain.figures["colorfulness"].value == 0
        assert plain.figures["mse_ab"].value > 0


def test_what_looks_like_a_page_of_prints_is_judged_as_a_photograph(tiny_model):
    page = np.full((400, 700, 3), 128, np.uint8)
    page[80:320, 50:300] = data.astronaut()[20:260, 100:350]
    page[80:320, 370:640] = data.coffee()[20:260, 100:370]
    colorizer = Colorizer(tiny_model, threads=1)
    assert len(colorizer.look(page).finding.prints) == 2
    samples = [Sample("page", page)]
    assert judge(colorizer, samples, PLAIN).count == 1
    assert measure_calibration(colorizer, samples)


def test_figures_of_a_set_are_averages_over_photographs(stand_in, photographs):
    evaluation = judge(stand_in(half), photographs, PLAIN, draws=20)
    whole = evaluation.row(GREY).figures
    assert whole["mse_ab"].value == pytest.approx(np.mean([own_mse(s.image) for s in photographs]))
    # Half the chroma of each pixel is wrong: a quarter of the squared error.
    ratio = evaluation.row("prediction").figures["mse_ab_over_grey"].value
    # A ratio of two means over the same float32 pixels.
    assert ratio == pytest.approx(0.25, abs=1e-5)


def test_figures_by_kind_are_those_of_the_kind_alone(stand_in, photographs):
    evaluation = judge(stand_in(half), photographs, PLAIN, draws=20)
    assert set(evaluation.groups) == {ALL, "people", "food", "animals", "scenes"}
    food = [sample for sample in photographs if sample.kind == "food"]
    row = evaluation.row(GREY, "food")
    assert row.count == len(food) == 2
    assert row.figures["mse_ab"].value == pytest.approx(np.mean([own_mse(s.image) for s in food]))
    alone = judge(stand_in(half), food, PLAIN, draws=20)
    for predictor in evaluation.predictors:
        assert evaluation.row(predictor, "food").figures == alone.row(predictor).figures


def test_the_originals_own_colourfulness_and_the_gaps(stand_in, photographs):
    def uneven(ab, decoding):  # the tall photograph gets too much colour, the others too little
        return ab * (1.5 if ab.shape[0] > ab.shape[1] else 0.5)

    evaluation = judge(stand_in(uneven), photographs, PLAIN, draws=20)
    own = np.array([colorfulness(sample.image) for sample in photographs])
    assert evaluation.row(ORIGINAL).figures["colorfulness"].value == pytest.approx(own.mean())
    ours = np.array([photo.colorfulness["prediction"] for photo in evaluation.judged])
    assert (ours > own).any()
    assert (ours < own).any()
    figures = evaluation.row("prediction").figures
    assert figures["colorfulness_gap"].value == pytest.approx((ours - own).mean())
    assert figures["colorfulness_absolute_gap"].value == pytest.approx(np.abs(ours - own).mean())
    assert figures["colorfulness_absolute_gap"].value > abs(figures["colorfulness_gap"].value)


def test_the_constant_colour_beats_grey_on_warm_photographs(stand_in, photographs):
    row = judge(stand_in(half), photographs, PLAIN, draws=20).row(CONSTANT)
    assert 0.5 < row.figures["mse_ab_over_grey"].value < 1


def test_chroma_error_is_taken_before_the_gamut_and_pictures_after(stand_in, photographs):
    def garish(ab, decoding):
        return ab * 40

    figures = judge(stand_in(garish), photographs, PLAIN, draws=5).row("prediction").figures
    assert figures["mse_ab_over_grey"].value == pytest.approx(39**2, rel=1e-4)
    assert figures["ciede2000_over_grey"].value < 10


def test_every_photograph_is_looked_at_once(stand_in, photographs):
    colorizer = stand_in(half)
    judge(colorizer, photographs, {"one": Decoding("bins"), "two": Decoding("regression")}, draws=5)
    assert colorizer.looks == len(photographs)


def test_default_rows(stand_in, photographs):
    def by_head(ab, decoding):
        return ab * {"bins": 0.5, "regression": 0.25}[decoding.head] * decoding.chroma

    evaluation = judge(stand_in(by_head), photographs[:2], draws=5)
    assert evaluation.predictors == (GREY, CONSTANT, EXPECTED, REGRESSION, DEFAULT, ORIGINAL)
    ratios = {
        name: evaluation.row(name).figures["mse_ab_over_grey"].value
        for name in (EXPECTED, REGRESSION, DEFAULT)
    }
    # The stand-in's card asks for a chroma of 1.2.
    assert ratios == pytest.approx({EXPECTED: 0.25, REGRESSION: 0.75**2, DEFAULT: 0.16}, rel=1e-3)


@pytest.mark.parametrize(
    ("heads", "rows"), [(("bins",), (EXPECTED,)), (("regression",), (REGRESSION,))]
)
def test_default_rows_are_those_of_the_heads_that_are_there(stand_in, photographs, heads, rows):
    evaluation = judge(stand_in(half, heads=heads), photographs[:1], draws=5)
    assert evaluation.predictors == (GREY, CONSTANT, *rows, DEFAULT, ORIGINAL)


def test_shares_of_the_groups_are_figures(stand_in, photographs):
    evaluation = judge(stand_in(truth), photographs, PLAIN, draws=20)
    for predictor, outcome in (("prediction", Outcome.MEDIUM), (GREY, Outcome.FAILURE)):
        for group in evaluation.groups:
            figures = evaluation.row(predictor, group).figures
            assert {o: figures[o].value for o in Outcome} == {
                o: float(o is outcome) for o in Outcome
            }
        assert {photo.outcome[predictor] for photo in evaluation.judged} == {outcome}


def test_photographs_keep_their_own_figures(stand_in, photographs):
    evaluation = judge(stand_in(half), photographs, PLAIN, draws=20)
    figures = evaluation.row("prediction").figures
    for name in ("mse_ab", "ciede2000"):
        values = [getattr(photo, name)["prediction"] for photo in evaluation.judged]
        assert np.mean(values) == pytest.approx(figures[name].value)
    gaps = [photo.colorfulness_gap("prediction") for photo in evaluation.judged]
    assert np.mean(gaps) == pytest.approx(figures["colorfulness_gap"].value)


def test_the_same_seed_gives_the_same_evaluation(stand_in, photographs):
    first = judge(stand_in(half), photographs, PLAIN, draws=50, seed=1)
    assert first == judge(stand_in(half), photographs, PLAIN, draws=50, seed=1)
    other = judge(stand_in(half), photographs, PLAIN, draws=50, seed=2)
    assert first.row(GREY).figures["mse_ab"].value == other.row(GREY).figures["mse_ab"].value
    assert first.row(GREY).figures["mse_ab"].low != other.row(GREY).figures["mse_ab"].low


def test_threads_do_not_change_a_figure(stand_in, photographs):
    evaluations = [judge(stand_in(half, threads=n), photographs, PLAIN, draws=20) for n in (1, 4)]
    assert evaluations[0] == evaluations[1]


def test_intervals_hold_their_figure(stand_in, photographs):
    def wavering(ab, decoding):
        return ab * (ab.shape[1] / 150)

    figures = judge(stand_in(wavering), photographs, PLAIN, draws=200).row("prediction").figures
    for name, estimate in figures.items():
        if name in {*Outcome, "patches"}:  # a share may be that of every draw
            continue
        assert estimate.low < estimate.value < estimate.high


def test_limit_and_what_was_left_out_are_reported(stand_in, photographs):
    told = []
    evaluation = judge(
        stand_in(half),
        Leaving(photographs),
        PLAIN,
        name="set",
        commit="abc",
        limit=2,
        draws=5,
        advance=lambda: told.append(1),
    )
    assert evaluation.count == len(told) == 2
    assert evaluation.left_out == {"grey": ("a", "b")}
    assert (evaluation.photographs, evaluation.commit, evaluation.size) == ("set", "abc", 256)


def test_photographs_without_a_kind_stand_under_all_alone(stand_in, photographs):
    plain = [replace(sample, kind=None) for sample in photographs]
    evaluation = judge(stand_in(half), plain, PLAIN, draws=5)
    assert evaluation.groups == (ALL,)


def test_nothing_to_judge_is_an_error_that_says_why(stand_in):
    with pytest.raises(DatasetError, match=r"no photograph to judge .*2 grey"):
        judge(stand_in(half), Leaving())


def test_a_photograph_without_calm_things_counts_for_none(stand_in, photographs):
    def halved(photographs):
        rows = judge(stand_in(half), photographs, PLAIN, draws=20)
        return rows.row("prediction").figures["unrest"], rows.row(ORIGINAL).figures["unrest"]

    rng = np.random.default_rng(8)
    noise = Sample("noise", rng.integers(0, 256, (64, 64, 3), np.uint8), "scenes")
    shown, own = halved(photographs)
    beside = tuple(one.value for one in halved([*photographs, noise]))
    assert (shown.value, own.value) == pytest.approx(beside)
    # Half the colours vary half as much, but for rounding to 8 bits.
    assert shown.value == pytest.approx(own.value / 2, rel=0.1)
    assert np.isnan(halved([noise])[0].value)


def test_the_median_of_ratios_heeds_no_single_failure(stand_in, photographs):
    def once_wrong(ab, decoding):
        return ab + 60 if ab.shape[:2] == (48, 144) else half(ab, decoding)

    figures = judge(stand_in(once_wrong), photographs, PLAIN).row("prediction").figures
    assert figures["mse_ab_over_grey_median"].value == pytest.approx(0.25)
    assert figures["mse_ab_over_grey"].value > 0.3
