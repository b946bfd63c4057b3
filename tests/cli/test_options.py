"""Options in groups, and those that are made from the table of wishes."""

from dataclasses import fields

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from rehue.cli import app
from rehue.cli.choices import Files, Films, Machine, ManyFiles, Scans, Steering
from rehue.cli.wished import Colors
from rehue.wishes import WISHES

GROUPS = (Colors, Files, Steering, Scans, ManyFiles, Machine, Films)
# The whole command line, which `Films` looks at; no option.
LINE = "line"


NUMBERS = [name for name, wish in WISHES.items() if wish.low is not None and wish.low < 1]


@pytest.fixture(scope="module")
def options():
    """The options of `rehue colorize` by name, as Typer has them."""
    return {option.name: option for option in get_command(app).commands["colorize"].params}


def test_each_wish_of_the_table_is_an_option(options):
    steered = {"alternative": "alternatives"}
    for name, wish in WISHES.items():
        if name in {"decoding", "scan"}:
            continue  # for experts, in Python; a group of options of its own
        option = options[steered.get(name, name)]
        assert option.help.startswith(wish.help) or name in steered
        assert option.hidden == (wish.instead is not None)
        if name not in steered and wish.default != ():
            assert option.default == wish.default


@pytest.mark.parametrize("name", NUMBERS)
def test_the_range_of_an_option_is_the_wishs(name):
    wish = WISHES[name]
    for value in (wish.low - 1, wish.high + 1):
        said = CliRunner().invoke(app, ["colorize", "a.jpg", f"--{name}", str(value)])
        assert (said.exit_code, f"'--{name}'" in said.output) == (2, True)
    # What fits fails for want of the photograph.
    for value in (wish.low, wish.high):
        said = CliRunner().invoke(app, ["colorize", "a.jpg", f"--{name}", str(value)])
        assert said.exit_code == 1


def test_the_help_page_has_a_heading_a_group(options):
    page = CliRunner().invoke(app, ["colorize", "--help"], env={"COLUMNS": "100"}).output
    headings = [
        line[:-1] for line in page.splitlines() if line and line[0] != " " and line[-1] == ":"
    ]
    assert headings == ["Arguments", *(group.panel for group in GROUPS), "Options"]
    for group in GROUPS:
        own = page.split(f"\n{group.panel}:\n")[1].split("\n\n")[0]
        for option in (one for one in group.parameters() if one.name != LINE):
            shown = f"{max(options[option.name].opts, key=len)} " in own + " "
            assert shown != options[option.name].hidden


def test_every_option_is_in_one_group(options):
    names = [option.name for group in GROUPS for option in group.parameters()]
    assert len(set(names)) == len(names)
    assert set(options) == {"sources", *names} - {LINE}
    assert {f.name for group in GROUPS[1:] for f in fields(group)} <= set(names)
