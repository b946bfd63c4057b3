import itertools

import pytest
import torch

from rehue.learning.training.schedule import SCHEDULES, make_schedule

STEPS = 100


def rates(name, **options):
    parameters = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    groups = [
        {"params": [p], "lr": rate} for p, rate in zip(parameters, (0.01, 0.005), strict=True)
    ]
    optimizer = torch.optim.AdamW(groups)
    options = {"warmup": 0.25, "cooldown": 0.5, "cycles": 1, **options}
    schedule = make_schedule(name, optimizer, STEPS, **options)
    seen = []
    for _ in range(STEPS):
        seen.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        schedule.step()
    return [row[0] for row in seen], [row[1] for row in seen]


@pytest.mark.parametrize("name", SCHEDULES)
def test_each_group_reaches_its_own_largest_rate(name):
    first, second = rates(name)
    assert max(first) == pytest.approx(0.01, rel=0.05)
    assert second == pytest.approx([rate / 2 for rate in first])


def test_one_cycle_rises_in_its_warmup_and_falls_to_nearly_nothing():
    seen, _ = rates("one-cycle")
    assert seen[0] == pytest.approx(0.01 / 25)
    assert seen.index(max(seen)) == 24
    assert seen[-1] < 1e-6


def test_triangles_rise_and_fall_in_straight_lines():
    seen, _ = rates("triangular", cycles=2)
    assert seen[0] == pytest.approx(0.01 / 25)
    assert [step for step in range(1, 99) if seen[step] > max(seen[step - 1], seen[step + 1])] == [
        25,
        75,
    ]
    slopes = {round(b - a, 8) for a, b in itertools.pairwise(seen[:26])}
    assert len(slopes) == 1


def test_constant_is_constant():
    assert set(rates("constant")[0]) == {0.01}


def test_a_trapezoid_rises_stays_and_falls_to_nothing():
    seen, _ = rates("trapezoid")
    assert seen[0] == pytest.approx(0.01 / 25)
    assert set(seen[25:50]) == {0.01}
    assert seen[-1] == pytest.approx(0.01 / 50)
    assert seen[75] == pytest.approx(0.005)


def test_a_trapezoid_without_a_fall_stays_up():
    assert set(rates("trapezoid", cooldown=0)[0][25:]) == {0.01}


def test_a_trapezoid_of_warmup_and_fall_alone_has_no_plateau():
    seen, _ = rates("trapezoid", warmup=0.02, cooldown=0.98)
    assert seen.index(max(seen)) == 1
    assert seen[2:] == pytest.approx([0.01 * (STEPS - step) / 98 for step in range(2, STEPS)])
