import pytest
import torch

from rehue.learning.training import hints as room
from rehue.learning.training.hints import simulate_hints


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def photographs():
    """Sixteen noisy pictures."""
    rng = generator(0)
    lightness = torch.rand(16, 1, 64, 96, generator=rng) * 100
    return lightness, torch.rand(16, 2, 64, 96, generator=rng) * 100 - 50


@pytest.fixture
def halves():
    """A red wall before a bright blue sky, 24 times."""
    lightness, ab = torch.full((24, 1, 64, 64), 40.0), torch.zeros(24, 2, 64, 64)
    ab[:, 0, :, :30], ab[:, 1, :, 30:] = 60, -50
    lightness[..., 30:] = 80
    return lightness, ab


def test_the_generator_says_everything(photographs):
    first = simulate_hints(*photographs, generator(1))
    torch.rand(5)
    assert torch.equal(first, simulate_hints(*photographs, generator(1)))
    assert not torch.equal(first, simulate_hints(*photographs, generator(2)))


def test_there_is_colour_only_where_there_is_a_hint(photographs):
    hints = simulate_hints(*photographs, generator())
    assert hints.shape == (16, 3, 64, 96)
    mask = hints[:, 2]
    assert set(mask.unique().tolist()) == {0.0, 1.0}
    assert (hints[:, :2].abs().sum(dim=1)[mask == 0] == 0).all()


def test_half_of_the_pictures_have_none_and_one_in_a_hundred_has_everything(monkeypatch):
    monkeypatch.setattr(room, "AREA_CHANCE", 0.0)
    count = 1000
    ab = torch.full((count, 2, 12, 12), 7.0)
    ab[:, :, ::2] = -3.0
    hints = simulate_hints(torch.full((count, 1, 12, 12), 50.0), ab, generator())
    shares = hints[:, 2].mean(dim=(1, 2))
    revealed = (hints[:, :2] == ab).flatten(1).all(dim=1)
    assert (shares == 0).float().mean() == pytest.approx(0.5, abs=0.04)
    assert revealed.float().mean() == pytest.approx(0.01, abs=0.006)


def test_points_are_squares_of_their_mean_colour(photographs, monkeypatch):
    monkeypatch.setattr(room, "POINT_CHANCE", 1 - 1e-6)  # always one
    monkeypatch.setattr(room, "AREA_CHANCE", 0.0)
    monkeypatch.setattr(room, "REVEALED", 0.0)
    monkeypatch.setattr(room, "WITHOUT", 0.0)
    sizes = set()
    for seed in range(6):
        for hint, ab in zip(
            simulate_hints(*photographs, generator(seed)), photographs[1], strict=True
        ):
            rows, columns = hint[2].nonzero().T
            height, width = (int(at.max() - at.min()) + 1 for at in (rows, columns))
            assert height == width
            assert len(rows) == height * width
            square = hint[:2, rows, columns]
            # Means of up to 81 numbers below 128 in float32.
            assert torch.allclose(square, ab[:, rows, columns].mean(dim=1)[:, None], atol=1e-4)
            sizes.add(height)
    assert sizes == set(range(1, 10))


def test_points_lie_around_the_middle_and_number_eight_on_average(monkeypatch):
    monkeypatch.setattr(room, "SIZES", (1, 1))
    monkeypatch.setattr(room, "AREA_CHANCE", 0.0)
    monkeypatch.setattr(room, "REVEALED", 0.0)
    monkeypatch.setattr(room, "WITHOUT", 0.0)
    lightness, ab = torch.zeros(120, 1, 256, 256), torch.zeros(120, 2, 256, 256)
    mask = simulate_hints(lightness, ab, generator())[:, 2]
    assert mask.sum() / 120 == pytest.approx(8, abs=1.5)
    rows, columns = mask.nonzero()[:, 1:].T.double()
    for at in (rows, columns):
        assert at.mean() == pytest.approx(128, abs=5)
        assert at.std() == pytest.approx(64, abs=8)


def test_areas_fill_an_object_and_end_at_its_edge(halves, monkeypatch):
    monkeypatch.setattr(room, "AREA_CHANCE", 1.0)
    hints = simulate_hints(*halves, generator())
    given = hints[:, 2:].expand(-1, 2, -1, -1) == 1
    # Means over a whole area, of some thousand numbers below 128 in float32.
    assert torch.allclose(hints[:, :2][given], halves[1][given], atol=1e-3)
    wall, sky = hints[:, 2, :, :30].flatten(1), hints[:, 2, :, 30:].flatten(1)
    for part in (wall, sky):  # whole cells and those that the edge cuts: all of it, or nothing
        assert set(part.mean(dim=1).tolist()) <= {0.0, 1.0}
        assert 0 < part.mean() < 1


def test_a_second_object_of_the_same_colour_is_not_reached(monkeypatch):
    monkeypatch.setattr(room, "AREA_CHANCE", 1.0)
    monkeypatch.setattr(room, "POINT_CHANCE", 1 - 1e-6)  # always one
    monkeypatch.setattr(room, "REVEALED", 0.0)
    lightness, ab = torch.full((60, 1, 64, 64), 50.0), torch.zeros(60, 2, 64, 64)
    ab[..., 24:40] = 50  # a band between two fields of grey
    mask = simulate_hints(lightness, ab, generator())[:, 2]
    left, right = mask[..., :24].flatten(1).amax(dim=1), mask[..., 40:].flatten(1).amax(dim=1)
    assert left.any()
    assert right.any()
    assert not (left * right).any()


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 5)])
def test_pictures_smaller_than_a_point(size):
    lightness, ab = torch.full((64, 1, *size), 50.0), torch.full((64, 2, *size), 20.0)
    hints = simulate_hints(lightness, ab, generator())
    assert hints.shape == (64, 3, *size)
    assert torch.equal(hints[:, :2], 20 * hints[:, 2:].expand(-1, 2, -1, -1))
    assert hints[:, 2].any()
