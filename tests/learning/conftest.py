"""A recipe of seconds, photographs to learn from, and runs of it with their models.

Runs and exports take the time of these tests: each is made once a session, and shared.
"""

import importlib.util
import tomllib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

# The room cannot even be imported without the extra `train`.
if importlib.util.find_spec("torch") is None:
    collect_ignore_glob = ["test_*.py"]

RECIPE = """
name = "tiny"
description = "for tests"
seed = 3
average = 0.5
precision = "32-true"

[data]
choose_share = 0.25
short_side = 48

[network]
weights = "random"
frozen = 1

[network.options]
widths = [16, 32, 32, 32]  # with 8 channels oneDNN 3.x crashes in backward on AVX-512
decoder = [32, 32, 16]

[optimizer]
rate = 1e-2

[[phases]]
epochs = 1
size = 32
batch = 2

[[phases]]
epochs = 1
size = 64
batch = 3
scale = [0.8, 1.0]
"""


@pytest.fixture(scope="session")
def recipe_text():
    return RECIPE


@pytest.fixture
def table():
    """The recipe as TOML's plain tables, to be changed."""
    return tomllib.loads(RECIPE)


@pytest.fixture(scope="session")
def recipe():
    from rehue.learning.training.recipe import recipe_from

    return recipe_from(tomllib.loads(RECIPE), "tiny.toml")


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """A folder of fourteen drawn photographs: a warm ground under a blue sky, and a grey one."""
    folder = tmp_path_factory.mktemp("photos")
    for seed in range(14):
        Image.fromarray(drawn(seed)).save(folder / f"{seed:02}.png")
    Image.fromarray(drawn(0)[..., 0]).save(folder / "grey.png")
    return folder


@pytest.fixture(scope="session")
def decoded(photos):
    """Where their decoded pixels are kept, for all runs of a session."""
    return photos.with_name("decoded")


def drawn(seed):
    rng = np.random.default_rng(seed)
    height, width = 48 + 4 * (seed % 3), 60
    rough = rng.integers(0, 256, (5, 6), np.uint8)
    tone = np.asarray(Image.fromarray(rough).resize((width, height), Image.Resampling.BICUBIC))
    horizon = int(height * rng.uniform(0.3, 0.7))
    tint = np.full((height, width, 3), [0.5, 0.8, 1.2])
    tint[horizon:] = [1.2, 0.8, 0.5]
    return np.clip((40 + 0.6 * tone[..., None]) * tint, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def finished(recipe, photos, decoded, tmp_path_factory):
    """A run from beginning to end without a disturbance, and the loss of each of its steps."""
    from rehue.learning.training.module import ColorTraining
    from rehue.learning.training.run import train

    root = tmp_path_factory.mktemp("finished")
    losses, step = [], ColorTraining.training_step

    def watched(self, batch, number):
        loss = step(self, batch, number)
        losses.append((tuple(batch["lightness"].shape), loss.item()))
        return loss

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ColorTraining, "training_step", watched)
        checkpoint = train(
            recipe, photos, root / "run", cache_root=decoded, device="cpu", workers=0
        )
    return SimpleNamespace(run=root / "run", checkpoint=checkpoint, losses=losses)


@pytest.fixture(scope="session", autouse=True)
def small_comparisons():
    """Exports are compared with their networks on smaller pictures; what is shown is the same."""
    from rehue.learning.publish import tracing

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracing, "COMPARED_SIZES", ((64, 64), (64, 96), (32, 160), (128, 32)))
        yield


@pytest.fixture(scope="session")
def exported(finished, tmp_path_factory):
    """The finished run's model: card, path, and graph."""
    return published(finished.run, tmp_path_factory.mktemp("exported") / "new")


@pytest.fixture(scope="session")
def told(recipe, photos, decoded, tmp_path_factory):
    """A run of two steps of a network that has every part (hints, a palette, attention), exported.

    What starts at zero has moved, and norms differ from each other: the exporter keeps one of what
    is alike.
    """
    import torch

    from rehue.learning.training.run import train

    root = tmp_path_factory.mktemp("told")
    options = {**recipe.network.options, "conditions": ["hints", "palette"], "attention": 1}
    recipe = replace(recipe, network=replace(recipe.network, options=options))
    run = root / "run"
    checkpoint = train(
        recipe, photos, run, cache_root=decoded, device="cpu", workers=0, max_steps=2
    )
    content = torch.load(checkpoint, weights_only=True)
    generator = torch.Generator().manual_seed(1)
    for name, value in content["state_dict"].items():
        if value.ndim == 1:
            value.add_(torch.rand(len(value), generator=generator) * 0.2)
        elif name.startswith(("network.hints", "network.palette", "network.attention")):
            value.add_(torch.randn(value.shape, generator=generator) * 0.3)
    torch.save(content, checkpoint)
    return SimpleNamespace(
        recipe=recipe, run=run, checkpoint=checkpoint, **vars(published(run, root / "exported"))
    )


@pytest.fixture(scope="session")
def studied(photos, decoded, tmp_path_factory):
    """Gives a short run of any of the study's networks, exported."""
    from rehue.learning.training.recipe import load_recipe
    from rehue.learning.training.run import train

    made = {}

    def of(name):
        if name not in made:
            root = tmp_path_factory.mktemp(name)
            recipe = load_recipe(f"study/{name}")
            recipe = replace(
                recipe,
                phases=(replace(recipe.phases[0], epochs=1, size=32, batch=2),),
                precision="32-true",
                data=replace(recipe.data, total=0),
                network=replace(recipe.network, weights="random"),
            )
            options = {"cache_root": decoded, "device": "cpu", "workers": 0}
            train(recipe, photos, root / "run", **options, max_steps=2)
            made[name] = published(root / "run", root / "exported")
        return made[name]

    return of


def published(run, folder):
    import onnx

    from rehue.learning.publish.export import export

    card, path = export(run, folder, working_size=64)
    return SimpleNamespace(card=card, path=path, graph=onnx.load(path))
