import shutil

import pytest

from rehue.errors import ModelError
from rehue.model import find_model, list_models, registry


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
    return folder


def test_shipped_models_by_name(shipped):
    assert list_models() == ["default", "study-resnet34"]
    assert find_model("study-resnet34").path == shipped / "study-resnet34.onnx"


def test_any_model_by_the_path_of_its_file(shipped, tiny_model):
    for path in (tiny_model, str(tiny_model)):
        assert find_model(path).path == tiny_model


def test_a_name_that_is_nearly_right(shipped):
    with pytest.raises(ModelError) as caught:
        find_model("study-resnet43")
    assert str(caught.value) == (
        "no model 'study-resnet43': nearest: study-resnet34; or give the path of an .onnx file"
    )


def test_a_name_that_is_like_none(shipped):
    with pytest.raises(ModelError, match=r"no model 'x': nearest: default, study-resnet34; or"):
        find_model("x")


def test_a_path_that_leads_nowhere(shipped, tmp_path):
    with pytest.raises(ModelError, match="no such weight file"):
        find_model(tmp_path / "none.onnx")
