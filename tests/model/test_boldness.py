import numpy as np
import pytest

from rehue.model import EXPECTED, bold, find_model
from rehue.model.boldness import PATH


def test_the_path_goes_from_calm_to_bold():
    steps = np.array(PATH)
    assert steps[0, 0] == 0
    assert steps[-1, 0] == 1
    rising, falling = steps[:, [0, 2, 3]], steps[:, 1]
    assert (np.diff(rising, axis=0)[:, 0] > 0).all()
    assert (np.diff(rising, axis=0) >= 0).all()
    assert (np.diff(falling) < 0).all()


def test_its_ends_are_the_mean_and_the_shipped_models_default():
    own = find_model("default").card.default_decoding
    assert bold(0, own) == EXPECTED
    assert bold(1, own) == own


@pytest.mark.parametrize("step", PATH)
def test_each_step_is_met(step):
    own = find_model("default").card.default_decoding
    how = bold(step.boldness, own)
    assert (how.head, how.temperature, how.chroma) == ("bins", step.temperature, step.chroma)
    assert how.evenness == pytest.approx(step.evenness * own.evenness)
