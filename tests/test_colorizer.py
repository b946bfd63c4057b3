"""The public face: arrays, pictures and files in, the same in colour out."""

import io
import os
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import skimage.data
import tifffile
from PIL import Image

import rehue
import rehue.page
from rehue import Colorizer, Hint
from rehue.color import ciede2000, lightness, srgb_to_lab
from rehue.errors import ModelError, PhotoError
from rehue.model import Decoding
from rehue.photo import Output, draw_mark, read, upright, visible_mark
from rehue.photo.formats.jpeg import splice
from rehue.picture.layer import blend_color
from rehue.picture.render import as_grey
from rehue.scan import Stated
from rehue.wishes import Coloring

GREY = np.ascontiguousarray(skimage.data.camera()[100:190, 180:300])
COLOR = np.ascontiguousarray(skimage.data.astronaut()[0:90, 150:270])
WHITE = {np.uint8: 255, np.uint16: 65535, np.float32: 1}


@pytest.fixture(scope="module")
def colorizer(tiny_model):
    return Colorizer(tiny_model, threads=2)


def as_type(picture, dtype):
    return picture if dtype == np.uint8 else (picture * (WHITE[dtype] / 255)).astype(dtype)


def saved(picture, kind="PNG", **options):
    file = io.BytesIO()
    image = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("picture", [GREY, COLOR], ids=["grey", "colour"])
def test_an_array_gives_an_array_of_its_kind_with_its_lightness(colorizer, picture, dtype):
    given = as_type(picture, dtype)
    kept = given.copy()
    result = colorizer(given)
    assert result.shape == (90, 120, 3)
    assert result.dtype == dtype
    assert np.array_equal(given, kept)
    difference = np.abs(lightness(result) - lightness(given))
    mean, largest = (0.10, 0.40) if dtype == np.uint8 else (0.002, 0.01)
    assert difference.mean() <= mean
    assert difference.max() <= largest
    assert np.abs(srgb_to_lab(result)[..., 1:]).mean() > 3  # and it is in colour


def test_the_same_lightness_gives_the_same_colours_in_every_type(colorizer):
    results = [colorizer(as_type(GREY, dtype)) / float(WHITE[dtype]) for dtype in WHITE]
    for other in results[1:]:
        # 8 bits in one of them, half a step of 255 and what the gamut makes of it.
        assert np.abs(results[0] - other).max() < 0.02


@pytest.mark.parametrize(
    "change",
    [
        np.asfortranarray,
        lambda a: np.repeat(a, 2, axis=1)[:, ::2],
        lambda a: a[::-1][::-1],
    ],
    ids=["fortran", "every second", "turned twice"],
)
def test_memory_layout_does_not_matter(colorizer, change):
    for picture in (GREY, COLOR):
        assert np.array_equal(colorizer(change(picture)), colorizer(picture))


def test_a_read_only_array(colorizer):
    given = GREY.copy()
    given.setflags(write=False)
    assert colorizer(given).shape == (90, 120, 3)


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.zeros((4, 4, 4), np.uint8), "an array of shape (4, 4, 4): give height x width"),
        (np.zeros((4, 4, 1), np.uint8), "an array of shape (4, 4, 1): give height x width"),
        (np.zeros((2, 4, 4, 3), np.uint8), "an array of shape (2, 4, 4, 3): give"),
        (np.zeros(7, np.uint8), "an array of shape (7,): give height x width"),
        (np.zeros((0, 5), np.uint8), "an array of shape (0, 5): give height x width"),
        (np.zeros((5, 0, 3), np.uint8), "an array of shape (5, 0, 3): give height x width"),
        (np.zeros((4, 4)), "an array of float64: give uint8, uint16 or float32"),
        (np.zeros((4, 4), int), "an array of int64: give uint8, uint16 or float32"),
        (np.zeros((4, 4), bool), "an array of bool: give uint8, uint16 or float32"),
        (np.full((4, 4), 255, np.float32), "an array of float32 from 255 to 255: give sRGB"),
        (np.full((4, 4), -3, np.float32), "an array of float32 from -3 to -3: give sRGB"),
        (np.full((4, 4), np.nan, np.float32), "an array of float32 from nan to nan: give sRGB"),
    ],
)
def test_arrays_that_are_no_photographs(colorizer, array, found):
    for call in (colorizer, colorizer.look):
        with pytest.raises(PhotoError) as caught:
            call(array)
        assert str(caught.value).startswith(found)
        assert str(caught.value).isprintable()


@pytest.mark.parametrize("thing", [None, 7, [[1, 2], [3, 4]]])
def test_things_that_are_no_photographs(colorizer, thing):
    with pytest.raises(PhotoError) as caught:
        colorizer(thing)
    assert str(caught.value).startswith(f"{type(thing).__name__} is not a photograph: give")
    assert str(caught.value).isprintable()


def test_floats_a_little_beyond_white_are_clipped(colorizer):
    given = as_type(GREY, np.float32) * np.float32(1.3) - np.float32(0.1)
    result = colorizer(given)
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1


def test_a_path_bytes_and_a_stream_give_a_picture(colorizer, tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(saved(GREY))
    expected = colorizer(GREY)
    for given in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes())):
        result = colorizer(given)
        assert isinstance(result, Image.Image)
        assert result.mode == "RGB"
        assert np.array_equal(np.asarray(result), expected)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "LA", "RGBA", "CMYK"])
def test_a_picture_gives_a_picture(colorizer, mode):
    result = colorizer(Image.fromarray(COLOR).convert(mode))
    assert isinstance(result, Image.Image)
    assert result.size == (120, 90)
    assert result.mode == ("RGBA" if mode in {"LA", "RGBA"} else "RGB")


def test_alpha_is_kept(colorizer):
    alpha = np.linspace(0, 255, GREY.size).astype(np.uint8).reshape(GREY.shape)
    given = Image.merge("LA", [Image.fromarray(GREY), Image.fromarray(alpha)])
    for result in (colorizer(given), colorizer(saved(given))):
        assert result.mode == "RGBA"
        assert np.array_equal(np.asarray(result)[..., 3], alpha)
        assert np.array_equal(np.asarray(result)[..., :3], colorizer(GREY))


def test_pictures_come_out_upright(colorizer):
    record = Image.Exif()
    record[274] = 6  # stored lying on its left side
    data = saved(np.rot90(GREY), exif=record)
    upright = colorizer(GREY)
    for given in (data, Image.open(io.BytesIO(data))):
        result = colorizer(given)
        assert result.size == (120, 90)
        assert np.array_equal(np.asarray(result), upright)
        assert result.getexif().get(274, 1) == 1


def test_no_saturation_gives_grey(colorizer):
    assert np.array_equal(colorizer(GREY, saturation=0), np.stack([GREY] * 3, axis=-1))
    grey = colorizer(COLOR, saturation=0).astype(int)
    assert np.ptp(grey, axis=-1).max() == 0


def test_saturation_is_a_factor_of_chroma(colorizer):
    look = colorizer.look(np.full((40, 40), 200, np.uint8))
    chroma = [np.hypot(*measured(look.colorize(saturation=s))) for s in (0.5, 1.0)]
    assert chroma[1] > 10
    assert chroma[1] == pytest.approx(2 * chroma[0], rel=0.1)


def test_warmth_is_units_of_b(colorizer):
    look = colorizer.look(np.full((40, 40), 128, np.uint8))
    _, plain = measured(look.colorize())
    for warmth in (15, -15):
        a, b = measured(look.colorize(warmth=warmth))
        assert b - plain == pytest.approx(warmth, abs=1)
        assert a == pytest.approx(measured(look.colorize())[0], abs=1)


def measured(picture):
    return srgb_to_lab(picture)[..., 1:].mean(axis=(0, 1))


def test_one_look_is_enough_for_many_colours(colorizer, monkeypatch):
    asked = []
    ask = rehue.page.ask
    monkeypatch.setattr(rehue.page, "ask", lambda *a, **k: asked.append(1) or ask(*a, **k))
    look = colorizer.look(GREY)
    first = look.colorize()
    assert not np.array_equal(look.colorize(saturation=1.5, warmth=10), first)
    # What was tried before leaves no trace.
    assert np.array_equal(look.colorize(), first)
    assert np.array_equal(first, colorizer(GREY))
    assert len(asked) == 2  # one for the look, one for the call


def test_a_look_tells_lightness_and_ab_at_full_size(colorizer):
    look = colorizer.look(GREY)
    assert np.array_equal(look.lightness, np.float32(lightness(GREY)))
    ab = look.ab()
    assert ab.shape == (90, 120, 2)
    # The tiny network's a is 0.3 L - 15: it follows the lightness around each pixel.
    correlation = np.corrcoef(ab[..., 0].ravel(), look.lightness.ravel())[0, 1]
    assert correlation > 0.9
    expected = look.ab(Decoding("bins", temperature=1e4))
    assert expected == pytest.approx(0, abs=0.1)  # all bins alike


def test_is_safe_to_share_between_threads(colorizer):
    pictures = [GREY, COLOR, GREY[:40], COLOR[:, :33], np.rot90(GREY), COLOR[::2]] * 3
    alone = [colorizer(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(colorizer, pictures))
    assert all(map(np.array_equal, alone, together))


def test_a_batch_of_several_kinds(colorizer):
    given = [GREY, Image.fromarray(COLOR), saved(GREY), as_type(COLOR, np.uint16)]
    results = colorizer.batch(iter(given), saturation=0.5)
    kinds = [np.ndarray, Image.Image, Image.Image, np.ndarray]
    assert [isinstance(r, kind) for r, kind in zip(results, kinds, strict=True)] == [True] * 4
    for result, photo in zip(results, given, strict=True):
        assert np.array_equal(np.asarray(result), np.asarray(colorizer(photo, saturation=0.5)))


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 2), (31, 33)])
def test_odd_sizes(colorizer, size):
    assert colorizer(np.full(size, 77, np.uint8)).shape == (*size, 3)


def test_the_size_that_the_network_sees_is_the_cards_or_the_callers(tiny_model):
    assert Colorizer(tiny_model, threads=1).size == 64
    larger = Colorizer(tiny_model, threads=1, size=96)
    assert larger.size == 96
    assert larger.look(GREY).seen.answer.ab.shape == (2, 96 // 4, 128 // 4)


def test_says_what_it_runs_on(tiny_model, colorizer):
    assert colorizer.card.name == "tiny"
    assert colorizer.runtime.endswith("cpu, 2 threads")
    with pytest.raises(ModelError, match="no runtime 'none'"):
        Colorizer(tiny_model, runtime="none")


def test_a_file_keeps_what_it_carries_and_gets_a_mark(colorizer, tmp_path):
    record = Image.Exif()
    record[270] = "Grandmother, 1931"
    record[274] = 6
    source, target = tmp_path / "photo.jpg", tmp_path / "photo.color.jpg"
    source.write_bytes(saved(GREY, "JPEG", quality=95, exif=record, dpi=(240, 240)))
    colorizer.colorize_file(source, target, saturation=0.8, warmth=4)
    result = read(target)
    assert result.pixels.shape == (90, 120, 3)  # as stored, and the tag as it was
    assert result.orientation == 6
    with Image.open(target) as image:
        assert image.getexif()[270] == "Grandmother, 1931"
        assert image.info["dpi"] == (240, 240)
    mark = result.mark
    assert (mark.model, mark.model_sha256) == ("tiny", colorizer.card.sha256)
    assert mark.runtime == colorizer.runtime
    assert mark.settings == "size=64 saturation=0.8 warmth=4"
    assert mark.source_sha256 == read(source).sha256


def test_streams_in_and_out(colorizer):
    out = io.BytesIO()
    colorizer.colorize_file(saved(GREY), out)
    result = read(out.getvalue())
    assert result.mark is not None
    assert np.array_equal(result.pixels, colorizer(GREY))


def test_a_source_is_never_overwritten(colorizer, tmp_path):
    source = tmp_path / "photo.png"
    source.write_bytes(saved(GREY))
    for overwrite in (False, True):
        with pytest.raises(PhotoError, match="is the photograph itself"):
            colorizer.colorize_file(source, source, overwrite=overwrite)
    assert source.read_bytes() == saved(GREY)


def test_an_existing_target_is_replaced_only_where_that_is_allowed(colorizer, tmp_path):
    source, target = tmp_path / "photo.png", tmp_path / "other.png"
    source.write_bytes(saved(GREY))
    target.write_bytes(b"mine")
    with pytest.raises(PhotoError, match=r"other\.png exists"):
        colorizer.colorize_file(source, target)
    assert target.read_bytes() == b"mine"
    colorizer.colorize_file(source, target, overwrite=True)
    assert read(target).mark is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.png", "photo.png"]


def test_what_cannot_be_read_leaves_no_target(colorizer, tmp_path):
    source, target = tmp_path / "photo.png", tmp_path / "result.png"
    source.write_bytes(b"<html>404</html>")
    with pytest.raises(PhotoError, match="HTML"):
        colorizer.colorize_file(source, target)
    assert not target.exists()


def test_the_package_loads_nothing_until_it_is_asked():
    assert {"Colorizer", *rehue.__all__} <= set(dir(rehue))
    with pytest.raises(AttributeError, match="no attribute 'colourise'"):
        rehue.colourise  # noqa: B018


def test_a_result_is_no_original(colorizer, tmp_path):
    source, target = tmp_path / "a.png", tmp_path / "b.png"
    Image.fromarray(np.tile(np.arange(64, dtype=np.uint8), (48, 1))).save(source)
    colorizer.colorize_file(source, target)
    with pytest.raises(PhotoError, match="was coloured by Rehue"):
        colorizer.colorize_file(target, tmp_path / "c.png")
    assert not (tmp_path / "c.png").exists()


def test_hints_stand_in_the_mark(tiny_model, tmp_path):
    colorizer = Colorizer(tiny_model, threads=1)
    colorizer.card = replace(colorizer.card, trained_inputs=("lightness", "hints"))
    hints = [Hint(30, 20, "navy"), Hint(0.5, 0.25, "#b03030", radius=0.1, unit="share")]
    colorizer.colorize_file(saved(GREY), tmp_path / "a.png", hints=hints)
    assert read(tmp_path / "a.png").mark.hints == ("30,20,navy,4", "0.5,0.25,#b03030,0.1,share")


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"saturation": -1.0}, "saturation -1: give 0 to 10"),
        ({"saturation": float("nan")}, "saturation nan: give 0 to 10"),
        ({"warmth": float("inf")}, "warmth inf: give -100 to 100"),
    ],
)
def test_wishes_without_sense(colorizer, wish, says):
    with pytest.raises(PhotoError, match=f"^{says}$"):
        colorizer(np.zeros((8, 8), np.uint8), **wish)


def tiff_of(*pages, **options):
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for page in pages:
            writer.write(page, photometric="minisblack", metadata=None, **options)
    return file.getvalue()


def deep_grey():
    rows, columns = np.mgrid[0:70, 0:90]
    return (rows * 500 + columns * 340).astype(np.uint16)


@pytest.mark.parametrize("kind", ["tif", "png", "jp2"])
def test_sixteen_bits_stay_and_lightness_with_them(colorizer, tmp_path, kind):
    grey = deep_grey()
    target = tmp_path / f"out.{kind}"
    colorizer.colorize_file(tiff_of(grey), target)
    result = read(target)
    assert result.pixels.dtype == np.uint16
    assert result.pixels.shape == (70, 90, 3)
    assert np.abs(lightness(result.pixels) - lightness(grey)).max() <= 0.01
    assert np.abs(srgb_to_lab(result.pixels)[..., 1:]).mean() > 3


def test_floats_stay(colorizer, tmp_path):
    grey = (deep_grey() / 65535).astype(np.float32)
    colorizer.colorize_file(tiff_of(grey), tmp_path / "out.tif")
    result = read(tmp_path / "out.tif")
    assert result.pixels.dtype == np.float32
    assert np.abs(lightness(result.pixels) - lightness(grey)).max() <= 0.01


def test_every_page_is_coloured(colorizer, tmp_path):
    first, second = deep_grey(), deep_grey()[:40, ::-1]
    colorizer.colorize_file(tiff_of(first, second), tmp_path / "out.tif")
    result = read(tmp_path / "out.tif")
    for page, grey in zip(result.pages, (first, second), strict=True):
        assert np.abs(lightness(page.pixels) - lightness(grey)).max() <= 0.01
        assert np.abs(srgb_to_lab(page.pixels)[..., 1:]).mean() > 3
        assert page.mark.model == "tiny"


def test_format_depth_quality_times_and_timestamp(colorizer, tmp_path):
    source = tmp_path / "in.tif"
    source.write_bytes(tiff_of(deep_grey()))
    os.utime(source, ns=(10**18, 10**18 + 7))
    target = tmp_path / "out"
    colorizer.colorize_file(
        source,
        target,
        format="jpeg",
        quality=60,
        bit_depth=8,
        keep_times=True,
        timestamp="2026-01-01T00:00:00Z",
    )
    assert Image.open(target).format == "JPEG"
    assert target.stat().st_mtime_ns == 10**18 + 7
    assert read(target).mark.timestamp == "2026-01-01T00:00:00Z"
    assert read(target).mark.hints == ()
    with pytest.raises(PhotoError, match="a JPEG has 8 bits a sample, not 16"):
        colorizer.colorize_file(source, tmp_path / "b.jpg", bit_depth=16)
    with pytest.raises(PhotoError, match="more than the 100 that Rehue opens"):
        colorizer.colorize_file(source, tmp_path / "b.jpg", max_pixels=100)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.tif", "out"]


def test_a_layer_is_the_colour_alone(colorizer):
    look = colorizer.look(GREY)
    layer = look.layer(saturation=1.2, warmth=3)
    assert (layer.shape, layer.dtype) == ((90, 120, 3), np.uint8)
    backdrop = np.stack([GREY] * 3, axis=-1) / 255
    laid = blend_color(backdrop, layer / 255)
    wanted = look.colorize(saturation=1.2, warmth=3)
    assert ciede2000(srgb_to_lab(laid), srgb_to_lab(wanted)).mean() < 1
    assert lightness(layer).std() < 0.2 * lightness(GREY).std()


@pytest.mark.parametrize("name", ["out.png", "out.tif", "out"])
def test_a_layer_in_a_file_is_marked_and_loses_nothing(colorizer, tmp_path, name):
    grey = Image.fromarray(GREY)
    record = Image.Exif()
    record[274] = 6
    grey.save(tmp_path / "in.jpg", quality=95, exif=record, dpi=(240, 240))
    target = tmp_path / name
    colorizer.colorize_file(tmp_path / "in.jpg", target, layer=True, warmth=2)
    result = read(target)
    assert result.kind == ("TIFF" if name.endswith("tif") else "PNG")
    assert result.orientation == 6
    assert result.carried.dpi == pytest.approx((240, 240), abs=0.01)
    assert result.mark.settings == "size=64 saturation=1 warmth=2 layer"
    assert result.mark.source_sha256 == read(tmp_path / "in.jpg").sha256
    look = colorizer.look(tmp_path / "in.jpg")
    assert np.array_equal(upright(result.pixels, 6), look.layer(warmth=2))


def test_layers_of_pages_packed_by_jpeg_lose_nothing(colorizer, tmp_path):
    pages = [GREY, GREY[:40]]
    source = tiff_of(*pages, compression="jpeg")
    colorizer.colorize_file(source, tmp_path / "out", layer=True)
    result = read(tmp_path / "out")
    assert result.kind == "TIFF"
    for page, seen in zip(result.pages, read(source).pages, strict=True):
        assert np.array_equal(page.pixels, colorizer.look(seen.pixels).layer())


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"format": "webp"}, "a colour layer is a PNG or TIFF, not a WEBP"),
        ({"visible_mark": True}, "a colour layer shows no text"),
    ],
)
def test_layers_that_would_not_do(colorizer, tmp_path, wish, says):
    with pytest.raises(PhotoError, match=says):
        colorizer.colorize_file(saved(GREY), tmp_path / "out", layer=True, **wish)
    with pytest.raises(PhotoError, match="a colour layer is a PNG or TIFF, not a JPEG"):
        colorizer.colorize_file(saved(GREY), tmp_path / "out.jpg", layer=True)
    assert list(tmp_path.iterdir()) == []


def test_a_visible_mark_is_upright_on_every_page_when_it_is_wished_for(colorizer, tmp_path):
    picture = np.full((200, 300), 90, np.uint8)
    record = Image.Exif()
    record[274] = 6
    (tmp_path / "in.png").write_bytes(saved(np.rot90(picture), exif=record))
    colorizer.colorize_file(tmp_path / "in.png", tmp_path / "plain.png")
    colorizer.colorize_file(tmp_path / "in.png", tmp_path / "seen.png", visible_mark=True)
    plain, seen = (read(tmp_path / name) for name in ("plain.png", "seen.png"))
    assert seen.mark.settings == "size=64 saturation=1 warmth=0 visible-mark"
    expected = draw_mark(upright(plain.pixels, 6), visible_mark("tiny"))
    assert np.array_equal(upright(seen.pixels, 6), expected)
    assert not np.array_equal(seen.pixels, plain.pixels)
    pages = tiff_of(picture, picture)
    colorizer.colorize_file(pages, tmp_path / "out.tif", visible_mark=True)
    for page in read(tmp_path / "out.tif").pages:
        assert np.array_equal(page.pixels, expected)


def test_an_unknown_wish_is_a_fault_of_the_caller(colorizer, tmp_path):
    with pytest.raises(TypeError, match="colour"):
        colorizer.colorize_file(saved(GREY), tmp_path / "out.png", colour=True)


def test_deep_colour_is_seen_as_its_lightness(colorizer):
    rgb = as_type(COLOR, np.uint16)
    grey = as_grey(rgb)
    assert np.abs(lightness(grey) - lightness(rgb)).max() <= 0.002
    assert np.array_equal(as_grey(grey), grey)


@pytest.mark.parametrize("shape", [(47, 65), (48, 64), (45, 200)])
def test_large_deep_pictures_are_seen_smaller(shape, monkeypatch):
    monkeypatch.setattr("rehue.picture.render._SEEN_PIXELS", 48 * 64 // 16)
    monkeypatch.setattr("rehue.picture.render._SEEN_SIDE", 10)
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    deep = (rows * 500 + columns * 150).astype(np.uint16)
    small = as_grey(deep)
    factor = -(-shape[0] // small.shape[0])
    assert factor > 1
    light = lightness(deep)
    blocks = [
        [light[y : y + factor, x : x + factor].mean() for x in range(0, shape[1], factor)]
        for y in range(0, shape[0], factor)
    ]
    assert np.abs(lightness(small) - blocks).max() < 0.01


def test_memory_for_a_deep_tiff_stays_below_twenty_bytes_a_pixel(colorizer, tmp_path):
    # 100 megapixels then stay below 2.1 GB, and the process itself takes some 0.25.
    side, strips = 2400, 60e6
    rgb = np.zeros((side, side, 4), np.uint16)
    rgb[..., 0] = np.arange(side, dtype=np.uint16) * 27
    path = tmp_path / "in.tif"
    tifffile.imwrite(path, rgb, photometric="rgb", extrasamples=["unassalpha"], metadata=None)
    del rgb
    tracemalloc.start()
    colorizer.colorize_file(path, tmp_path / "out.tif")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * side**2 + strips


def luma_of(data):
    picture = Image.open(io.BytesIO(data))
    picture.draft("YCbCr", picture.size)
    return np.asarray(picture.convert("YCbCr"))[..., 0]


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_grey_jpeg_keeps_its_image_data(colorizer, orientation):
    record = Image.Exif()
    record[274] = orientation
    source = saved(GREY[:87, :119], "JPEG", quality=70, exif=record)
    out = io.BytesIO()
    colorizer.colorize_file(source, out)
    result = read(out.getvalue())
    assert result.mark.luma == "kept byte for byte"
    assert splice.luma_of(out.getvalue()) == splice.image_data(source)
    assert np.array_equal(luma_of(out.getvalue()), np.asarray(Image.open(io.BytesIO(source))))
    exact = io.BytesIO()
    colorizer.colorize_file(source, exact, lightness="exact")
    assert read(exact.getvalue()).mark.luma is None
    assert "lightness=exact" in read(exact.getvalue()).mark.settings
    # The same colours, by another way; one for 2 x 2 pixels, and coded by JPEG.
    ab = [srgb_to_lab(read(f.getvalue()).pixels)[..., 1:] for f in (out, exact)]
    assert np.abs(ab[0] - ab[1]).mean() < 1.5


@pytest.mark.parametrize(
    "options",
    [
        {"quality": 80},
        {"visible_mark": True},
        {"format": "png"},
        {"layer": True},
        {"scan": Stated(is_negative=True)},
        {"scan": Stated(input_gamma="1.8")},
    ],
)
def test_what_changes_luma_is_encoded_anew(colorizer, options):
    out = io.BytesIO()
    colorizer.colorize_file(saved(np.tile(GREY, (4, 4)), "JPEG"), out, **options)
    assert read(out.getvalue()).mark.luma is None
    assert splice.luma_of(out.getvalue()) is None


@pytest.mark.parametrize(
    ("coloring", "output", "why"),
    [
        ({"scan": Stated(is_negative=True)}, {}, "it is a negative"),
        ({}, {"visible_mark": True}, "a visible mark is drawn into them"),
        ({}, {"quality": 80}, "with quality 80"),
        ({}, {"lightness": "exact"}, None),
        ({}, {"format": "png"}, None),
    ],
)
def test_a_grey_jpeg_that_is_encoded_anew_says_why(colorizer, tmp_path, coloring, output, why):
    source = read(saved(np.tile(GREY, (4, 4)), "JPEG"))
    notes = colorizer.colorize_photograph(
        source, tmp_path / "a", Output(**output), Coloring(**coloring)
    )
    said = [note for note in notes if "encoded anew" in note]
    assert said == ([f"its image data are encoded anew, {why}"] if why else [])


def test_image_data_that_cannot_be_kept_are_said(colorizer, tmp_path):
    data = saved(GREY, "JPEG").replace(b"\xff\xda", b"\0\0\xff\xda")  # libjpeg goes over these
    notes = colorizer.colorize_photograph(read(data), tmp_path / "a.jpg")
    (note,) = notes
    assert note.startswith("its image data are encoded anew, it is damaged: there are stray bytes")
    assert read(tmp_path / "a.jpg").mark.luma is None
    assert colorizer.colorize_photograph(read(data), tmp_path / "a.png") == ()


def test_a_lightness_that_there_is_not():
    with pytest.raises(PhotoError, match="lightness loud: give one of stored or exact"):
        Output(lightness="loud")


def test_a_grey_jpeg_in_three_components_keeps_nearly_all_coefficients_of_its_luma(colorizer):
    grey = Image.fromarray(skimage.data.camera())
    for quality in (60, 85, 95):
        source, out = saved(np.asarray(grey.convert("RGB")), "JPEG", quality=quality), io.BytesIO()
        colorizer.colorize_file(source, out)
        result = out.getvalue()
        before, after = (luma_of(data).astype(int) for data in (source, result))
        tables = [Image.open(io.BytesIO(data)).quantization[0] for data in (source, result)]
        assert tables[0] == tables[1]
        assert read(result).mark.luma is None
        # Decoded samples are whole numbers, so at fine tables a coefficient may fall to its
        # neighbour: 0.8 % of them at quality 95, and one sample in 25 moves by 1.
        assert (before == after).mean() > 0.9
