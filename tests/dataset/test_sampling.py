import random

from rehue.dataset import Entry
from rehue.dataset.sampling import sample_per_label, sample_total

ENTRIES = [Entry(f"{label}/{n}", bytes, label=label) for label in "abc" for n in range(40)]


def test_so_many_of_each_label_in_their_order():
    chosen = sample_per_label(ENTRIES, 7, seed=1)
    assert [entry.label for entry in chosen] == ["a"] * 7 + ["b"] * 7 + ["c"] * 7
    assert chosen == [entry for entry in ENTRIES if entry in chosen]


def test_the_choice_depends_on_keys_and_seed_alone():
    chosen = {entry.key for entry in sample_per_label(ENTRIES, 7, seed=1)}
    shuffled = random.Random(0).sample(ENTRIES, len(ENTRIES))
    assert {entry.key for entry in sample_per_label(shuffled, 7, seed=1)} == chosen
    assert {entry.key for entry in sample_per_label(ENTRIES, 7, seed=2)} != chosen
    # Another label changes nothing for those that were there.
    without_c = sample_per_label([e for e in ENTRIES if e.label != "c"], 7, seed=1)
    assert {entry.key for entry in without_c} == {key for key in chosen if key[0] != "c"}


def test_a_larger_sample_holds_the_smaller():
    for sample in (sample_per_label, sample_total):
        assert set(sample(ENTRIES, 5, seed=3)) < set(sample(ENTRIES, 9, seed=3))


def test_a_label_with_too_few_gives_all_it_has():
    few = [*ENTRIES[:3], *ENTRIES[40:60]]
    assert [entry.label for entry in sample_per_label(few, 10, seed=1)] == ["a"] * 3 + ["b"] * 10


def test_so_many_in_all():
    chosen = sample_total(ENTRIES, 30, seed=1)
    assert len(chosen) == 30
    assert chosen == [entry for entry in ENTRIES if entry in chosen]
    shuffled = random.Random(0).sample(ENTRIES, len(ENTRIES))
    assert {entry.key for entry in sample_total(shuffled, 30, seed=1)} == {e.key for e in chosen}
