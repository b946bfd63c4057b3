#!/usr/bin/env python3
"""Write docs/cli.md, the help pages of the command line, from the program itself.

    python scripts/help.py            writes
    python scripts/help.py --check    exits with 1 when docs/cli.md is not what would be written

The pages are as wide everywhere and have no colours, wherever this runs.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from typer import Context
from typer.core import TyperGroup
from typer.main import get_command

from rehue.cli import app

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"
WIDTH = 100
_RUN = "import sys; sys.argv[0] = 'rehue'; from rehue.cli import main; main()"
COMPLETION = """`rehue --install-completion` lets the shell (bash, zsh, fish or PowerShell) complete
commands, options, files, models and recipes by the tab key, from the next terminal on;
`rehue --show-completion` prints what it would install. It writes into your shell's settings, and
only when it is asked to."""
# What makes programs print in colour, or takes it from them, and what overrules the width.
_UNWANTED = ("FORCE_COLOR", "GITHUB_ACTIONS", "NO_COLOR", "PY_COLORS", "TERMINAL_WIDTH")


def pages() -> str:
    """Return the whole document."""
    commands = [(), *_commands(get_command(app))]
    parts = [
        "# The command line",
        "Written by `scripts/help.py` from the program; a test compares them.",
        COMPLETION,
    ]
    for command in commands:
        title = " ".join(("rehue", *command))
        parts.append(f"## {title}\n\n```text\n{_help(*command)}\n```")
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write the document, or compare it."""
    text = pages()
    if sys.argv[1:] == ["--check"]:
        if PAGE.is_file() and PAGE.read_text("utf-8") == text:
            return 0
        print(f"{PAGE} is not what the program says: run python scripts/help.py", file=sys.stderr)
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, "utf-8", newline="\n")
    return 0


def _commands(group: TyperGroup, *above: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command, and of those in groups."""
    for name in group.list_commands(Context(group)):
        yield (*above, name)
        command = group.commands[name]
        if isinstance(command, TyperGroup):
            yield from _commands(command, *above, name)


def _help(*command: str) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in _UNWANTED}
    environment |= {"COLUMNS": str(WIDTH), "PYTHONUTF8": "1"}
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", _RUN, *command, "--help"],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


if __name__ == "__main__":
    sys.exit(main())
