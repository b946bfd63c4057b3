"""What `rehue models add` can fetch: networks whose weights their authors published."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from rehue.errors import ModelError, nearest
from rehue.files import reason


@dataclass(frozen=True)
class Published:
    """Weights that others published, and that `rehue.learning` can convert.

    Attributes:
        name: as in `rehue models add NAME`.
        description: one line.
        licence: SPDX expression, as the authors' page states it.
        page: the authors' page.
        url: of the file.
        size: of the file, in bytes.
        sha256: of the file, hexadecimal; its first digits where the others are not known.
    """

    name: str
    description: str
    licence: str
    page: str
    url: str
    size: int
    sha256: str

    @property
    def is_authenticated(self) -> bool:
        """Whether the whole hash is known; a file can be made to fit a few digits of one."""
        return len(self.sha256) == 64

    def check(self, path: Path, where: str) -> None:
        """Make sure that a file is the published one.

        Args:
            path: the file.
            where: names it in errors, such as the address that it came from.

        Raises:
            ModelError: it is not, or cannot be read.
        """
        try:
            with path.open("rb") as file:
                start = file.read(64)
                file.seek(0)
                found = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        except OSError as error:
            raise ModelError(
                f"{where}: cannot be read ({reason(error)}): check the path"
            ) from error
        if is_markup(start):
            raise ModelError(f"{where}: an HTML page, not weights: get the file that {self.url} is")
        if size != self.size:
            raise ModelError(
                f"{where}: {size:,} bytes in place of {self.size:,}: "
                "an incomplete file or another one; get it again"
            )
        if not found.startswith(self.sha256):
            raise ModelError(
                f"{where}: its sha256 is {found[:12]}..., not {self.sha256[:12]}...: "
                f"damaged or another file; get the one that {self.url} is"
            )


def is_markup(start: bytes) -> bool:
    """Whether a file that begins so is HTML or XML: no weights and no card do.

    >>> is_markup(b"<!DOCTYPE html>"), is_markup(b"PK"), is_markup(b'{"name": "default"}')
    (True, False, False)
    """
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


# Both files were published with PyTorch code in 2020; their names end in the first 8 digits of
# their sha256. The whole hashes and the sizes are those that several people noted, independently
# of each other, of the files at these addresses: the authors state neither. Nor do they state
# terms for the weights other than the repository's licence; ImageNet's photographs, which the
# networks learnt from, are for research.
_ZHANG = "https://github.com/richzhang/colorization"
_ZHANG_FILES = "https://colorizers.s3.us-east-2.amazonaws.com"

PUBLISHED = {
    published.name: published
    for published in (
        Published(
            name="colorful",
            description="Zhang, Isola, Efros 2016: 313 classes, rebalanced; learnt from ImageNet",
            licence="BSD-2-Clause",
            page=_ZHANG,
            url=f"{_ZHANG_FILES}/colorization_release_v2-9b330a0b.pth",
            size=128_976_165,
            sha256="9b330a0bae53f4ded77b1e23defbf78beaa09c10ebc4c4999e8e4f4a160b93f9",
        ),
        Published(
            name="interactive",
            description="Zhang et al. 2017: takes hints of colour; learnt from ImageNet",
            licence="BSD-2-Clause",
            page=_ZHANG,
            url=f"{_ZHANG_FILES}/siggraph17-df00044c.pth",
            size=136_787_426,
            sha256="df00044c0a4d7c3edcecf6f75437ce346a66e7a42612d9b968e1a7e17dbc6f66",
        ),
    )
}


def find_published(name: str) -> Published:
    """Return what is published under a name.

    Raises:
        ModelError: nothing is.
    """
    if name not in PUBLISHED:
        raise ModelError(
            f"no published model {name!r}: {nearest(name, list(PUBLISHED))}; "
            "to add a model of your own give its file with --from MODEL.onnx"
        )
    return PUBLISHED[name]
