import numpy as np

from rehue.model.guided import guided


def step_edge(height=24, width=40):
    """Two things: dark on the left, light on the right."""
    light = np.full((height, width), 20, np.float32)
    light[:, width // 2 :] = 80
    return light


def test_one_thing_gets_one_colour_and_the_edge_stays():
    light, rng = step_edge(), np.random.default_rng(1)
    ab = np.where(light > 50, 30, -30).astype(np.float32)[None].repeat(2, axis=0)
    noisy = ab + rng.normal(0, 10, ab.shape).astype(np.float32)
    smooth = guided(noisy, light)
    assert np.abs(smooth - ab).mean() < 0.25 * np.abs(noisy - ab).mean()
    across = smooth[0, :, 19:21].mean(axis=0)
    assert across[1] - across[0] > 50


def test_a_line_over_lightness_passes_as_it_is():
    rng = np.random.default_rng(2)
    # Large and rough lightness: its variance is far above the filter's own threshold.
    light = rng.uniform(0, 100, (16, 16)).astype(np.float32)
    planes = np.stack([0.5 * light - 20, 0 * light + 7])
    smooth = guided(planes, light)
    assert np.abs(smooth[1] - 7).max() < 1e-3  # float32 sums of 81 values of 7
    assert np.abs(smooth[0] - planes[0]).mean() < 1.5  # the threshold flattens by a tenth


def test_small_and_long_pictures_are_valid():
    for shape in ((1, 1), (1, 30), (30, 1)):
        planes = np.full((2, *shape), 5, np.float32)
        assert np.allclose(guided(planes, np.full(shape, 50, np.float32)), 5, atol=1e-4)
