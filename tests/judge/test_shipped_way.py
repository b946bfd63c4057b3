"""The judge on a real ONNX file, through the public face and the command."""

import json

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from rehue.cli.evaluate import evaluate as command
from rehue.color import srgb_to_lab
from rehue.colorizer import Colorizer
from rehue.dataset import open_photographs
from rehue.errors import RehueError
from rehue.judge import evaluate
from rehue.judge.report import from_json
from rehue.judge.results import CONSTANT, DEFAULT, EXPECTED, GREY, ORIGINAL, REGRESSION


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(command)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def mse_of_constant(samples, color):
    each = []
    for sample in samples:
        truth = srgb_to_lab(sample.image)[..., 1:].astype(np.float64)
        each.append((((np.array(color) - truth) / 255) ** 2).mean())
    return np.mean(each)


def test_each_row_is_what_its_head_answers(tiny_model, photographs):
    evaluation = evaluate(Colorizer(tiny_model), photographs, draws=10)
    assert evaluation.predictors == (GREY, CONSTANT, EXPECTED, REGRESSION, DEFAULT, ORIGINAL)
    answered = {EXPECTED: (10, 20), REGRESSION: (0, 30), DEFAULT: (5, 10)}
    for predictor, color in answered.items():
        figure = evaluation.row(predictor).figures["mse_ab"].value
        assert figure == pytest.approx(mse_of_constant(photographs, color), rel=1e-4)


def test_the_report_names_model_size_and_runtime(tiny_model, photographs):
    colorizer = Colorizer(tiny_model, size=96, threads=1)
    evaluation = evaluate(colorizer, photographs[:1], draws=2)
    assert evaluation.model == "tiny"
    assert evaluation.sha256 == colorizer.card.sha256
    assert evaluation.size == 96
    assert evaluation.runtime.startswith("onnxruntime")
    assert evaluate(Colorizer(tiny_model), photographs[:1], draws=2).size == 64


def test_the_command_prints_tables_and_what_was_left_out(run, tiny_model, folder):
    result = run(folder, "--model", tiny_model, "--threads", 1)
    assert result.exit_code == 0, result.output
    assert "photographs0: 6 photographs" in result.stdout.replace(folder.name, "photographs0")
    assert "grey: 1 (" in result.stdout
    assert "unreadable: 1 (" in result.stdout


def test_the_command_prints_json_alone(run, tiny_model, folder, photographs):
    result = run(folder, "--model", tiny_model, "--threads", 1, "--json", "--size", 96)
    evaluation = from_json(result.stdout)
    assert evaluation.count == len(photographs)
    assert evaluation.size == 96
    expected = mse_of_constant(open_photographs(folder), (0, 30))
    found = evaluation.row(REGRESSION).figures["mse_ab"].value
    assert found == pytest.approx(expected, rel=1e-4)


def test_the_command_fills_a_folder(run, tiny_model, folder, tmp_path):
    out = tmp_path / "out"
    result = run(folder, "--model", tiny_model, "--limit", 3, "--output", out)
    assert result.exit_code == 0, result.output
    assert {path.name for path in out.iterdir()} >= {"evaluation.json", "evaluation.csv"}
    assert json.loads((out / "evaluation.json").read_text("utf-8"))["count"] == 3
    with Image.open(out / "sheet.png") as sheet:
        assert sheet.width > 400
        assert sheet.height > 160


def test_bad_input_is_one_line(run, tiny_model, folder, tmp_path):
    for path, model, message in (
        (tmp_path / "missing", tiny_model, "no such"),
        (folder, "missing.onnx", "no such weight file"),
        (folder, "unknown", "no model"),
    ):
        result = run(path, "--model", model)
        assert result.exit_code == 1
        assert isinstance(result.exception, RehueError)
        assert message in str(result.exception)
        assert "\n" not in str(result.exception)


def test_a_folder_of_grey_photographs_says_why_nothing_is_judged(run, tiny_model, tmp_path):
    ramp = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    result = run(tmp_path, "--model", tiny_model)
    assert isinstance(result.exception, RehueError)
    assert "1 grey" in str(result.exception)
