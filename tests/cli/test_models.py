import hashlib
import json
import shutil
import sys
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from rehue.cli.models import group
from rehue.errors import RehueError
from rehue.model import find_model
from rehue.model.catalog import PUBLISHED
from rehue.model.registry import copy_model

WEIGHTS = b"PK" + bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def added(tmp_path, monkeypatch):
    """The folder of added models."""
    monkeypatch.setenv("REHUE_MODELS", str(tmp_path / "added"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "added"


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """A folder, and the address at which it is served."""
    folder = tmp_path_factory.mktemp("web")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=partial(server.serve_forever, 0.01), daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def published(web, monkeypatch, tiny_model):
    """Serves WEIGHTS as `colorful`; what it is converted to is the tiny model. Its file."""
    folder, address = web
    (folder / "good-0123abcd.pth").write_bytes(WEIGHTS)
    entry = replace(
        PUBLISHED["colorful"],
        url=f"{address}/good-0123abcd.pth",
        size=len(WEIGHTS),
        sha256=hashlib.sha256(WEIGHTS).hexdigest(),
    )
    monkeypatch.setitem(PUBLISHED, "colorful", entry)
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def convert(name, weights, target):
        assert (name, weights.read_bytes()) == ("colorful", WEIGHTS)
        assert weights.name in {"good-0123abcd.pth", "mine.pth"}
        copy_model(tiny_model, name, target)
        return find_model(tiny_model).card, target / f"{name}.onnx"

    # In place of torch and what needs it; the room of learning tests the true one.
    monkeypatch.setattr(import_module("rehue.cli.train"), "import_learning", lambda: None)
    module = SimpleNamespace(convert=convert)
    monkeypatch.setitem(sys.modules, "rehue.learning.publish.convert", module)
    return entry


def run(*arguments):
    result = CliRunner().invoke(group, list(map(str, arguments)), catch_exceptions=True)
    if result.exit_code:
        raise result.exception
    return result


def line(*arguments):
    """What is said of a command that fails."""
    with pytest.raises(RehueError) as caught:
        run(*arguments)
    assert str(caught.value).isprintable()
    return str(caught.value)


def files(folder):
    return sorted(path.name for path in folder.rglob("*")) if folder.exists() else []


def listed():
    return {fact["name"]: fact for fact in map(json.loads, run("--json").output.splitlines())}


def test_the_list_says_what_is_here_and_what_can_be_added(added, tiny_model):
    run("add", "mine", "--from", tiny_model)
    said = run().output
    rows = {row.split()[0]: row for row in said.splitlines() if row.strip()}
    for words in ("18.8 MB", "LicenseRef-Rehue-Weights", "shipped", "U-Net"):
        assert words in rows["default"]
    assert all(words in rows["mine"] for words in ("MIT", "added", "colours by lightness"))
    assert all(words in rows["colorful"] for words in ("129.0 MB", "BSD-2-Clause", "can be added"))
    assert "not authenticated" not in said
    assert f"added:   {added}" in said
    assert "rehue models add interactive  (https://github.com/richzhang/colorization)" in said


def test_the_list_for_programs(added, tiny_model):
    run("add", "mine", "--from", tiny_model)
    facts = listed()
    assert [(name, fact["state"]) for name, fact in facts.items()] == [
        ("default", "shipped"),
        ("permissive", "shipped"),
        ("mine", "added"),
        ("colorful", "can be added"),
        ("interactive", "can be added"),
    ]
    assert facts["mine"]["path"] == str(added / "mine.onnx")
    assert facts["colorful"]["authenticated"] is True
    assert {"licence", "size", "url", "page", "sha256"} <= facts["interactive"].keys()


def test_a_damaged_model_does_not_hide_the_others(added, tiny_model):
    run("add", "mine", "--from", tiny_model)
    run("add", "other", "--from", tiny_model)
    (added / "mine.json").write_text("<html>")
    result = run()
    assert "mine.json: not a model card" in result.stderr
    assert "other" in result.stdout


def test_a_card_cannot_steer_the_terminal(tmp_path, added, tiny_model):
    source = shutil.copy(tiny_model, tmp_path / "evil.onnx")
    card = json.loads(tiny_model.with_suffix(".json").read_text())
    card |= {"description": "\x1b[2Jred [bold]", "licence": "\x1b]0;title\x07MIT"}
    (tmp_path / "evil.json").write_text(json.dumps(card))
    said = run("add", "evil", "--from", source).output + run().output
    assert "\x1b[2J" not in said
    assert "\x1b]0" not in said
    assert "[2Jred [bold]" in said


def test_a_published_model_is_downloaded_checked_and_converted(added, published):
    result = run("add", "colorful")
    assert result.stdout.startswith(f"{added / 'colorful.onnx'}: ")
    assert "use it with --model colorful" in result.stdout
    assert f"rehue: colorful: {published.url}, 10.2 kB, BSD-2-Clause" in result.stderr
    assert "sha256 fits; converting" in result.stderr
    assert files(added) == ["colorful.json", "colorful.onnx"]
    assert find_model("colorful").card.name == "colorful"
    assert listed()["colorful"]["state"] == "added"


def test_a_few_digits_of_a_hash_authenticate_nothing(added, published, monkeypatch):
    known = replace(published, sha256=published.sha256[:8])
    monkeypatch.setitem(PUBLISHED, "colorful", known)
    assert "can be added (not authenticated)" in run().output
    said = run("add", "colorful").stderr
    assert "sha256 fits (not authenticated: only 8 digits known); converting" in said
    assert files(added) == ["colorful.json", "colorful.onnx"]


@pytest.mark.parametrize("digits", [8, 64])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (WEIGHTS[:-7], "10,235 bytes in place of 10,242: an incomplete file or another one"),
        (WEIGHTS + b"more", "longer than the 10,242 bytes that it may have: another file"),
        (b"<!DOCTYPE html><html></html>", "answers with an HTML page in place of the file"),
        (WEIGHTS[:-1] + b"\0", "its sha256 is "),
        (None, "the server answers 404 "),
    ],
)
def test_what_is_not_the_published_file_is_refused(
    web, added, published, monkeypatch, content, says, digits
):
    served = web[0] / "good-0123abcd.pth"
    served.unlink() if content is None else served.write_bytes(content)
    known = replace(published, sha256=published.sha256[:digits])
    monkeypatch.setitem(PUBLISHED, "colorful", known)
    said = line("add", "colorful")
    assert said.startswith(f"{published.url}: ")
    assert says in said
    assert files(added) == []


def test_from_another_address_or_a_file(web, tmp_path, added, published):
    folder, address = web
    (folder / "mirror.pth").write_bytes(WEIGHTS)
    run("add", "colorful", "--from", f"{address}/mirror.pth")
    mine = tmp_path / "mine.pth"
    mine.write_bytes(WEIGHTS)
    run("add", "colorful", "--from", mine, "--overwrite")
    assert files(added) == ["colorful.json", "colorful.onnx"]
    assert mine.read_bytes() == WEIGHTS
    mine.write_bytes(WEIGHTS[1:])
    assert f"{mine}: 10,241 bytes in place" in line(
        "add", "colorful", "--from", mine, "--overwrite"
    )
    find_model("colorful").read()  # the one before is still there


def test_offline(added, published, monkeypatch):
    known = replace(published, url="http://127.0.0.1:9/w.pth")
    monkeypatch.setitem(PUBLISHED, "colorful", known)
    said = line("add", "colorful")
    assert said.startswith("http://127.0.0.1:9/w.pth: cannot be reached (")
    assert said.endswith("give it with --from FILE")
    assert files(added) == []


def test_a_stopped_conversion_leaves_nothing(added, published, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["rehue.learning.publish.convert"], "convert", stop)
    result = CliRunner().invoke(group, ["add", "colorful"])
    assert result.exit_code != 0
    assert "rehue: colorful: stopped, and nothing was added\n" in result.stderr
    assert files(added) == []


def test_a_pair_from_an_address(web, added, tiny_model):
    folder, address = web
    shutil.copy(tiny_model, folder / "theirs.onnx")
    shutil.copy(tiny_model.with_suffix(".json"), folder / "theirs.json")
    said = run("add", "theirs", "--from", f"{address}/theirs.onnx?download=1").stderr
    assert "theirs: not authenticated" in said
    assert files(added) == ["theirs.json", "theirs.onnx"]
    (folder / "theirs.onnx").write_bytes(tiny_model.read_bytes()[1:])
    assert "damaged or changed" in line("add", "more", "--from", f"{address}/theirs.onnx")
    (folder / "theirs.json").unlink()
    assert "404" in line("add", "more", "--from", f"{address}/theirs.onnx")
    assert files(added) == ["theirs.json", "theirs.onnx"]


def test_names_that_lead_nowhere(added, tmp_path):
    assert "no published model 'colourful': nearest: colorful" in line("add", "colourful")
    assert "no published model 'mine'" in line("add", "mine", "--from", tmp_path / "mine.pth")
    assert "no such weight file" in line("add", "mine", "--from", tmp_path / "mine.onnx")
    assert "no added model 'mine'" in line("remove", "mine")
    assert files(added) == []


def test_removing(added, tiny_model):
    run("add", "mine", "--from", tiny_model)
    assert run("remove", "mine").output == "mine: removed\n"
    assert "mine" not in listed()
