import numpy as np
import pytest

pytest.importorskip("cv2")

from rehue.film.flow import Link, flow_size, link
from rehue.film.steady import AHEAD, ASK_EVERY, BLOCK, Moment, steadied

SIZE = (32, 48)


def still():
    """A link between two frames in which nothing moves."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]].astype(np.float32)
    places, sure = np.stack([x, y], -1), np.ones(SIZE, np.float32)
    return Link(places, places, sure, sure, 1.0)


def moments(answers, links=None):
    links = links or [None, *[still()] * (len(answers) - 1)]
    return [
        Moment(way, ab if n % ASK_EVERY == 0 else None)
        for n, (way, ab) in enumerate(zip(links, answers, strict=True))
    ]


def flat(a, b):
    return np.broadcast_to(np.float32([a, b]), (*SIZE, 2))


def test_what_does_not_move_keeps_its_colour():
    made = [ab for ab, _ in steadied(moments([flat(20, -10)] * 30))]
    assert len(made) == 30
    assert np.allclose(made, np.float32([20, -10]), atol=1e-3)


def test_answers_that_flicker_become_calm():
    answers = [flat(20 + 10 * (-1) ** (n // ASK_EVERY), 0) for n in range(64)]
    made = np.array([ab[..., 0].mean() for ab, _ in steadied(moments(answers))])
    assert np.abs(np.diff(made)).max() < 2.5  # the answers jump by 20
    assert abs(made.mean() - 20) < 2


def test_what_comes_into_sight_takes_its_colour_from_the_future():
    """From frame 10 on the right half is another thing, which nothing before leads to."""
    half = np.zeros(SIZE, bool)
    half[:, SIZE[1] // 2 :] = True
    answers = [np.where(half[..., None] & (n >= 10), flat(-30, 0), flat(30, 0)) for n in range(32)]
    links = [None, *[still()] * 31]
    lost = np.where(half, 0, 1).astype(np.float32)
    links[10] = Link(links[1].back, links[1].forth, lost, lost, 1.0)
    made = [ab for ab, _ in steadied(moments(answers, links))]
    assert made[9][..., 0].min() > 25
    assert made[10][:, -8:, 0].max() < -25  # the network is asked at frame 12 only
    assert made[10][:, :8, 0].min() > 25


@pytest.mark.parametrize("at", [BLOCK, 3 * BLOCK])
def test_going_on_from_what_was_known_gives_the_same(at):
    rng = np.random.default_rng(0)
    answers = [rng.normal(0, 20, (*SIZE, 2)).astype(np.float32) for _ in range(5 * BLOCK + 3)]
    all_moments = moments(answers)
    whole = list(steadied(all_moments))
    rest = list(steadied(all_moments[at:], whole[at - 1][1]))
    assert all(
        np.array_equal(one, two) for (one, _), (two, _) in zip(whole[at:], rest, strict=True)
    )


def test_what_lies_far_ahead_changes_nothing():
    answers = [flat(10, 0)] * (BLOCK + AHEAD) + [flat(-90, 0)] * 16
    made = [ab for ab, _ in steadied(moments(answers))][:BLOCK]
    assert np.allclose(made, np.float32([10, 0]), atol=1e-3)


def test_flow_finds_a_shift_and_trusts_it():
    rng = np.random.default_rng(1)
    ground = np.kron(rng.uniform(20, 230, (20, 30)), np.ones((8, 8))).astype(np.uint8)
    shown = [np.ascontiguousarray(ground[:120, n : 200 + n]) for n in (0, 6)]
    found = link(*shown)
    # On the grid of half the size what was 6 pixels is 3 cells.
    columns = np.arange(100)
    way = (found.back[..., 0] - columns)[10:-10, 15:-15]
    assert np.median(way) == pytest.approx(3, abs=0.3)
    assert np.median(found.trust[10:-10, 15:-15]) > 0.5
    assert found.likeness > 0.7
    other = np.kron(rng.uniform(20, 230, (15, 25)), np.ones((8, 8))).astype(np.uint8)
    assert link(shown[0], np.ascontiguousarray(other)).likeness < 0.2


def test_sizes_of_the_grid_are_even_and_keep_the_shape():
    for height, width in ((1080, 1920), (1, 1), (2160, 3840), (480, 720), (97, 31), (20, 4000)):
        tall, wide = flow_size(height, width)
        assert tall % 2 == wide % 2 == 0
        assert min(tall, wide) >= 16
