import json

import skimage.data
from PIL import Image
from typer.testing import CliRunner

from rehue.cli import app


def test_an_evaluation_leaves_figures_and_sheets(tmp_path, tiny_model):
    photos, output = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    for name in ("astronaut", "coffee", "chelsea"):
        Image.fromarray(getattr(skimage.data, name)()[:200, :300]).save(photos / f"{name}.png")
    arguments = ["evaluate", str(photos), "--model", str(tiny_model), "--output", str(output)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "plain grey" in result.output
    written = {path.name for path in output.iterdir()}
    assert {"evaluation.json", "evaluation.csv", "hues.csv", "sheet.png"} <= written
    rows = json.loads((output / "evaluation.json").read_text("utf-8"))["rows"]
    default = next(r for r in rows if (r["predictor"], r["group"]) == ("default output", "all"))
    for group in ("success", "medium", "failure"):
        is_there = default["figures"][group]["value"] > 0
        assert (f"sheet-{group}.png" in written) == is_there


def test_a_folder_without_photographs(tmp_path):
    result = CliRunner().invoke(app, ["evaluate", str(tmp_path)])
    assert result.exit_code != 0
