"""A training run as data: TOML into frozen dataclasses, every key known, every choice in it."""

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from importlib import resources
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from rehue.errors import RecipeError, nearest
from rehue.learning.training.augment import OldPrint
from rehue.learning.training.losses import PENALTIES
from rehue.learning.training.schedule import SCHEDULES

STARTS = ("imagenet", "grown", "random")


@dataclass(frozen=True)
class Data:
    """Which photographs are learnt from.

    Attributes:
        shards: pattern of the shards in a folder of shards.
        short_side: larger photographs are brought to this (px).
        sources: take only photographs of these, as shards name them; empty takes all.
        choose_share: share held back by hash of the key, to choose on.
        per_label: so many photographs of each label; 0 takes all.
        total: learn from so many; 0 takes all. A smaller number's are among a larger's.
        draw: says which photographs `per_label` and `total` take; apart from the run's seed, so
            that runs of several seeds see the same.
        rare: how much photographs of rare colours are favoured: each is drawn with its mean
            rebalancing weight to this power; 0 sees each photograph once an epoch.
        kinds: how many times as often photographs of a subject are drawn as their number would
            have it, by `kind` (`people`, `food`); subjects not named count 1. Like `rare` it draws
            with replacement: an epoch sees some photographs twice, and some not at all.
    """

    shards: str = "train-*.tar"
    short_side: int = 256
    sources: tuple[str, ...] = ()
    choose_share: float = 0.05
    per_label: int = 0
    total: int = 0
    draw: int = 1
    rare: float = 0.0
    kinds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class NetworkChoice:
    """Which network, and what its encoder starts from.

    Attributes:
        name: one of `rehue.learning.networks.NETWORKS`.
        weights: `random`; `imagenet`, an encoder trained on ImageNet; or `grown`, a ResNet18
            trained on ImageNet inside a ResNet34.
        frozen: how many of the encoder's parts keep their weights (1 is the stem).
        frozen_norms: whether batch norms keep the statistics that they start with.
        options: the network's own, by the names of its constructor.
    """

    name: str = "unet"
    weights: str = "imagenet"
    frozen: int = 0
    frozen_norms: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Loss:
    """What is minimised (`rehue.learning.training.losses`). Heads that it lacks do not count.

    Attributes:
        classes: factor of the soft cross-entropy.
        regression: factor of the penalty on ab.
        scenes: factor of the cross-entropy over scenes.
        penalty: `mse`, `smooth_l1` or `huber`.
        grid: side of a bin, units of ab.
        mix: share of a uniform distribution mixed into the prior.
        rebalancing: exponent of the rebalancing weights; 0 is none, 1 is Zhang et al.'s.
        rebalance_regression: whether those weights weigh the penalty, too.
    """

    classes: float = 1.0
    regression: float = 10.0
    scenes: float = 0.0
    penalty: str = "smooth_l1"
    grid: int = 10
    mix: float = 0.5
    rebalancing: float = 0.5
    rebalance_regression: bool = False


@dataclass(frozen=True)
class Optimizer:
    """AdamW and how its learning rate moves; see `rehue.learning.training.schedule`.

    Attributes:
        rate: the largest learning rate.
        encoder: the encoder's share of it.
        decay: weight decay.
        schedule: `one-cycle`, `triangular`, `trapezoid` or `constant`.
        warmup: share of the steps in which the rate of `one-cycle` and `trapezoid` rises.
        cooldown: share of the steps in which the rate of `trapezoid` falls.
        cycles: triangles of `triangular`.
    """

    rate: float = 2e-3
    encoder: float = 0.5
    decay: float = 0.01
    schedule: str = "one-cycle"
    warmup: float = 0.15
    cooldown: float = 0.2
    cycles: int = 1


@dataclass(frozen=True)
class Phase:
    """A stretch of the run at one size.

    Attributes:
        epochs: passes over the photographs.
        size: side of the crops (px).
        batch: crops a step.
        scale: smallest and largest side of a crop, as shares of the short side.
        share: of the photographs that one epoch sees, drawn anew each time.
    """

    epochs: int
    size: int
    batch: int = 32
    scale: tuple[float, float] = (0.5, 1.0)
    share: float = 1.0


@dataclass(frozen=True)
class Recipe:
    """Everything that a run depends on.

    Attributes:
        name: names the run and, exported, the model.
        description: one line.
        seed: of all that is random.
        average: decay of the exponential moving average of the weights, a step.
        precision: of the training, in Lightning's words: `bf16-mixed` or `32-true`. A processor
            that is slow in bfloat16 trains in single precision.
        judge_every: epochs between two looks at the photographs that are held back.
        phases: run one after the other.
    """

    name: str
    description: str
    phases: tuple[Phase, ...]
    seed: int = 1
    average: float = 0.998
    precision: str = "bf16-mixed"
    judge_every: int = 1
    data: Data = field(default_factory=Data)
    network: NetworkChoice = field(default_factory=NetworkChoice)
    loss: Loss = field(default_factory=Loss)
    optimizer: Optimizer = field(default_factory=Optimizer)
    old_print: OldPrint = field(default_factory=OldPrint)

    @property
    def epochs(self) -> int:
        """Epochs in all."""
        return sum(phase.epochs for phase in self.phases)

    def phase_of(self, epoch: int) -> Phase:
        """Return the phase that an epoch (from 0) belongs to."""
        for phase in self.phases:
            if epoch < phase.epochs:
                return phase
            epoch -= phase.epochs
        raise IndexError(epoch)


# What values must be beyond their type, so that a run cannot begin and then fail.
_LIMITS: Mapping[tuple[type, str], tuple[str, Callable[[Any], bool]]] = {
    (Recipe, "phases"): ("at least one", lambda v: len(v) > 0),
    (Recipe, "seed"): ("0 or more", lambda v: v >= 0),
    (Recipe, "judge_every"): ("1 or more", lambda v: v >= 1),
    (Recipe, "average"): ("0 or more, below 1", lambda v: 0 <= v < 1),
    (Data, "short_side"): ("1 or more", lambda v: v >= 1),
    (Data, "choose_share"): ("0 or more, below 1", lambda v: 0 <= v < 1),
    (Data, "per_label"): ("0 or more", lambda v: v >= 0),
    (Data, "total"): ("0 or more", lambda v: v >= 0),
    (Data, "draw"): ("0 or more", lambda v: v >= 0),
    (Data, "rare"): ("0 or more", lambda v: v >= 0),
    (Data, "kinds"): (
        "a number of 0 or more for each",
        lambda v: all(type(n) in (int, float) and 0 <= n < math.inf for n in v.values()),
    ),
    (NetworkChoice, "weights"): (" or ".join(STARTS), lambda v: v in STARTS),
    (NetworkChoice, "frozen"): ("0 or more", lambda v: v >= 0),
    (Loss, "grid"): ("5 to 50", lambda v: 5 <= v <= 50),
    (Loss, "mix"): ("above 0, at most 1", lambda v: 0 < v <= 1),
    (Optimizer, "rate"): ("above 0", lambda v: v > 0),
    (Loss, "penalty"): (" or ".join(PENALTIES), lambda v: v in PENALTIES),
    (Optimizer, "schedule"): (" or ".join(SCHEDULES), lambda v: v in SCHEDULES),
    (Optimizer, "cycles"): ("1 or more", lambda v: v >= 1),
    (Optimizer, "cooldown"): ("0 to 1", lambda v: 0 <= v <= 1),
    (Optimizer, "warmup"): ("above 0, below 1", lambda v: 0 < v < 1),
    (Phase, "epochs"): ("1 or more", lambda v: v >= 1),
    (Phase, "size"): ("a multiple of 32", lambda v: v > 0 and v % 32 == 0),
    (Phase, "batch"): ("1 or more", lambda v: v >= 1),
    (Phase, "scale"): ("rising, above 0, at most 1", lambda v: 0 < v[0] <= v[1] <= 1),
    (Phase, "share"): ("above 0, at most 1", lambda v: 0 < v <= 1),
}


def shipped_recipes() -> list[str]:
    """Names of the recipes in the package, such as `default` or `study/resnet34`."""
    root = Path(str(resources.files("rehue") / "recipes"))
    return sorted(p.relative_to(root).with_suffix("").as_posix() for p in root.rglob("*.toml"))


def load_recipe(name: str) -> Recipe:
    """Read a shipped recipe by name, or a TOML file by path.

    Raises:
        RecipeError: no such recipe, no valid TOML, an unknown key, or a value of another type.
    """
    if name in shipped_recipes():
        path = Path(str(resources.files("rehue") / "recipes" / f"{name}.toml"))
    elif Path(name).suffix == ".toml":
        path = Path(name)
    else:
        raise RecipeError(f"no recipe {name!r}: {nearest(name, shipped_recipes())}")
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeError(f"{path}: not a readable recipe ({error})") from error
    return recipe_from(content, path.name)


def recipe_from(content: Mapping[str, Any], where: str) -> Recipe:
    """Build a recipe from plain tables and lists; `where` names them in errors."""
    recipe: Recipe = _built(Recipe, content, where)
    return recipe


def _built(kind: type, content: Mapping[str, Any], where: str) -> Any:  # noqa: ANN401
    hints = get_type_hints(kind)
    known = {f.name: f for f in fields(kind)}
    for key in content:
        if key not in known:
            raise RecipeError(f"{where}: unknown key {key!r}: {nearest(key, list(known))}")
    for key, fact in known.items():
        required = fact.default is MISSING and fact.default_factory is MISSING
        if required and key not in content:
            raise RecipeError(f"{where}: the key {key!r} is missing")
    values = {k: _value(hints[k], v, f"{where}, {k}") for k, v in content.items()}
    for key, value in values.items():
        wanted, holds = _LIMITS.get((kind, key), ("", lambda _: True))
        if not holds(value):
            raise RecipeError(f"{where}, {key}: expected {wanted}, found {content[key]!r}")
    return kind(**values)


def _value(hint: Any, value: Any, where: str) -> Any:  # noqa: ANN401
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise RecipeError(f"{where}: expected a table, found {value!r}")
        return _built(hint, value, where)
    if get_origin(hint) is Mapping:
        if not isinstance(value, dict):
            raise RecipeError(f"{where}: expected a table, found {value!r}")
        return dict(value)
    if get_origin(hint) is tuple:
        kinds = get_args(hint)
        count = None if kinds[-1] is ... else len(kinds)
        if not isinstance(value, list | tuple) or count not in (None, len(value)):
            of_so_many = "" if count is None else f" of {count}"
            raise RecipeError(f"{where}: expected a list{of_so_many}, found {value!r}")
        each = [kinds[0]] * len(value) if count is None else kinds
        return tuple(_value(k, v, where) for k, v in zip(each, value, strict=True))
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    plain = hint if isinstance(hint, type | UnionType) else object
    if not isinstance(value, plain) or (isinstance(value, bool) and hint is not bool):
        raise RecipeError(f"{where}: expected {getattr(hint, '__name__', hint)}, found {value!r}")
    return value
