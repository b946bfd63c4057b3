"""Running a recipe: photographs, network, Lightning's trainer, and what stays behind."""

import json
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import lightning
import torch
from lightning.pytorch.callbacks import (
    LearningRateMonitor,
    ModelCheckpoint,
    Timer,
    WeightAveraging,
)
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from lightning.pytorch.strategies import DDPStrategy
from lightning.pytorch.utilities import rank_zero_info
from torch.optim.swa_utils import get_ema_multi_avg_fn

from rehue.color import Bins
from rehue.dataset import PixelCache
from rehue.errors import RecipeError
from rehue.files import reason
from rehue.learning.training.loading import CropLoading, recipe_entries
from rehue.learning.training.module import ColorTraining, build_network
from rehue.learning.training.recipe import Recipe, recipe_from
from rehue.learning.training.start import CHECKPOINT, RUN_FILE, note, noted_start, start_network


@dataclass(frozen=True)
class Prepared:
    """All that a run needs before its first step.

    Attributes:
        loading: photographs.
        module: network, loss and optimiser.
        start: what the network starts from, in words.
    """

    loading: CropLoading
    module: ColorTraining
    start: str


def prepare(
    recipe: Recipe,
    photos: Path,
    *,
    cache_root: Path,
    encoder_weights: Path | None = None,
    start_from: Path | None = None,
    workers: int = 1,
) -> Prepared:
    """Decode the photographs, make the network and start it; arguments as for `train`."""
    lightning.seed_everything(recipe.seed, workers=True, verbose=False)
    cache = PixelCache.build(recipe_entries(recipe, photos), cache_root, recipe.data.short_side)
    _report_left_out(cache.left_out)
    loading = CropLoading(recipe, cache, workers)
    bins = Bins.in_srgb(recipe.loss.grid)
    network = build_network(recipe.network, bins, len(cache.scenes))
    start = start_network(network, recipe, loading, encoder_weights, start_from)
    module = ColorTraining(recipe, network, bins, loading.weights, loading.steps)
    return Prepared(loading, module, start)


def train(
    recipe: Recipe,
    photos: Path,
    run: Path,
    *,
    cache_root: Path,
    encoder_weights: Path | None = None,
    start_from: Path | None = None,
    device: str = "auto",
    workers: int = 1,
    processes: int = 1,
    max_steps: int = -1,
) -> Path:
    """Train a recipe's network, or go on with a run that was interrupted.

    Args:
        recipe: what to do.
        photos: a data set, see `rehue.dataset.open_photographs`.
        run: folder of the run: checkpoint, logs and `run.json`.
        cache_root: where decoded photographs are kept.
        encoder_weights: ImageNet-trained encoder (safetensors); None downloads torchvision's.
        start_from: checkpoint of an earlier run, whose averaged weights the network starts from
            in place of the recipe's, or a model that was exported (ONNX); what it did not have
            starts as it does without.
        device: `cpu`, `cuda`, `mps` or `auto`.
        workers: processes that make crops.
        processes: that train together and share each batch (distributed data parallel).
        max_steps: stop early, for a trial; -1 runs all.

    Returns:
        The checkpoint's path.

    Raises:
        RecipeError: the recipe, its weights, the device or the folder of another recipe's run
            cannot be used.
        DatasetError: the photographs cannot be used.
    """
    _check_device(device)
    _check_shares(recipe, processes)
    _claim(run, recipe)
    prepared = prepare(
        recipe,
        photos,
        cache_root=cache_root,
        encoder_weights=encoder_weights,
        start_from=start_from,
        workers=workers,
    )
    loading = prepared.loading
    start = noted_start(run, recipe, prepared.start, start_from)
    rank_zero_info(f"starts from: {start['encoder']}")
    timer = Timer()  # it goes on counting when the run goes on
    trainer = lightning.Trainer(
        accelerator=device,
        precision=precision_on(device, recipe.precision),  # type: ignore[arg-type]
        max_epochs=recipe.epochs,
        max_steps=max_steps,
        callbacks=[
            # EMAWeightAveraging goes through the parameters one by one: 6 % of a run.
            WeightAveraging(multi_avg_fn=get_ema_multi_avg_fn(recipe.average)),  # type: ignore[no-untyped-call]
            # Without a counter: in a folder that was moved `last.ckpt` would stay the old one.
            ModelCheckpoint(
                dirpath=run,
                filename="{epoch}",
                save_last=True,
                save_on_train_epoch_end=True,
                enable_version_counter=False,
            ),
            LearningRateMonitor("step"),
            timer,
        ],
        logger=[CSVLogger(run, name="csv"), TensorBoardLogger(run, name="tensorboard")],
        devices=processes,
        strategy=DDPStrategy(gradient_as_bucket_view=True) if processes > 1 else "auto",
        use_distributed_sampler=False,  # EpochBatches divides each batch itself
        reload_dataloaders_every_n_epochs=1,
        check_val_every_n_epoch=recipe.judge_every,
        num_sanity_val_steps=0,
        log_every_n_steps=max(1, min(20, loading.steps // 10)),
        enable_model_summary=False,
    )
    resumed = run / CHECKPOINT
    try:
        trainer.fit(
            prepared.module,
            datamodule=loading,
            ckpt_path=resumed if resumed.is_file() else None,
            weights_only=True,
        )
    except OSError as error:  # a full disk, a folder that went away
        raise RecipeError(
            f"{run}: the run cannot be kept ({reason(error)}): make room and give the "
            "same command again, it goes on from the last checkpoint"
        ) from error
    was_finished = not trainer.callback_metrics and (run / RUN_FILE).is_file()
    if was_finished or not trainer.is_global_zero:
        return resumed  # its facts stay, or the first process writes them
    facts = {
        "recipe": asdict(recipe),
        **start,
        "photographs": len(loading.train_numbers),
        "held_back": len(loading.choose_numbers),
        "scenes": len(loading.cache.scenes),
        "left_out": loading.cache.left_out,
        "sources": sorted({photo.source for photo in loading.cache.photos if photo.source}),
        "steps": trainer.global_step,
        "seconds": round(timer.time_elapsed("train")),
        "peak_memory_mb": _peak_memory_mb(),
        "hardware": _hardware(),
        "precision": trainer.precision,
        "torch": torch.__version__,
        "validation": {k: float(v) for k, v in trainer.callback_metrics.items()},
    }
    note(run / RUN_FILE, facts)
    return resumed


def precision_on(device: str, wished: str) -> str:
    """Return a recipe's precision, or single precision where the processor is slow in the other.

    oneDNN knows bfloat16 from AVX-512 on. Below, PyTorch falls back on loops of its own: on two
    AVX2 cores a step of the default network takes 16 times as long as in single precision.
    """
    on_processor = device == "cpu" or not (
        torch.cuda.is_available() or torch.backends.mps.is_available()
    )
    slow = torch.backends.cpu.get_cpu_capability() in {"DEFAULT", "AVX2"}
    if wished == "bf16-mixed" and on_processor and slow:
        rank_zero_info("this processor is slow in bfloat16: trained in single precision")
        return "32-true"
    return wished


def _hardware() -> str:
    """Name the processor and, where there is one, the accelerator."""
    name = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        found = re.search(r"^model name\s*: (.+)$", information.read_text("utf-8"), re.MULTILINE)
        name = found[1] if found else name
    threads = f"{name}, {torch.get_num_threads()} threads"
    return f"{threads}, {torch.cuda.get_device_name()}" if torch.cuda.is_available() else threads


def _peak_memory_mb() -> int | None:
    """Return the most memory that this process has held, in MB; None where it is not told."""
    try:
        import resource  # noqa: PLC0415, not on Windows
    except ModuleNotFoundError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 if sys.platform != "darwin" else 1024**2))


def _report_left_out(left_out: Mapping[str, Sequence[str]]) -> None:
    for why, keys in left_out.items():
        named = ", ".join(keys[:3]) + (", ..." if len(keys) > 3 else "")
        rank_zero_info(f"left out, {why}: {len(keys)} ({named})")


def _check_device(device: str) -> None:
    here = {
        "auto": True,
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if not here.get(device):
        usable = ", ".join(name for name, is_here in here.items() if is_here)
        raise RecipeError(f"no device {device!r} to train on here: use one of {usable}")


def _check_shares(recipe: Recipe, processes: int) -> None:
    for phase in recipe.phases:
        if phase.batch % processes:
            raise RecipeError(
                f"a batch of {phase.batch} cannot be shared by {processes} processes evenly: "
                "give a number of processes that divides it"
            )


def _claim(run: Path, recipe: Recipe) -> None:
    """Make the run's folder, or see that what was learnt there is this recipe's."""
    claim = run / "recipe.json"
    text = json.dumps(asdict(recipe), indent=1)
    try:
        run.mkdir(parents=True, exist_ok=True)
        has_learnt = claim.is_file() and (run / CHECKPOINT).is_file()
        if has_learnt and _claimed(claim) != text:
            raise RecipeError(f"{run}: holds a run of another recipe: give another --run folder")
        claim.write_text(text, "utf-8")
    except OSError as error:
        raise RecipeError(
            f"{run}: no folder for the run ({reason(error)}): give another --run"
        ) from error


def _claimed(claim: Path) -> str:
    """Return what a run's note of its recipe would be today, whatever keys have come since."""
    try:
        recipe = recipe_from(json.loads(claim.read_text("utf-8")), str(claim))
    except (ValueError, RecipeError):
        return ""
    return json.dumps(asdict(recipe), indent=1)
