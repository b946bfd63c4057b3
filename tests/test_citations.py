"""What the code sends its reader to is there."""

import re
from pathlib import Path

import rehue

PACKAGE = Path(rehue.__file__).parent
ROOT = Path(__file__).parents[1]
# A document of this repository, or one of its benchmarks.
CITED = re.compile(r"\b(?:docs|benchmarks)/[\w./-]*[\w-]")


def test_cited_documents_and_benchmarks_are_there():
    missing = [
        f"{path.relative_to(PACKAGE)}: {cited}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for cited in CITED.findall(path.read_text("utf-8"))
        if not (ROOT / cited).exists()
    ]
    assert not missing
