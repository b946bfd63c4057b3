import pytest
from typer.testing import CliRunner

from rehue.cli import app


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Missing argument"),
        ([""], "empty name"),
        (["a.jpg", "--saturation", "-1"], "--saturation"),
        (["a.jpg", "--saturation", "nan"], "--saturation"),
        (["a.jpg", "--saturation", "much"], "--saturation"),
        (["a.jpg", "--warmth", "101"], "--warmth"),
        (["a.jpg", "--warmth", "inf"], "--warmth"),
        (["a.jpg", "--threads", "0"], "--threads"),
        (["a.jpg", "--colour"], "No such option"),
        (["-", "a.jpg"], "stands alone"),
        (["a.jpg", "b.jpg", "-o", "-"], "holds one photograph"),
        (["a.jpg", "-o", "-", "--json"], "--json"),
        (["a.jpg", "-o", "-", "--compare"], "--compare"),
        (["a.jpg", "--workers", "0"], "--workers"),
        (["a.jpg", "--time-limit", "0"], "--time-limit"),
        (["a.jpg", "--time-limit", "inf"], "--time-limit"),
        (["a.jpg", "--format", "gif"], "is unknown: take JPEG"),
        (["a.jpg", "--layer", "--compare"], "take one"),
        (["a.jpg", "--alternatives", "5"], "--alternatives"),
        (["-", "--alternatives", "2", "-o", "b.jpg"], "read once"),
        (["a.jpg", "b.jpg", "--confidence", "c.png"], "for one photograph"),
        (["a.jpg", "--hints", "none.json"], "hints cannot be read"),
        (["a.jpg", "--palette", "red", "--reference", "b.jpg"], "give one of them"),
        (["a.jpg", "--report", "rows.xlsx"], "neither .csv nor .jsonl"),
        (["a.jpg", "--report", "rehue-journal.jsonl"], "a run's journal"),
    ],
)
def test_wrong_usage_is_code_2_and_says_what(tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["colorize", *arguments])
    assert result.exit_code == 2
    assert says in result.output
    assert list(tmp_path.iterdir()) == []
