"""Bad input: one line that says what was wrong, what was found, what to do; the others go on."""

import shutil
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest

HTML = b"<!DOCTYPE html><html><title>404 Not Found</title></html>"


def bomb():
    """A PNG of 50,000 x 50,000 pixels, in 100 bytes."""
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def test_every_bad_file_has_a_line_and_the_good_one_is_coloured(colorize, put, grey):
    good = put("good.jpg", grey)
    folder = good.parent
    (folder / "empty.jpg").touch()
    (folder / "cut.jpg").write_bytes(good.read_bytes()[:2000])
    (folder / "page.jpg").write_bytes(HTML)
    (folder / "notes.txt").write_text("no picture")
    (folder / "bomb.png").write_bytes(bomb())
    (folder / "noise.png").write_bytes(np.random.default_rng(1).bytes(5000))
    expected = {
        "missing.jpg": "does not exist: check the path",
        "empty.jpg": "is empty (0 bytes): copy or download it again",
        "cut.jpg": "copy or download it again",
        "page.jpg": "it looks like an HTML page: give a JPEG, PNG, TIFF, WebP, ",
        "notes.txt": "it looks like text: give a JPEG, PNG, TIFF, WebP, ",
        "bomb.png": "has 50,000 x 50,000 pixels, more than",
        "noise.png": "is not a picture that Rehue reads",
        "x" * 300 + ".jpg": "cannot be read (",
    }
    before = set(folder.iterdir())
    done = colorize(*expected, "good.jpg", "--quiet", code=1)
    lines = done.stderr.splitlines()
    assert len(lines) == len(expected)
    for line, (name, says) in zip(lines, expected.items(), strict=True):
        assert line.startswith(f"rehue: {name} ")
        assert says in line
        assert ": " in line.removeprefix("rehue: ")
    assert set(folder.iterdir()) - before == {folder / "good.rehue.jpg"}


def test_targets_that_cannot_be_written(colorize, put, grey, color):
    folder = put("a.jpg", grey).parent
    (folder / "file").write_bytes(b"mine")
    put("mine.png", color)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for target, says in {
        "a.jpg": "a.jpg is the photograph itself: name another file for the result",
        "mine.png": "mine.png exists and was not made by Rehue: move it away",
        "a.gif": "a.gif ends in .gif, which cannot hold a coloured picture",
        "file/b.jpg": "folder file cannot be made (",
        "file/deep/b.jpg": "folder file/deep cannot be made (",
    }.items():
        said = colorize("a.jpg", "-o", target, "--quiet", "--overwrite", code=1).stderr
        assert said.count("\n") == 1
        assert says in said.replace("\\", "/")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_reader_who_is_gone(put, grey, tiny_model):
    path = put("a.png", grey)
    main = "import sys; sys.argv[0] = 'rehue'; from rehue.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", main, "colorize", path, "-o", "-", "-q", "--model", tiny_model],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 1
    assert said.startswith("rehue: standard output cannot be written")
    assert said.count("\n") == 1


@pytest.fixture
def weights(tiny_model, tmp_path):
    """A copy of the model that a test may spoil."""
    for path in (tiny_model, tiny_model.with_suffix(".json")):
        shutil.copy(path, tmp_path)
    return tmp_path / tiny_model.name


def test_weights_that_cannot_be_used(cli, put, grey, weights):
    source = put("a.jpg", grey)
    whole = weights.read_bytes()
    for content, says in {
        HTML: "an HTML page",
        whole[:-20]: "damaged or changed",
        whole[:-1] + bytes([whole[-1] ^ 1]): "damaged or changed",
        b"": "damaged or changed",
    }.items():
        weights.write_bytes(content)
        said = cli("colorize", source, "--model", weights, code=1).stderr
        assert said.count("\n") == 1
        assert says in said
        assert "install it again" in said
    assert not source.with_name("a.rehue.jpg").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--model", "defualt"], "no model 'defualt'"),
        (["--model", "nowhere/x.onnx"], "no such weight file: check the path"),
        (["--runtime", "tensorrt"], "no runtime 'tensorrt': use onnxruntime or openvino"),
        (["--device", "tpu"], "ONNX Runtime has no device 'tpu' here: use --device cpu"),
    ],
)
def test_models_and_runtimes_that_are_not_there(cli, put, grey, tiny_model, options, says):
    path = put("a.jpg", grey)
    named = [] if "--model" in options else ["--model", tiny_model]
    said = cli("colorize", path, *options, *named, code=1).stderr
    assert said.count("\n") == 1
    assert says in said
    assert len(list(path.parent.iterdir())) == 1
