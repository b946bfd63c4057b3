from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rehue import Colorizer
from rehue.model import EXPECTED, bold, find_model
from rehue.model.boldness import PATH, Step
from rehue.wishes import Coloring

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def photograph_look():
    return Colorizer().look(SAMPLES / "camera.png")


def test_the_path_goes_from_calm_to_bold():
    steps = np.array(PATH)
    assert steps[0, 0] == 0
    assert steps[-1, 0] == 1
    boldness, temperature = steps[:, 0], steps[:, 1]
    assert (np.diff(boldness) > 0).all()
    assert (np.diff(temperature) < 0).all()


def test_it_begins_at_the_mean():
    assert bold(0) == EXPECTED


@pytest.mark.parametrize("name", ["default", "permissive"])
def test_users_of_a_shipped_model_get_the_middle(name):
    card = find_model(name).card
    assert card.default_decoding == bold(path=card.boldness) == bold(0.5, card.boldness)


def test_a_card_has_a_path_of_its_own(tmp_path):
    at = find_model("permissive").path
    path = (Step(0.0, 1.0, 1.0, 0.0, 0.0, 0.0), Step(1.0, 0.5, 2.0, 0.0, 0.0, 0.0))
    card = replace(find_model("permissive").card, boldness=path)
    (tmp_path / at.name).symlink_to(at)
    (tmp_path / at.name).with_suffix(".json").write_text(card.to_json(), "utf-8")
    assert find_model(str(tmp_path / at.name)).card == card
    look = Colorizer(tmp_path / at.name).look(SAMPLES / "camera.png")
    wished = look.seen.ab(Coloring(boldness=0.5))
    np.testing.assert_array_equal(wished, look.seen.ab(Coloring(decoding=bold(0.5, path))))
    assert (bold(0.5, path).temperature, bold(0.5, path).chroma) == (0.75, 1.5)


@pytest.mark.parametrize("step", PATH)
def test_each_step_is_met(step):
    how = bold(step.boldness)
    assert (how.head, how.temperature, how.chroma) == ("bins", step.temperature, step.chroma)
    assert (how.doubt, how.agreement) == (step.doubt, step.agreement)
    assert how.evenness == step.evenness


def test_the_mean_of_all_that_is_possible_is_the_calmest(photograph_look):
    chroma = []
    for boldness in (0, 0.25, 0.5, 0.75, 1):
        ab = photograph_look.seen.ab(Coloring(boldness=boldness))
        chroma.append(float(np.hypot(*ab).mean()))
    assert chroma[0] < min(chroma[1:])
