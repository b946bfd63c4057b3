from dataclasses import replace

import numpy as np
import pytest

from rehue.learning.training.recipe import Phase
from rehue.learning.training.sampling import EpochBatches, WholeBatches

NUMBERS = list(range(100, 160))


def epoch(number=0, *, seed=1, numbers=NUMBERS, **phase):
    return EpochBatches(numbers, Phase(epochs=3, size=64, **{"batch": 8, **phase}), seed, number)


def drawn(batches):
    return [request.number for batch in batches for request in batch]


def test_every_photograph_at_most_once_an_epoch():
    batches = list(epoch())
    numbers = drawn(batches)
    assert [len(batch) for batch in batches] == [8] * 7
    assert len(epoch()) == 7
    assert len(set(numbers)) == len(numbers) == 56
    assert set(numbers) <= set(NUMBERS)
    assert {request.size for batch in batches for request in batch} == {64}


def test_epochs_and_seeds_differ_and_each_is_repeatable():
    first = list(epoch(0))
    assert list(epoch(0)) == first
    for other in (epoch(1), epoch(0, seed=2)):
        assert drawn(other) != drawn(first)
        assert next(iter(other))[0].seed != first[0][0].seed


def test_a_share_is_drawn_anew_each_epoch():
    first, second = (set(drawn(epoch(n, share=0.3))) for n in (0, 1))
    assert len(first) == len(second) == 16  # 18 photographs fill two batches
    assert first != second


def test_over_some_epochs_every_photograph_is_seen():
    assert {n for number in range(8) for n in drawn(epoch(number))} == set(NUMBERS)


def test_fewer_photographs_than_a_batch_make_one_batch():
    batches = list(epoch(numbers=[4, 5, 6]))
    assert len(epoch(numbers=[4, 5, 6])) == len(batches) == 1
    assert sorted(drawn(batches)) == [4, 5, 6]


def test_processes_share_each_batch():
    whole = list(epoch())
    parts = [list(replace(epoch(), rank=rank, processes=2)) for rank in (0, 1)]
    for batch, *shares in zip(whole, *parts, strict=True):
        assert [len(share) for share in shares] == [4, 4]
        assert sorted(shares[0] + shares[1]) == sorted(batch)


def test_favoured_photographs_are_drawn_more_often():
    chances = np.full(len(NUMBERS), 0.5 / (len(NUMBERS) - 1))
    chances[7] = 0.5
    often = [n for number in range(8) for n in drawn(replace(epoch(number), chances=chances))]
    assert len(often) == 8 * 56
    assert 0.4 < often.count(NUMBERS[7]) / len(often) < 0.6
    assert drawn(replace(epoch(), chances=chances)) == drawn(replace(epoch(), chances=chances))


@pytest.mark.parametrize("count", [0, 1, 8, 20])
def test_validation_sees_all_photographs_whole_and_in_order(count):
    whole = WholeBatches(NUMBERS[:count], 96, 8)
    batches = list(whole)
    assert len(whole) == len(batches)
    assert drawn(batches) == NUMBERS[:count]
    assert {(r.size, r.seed) for batch in batches for r in batch} <= {(96, None)}
