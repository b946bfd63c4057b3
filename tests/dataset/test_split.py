import pytest

from rehue.dataset import Part, part_of

KEYS = [f"photograph {n}" for n in range(20_000)]


def held_back(share):
    return {key for key in KEYS if part_of(key, share) is Part.CHOOSE}


@pytest.mark.parametrize("share", [0.02, 0.05, 0.5])
def test_about_the_share_is_held_back(share):
    # Five standard deviations of a binomial count.
    slack = 5 * (share * (1 - share) / len(KEYS)) ** 0.5
    assert len(held_back(share)) / len(KEYS) == pytest.approx(share, abs=slack)


def test_a_larger_share_only_adds():
    assert held_back(0.02) < held_back(0.05) < held_back(0.5)


def test_nothing_and_everything():
    assert not held_back(0)
    assert len(held_back(1)) == len(KEYS)


def test_the_split_is_the_same_for_ever():
    # By the definition: the first eight bytes of SHA-256 of "rehue split <key>" below the share.
    chosen = [int(key.split()[1]) for key in KEYS[:60] if part_of(key, 0.05) is Part.CHOOSE]
    assert chosen == [6, 36, 40, 48]
