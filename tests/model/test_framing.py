import numpy as np
import pytest
import skimage.data

from rehue import model
from rehue.color import lightness
from rehue.model.framing import shrunk_lightness
from rehue.picture.upsample import Upsampling

SIZE, BINS = 64, 2


def ask(runtime, pixels, size, bins):
    return model.ask(runtime, shrunk_lightness(pixels, size), size, bins)


def by_lightness(cells, call):
    """a is the lightness, b its square over 100."""
    return np.concatenate([cells, cells**2 / 100], axis=1)


def by_place(cells, call):
    """a and b are the column and the row of each cell's centre, in cells."""
    _, _, height, width = cells.shape
    row, column = np.mgrid[0:height, 0:width].astype(np.float32) + 0.5
    return np.stack([column, row])[None]


def full_size(answer, height, width):
    return Upsampling(answer.ab, answer.box, height, width).all()


@pytest.mark.parametrize(
    ("size", "seen"),
    [
        ((64, 64), (64, 64)),
        ((480, 640), (64, 96)),  # 64 x 85
        ((640, 480), (96, 64)),
        ((101, 203), (64, 160)),  # 64 x 129
        ((1000, 3000), (64, 192)),
        ((20, 25), (64, 96)),  # small pictures are enlarged: 64 x 80
        ((1, 1), (64, 64)),
        ((2, 1), (128, 64)),
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_the_network_sees_the_true_aspect_ratio(answering, size, seen, dtype):
    white = {np.uint8: 255, np.uint16: 65535, np.float32: 1}[dtype]
    runtime = answering(by_lightness)
    answer = ask(runtime, np.full(size, white, dtype), SIZE, BINS)
    assert runtime.shapes == [seen]
    # A resampling's weights add up to one but for float32.
    assert runtime.shown[0]["lightness"] == pytest.approx(100, abs=1e-3)
    assert answer.stride == 4
    # The short side, and no padding, is the picture's.
    assert min(answer.box[2:]) == SIZE / 4
    assert answer.box[:2] == (0, 0)


def test_inputs_that_are_not_given_are_zeros(answering):
    runtime = answering(by_lightness)
    ask(runtime, np.zeros((64, 96), np.uint8), SIZE, 7)
    (inputs,) = runtime.shown
    assert inputs["hints"].shape == (1, 3, 64, 96)
    assert inputs["palette"].shape == (1, 7)
    assert not inputs["hints"].any()
    assert not inputs["palette"].any()


@pytest.mark.parametrize("size", [(64, 64), (97, 211), (211, 97), (300, 240), (33, 41)])
def test_padding_is_cut_off_and_every_cell_lies_where_it_was_seen(answering, size):
    height, width = size
    answer = ask(answering(by_place), np.zeros(size, np.uint8), SIZE, BINS)
    ab = full_size(answer, height, width)
    # Where a pixel's centre lies on the network's grid, in cells.
    columns = (np.arange(width) + 0.5) / width * (answer.box[2])
    rows = (np.arange(height) + 0.5) / height * (answer.box[3])
    expected = np.stack(np.meshgrid(columns, rows), axis=-1)
    # Bicubic interpolation repeats a ramp but for the two cells at an edge of the grid.
    inside = ((expected > 2) & (expected < np.array(answer.ab.shape[:0:-1]) - 2)).all(axis=-1)
    assert inside.mean() > 0.5
    # Places of up to some thousand px, in float32 through two resamplings.
    assert np.abs(ab - expected)[inside].max() < 2e-3
    assert max(answer.box[2] * 4, answer.box[3] * 4) == round(SIZE * max(size) / min(size))


@pytest.mark.parametrize("size", [(100, 150), (150, 100), (97, 211)])
def test_what_is_answered_for_a_place_is_painted_there(answering, size):
    row, column = np.mgrid[0 : size[0], 0 : size[1]]
    ramp = (40 + 170 * (column / size[1] + row / size[0]) / 2).astype(np.uint8)
    answer = ask(answering(by_lightness), ramp, SIZE, BINS)
    ab = full_size(answer, *size)
    # Rounding to 8 bits, and the network's cells of four pixels, cost less than one unit of L.
    assert np.abs(ab[..., 0] - lightness(ramp))[4:-4, 4:-4].max() < 1


def test_padding_continues_the_picture_by_reflection(answering):
    runtime = answering(by_lightness)
    picture = np.ascontiguousarray(skimage.data.camera()[:64, :85])
    ask(runtime, picture, SIZE, BINS)
    shown = runtime.shown[0]["lightness"][0, 0]
    assert shown.shape == (64, 96)
    assert np.array_equal(shown[:, :85], np.float32(lightness(picture)))
    assert np.array_equal(shown[:, 85:], shown[:, 83:72:-1])


@pytest.mark.parametrize("size", [(40, 700), (700, 40), (64, 1000), (512, 4500)])
def test_windows_over_a_panorama_are_as_one_look(answering, size):
    picture = np.resize(skimage.data.camera()[:, :400], size)
    runtime = answering(by_lightness)
    answer = ask(runtime, picture, SIZE, BINS)
    assert len(runtime.shapes) > 1
    light = shrunk_lightness(picture, SIZE)
    edges = [(0, -side % 32) for side in light.shape]
    whole = answering(by_lightness).run(np.pad(light, edges, "reflect")[None, None], BINS).ab
    assert answer.ab.shape == whole[0].shape
    height, width = (-(-side // 4) for side in light.shape)
    # Windows are summed in float32, with weights that add up to one.
    assert answer.ab[:, :height, :width] == pytest.approx(whole[0][:, :height, :width], abs=1e-3)
    assert np.array_equal(answer.logits, answer.ab)
    assert answer.box == (0, 0, light.shape[1] / 4, light.shape[0] / 4)


def test_windows_are_not_longer_than_four_times_the_short_side(answering):
    for length in (255, 257, 400, 1000, 3000):
        runtime = answering(by_lightness)
        ask(runtime, np.zeros((64, length), np.uint8), SIZE, BINS)
        assert max(width for _, width in runtime.shapes) <= 4 * SIZE


def test_neighbouring_windows_are_blended_without_a_seam(answering):
    def by_window(cells, call):
        return np.full((1, 2, *cells.shape[2:]), call, np.float32)

    runtime = answering(by_window)
    answer = ask(runtime, np.zeros((64, 1500), np.uint8), SIZE, BINS)
    row = answer.ab[0, 0]
    assert (row[0], row[-1]) == (0, len(runtime.shapes) - 1)
    # An overlap is a working size, 16 cells: no step is much greater than a sixteenth.
    assert (np.diff(row) >= -1e-6).all()
    assert np.diff(row).max() < 0.1


@pytest.mark.parametrize("size", [(1, 100_000), (100_000, 1), (3, 20_000), (1, 65)])
def test_odd_shapes_are_valid(answering, size):
    runtime = answering(by_lightness)
    picture = np.full(size, 128, np.uint8)
    answer = ask(runtime, picture, SIZE, BINS)
    # At most 48 working sizes long, so that a strip costs no more than a large photograph.
    assert max(answer.box) <= 48 * SIZE / 4
    ab = full_size(answer, *size)
    assert ab.shape == (*size, 2)
    # Of an L of up to 100: float32 through two resamplings.
    assert ab[..., 0] == pytest.approx(float(lightness(picture[:1, :1])[0, 0]), abs=1e-3)


def test_colour_pictures_count_by_their_lightness(answering):
    picture = skimage.data.astronaut()[:128, :160]
    light = shrunk_lightness(picture, SIZE)
    assert light.shape == (64, 80)
    assert light.dtype == np.float32
    # The mean lightness stays, whatever the colours were.
    assert light.mean() == pytest.approx(lightness(picture).mean(), abs=0.5)
    deep = shrunk_lightness(picture.astype(np.uint16) * 257, SIZE)
    assert np.abs(deep - light).mean() < 0.5
    assert deep.min() >= 0
    assert deep.max() <= 100


def test_features_are_joined_over_a_panorama_at_their_own_stride(answering):
    class Seeing(answering):
        def _run(self, inputs):
            light = inputs["lightness"]
            cells = light.reshape(1, 1, light.shape[2] // 32, 32, -1, 32).mean(axis=(3, 5))
            return {**super()._run(inputs), "features": cells}

    picture = np.resize(skimage.data.camera()[:, :400], (64, 1000))
    answer = ask(Seeing(by_lightness), picture, SIZE, BINS)
    light = shrunk_lightness(picture, SIZE)
    padded = np.pad(light, [(0, -side % 32) for side in light.shape], "reflect")
    cells = padded.reshape(padded.shape[0] // 32, 32, -1, 32).mean(axis=(1, 3))
    # Windows are summed in float32, with weights that add up to one.
    assert answer.features == pytest.approx(cells[None], abs=1e-3)


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
@pytest.mark.parametrize("size", [(70, 101), (64, 600)])
def test_a_picture_is_seen_turned_and_answered_as_it_lies(answering, size, turn):
    light = np.random.default_rng(2).uniform(0, 100, size).astype(np.float32)
    runtime = answering(by_lightness)
    answer = model.ask(runtime, light, SIZE, BINS, turn=turn)
    lying = model.ask(answering(by_lightness), light, SIZE, BINS)
    assert np.allclose(answer.ab, lying.ab, atol=1e-3)
    assert answer.box == lying.box
    back = np.rot90(runtime.shown[0]["lightness"][0, 0], turn)  # of the first window
    height, width = (min(one, other) for one, other in zip(back.shape, size, strict=True))
    assert np.array_equal(back[:height, :width], light[:height, :width])


def test_features_come_back_as_the_picture_lies(answering):
    light = np.random.default_rng(2).uniform(0, 100, (64, 96)).astype(np.float32)
    runtime = answering(by_place)
    runtime.answers_features = True
    answer = model.ask(runtime, light, SIZE, BINS, turn=1)
    cells = light.reshape(2, 32, 3, 32).mean(axis=(1, 3))
    assert np.allclose(answer.features[0], cells, atol=1e-3)
    assert model.ask(answering(by_place), light, SIZE, BINS).features is None
