import dataclasses
import json

import pytest

from rehue.errors import RecipeError
from rehue.learning.training.recipe import Recipe, load_recipe, recipe_from, shipped_recipes


def test_every_shipped_recipe_loads():
    assert "default" in shipped_recipes()
    for name in shipped_recipes():
        recipe = load_recipe(name)
        assert recipe.name
        assert recipe.epochs >= 1


def test_a_file_by_its_path(tmp_path, recipe, recipe_text):
    path = tmp_path / "my.toml"
    path.write_text(recipe_text, "utf-8")
    assert load_recipe(str(path)) == recipe


def test_what_is_not_said_has_a_default(table):
    recipe = recipe_from({k: table[k] for k in ("name", "description", "phases")}, "min.toml")
    assert recipe == Recipe(recipe.name, recipe.description, recipe.phases)


def test_lists_become_tuples_and_whole_numbers_floats(table):
    table["loss"] = {"classes": 2}
    recipe = recipe_from(table, "x.toml")
    assert recipe.phases[1].scale == (0.8, 1.0)
    assert isinstance(recipe.loss.classes, float)


def test_a_recipe_survives_its_own_json(recipe):
    # A run's folder and a card hold it so.
    assert recipe_from(json.loads(json.dumps(dataclasses.asdict(recipe))), "run.json") == recipe


def test_nothing_in_it_can_be_changed(recipe):
    for part in (recipe, recipe.data, recipe.network, recipe.loss, recipe.phases[0]):
        field = dataclasses.fields(part)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, field, None)


def test_epochs_are_counted_over_the_phases(recipe):
    assert recipe.epochs == 2
    assert [recipe.phase_of(epoch).size for epoch in range(2)] == [32, 64]
    with pytest.raises(IndexError):
        recipe.phase_of(2)


@pytest.mark.parametrize(
    ("where", "key", "value", "message"),
    [
        ((), "sede", 1, "x.toml: unknown key 'sede': nearest: seed"),
        (("optimizer",), "rates", 1, "x.toml, optimizer: unknown key 'rates': nearest: rate"),
        (("phases", 0), "epoch", 1, "x.toml, phases: unknown key 'epoch': nearest: epochs"),
        (
            ("loss",),
            "zzz",
            1,
            "x.toml, loss: unknown key 'zzz': known: classes, regression, scenes",
        ),
        ((), "seed", "one", "x.toml, seed: expected int, found 'one'"),
        ((), "seed", True, "x.toml, seed: expected int, found True"),
        ((), "seed", 1.5, "x.toml, seed: expected int, found 1.5"),
        ((), "average", "0.9", "x.toml, average: expected float, found '0.9'"),
        ((), "data", 7, "x.toml, data: expected a table, found 7"),
        ((), "phases", {"epochs": 1}, "x.toml, phases: expected a list, found"),
        (("network",), "options", 64, "x.toml, network, options: expected a table, found 64"),
        (("phases", 0), "scale", ["a", 1], "x.toml, phases, scale: expected float, found 'a'"),
        (("phases", 0), "scale", [0.5], "x.toml, phases, scale: expected a list of 2, found"),
        ((), "phases", [], "x.toml, phases: expected at least one, found []"),
        ((), "seed", -1, "x.toml, seed: expected 0 or more, found -1"),
        ((), "average", 1.0, "x.toml, average: expected 0 or more, below 1, found 1.0"),
        (("data",), "choose_share", 1, "x.toml, data, choose_share: expected 0 or more, below 1"),
        (("network",), "weights", "imagnet", "weights: expected imagenet or grown or random"),
        (("loss",), "penalty", "l1", "penalty: expected mse or smooth_l1 or huber, found 'l1'"),
        (("optimizer",), "schedule", "cosine", "schedule: expected one-cycle or triangular or"),
        (("optimizer",), "cycles", 0, "cycles: expected 1 or more, found 0"),
        (("data",), "kinds", {"food": -1}, "kinds: expected a number of 0 or more for each, found"),
        (("data",), "total", -1, "total: expected 0 or more, found -1"),
        (("optimizer",), "rate", float("nan"), "rate: expected above 0, found nan"),
        (("phases", 0), "size", 100, "size: expected a multiple of 32, found 100"),
        (("phases", 0), "batch", 0, "batch: expected 1 or more, found 0"),
        (("phases", 0), "scale", [1.0, 0.5], "scale: expected rising, above 0, at most 1, found"),
        (("phases", 0), "share", 1.5, "share: expected above 0, at most 1, found 1.5"),
    ],
)
def test_what_no_run_can_use_is_refused_before_it_begins(table, where, key, value, message):
    place = table
    for step in where:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    place[key] = value
    assert message in line(lambda: recipe_from(table, "x.toml"))


@pytest.mark.parametrize(
    ("key", "where"), [("name", ()), ("phases", ()), ("epochs", ("phases", 0))]
)
def test_a_missing_key_is_named(table, key, where):
    place = table
    for step in where:
        place = place[step]
    del place[key]
    assert f"the key {key!r} is missing" in line(lambda: recipe_from(table, "x.toml"))


def test_an_unknown_recipe_names_the_nearest():
    assert line(lambda: load_recipe("defualt")) == "no recipe 'defualt': nearest: default"
    assert "no recipe 'zzz': known: " in line(lambda: load_recipe("zzz"))


def test_a_file_that_is_no_recipe(tmp_path):
    path = tmp_path / "my.toml"
    for content in (None, b"name = ", b"\xff\xfe", b"<html>\n</html>"):
        if content is not None:
            path.write_bytes(content)
        assert "my.toml: not a readable recipe (" in line(lambda: load_recipe(str(path)))


def line(call):
    with pytest.raises(RecipeError) as caught:
        call()
    message = str(caught.value)
    assert message.isprintable()
    return message
