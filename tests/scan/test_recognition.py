"""Which way is up; the figures are in benchmarks/scan/upright.py.

`features.npz` holds what EfficientNet-Lite2 saw in two of the photographs, lying in each way.
"""

from pathlib import Path

import numpy as np
import pytest

from rehue.scan import Features, Recognized, recognize
from rehue.scan.recognition import negative_evidence, tones_of, ways_up

LIGHT = np.linspace(0, 100, 6000, dtype=np.float32).reshape(60, 100)
SEEN = ("china", "astronaut")


@pytest.fixture(scope="module")
def recorded():
    with np.load(Path(__file__).with_name("features.npz")) as stored:
        scale = stored["scale"]
        return {
            name: Features(stored[name].astype(np.float32) * scale)
            for name in stored.files
            if name != "scale"
        }


def looking(recorded, name, lies):
    """What is seen of a picture that is upright after `lies` quarter turns clockwise."""
    asked = []

    def look(turn):
        asked.append(turn)
        # Recorded are the upright picture's features after so many turns clockwise.
        return recorded[f"{name}-{(turn - lies) % 4}"]

    return look, asked


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("lies", [0, 1, 2, 3])
def test_a_turned_picture_is_found(recorded, name, lies):
    look, _ = looking(recorded, name, lies)
    assert recognize(look(0), look, LIGHT) == Recognized(lies, is_negative=False)


@pytest.mark.parametrize("name", SEEN)
def test_one_look_is_enough_for_a_picture_that_is_clearly_upright(recorded, name):
    look, asked = looking(recorded, name, 0)
    recognize(recorded[f"{name}-0"], look, LIGHT)
    assert asked == []


def test_looks_that_do_not_agree_turn_nothing(recorded):
    # Upside down it looks as it did: no way is every look's.
    lying = recorded["china-1"]
    assert recognize(lying, lambda _: lying, LIGHT).turn == 0


def test_without_further_looks_nothing_is_turned(recorded):
    assert recognize(recorded["china-1"], lambda _: None, LIGHT) == Recognized()


@pytest.mark.parametrize("name", SEEN)
def test_ways_are_probabilities_and_mirrored_ones_go_the_other_way(recorded, name):
    ways = np.exp(ways_up(recorded[f"{name}-1"]))
    assert ways.argmax() == 3
    # The mean of two distributions' logarithms is no more than a distribution.
    assert 0.5 < ways.sum() <= 1.000001
    mirrored = Features(recorded[f"{name}-1"].places[:, ::-1])
    assert np.allclose(np.exp(ways_up(mirrored)), ways[[0, 3, 2, 1]], atol=1e-5)


def test_features_are_means_without_the_padding():
    answered = np.zeros((2, 3, 4), np.float32)
    answered[0] = np.arange(12).reshape(3, 4)
    answered[:, 2] = answered[:, :, 3] = 99  # padding
    places = Features.of(answered, (64, 96)).places
    assert places.shape == (6, 6, 2)
    assert places.max() < 99
    # Six places of 64 x 96 pixels over cells of 32: three rows and two columns to a cell.
    assert np.array_equal(
        places[..., 0], np.array([[0, 1, 2], [4, 5, 6]]).repeat(3, 0).repeat(2, 1)
    )


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_features_of_a_turned_picture_are_those_that_it_was_shown_with(turn):
    answered = np.random.default_rng(1).normal(size=(3, 5, 8)).astype(np.float32)
    lying = Features.of(answered, (150, 256)).places
    assert np.allclose(Features.of(answered, (150, 256), turn).places, np.rot90(lying, -turn))


@pytest.mark.parametrize("size", [(1, 1), (5, 4096), (33, 32)])
def test_odd_sizes_have_places(size):
    cells = [-(-length // 32) for length in size]
    places = Features.of(np.ones((4, *cells), np.float32), size).places
    assert np.allclose(places, 1)


def test_the_evidence_of_a_negative_follows_picture_and_tones(recorded):
    for name in SEEN:
        assert negative_evidence(recorded[f"{name}-0"], LIGHT) < 0
    pair = [negative_evidence(recorded[name], LIGHT) for name in ("china-0", "china-negative-0")]
    assert pair[0] < pair[1]


def test_tones_are_shares():
    tones = tones_of(np.array([[0, 1, 99, 100]], np.float32))
    assert tones.sum() == 1
    assert (tones[0], tones[-1]) == (0.5, 0.5)
