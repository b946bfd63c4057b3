"""Which photographs a recipe learns from, and how often each is drawn."""

import dataclasses
import io
import tarfile
from types import SimpleNamespace

import numpy as np
import pytest

from rehue.color import Bins
from rehue.dataset import PixelCache
from rehue.dataset.source import find_entries
from rehue.errors import DatasetError, RecipeError
from rehue.learning.training.loading import CropLoading, recipe_entries

BINS = Bins.in_srgb(10)
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def loading(photos, decoded):
    def made(recipe, **data):
        recipe = dataclasses.replace(recipe, data=dataclasses.replace(recipe.data, **data))
        entries = find_entries(photos)
        return CropLoading(recipe, PixelCache.build(entries, decoded, 48), workers=0)

    return made


def test_steps_are_counted_over_all_epochs(finished, recipe, loading):
    whole = loading(recipe)
    assert whole.steps == len(finished.losses)
    assert not set(whole.train_numbers) & set(whole.choose_numbers)


def test_a_total_takes_so_many_and_leaves_the_held_back_part(recipe, loading):
    whole, some, fewer = (loading(recipe, total=total) for total in (0, 6, 3))
    assert [len(part.train_numbers) for part in (some, fewer)] == [6, 3]
    assert set(fewer.train_numbers) < set(some.train_numbers) < set(whole.train_numbers)
    assert some.choose_numbers == whole.choose_numbers
    assert set(loading(recipe, total=6, draw=2).train_numbers) != set(some.train_numbers)


def test_only_photographs_of_the_sources_asked_for(recipe, tmp_path):
    with tarfile.open(tmp_path / "train-000.tar", "w") as shard:
        for key, source in (("1", b"museum"), ("2", b"web"), ("3", b"museum")):
            for name, data in ((f"{key}.webp", b""), (f"{key}.json", b'{"source": "%s"}' % source)):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                shard.addfile(member, io.BytesIO(data))

    def keys(*sources):
        data = dataclasses.replace(recipe.data, sources=sources)
        return [e.key for e in recipe_entries(dataclasses.replace(recipe, data=data), tmp_path)]

    assert keys("museum") == ["1", "3"]
    assert keys() == ["1", "2", "3"]
    with pytest.warns(UserWarning, match="no photograph of archive, which the recipe names"):
        assert keys("museum", "archive") == ["1", "3"]
    with pytest.raises(DatasetError, match="no photograph is of the recipe's sources: give"):
        keys("archive")


def test_rare_colours_are_drawn_more_often(recipe, loading):
    assert loading(recipe).chances is None
    favoured = loading(recipe, rare=2.0)
    rarity = favoured.cache.color_histograms(BINS)[favoured.train_numbers] @ favoured.weights
    assert favoured.chances.sum() == pytest.approx(1)
    assert (favoured.chances.argsort() == rarity.argsort()).all()


def test_subjects_are_drawn_as_often_as_asked_for(recipe, loading):
    described = [
        dataclasses.replace(photo, kind="people" if number % 3 else None)
        for number, photo in enumerate(loading(recipe).cache.photos)
    ]
    cache = SimpleNamespace(photos=described, color_histograms=lambda _: np.ones((99, 261)))
    for times in (3.0, 0.0):
        kinds = dataclasses.replace(recipe.data, kinds={"people": times, "food": 2.0})
        drawn = CropLoading(dataclasses.replace(recipe, data=kinds), cache, workers=0)
        assert drawn.chances.sum() == pytest.approx(1)
        of_people = [bool(described[number].kind) for number in drawn.train_numbers]
        chances = drawn.chances * (len(of_people) - sum(of_people) + times * sum(of_people))
        assert chances == pytest.approx([times if person else 1 for person in of_people])


def test_a_recipe_that_leaves_nothing_to_draw(recipe, loading):
    cache = loading(recipe).cache
    cache.photos = [dataclasses.replace(photo, kind="people") for photo in cache.photos]
    recipe = dataclasses.replace(recipe, data=dataclasses.replace(recipe.data, kinds={"people": 0}))
    with pytest.raises(RecipeError, match=r"kinds leaves no photograph to draw, all are of"):
        CropLoading(recipe, cache, workers=0)
