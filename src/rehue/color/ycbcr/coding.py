"""How a stream stores R'G'B': its matrix, its range and its depth."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from rehue.errors import PhotoError

Matrix: TypeAlias = Literal["bt601", "bt709", "bt2020"]
Samples: TypeAlias = NDArray[np.unsignedinteger]
Plane: TypeAlias = NDArray[np.float32]

# kr and kb of each matrix.
WEIGHTS: Final[dict[str, tuple[float, float]]] = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
}


@dataclass(frozen=True)
class Coding:
    """How a stream stores R'G'B'.

    Attributes:
        matrix: `bt601`, `bt709` or `bt2020`.
        is_full_range: codes 0..2^bits - 1 (JPEG), not 16..235 and 16..240 of 8 bits (television).
        bits: of a sample, 8 to 16.

    Raises:
        PhotoError: another matrix or depth.
    """

    matrix: Matrix = "bt709"
    is_full_range: bool = False
    bits: int = 8

    def __post_init__(self) -> None:
        """Refuse what there is no table for."""
        if self.matrix not in get_args(Matrix):
            raise PhotoError(f"matrix {self.matrix!r}: give one of {', '.join(get_args(Matrix))}")
        if not 8 <= self.bits <= 16:
            raise PhotoError(f"{self.bits} bits a sample: give 8 to 16")

    @property
    def white(self) -> int:
        """Code of white's luma."""
        return (1 << self.bits) - 1 if self.is_full_range else 235 << (self.bits - 8)

    @property
    def black(self) -> int:
        """Code of black's luma."""
        return 0 if self.is_full_range else 16 << (self.bits - 8)

    @property
    def neutral(self) -> int:
        """Code of no colour, in Cb and Cr."""
        return 1 << (self.bits - 1)

    @property
    def chroma_span(self) -> int:
        """Codes between Cb (or Cr) of -0.5 and of 0.5."""
        return (1 << self.bits) - 1 if self.is_full_range else 224 << (self.bits - 8)

    @property
    def dtype(self) -> type[np.uint8] | type[np.uint16]:
        """Type of a sample."""
        return np.uint8 if self.bits == 8 else np.uint16
