"""The site: README, docs and the reference from the docstrings, by Sphinx (scripts/docs).

Its source is the whole repository, so that every link of the Markdown leads to the same file on the
site as where the repository is shown.
"""

from pathlib import PurePath

from sphinx.application import Sphinx

import rehue

project = "Rehue"
author = "The Rehue contributors"
project_copyright = author
version = release = rehue.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
include_patterns = [
    "*.md",
    "docs/**.md",
    "benchmarks/README.md",
    "samples/README.md",
    "src/rehue/weights/LICENSE.md",
]
exclude_patterns = [".*", "build", "runs", "colored"]
root_doc = "README"

myst_heading_anchors = 3
highlight_language = "text"  # what is indented in the documents is a command line or a drawing
default_role = "code"  # docstrings write `name` as Markdown does
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
napoleon_numpy_docstring = False

html_theme = "furo"
html_title = f"Rehue {version}"
html_copy_source = False

# The contents stand here, not in the README, where they would be shown as they are written. A page
# goes where it fits first; one that fits nowhere is an error of the build.
_CONTENTS = {
    "Using": ["docs/studio", "docs/cli", "docs/api", "docs/reliability", "docs/models/*"],
    "Inside": ["docs/*", "src/rehue/weights/LICENSE", "samples/README", "benchmarks/README"],
    "Joining": ["CONTRIBUTING", "CHANGELOG", "SECURITY"],
    "Log": ["docs/log/*"],
}


def setup(app: Sphinx) -> None:
    """Put the contents below the first page."""
    app.connect("source-read", _add_contents)


def _add_contents(app: Sphinx, name: str, source: list[str]) -> None:
    if name != root_doc:
        return
    left = sorted(app.env.found_docs - {root_doc})
    for caption, patterns in _CONTENTS.items():
        pages = [page for pattern in patterns for page in left if PurePath(page).match(pattern)]
        left = [page for page in left if page not in pages]
        lines = "\n".join(f"/{page}" for page in pages)
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{lines}\n```\n"
