"""What a shell completes after `rehue`."""

import pytest

MAIN = "import sys; sys.argv[0] = 'rehue'; from rehue.cli import app; app(prog_name='rehue')"


@pytest.fixture
def complete(cli, monkeypatch):
    """Asks as bash does: the words so far, of which the last is to be completed."""

    def completing(line):
        words = line.split(" ")
        monkeypatch.setenv("_REHUE_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        return cli(main=MAIN).stdout.split()

    return completing


@pytest.mark.parametrize(
    ("line", "offers"),
    [
        ("rehue col", ["colorize"]),
        ("rehue colorize --satu", ["--saturation"]),
        ("rehue photo.jpg --satu", ["--saturation"]),
        ("rehue colorize --model perm", ["permissive"]),
        ("rehue evaluate --model d", ["default"]),
        ("rehue train study/simple", ["study/simple_cnn"]),
        ("rehue models add zhang", []),
    ],
)
def test_commands_options_models_and_recipes_are_completed(complete, line, offers):
    found = complete(line)
    assert set(offers) <= set(found)
    assert all(name.startswith(line.split(" ")[-1]) for name in found)


def test_a_wish_that_was_replaced_is_not_offered(complete):
    assert "--boldness" in complete("rehue colorize --")
    assert "--temperature" not in complete("rehue colorize --temp")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_can_be_shown(cli, monkeypatch, shell):
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    assert "_REHUE_COMPLETE" in cli("--show-completion", shell, main=MAIN).stdout
