import json
import shutil
import sys
from pathlib import Path

import pytest

from rehue.errors import ModelError
from rehue.model import find_model, list_models, registry
from rehue.model.registry import (
    added_folder,
    adding,
    copy_model,
    list_added,
    list_shipped,
    remove_model,
)


@pytest.fixture
def shipped(tmp_path, tiny_model, monkeypatch):
    """A package that ships `default` and `study-resnet34`."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for name in ("default", "study-resnet34"):
        shutil.copy(tiny_model, folder / f"{name}.onnx")
        shutil.copy(tiny_model.with_suffix(".json"), folder / f"{name}.json")
    (folder / "LICENSE.md").touch()
    monkeypatch.setattr(registry, "shipped_folder", lambda: folder)
    monkeypatch.setenv("REHUE_MODELS", str(tmp_path / "added"))
    return folder


@pytest.fixture
def add(tiny_model, shipped):
    """Adds a copy of the tiny model."""

    def run(name, *, overwrite=False, source=tiny_model):
        with adding(name, overwrite=overwrite) as folder:
            copy_model(source, name, folder)

    return run


def files(folder):
    return sorted(path.name for path in folder.rglob("*")) if folder.exists() else []


def line(run, *arguments, **options):
    with pytest.raises(ModelError) as caught:
        run(*arguments, **options)
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_shipped_models_by_name(shipped):
    assert list_models() == ["default", "study-resnet34"]
    assert find_model("study-resnet34").path == shipped / "study-resnet34.onnx"


def test_any_model_by_the_path_of_its_file(shipped, tiny_model):
    for path in (tiny_model, str(tiny_model)):
        assert find_model(path).path == tiny_model


def test_a_name_that_is_nearly_right(shipped):
    assert line(find_model, "study-resnet43") == (
        "no model 'study-resnet43': nearest: study-resnet34; or give the path of an .onnx file"
    )


def test_a_name_that_is_like_none(shipped):
    with pytest.raises(ModelError, match=r"no model 'x': nearest: default, study-resnet34; or"):
        find_model("x")


def test_a_path_that_leads_nowhere(shipped, tmp_path):
    with pytest.raises(ModelError, match="no such weight file"):
        find_model(tmp_path / "none.onnx")


def test_a_published_model_that_was_not_added_yet(shipped):
    said = line(find_model, "colorful")
    assert said == "model 'colorful' is not here yet: rehue models add colorful"


def test_an_added_model_is_found_by_the_name_that_its_card_then_states(add, tmp_path):
    add("mine")
    assert (list_shipped(), list_added()) == (["default", "study-resnet34"], ["mine"])
    assert list_models() == ["default", "mine", "study-resnet34"]
    model = find_model("mine")
    assert (model.path, model.card.name) == (tmp_path / "added" / "mine.onnx", "mine")
    model.read()  # its hash is the card's
    assert files(tmp_path / "added") == ["mine.json", "mine.onnx"]


def test_a_model_is_replaced_only_when_told_to(add, tmp_path):
    add("mine")
    card = tmp_path / "added" / "mine.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"licence": "older"}))
    assert line(add, "mine") == "model 'mine' is there already: add --overwrite to replace it"
    assert find_model("mine").card.licence == "older"
    add("mine", overwrite=True)
    assert find_model("mine").card.licence == "MIT"


def test_shipped_names_are_taken_for_good(add):
    for overwrite in (False, True):
        assert "is shipped with Rehue: take another" in line(add, "default", overwrite=overwrite)


@pytest.mark.parametrize(
    "name", ["", "../mine", "a/b", "a\\b", ".hidden", "Mine", "my model", "mine.onnx", "a\n", "-v"]
)
def test_names_that_are_none(add, tmp_path, name):
    assert "cannot name a model: take lower-case letters" in line(add, name)
    assert files(tmp_path / "added") == []


@pytest.mark.parametrize("trouble", [ModelError("wrong hash"), KeyboardInterrupt(), ValueError()])
def test_what_goes_wrong_midway_leaves_nothing(shipped, tmp_path, trouble):
    with pytest.raises(type(trouble)), adding("mine") as folder:  # noqa: PT012
        (folder / "download.pth").write_bytes(b"half")
        (folder / "mine.onnx").write_bytes(b"half")
        raise trouble
    assert files(tmp_path / "added") == []


def test_a_failed_replacement_leaves_the_model_as_it_was(add, tmp_path, tiny_model):
    add("mine")
    changed = tmp_path / "changed.onnx"
    changed.write_bytes(tiny_model.read_bytes()[:-1])
    shutil.copy(tiny_model.with_suffix(".json"), changed.with_suffix(".json"))
    said = line(add, "mine", overwrite=True, source=changed)
    assert f"{changed}: damaged or changed" in said
    find_model("mine").read()
    assert files(tmp_path / "added") == ["mine.json", "mine.onnx"]


def test_a_card_that_is_missing(add, tmp_path, tiny_model):
    alone = Path(shutil.copy(tiny_model, tmp_path / "alone.onnx"))
    assert "its card alone.json cannot be read beside it" in line(add, "mine", source=alone)


def test_a_full_disk_is_one_line(add, tmp_path):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        said = line(add, "mine")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert said == (
        f"{tmp_path / 'added'}: cannot be written (File too large): "
        "make room there, or set REHUE_MODELS=FOLDER"
    )
    assert files(tmp_path / "added") == []


def test_a_folder_that_cannot_be_made(add, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("REHUE_MODELS", str(tmp_path / "file" / "models"))
    assert "cannot be written (Not a directory)" in line(add, "mine")


def test_removing(add, tmp_path):
    add("mine")
    add("other")
    assert line(remove_model, "othr") == "no added model 'othr': nearest: other"
    assert line(remove_model, "default") == "model 'default' is shipped with Rehue and stays"
    remove_model("mine")
    assert list_added() == ["other"]
    assert files(tmp_path / "added") == ["other.json", "other.onnx"]
    remove_model("other")
    assert line(remove_model, "other") == "no added model 'other': none was added"


@pytest.mark.parametrize(
    ("system", "variables", "folder"),
    [
        ("linux", {}, "home/.local/share/rehue/models"),
        ("linux", {"XDG_DATA_HOME": "data"}, "data/rehue/models"),
        ("darwin", {"XDG_DATA_HOME": "data"}, "home/Library/Application Support/rehue/models"),
        ("win32", {}, "home/AppData/Local/rehue/models"),
        ("win32", {"LOCALAPPDATA": "local"}, "local/rehue/models"),
        ("linux", {"REHUE_MODELS": "here", "XDG_DATA_HOME": "data"}, "here"),
    ],
)
def test_where_added_models_lie(tmp_path, monkeypatch, system, variables, folder):
    for name in ("REHUE_MODELS", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert added_folder() == tmp_path / folder


def test_a_data_folder_that_is_not_absolute_does_not_count(tmp_path, monkeypatch):
    monkeypatch.delenv("REHUE_MODELS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "data")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert added_folder() == tmp_path / ".local/share/rehue/models"


def test_shipped_models_need_no_home(shipped, monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    for name in ("REHUE_MODELS", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert list_models() == ["default", "study-resnet34"]
    assert find_model("default").path.exists()
    assert line(added_folder) == "no home folder to keep models in: set REHUE_MODELS=FOLDER"
