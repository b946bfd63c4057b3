import re
import tomllib
from pathlib import Path

import rehue
from rehue.errors import install_line

PACKAGE = Path(rehue.__file__).parent
PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))[
    "project"
]


def test_install_lines_name_what_there_is_to_install_from():
    line = install_line("raw")
    assert 'pip install ".[raw]" in the clone of Rehue' in line
    assert f'pip install "rehue-{rehue.__version__}-py3-none-any.whl[raw]"' in line


def test_no_line_sends_to_an_index_that_has_no_rehue():
    extras = set()
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        assert not re.search(r"pip install ['\"]?rehue\[", text), path
        extras |= set(re.findall(r"install_line\(['\"](\w+)['\"]\)", text))
    assert len(extras) >= 7
    assert extras <= set(PROJECT["optional-dependencies"])
