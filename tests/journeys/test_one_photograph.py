"""One photograph: what becomes of it, and what stays as it was."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from rehue.color import lightness
from rehue.photo import read


def chroma(path):
    """How far a picture is from grey, in code values."""
    return float(np.ptp(np.asarray(Image.open(path).convert("RGB")).astype(int), axis=2).mean())


def test_a_grey_jpeg_becomes_coloured_beside_itself(colorize, put, grey):
    source = put("photo.jpg", grey, quality=90)
    done = colorize("photo.jpg")
    target = source.with_name("photo.rehue.jpg")
    assert sorted(path.name for path in source.parent.iterdir()) == [source.name, target.name]
    assert chroma(target) > 10
    assert done.stdout == ""
    first, last = done.stderr.splitlines()
    assert first.startswith("rehue: model tiny, onnxruntime ")
    assert " cpu, " in first
    assert "photo.rehue.jpg" not in first  # not before it is there
    assert last.startswith("rehue: 1 coloured (0:0")
    assert last.endswith("): photo.rehue.jpg")
    assert read(target).mark.model == "tiny"


def test_lightness_is_kept(colorize, put, grey, sepia):
    """8-bit PNG: mean difference of L at most 0.10, the largest at most 0.40."""
    folder = put("grey.png", grey).parent
    put("sepia.png", sepia)
    colorize("grey.png", "sepia.png", "-o", "out/", "--quiet")
    for name in ("grey.png", "sepia.png"):
        before, after = read(folder / name), read(folder / "out" / name)
        assert after.pixels.ndim == 3
        moved = np.abs(lightness(after.pixels) - lightness(before.pixels))
        assert moved.mean() <= 0.10
        assert moved.max() <= 0.40


def test_sepia_is_coloured_and_colour_is_left_alone_until_asked(colorize, put, sepia, color):
    put("sepia.jpg", sepia, quality=85)
    source = put("color.jpg", color)
    said = colorize("sepia.jpg", "color.jpg").stderr
    assert "rehue: color.jpg is already in colour and is left alone" in said
    assert "rehue: 1 coloured, 1 already in colour (0:0" in said
    assert not source.with_name("color.rehue.jpg").exists()
    said = colorize("sepia.jpg", "color.jpg", "--recolor").stderr
    assert "rehue: 1 coloured, 1 done before (0:0" in said
    assert source.with_name("color.rehue.jpg").exists()


def test_pixels_and_orientation_stay_as_they_were(colorize, put, grey):
    exif = Image.Exif()
    exif[274], exif[270] = 6, "Grandmother, 1931"
    source = put("lying.jpg", grey, exif=exif.tobytes(), dpi=(300, 300), quality=95)
    colorize("lying.jpg", "-o", "turned.jpg")
    result = Image.open(source.with_name("turned.jpg"))
    assert result.size == (256, 192)
    assert dict(result.getexif()) == dict(Image.open(source).getexif())
    assert result.info["dpi"] == (300, 300)
    moved = lightness(np.asarray(result)) - lightness(grey)
    assert np.abs(moved).mean() < 1.5  # JPEG's own


@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("tagged", [False, True])
def test_a_picture_that_lies_gets_the_tag_that_turns_it_and_stays_as_stored(
    colorize, put, grey, ending, tagged
):
    exif = Image.Exif()
    exif[274] = 6
    more = {"exif": exif.tobytes()} if tagged else {}
    source = put(f"lying.{ending}", grey, **more)
    said = colorize(f"lying.{ending}", "--upright", "90", "--turn").stderr
    assert "to be turned clockwise by 90°" in said
    result = read(source.with_name(f"lying.rehue.{ending}"))
    assert result.orientation == (3 if tagged else 6)
    assert np.abs(lightness(result.pixels) - lightness(grey)).mean() < 1.5  # JPEG's own
    colorize(f"lying.{ending}", "--upright", "90", "-o", f"plain.{ending}")
    assert read(source.with_name(f"plain.{ending}")).orientation == (6 if tagged else 1)


def test_the_tag_that_turns_it_is_the_same_in_exif_and_xmp(colorize, put, grey):
    name = b"xmlns:tiff='http://ns.adobe.com/tiff/1.0/'"
    says = b"<rdf:Description rdf:about='' %s tiff:Orientation='1'/>" % name
    rdf = b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>%s</rdf:RDF>" % says
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>%s</x:xmpmeta>" % rdf
    source = put("lying.jpg", grey, xmp=packet)
    colorize("lying.jpg", "--upright", "90", "--turn")
    result = read(source.with_name("lying.rehue.jpg"))
    assert result.orientation == 6
    assert b'Orientation="6"' in result.carried.xmp.replace(b"'", b'"')


def test_a_map_of_confidence_is_of_the_picture_as_it_is_seen(colorize, put, grey):
    source = put("print.png", grey)
    maps = []
    for name, *how in (("plain", "--as-is"), ("faded", "--tones", "30-70")):
        colorize("print.png", "-o", f"{name}.png", "--confidence", f"{name}-map.png", *how)
        maps.append(np.asarray(Image.open(source.with_name(f"{name}-map.png"))))
    assert not np.array_equal(*maps)


def test_alpha_palette_one_bit_and_odd_shapes(colorize, put, grey):
    alpha = Image.fromarray(grey).convert("RGBA")
    alpha.putalpha(Image.linear_gradient("L").resize(alpha.size))
    source = put("alpha.png", alpha)
    put("palette.png", Image.fromarray(grey).convert("P"))
    put("one-bit.png", Image.fromarray(grey).convert("1"))
    put("drawn.gif", Image.fromarray(grey))
    put("dot.png", Image.new("L", (1, 1), 90))
    put("line.png", Image.new("L", (100_000, 1), 90))
    names = ["alpha.png", "palette.png", "one-bit.png", "drawn.gif", "dot.png", "line.png"]
    colorize(*names, "-o", "out")
    written = (source.parent / "out").glob("*.[pg][ni][gf]*")
    results = {path.name: Image.open(path) for path in written}
    assert sorted(results) == sorted("drawn.gif.png" if n == "drawn.gif" else n for n in names)
    assert results["line.png"].size == (100_000, 1)
    assert results["dot.png"].size == (1, 1)
    assert np.array_equal(results["alpha.png"].getchannel("A"), alpha.getchannel("A"))
    for name in results.keys() - {"one-bit.png"}:  # black and white can have no colour
        assert chroma(source.parent / "out" / name) > 5


def test_settings_change_the_colours(colorize, put, grey):
    folder = put("a.png", grey).parent
    colorize("a.png", "-o", "grey.png", "--saturation", "0")
    colorize("a.png", "-o", "strong.png", "--saturation", "2", "--warmth", "10", "--threads", "1")
    assert chroma(folder / "grey.png") == 0
    mark = read(folder / "strong.png").mark
    assert "saturation=2 warmth=10" in mark.settings
    assert mark.runtime.endswith("cpu, 1 thread")


def test_from_standard_input_to_standard_output(colorize, put, grey, color):
    source = put("a.jpg", grey)
    for arguments in (["-", "-o", "-"], ["-"]):
        done = colorize(*arguments, input=source.read_bytes())
        image = Image.open(io.BytesIO(done.stdout))
        assert (image.format, image.size, image.mode) == ("JPEG", (256, 192), "RGB")
    done = colorize("a.jpg", "-o", "-", "--quiet", input=b"")
    assert done.stdout[:3] == b"\xff\xd8\xff"
    assert done.stderr == b""
    colorize("-", "-o", "b.png", input=source.read_bytes())
    assert Image.open(source.with_name("b.png")).format == "PNG"
    # A reader who waits for a picture is told by the exit code that there is none.
    done = colorize("-", input=put("c.png", color).read_bytes(), code=1)
    assert done.stdout == b""
    assert b"standard input is already in colour" in done.stderr


def test_a_picture_to_share(colorize, put, grey):
    folder = put("a.jpg", grey).parent
    colorize("a.jpg", "--compare")
    both = Image.open(folder / "a.jpg.rehue-compare.jpg")
    assert both.width > 2 * 256
    before, after = np.split(np.asarray(both)[:, : both.width // 2 * 2].astype(int), 2, axis=1)
    assert np.ptp(before[:, :250], axis=2).mean() < 3
    assert np.ptp(after[:, 6:], axis=2).mean() > 10
    said = colorize(".", "--recolor").stderr
    assert "0 coloured, 1 done before, 2 made by Rehue" in said


def test_json_tells_all_of_a_file(colorize, put, grey, color):
    put("a.jpg", grey)
    put("b.png", color)
    done = colorize("a.jpg", "b.png", "missing.jpg", "--json", "--quiet", code=1)
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert first["source"] == "a.jpg"
    assert first["target"] == "a.rehue.jpg"
    assert (first["status"], first["reason"], first["model"]) == ("colored", None, "tiny")
    assert first["runtime"].startswith("onnxruntime ")
    assert first["seconds"] > 0
    assert (second["status"], second["target"]) == ("in_color", None)
    assert (third["status"], third["target"]) == ("failed", None)
    assert "does not exist" in third["reason"]
    assert done.stderr == f"rehue: {third['reason']}\n"


def test_nothing_is_loaded_that_a_photograph_does_not_need(cli, put, grey, tiny_model):
    path = put("a.jpg", grey)
    main = """
import atexit, sys
sys.argv[0] = "rehue"
names = ("torch", "lightning", "onnx", "matplotlib", "skimage", "scipy", "openvino")
names += ("av", "cv2", "rehue.batch.films", "rehue.film.run")
atexit.register(lambda: print([name for name in names if name in sys.modules]))
from rehue.cli import main
main()
"""
    done = cli("colorize", path, "--compare", "--model", tiny_model, main=main)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", ["Großmutter ☃ 'x' (1).jpg", "-dash.jpg", "a.b.c.JPG"])
def test_names_are_only_names(colorize, put, grey, name):
    source = put(name, grey)
    colorize(f"./{name}", "--quiet")
    assert source.with_name(f"{source.stem}.rehue{source.suffix}").exists()
