import csv
import io
import json
import math
import re
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from rehue.dataset import Sample
from rehue.errors import DatasetError, RehueError, install_line
from rehue.judge import evaluate as judge
from rehue.judge import plots
from rehue.judge.bootstrap import Estimate
from rehue.judge.groups import Outcome
from rehue.judge.hues import FAMILIES
from rehue.judge.output import write_output
from rehue.judge.report import (
    FIGURES,
    HUE_FIGURES,
    SCHEMA,
    from_json,
    hues_to_csv,
    notes,
    tables,
    to_csv,
    to_json,
)
from rehue.judge.results import DEFAULT, GREY, ORIGINAL
from rehue.model import Decoding


@pytest.fixture(scope="module")
def evaluation(stand_in, photographs):
    colorizer = stand_in(lambda ab, decoding: ab / 2)
    found = judge(colorizer, photographs, {DEFAULT: Decoding("bins")}, name="six", draws=20)
    return replace(found, left_out={"grey": tuple("abcdefg"), "unreadable": ("h",)})


def test_json_there_and_back(evaluation):
    text = to_json(evaluation)
    assert json.loads(text)["schema"] == SCHEMA
    assert from_json(text) == evaluation


def test_json_may_hold_every_photographs_figures(evaluation):
    assert "judged" not in json.loads(to_json(evaluation))
    assert from_json(to_json(evaluation)).judged == ()
    assert from_json(to_json(evaluation, photographs=True)).judged == evaluation.judged


def test_json_says_null_where_a_figure_has_no_value(stand_in):
    grey = Sample(key="grey", image=np.full((8, 8, 3), 90, np.uint8))
    found = judge(stand_in(lambda ab, decoding: ab), [grey], {DEFAULT: Decoding("bins")}, draws=2)
    rows = json.loads(to_json(found))["rows"]
    assert rows[0]["figures"]["mse_ab_over_grey"]["value"] is None
    back = from_json(to_json(found)).row(GREY).figures
    assert math.isnan(back["mse_ab_over_grey"].value)
    assert back["mse_ab"].value == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "rehue.evaluation/1"}', "<html>"])
def test_json_of_something_else_is_refused(text):
    with pytest.raises(DatasetError):
        from_json(text)


def test_csv_has_every_figure_of_every_row(evaluation):
    read = list(csv.DictReader(io.StringIO(to_csv(evaluation))))
    assert len(read) == len(evaluation.rows)
    for line, row in zip(read, evaluation.rows, strict=True):
        assert (line["predictor"], line["group"]) == (row.predictor, row.group)
        assert int(line["count"]) == row.count
        for name in FIGURES:
            estimate = row.figures.get(name)
            if estimate is None:
                assert line[name] == line[f"{name}_low"] == ""
            else:
                assert float(line[name]) == estimate.value
                assert float(line[f"{name}_high"]) == estimate.high


def test_csv_of_hues_has_every_figure_of_every_family(evaluation):
    read = list(csv.DictReader(io.StringIO(hues_to_csv(evaluation))))
    assert len(read) == len(evaluation.hues)
    for line, row in zip(read, evaluation.hues, strict=True):
        assert (line["predictor"], line["family"]) == (row.predictor, row.family)
        for name in HUE_FIGURES:
            known = name in row.figures
            assert line[name] == (str(row.figures[name].value) if known else "")


def test_every_hue_figure_is_explained_and_every_explained_one_is_there(evaluation):
    own = set(evaluation.hue_row(ORIGINAL, "red").figures)
    assert own | set(evaluation.hue_row(DEFAULT, "red").figures) == set(HUE_FIGURES)


def test_every_figure_is_explained_and_every_explained_one_is_there(evaluation):
    assert set(evaluation.row(GREY).figures) == set(FIGURES)
    assert set(evaluation.row(ORIGINAL).figures) == {"colorfulness", "unrest"}


def shown(evaluation, width):
    console = Console(width=width, file=io.StringIO())
    for table in tables(evaluation):
        console.print(table)
    return console.file.getvalue()


def test_tables_show_figures_with_intervals_and_kinds(evaluation):
    text = shown(evaluation, 140)
    estimate = evaluation.row(DEFAULT, "food").figures["mse_ab_over_grey"]
    assert f"{estimate.value:.3f} ±" in text
    assert "food (2)" in text
    assert "six: 6 photographs" in text


def test_tables_lose_no_digit_on_a_narrow_terminal(evaluation):
    text = shown(evaluation, 80)
    for name, estimate in evaluation.row(DEFAULT).figures.items():
        assert f"{estimate.value:.{FIGURES[name].digits}f}" in text


def test_tables_show_hue_families_with_their_share(evaluation):
    text = shown(evaluation, 200)
    share = 100 * evaluation.hue_row(ORIGINAL, "orange").figures["share"].value
    kept = evaluation.hue_row(DEFAULT, "orange").figures["chroma_kept"].value
    assert f"orange ({share:.1f} %)" in text
    assert f"{kept:.2f} ±" in text


@pytest.mark.parametrize("is_there", [True, False])
def test_notes_say_what_could_not_be_measured(evaluation, monkeypatch, is_there):
    monkeypatch.setattr("rehue.judge.unrest.find_spec", lambda _: is_there or None)
    said = [note for note in notes(evaluation) if "unrest" in note]
    assert [note.partition(":")[0] for note in said] == [
        "unrest and patches need scikit-image, which is missing"
    ] * (not is_there)


def test_notes_say_what_was_left_out_and_why(evaluation):
    text = "\n".join(notes(evaluation))
    assert "grey: 7 (a, b, c, d, e, …)" in text
    assert "unreadable: 1 (h)" in text


def test_output_is_a_folder_of_whole_files(evaluation, tmp_path):
    sheet = Image.new("RGB", (9, 5))
    written = write_output(tmp_path / "a" / "b", evaluation, sheet, {Outcome.FAILURE: sheet})
    assert sorted(tmp_path.glob("a/b/*")) == sorted(written)
    assert {path.name for path in written} == {
        "evaluation.json",
        "evaluation.csv",
        "hues.csv",
        "sheet.png",
        "sheet-failure.png",
        "error-by-kind.png",
        "colorfulness.png",
        "hues.png",
        "groups.png",
    }
    read = from_json((tmp_path / "a/b/evaluation.json").read_text("utf-8"))
    assert read == evaluation
    assert read.judged == evaluation.judged
    with Image.open(tmp_path / "a/b/error-by-kind.png") as plot:
        assert plot.width > 800


def test_output_that_cannot_be_written_is_one_line(evaluation, tmp_path):
    taken = tmp_path / "file"
    taken.write_text("")
    with pytest.raises(RehueError, match="cannot be written to"):
        write_output(taken, evaluation, Image.new("RGB", (9, 5)))
    assert taken.read_text() == ""


def test_a_failed_write_leaves_nothing_half_written(evaluation, tmp_path, monkeypatch):
    def fail(self, file, kind):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(RehueError, match="No space left"):
        write_output(tmp_path, evaluation, Image.new("RGB", (9, 5)))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"evaluation.json", "evaluation.csv", "hues.csv"}


def test_bars_are_the_figures(evaluation):
    axes = plots.error_by_kind(evaluation).axes[0]
    heights = {round(bar.get_height(), 6) for bar in axes.patches}
    expected = {
        round(evaluation.row(predictor, group).figures["mse_ab_over_grey"].value, 6)
        for predictor in evaluation.predictors
        if predictor not in (GREY, ORIGINAL)
        for group in evaluation.groups
    }
    assert heights == expected


def test_hue_bars_are_the_figures(evaluation):
    error, kept = plots.hue_bars(evaluation).axes
    missing = Estimate(np.nan, np.nan, np.nan)

    def values(predictor, name):
        rows = [evaluation.hue_row(predictor, family).figures for family in FAMILIES]
        return [row.get(name, missing).value for row in rows]

    drawn = {axes: [bar.get_height() for bar in axes.patches] for axes in (error, kept)}
    own, grey = values(DEFAULT, "ciede2000"), values(GREY, "ciede2000")
    np.testing.assert_allclose(drawn[error], own + grey)
    chroma, along = values(DEFAULT, "chroma_kept"), values(DEFAULT, "chroma_kept_along_hue")
    np.testing.assert_allclose(drawn[kept], chroma + along)


def test_group_bars_stand_beside_the_studys(evaluation):
    axes = plots.group_bars(evaluation).axes[0]
    ours = [100 * evaluation.row(DEFAULT).figures[outcome].value for outcome in Outcome]
    heights = [bar.get_height() for bar in axes.patches]
    assert heights == pytest.approx([*ours, 12.35, 69.41, 18.24])


def test_histogram_names_the_means(evaluation):
    axes = plots.colorfulness_histogram(evaluation).axes[0]
    text = [entry.get_text() for entry in axes.get_legend().get_texts()]
    means = [evaluation.row(n).figures["colorfulness"].value for n in (ORIGINAL, DEFAULT)]
    assert text == [f"original, mean {means[0]:.1f}", f"default output, mean {means[1]:.1f}"]


def test_without_matplotlib_plots_name_their_install_line(evaluation, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(RehueError, match=re.escape(install_line("evaluate"))):
        plots.error_by_kind(evaluation)
