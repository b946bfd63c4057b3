import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "PIL", "onnxruntime", "rich", "torch", "lightning", "onnx", "matplotlib")


def test_the_help_pages_are_those_of_the_program():
    done = subprocess.run(
        [sys.executable, "scripts/help.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_help_loads_nothing_heavy(cli):
    """`rehue --help` is quick (0.3 s) because of what it does not import."""
    main = f"""
import atexit, sys
sys.argv[0] = "rehue"
atexit.register(lambda: print([name for name in {HEAVY} if name in sys.modules]))
from rehue.cli import main
main()
"""
    for arguments in (["--help"], ["colorize", "--help"], ["--version"]):
        assert cli(*arguments, main=main).stdout.splitlines()[-1] == "[]"


def test_without_a_command_help_is_shown(cli):
    assert "colorize" in "".join((done := cli(code=2)).stdout + done.stderr)
