"""What a type checker makes of calls that the documents show."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import rehue

# The module's own example, with what comes of each call.
SNIPPET = """
from pathlib import Path
from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import rehue

{example}

def calls(image: Image.Image, eight: NDArray[np.uint8], deep: NDArray[np.uint16]) -> None:
    colorizer = rehue.Colorizer()
    for given in ("photo.jpg", Path("photo.jpg"), b"", image):
        assert_type(colorizer(given, saturation=0.9), Image.Image)
    assert_type(rehue.colorize("photo.jpg"), Image.Image)
    assert_type(rehue.colorize(eight, warmth=3), NDArray[np.uint8])
    assert_type(colorizer(deep), NDArray[np.uint16])
    assert_type(colorizer.look(image).suggest(1, 2, hints=[rehue.Hint(1, 2, "red")])[0].color, str)

def wrong() -> None:
    rehue.colorize(7)  # type: ignore[call-overload]
    rehue.colorize("photo.jpg", saturate=1)  # type: ignore[call-overload]
"""


@pytest.mark.long
def test_the_documents_example_is_well_typed(tmp_path):
    example = rehue.__doc__.partition("import rehue\n")[2]
    lines = [f"    {line.strip()}" for line in example.splitlines() if line.strip()]
    shown = "\n".join(["def example(array: NDArray[np.uint8]) -> None:", *lines])
    (tmp_path / "snippet.py").write_text(SNIPPET.format(example=shown), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores", "snippet.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(Path(rehue.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
