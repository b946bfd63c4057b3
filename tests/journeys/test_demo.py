"""`scripts/demo` says what it does while it does it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "scripts" / "demo"
# In place of pip, which needs an index, and of `rehue`.
PYTHON = """#!/bin/sh
case "$*" in
  "-m pip install"*)
    echo "Obtaining file:///here"
    echo "Collecting numpy>=1.26 (from rehue)"
    echo "Installing collected packages: numpy, rehue"
    printf '#!/bin/sh\\necho "rehue $*"\\n' > "$(dirname "$0")/rehue"
    chmod +x "$(dirname "$0")/rehue" ;;
  *) exec {python} "$@" ;;
esac
"""


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_the_demo_is_never_silent(tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(DEMO, tmp_path / "scripts" / "demo")
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(PYTHON.format(python=sys.executable), "utf-8")
    python.chmod(0o755)

    def demo(*photos):
        done = subprocess.run(
            [tmp_path / "scripts" / "demo", *photos],
            env={**os.environ, "PYTHON": sys.executable},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stderr.splitlines(), done.stdout.splitlines()

    said, results = demo("a.jpg", "b.jpg")
    assert said[0].startswith("demo: installing Rehue and what it needs, only this first time")
    assert said[1:3] == [
        "demo:   Collecting numpy>=1.26 (from rehue)",
        "demo:   Installing collected packages: numpy, rehue",
    ]
    assert said[3] == "demo: colouring a.jpg b.jpg"
    coloured = f"rehue colorize a.jpg b.jpg --output {tmp_path}/colored/ --compare"
    assert results == [coloured, f"The results are in {tmp_path}/colored"]
    said, _ = demo()  # the second time there is nothing to install
    assert said == [f"demo: colouring {tmp_path}/samples"]
