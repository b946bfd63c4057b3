"""How the learning rate moves over a run."""

from torch.optim import Optimizer
from torch.optim.lr_scheduler import ConstantLR, CyclicLR, LambdaLR, LRScheduler, OneCycleLR

SCHEDULES = ("one-cycle", "triangular", "trapezoid", "constant")
# A triangle's foot, as a share of its top: OneCycleLR's own share.
_FOOT = 1 / 25


def make_schedule(
    name: str,
    optimizer: Optimizer,
    steps: int,
    *,
    warmup: float,
    cooldown: float,
    cycles: int,
) -> LRScheduler:
    """Return a schedule that is stepped once an optimiser step.

    Args:
        name: `one-cycle` (Smith and Topin 2018, "Super-convergence"), `triangular` (Smith 2017,
            "Cyclical learning rates for training neural networks", section 3.1), `trapezoid`
            (constant between a linear rise and a linear fall to nothing; Haegele et al. 2024,
            "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations") or
            `constant`.
        optimizer: its groups' rates are the largest of the run.
        steps: of the whole run.
        warmup: share of the steps in which the rate of `one-cycle` and `trapezoid` rises.
        cooldown: share of the steps in which the rate of `trapezoid` falls; 0 never falls, so that
            a run can be made longer while it lasts.
        cycles: triangles of `triangular`.
    """
    rates = [group["lr"] for group in optimizer.param_groups]
    if name == "one-cycle":
        return OneCycleLR(optimizer, max_lr=rates, total_steps=steps, pct_start=warmup)
    if name == "triangular":
        return CyclicLR(
            optimizer,
            base_lr=[rate * _FOOT for rate in rates],
            max_lr=rates,
            step_size_up=max(1, round(steps / cycles / 2)),
            cycle_momentum=False,  # Adam has none to cycle
        )
    if name == "trapezoid":
        rising, falling = warmup * steps, cooldown * steps

        def share(step: int) -> float:
            rise = (step + 1) / rising if step < rising else 1.0
            fall = (steps - step) / falling if falling else 1.0
            return max(0.0, min(1.0, rise, fall))

        return LambdaLR(optimizer, share)
    return ConstantLR(optimizer, factor=1.0)
