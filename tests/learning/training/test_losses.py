import numpy as np
import pytest
import torch

from rehue.color import Bins
from rehue.learning.networks import Prediction
from rehue.learning.training.losses import PENALTIES, ColorLoss, Factors, rebalancing_weights

BINS = Bins.in_srgb(20)
ONES = np.ones(len(BINS), np.float32)


# Tolerances: float32 keeps 6e-8 of a number, and sums of some hundred of them, in whatever order,
# 1e-6; ten times that for logarithms and softmaxes, a hundred times for gradients through them.


def loss(weights=ONES, penalty="smooth_l1", *, weigh_regression=False, **factors):
    return ColorLoss(
        BINS, weights, Factors(**factors), PENALTIES[penalty], weigh_regression=weigh_regression
    )


@pytest.fixture
def prior():
    shares = np.random.default_rng(1).exponential(1, len(BINS)) ** 3
    shares[3] = 0  # a colour that no photograph has
    return shares / shares.sum()


@pytest.mark.parametrize("mix", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("exponent", [0.25, 0.5, 1.0])
def test_weights_have_a_mean_of_one_under_the_prior(prior, mix, exponent):
    weights = rebalancing_weights(prior, mix, exponent)
    assert weights.dtype == np.float32
    assert np.isfinite(weights).all()
    assert (weights * prior).sum() == pytest.approx(1, abs=1e-5)


def test_rare_colours_count_more(prior):
    mild, strong = (rebalancing_weights(prior, 0.5, exponent) for exponent in (0.5, 1.0))
    order = prior.argsort()
    for weights in (mild, strong):
        assert (np.diff(weights[order]) <= 1e-6).all()
    assert strong.max() / strong.min() == pytest.approx((mild.max() / mild.min()) ** 2, rel=1e-4)


def test_an_exponent_of_zero_weighs_all_alike(prior):
    assert rebalancing_weights(prior, 0.5, 0) == pytest.approx(1)


def test_zhangs_own_weights(prior):
    # Zhang et al. 2016, equation 4: w ~ ((1 - lambda) p + lambda / Q)^-1, E[w] = 1.
    weights = rebalancing_weights(prior, 0.5, 1)
    expected = 1 / (0.5 * prior + 0.5 / len(prior))
    assert weights == pytest.approx(expected / (expected * prior).sum(), rel=1e-5)


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(5)
    logits = torch.randn(2, len(BINS), 5, 6, generator=generator) * 3
    ab = torch.rand(2, 2, 20, 24, generator=generator) * 160 - 80
    prediction = Prediction(torch.randn(2, 2, 5, 6, generator=generator) * 40, logits)
    return prediction, ab


def test_cross_entropy_is_that_of_dense_soft_targets(prior, batch):
    prediction, ab = batch
    weights = rebalancing_weights(prior, 0.5, 0.5)
    parts = loss(weights, regression=0.0)(prediction, ab)

    truth = ab.numpy().reshape(2, 2, 5, 4, 6, 4).mean(axis=(3, 5))
    numbers, shares = BINS.encode(np.moveaxis(truth, 1, -1))
    dense = np.zeros((2, 5, 6, len(BINS)))
    np.put_along_axis(dense, numbers, shares, axis=-1)
    logits = np.moveaxis(prediction.logits.numpy().astype(np.float64), 1, -1)
    log_softmax = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    nearest = np.take_along_axis(numbers, shares.argmax(axis=-1)[..., None], axis=-1)[..., 0]
    entropy = -(dense * log_softmax).sum(axis=-1) * weights[nearest]

    assert parts["cross_entropy"].item() == pytest.approx(entropy.mean(), rel=1e-5)
    assert parts["loss"].item() == pytest.approx(entropy.mean(), rel=1e-5)


def test_the_gradient_of_the_cross_entropy_is_that_of_its_definition(prior, monkeypatch):
    monkeypatch.setattr("rehue.learning.training.losses._ROWS", 50)  # 120 rows in three parts
    weights = rebalancing_weights(prior, 0.5, 0.5)
    generator = torch.Generator().manual_seed(6)
    logits = torch.randn(2, len(BINS), 10, 6, generator=generator).requires_grad_()
    ab = torch.rand(2, 2, 10, 6, generator=generator) * 160 - 80
    (3 * loss(weights, regression=0.0)(Prediction(None, logits), ab)["loss"]).backward()

    numbers, shares = map(torch.from_numpy, BINS.encode(ab.permute(0, 2, 3, 1).numpy()))
    dense = torch.zeros(2, 10, 6, len(BINS)).scatter_(-1, numbers, shares)
    nearest = numbers.gather(-1, shares.argmax(dim=-1, keepdim=True))[..., 0]
    other = logits.detach().clone().requires_grad_()
    entropy = -(dense * other.permute(0, 2, 3, 1).log_softmax(dim=-1)).sum(dim=-1)
    (3 * (entropy * torch.from_numpy(weights)[nearest]).mean()).backward()
    assert torch.allclose(logits.grad, other.grad, rtol=1e-4, atol=1e-8)


def test_regression_is_smooth_l1_in_units_of_50():
    ab = torch.tensor([25.0, -100.0])[None, :, None, None].expand(1, 2, 8, 8)
    prediction = Prediction(torch.zeros(1, 2, 2, 2))
    parts = loss(regression=4.0)(prediction, ab)
    # 0.5^2 / 2 below one unit, 2 - 1/2 above.
    assert parts["regression"].item() == pytest.approx((0.125 + 1.5) / 2)
    assert parts["loss"].item() == pytest.approx(4 * (0.125 + 1.5) / 2)
    assert "cross_entropy" not in parts


def test_the_truth_is_brought_to_the_grid_by_its_mean():
    ab = torch.zeros(1, 2, 8, 8)
    ab[..., ::2] = 60  # every second column
    parts = loss()(Prediction(torch.full((1, 2, 2, 2), 30.0)), ab)
    assert parts["loss"].item() == pytest.approx(0, abs=1e-6)


def test_both_parts_are_summed_by_their_factors_and_can_be_learnt(prior, batch):
    prediction, ab = batch
    prediction.ab.requires_grad_()
    prediction.logits.requires_grad_()
    weights = rebalancing_weights(prior, 0.5, 0.5)
    parts = loss(weights, classes=2.0, regression=10.0)(prediction, ab)
    total = 2 * parts["cross_entropy"] + 10 * parts["regression"]
    assert parts["loss"].item() == pytest.approx(total.item(), rel=1e-6)
    parts["loss"].backward()
    assert prediction.ab.grad.abs().sum() > 0
    assert prediction.logits.grad.abs().sum() > 0


def test_colours_beyond_the_table_are_held_at_its_edge():
    ab = torch.full((1, 2, 4, 4), 500.0)
    prediction = Prediction(torch.zeros(1, 2, 1, 1), torch.zeros(1, len(BINS), 1, 1))
    parts = loss()(prediction, ab)
    assert parts["cross_entropy"].item() == pytest.approx(np.log(len(BINS)), rel=1e-5)


@pytest.mark.parametrize(
    ("penalty", "expected"),
    [
        # Errors of 25.5 and 255: the study's normalisation; Girshick 2015; Zhang et al. 2017.
        ("mse", (0.1**2 + 1) / 2),
        ("smooth_l1", (0.51**2 / 2 + 5.1 - 0.5) / 2),
        ("huber", (25.5 + 255 - 1) / 110 / 2),
    ],
)
def test_penalties_by_hand(penalty, expected):
    ab = torch.tensor([25.5, -255.0])[None, :, None, None].expand(1, 2, 4, 4)
    parts = loss(penalty=penalty)(Prediction(torch.zeros(1, 2, 4, 4)), ab)
    assert parts["loss"].item() == pytest.approx(expected, rel=1e-5)


def test_weights_may_weigh_the_regression():
    red, grey = torch.tensor([60.0, 40.0]), torch.zeros(2)
    weights = ONES.copy()
    weights[np.abs(BINS.centers - red.numpy()).sum(axis=1).argmin()] = 5
    ab = torch.stack([red, grey], dim=1)[None, :, :, None]  # one pixel red, one grey
    prediction = Prediction(ab + 10)
    plain, weighed = (
        loss(weights, "mse", weigh_regression=weigh)(prediction, ab)["loss"].item()
        for weigh in (False, True)
    )
    assert plain == pytest.approx((10 / 255) ** 2, rel=1e-5)
    assert weighed == pytest.approx((5 + 1) / 2 * plain, rel=1e-5)


def test_scenes_count_where_a_photograph_has_a_label():
    ab = torch.zeros(3, 2, 4, 4)
    scenes = torch.tensor([[0.0, 2.0], [1.0, 1.0], [9.0, 0.0]])
    prediction = Prediction(ab, scenes=scenes)
    labelled = loss(scenes=0.5)(prediction, ab, torch.tensor([1, 0, -1]))
    expected = (np.log(1 + np.exp(-2)) + np.log(2)) / 2
    assert labelled["scenes"].item() == pytest.approx(expected, rel=1e-5)
    assert labelled["loss"].item() == pytest.approx(0.5 * expected, rel=1e-5)
    for labels in (None, torch.full((3,), -1)):
        assert loss(scenes=0.5)(prediction, ab, labels)["loss"].item() == 0
