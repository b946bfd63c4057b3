"""How fast networks learn, and whether loading photographs starves the cores.

    python benchmarks/speed/training.py --photos PHOTOS --cache .cache --output training.json

Each figure comes from a process of its own: photographs a second of the bare loop (forward,
backward, step on random tensors), its peak memory, and, for the study's recipes, the speed of the
real training over it. Nothing else should run meanwhile.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from rehue.color import Bins
from rehue.learning import load_recipe, train
from rehue.learning.networks.contract import examples
from rehue.learning.training.losses import PENALTIES, ColorLoss, Factors, rebalancing_weights
from rehue.learning.training.module import build_network
from rehue.learning.training.recipe import NetworkChoice

SIZE, STEPS = 128, 8
BINS = Bins.in_srgb(10)


@dataclass(frozen=True)
class Case:
    """A network, its options and a batch."""

    network: str
    batch: int
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """Names the row."""
        options = "".join(f", {value}" for _, value in self.options)
        return f"{self.network}{options}, batch {self.batch}"


BLOCK_FIRST = (("order", "block-first"),)
CASES = (
    Case("simple_cnn", 32),
    Case("simple_cnn", 32, BLOCK_FIRST),
    Case("resnet34", 32),
    Case("resnet34", 128),
    Case("resnet34", 32, BLOCK_FIRST),
    Case("optimized_resnet34", 32),
    Case("optimized_resnet34", 128),
    Case("colorful", 32),
    Case("interactive", 32),
    Case("let_there_be_color", 32),
    Case("resnet18_regression", 32),
    Case("unet", 32),
)
RECIPES = ("study/optimized_resnet34", "study/resnet34", "study/optimized_resnet34-batch128")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(".cache"))
    parser.add_argument("--output", type=Path)
    parser.add_argument("--only", help="measure this row alone and print it as JSON")
    arguments = parser.parse_args()
    cases = {case.name: case for case in CASES}
    if arguments.only in cases:
        print(json.dumps(bare(cases[arguments.only])))
        return
    if arguments.only:
        print(json.dumps(loading(arguments.only, arguments.photos, arguments.cache)))
        return
    rows: dict[str, dict[str, float]] = {}
    for name in (*cases, *RECIPES):
        command = [sys.executable, __file__, "--only", name, "--cache", str(arguments.cache)]
        command += ["--photos", str(arguments.photos)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        rows[name] = json.loads(done.stdout.splitlines()[-1])
        print(f"{name:44}", *(f"{key} {value:.4g}" for key, value in rows[name].items()), sep="  ")
    arguments.output.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def bare(case: Case, steps: int = STEPS) -> dict[str, float]:
    """Time forward, backward and step on random tensors."""
    choice = NetworkChoice(case.network, weights="random", options=dict(case.options))
    network = build_network(choice, BINS, scenes=16).to(memory_format=torch.channels_last)
    weights = rebalancing_weights(BINS.centers[:, 0] * 0 + 1 / len(BINS), 0.5, 0.5)
    loss = ColorLoss(BINS, weights, Factors(), PENALTIES["mse"])
    optimizer = torch.optim.AdamW(network.parameters(), fused=True)
    light = torch.rand(case.batch, 1, SIZE, SIZE) * 100
    ab = torch.rand(case.batch, 2, SIZE, SIZE) * 80 - 40
    inputs = examples(network, light, len(BINS))
    times = []
    for _ in range(steps):
        began = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16):
            parts = loss(network(*inputs), ab)
        optimizer.zero_grad()
        parts["loss"].backward()
        optimizer.step()
        times.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "photographs a second": case.batch / sorted(times)[len(times) // 2],
        "peak memory (MB)": peak,
        "parameters": sum(p.numel() for p in network.parameters()),
    }


def loading(name: str, photos: Path, cache: Path) -> dict[str, float]:
    """Time the real training: the difference of a long and a short trial, start and end left out.

    A trial before them warms up what later ones find warm. The bare loop runs before and after, so
    that a machine that slows down is seen.
    """
    recipe = load_recipe(name)
    recipe = replace(recipe, network=replace(recipe.network, weights="random"))
    phase = recipe.phases[0]
    case = Case(recipe.network.name, phase.batch, tuple(recipe.network.options.items()))
    first = bare(case)["photographs a second"]
    short, long = 640 // phase.batch, 2560 // phase.batch
    seconds = {}
    for steps in (short, short, long):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            run = Path(folder) / "run"
            train(recipe, photos, run, cache_root=cache, device="cpu", workers=0, max_steps=steps)
            seconds[steps] = time.perf_counter() - began
    speed = (long - short) * phase.batch / (seconds[long] - seconds[short])
    alone = (first + bare(case)["photographs a second"]) / 2
    return {"photographs a second": speed, "bare loop": alone, "share": speed / alone}


if __name__ == "__main__":
    main()
