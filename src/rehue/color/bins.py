"""Classes of colour: the ab plane cut into squares, as Zhang, Isola and Efros (2016) do."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rehue.color.lab import srgb_to_lab

# Zhang et al. 2016, section 2.2: the soft encoding spreads a colour over its five nearest bins
# with a Gaussian of this standard deviation (units of ab).
NEIGHBOURS = 5
SIGMA = 5.0
# The encoding is looked up at whole units of ab; half a unit is a tenth of the Gaussian's sigma.
_TABLE_REACH = 128
# So many different colours, of the table's 65,536, are found without it.
_FEW = 8192


@dataclass(frozen=True)
class Bins:
    """Bin centres in the ab plane.

    Attributes:
        centers: B x 2, float32, units of ab.
    """

    centers: NDArray[np.float32]

    @classmethod
    def in_srgb(cls, grid: int = 10) -> "Bins":
        """The bins that hold a colour of sRGB, on a grid of `grid` units, rows of rising a.

        >>> len(Bins.in_srgb(10))
        261
        """
        # Every third code value, the corners of the cube among them.
        levels = np.arange(0, 256, 3, dtype=np.uint8)
        cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
        cells = np.rint(srgb_to_lab(cube.reshape(-1, 3))[:, 1:] / grid)
        return cls((np.unique(cells, axis=0) * grid).astype(np.float32))

    def __len__(self) -> int:
        """Number of bins."""
        return len(self.centers)

    @cached_property
    def encoding_table(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Nearest bins and their weights for whole ab from -128 to 127.

        Returns:
            Two arrays of 256 x 256 x 5, indexed by a + 128 and b + 128.
        """
        axis = np.arange(-_TABLE_REACH, _TABLE_REACH, dtype=np.float32)
        return self._nearest(np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1))

    def encode(self, ab: NDArray[np.floating]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Spread colours over their five nearest bins (Zhang et al. 2016, section 2.2).

        Args:
            ab: ... x 2; taken to whole units.

        Returns:
            Bin numbers (... x 5) and weights (... x 5) that sum to 1.
        """
        index = np.clip(np.rint(ab), -_TABLE_REACH, _TABLE_REACH - 1).astype(np.int64)
        at = (index[..., 0] + _TABLE_REACH, index[..., 1] + _TABLE_REACH)
        if "encoding_table" not in self.__dict__:
            # Of few colours each by itself is found sooner than the table is made.
            number = at[0] * (2 * _TABLE_REACH) + at[1]
            different, which = np.unique(number, return_inverse=True)
            if len(different) <= _FEW:
                colors = np.stack(np.divmod(different, 2 * _TABLE_REACH), axis=-1) - _TABLE_REACH
                nearest, weights = self._nearest(colors.astype(np.float32))
                which = which.reshape(number.shape)
                return nearest[which], weights[which]
        nearest, weights = self.encoding_table
        return nearest[at], weights[at]

    def _nearest(self, ab: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return nearest bins and their weights (... x 5) for whole ab (... x 2)."""
        squared = ((ab[..., None, :] - self.centers) ** 2).sum(axis=-1)
        # On a grid many bins are equally far: the first of them counts. Without a rule it would be
        # another one on another processor, and so would be all that is learnt.
        ranks = squared.astype(np.int32) * len(self) + np.arange(len(self), dtype=np.int32)
        nearest = np.argpartition(ranks, NEIGHBOURS - 1, axis=-1)[..., :NEIGHBOURS]
        nearest.sort(axis=-1)
        near = np.take_along_axis(squared, nearest, axis=-1)
        # The exponent is taken over the nearest one's, so that far colours do not underflow.
        weights = np.exp((near.min(axis=-1, keepdims=True) - near) / (2 * SIGMA**2))
        weights /= weights.sum(axis=-1, keepdims=True)
        return nearest, weights

    def decode(
        self, logits: NDArray[np.floating], temperature: float = 1.0
    ) -> NDArray[np.floating]:
        """Return the annealed mean of a distribution (Zhang et al. 2016, equation 5).

        Args:
            logits: B x ..., bins first, as a network gives them.
            temperature: 1 gives the expected colour, towards 0 the likeliest; greater than 0.

        Returns:
            2 x ..., units of ab.
        """
        weights = logits - logits.max(axis=0)
        weights /= temperature
        np.exp(weights, out=weights)
        # A row of ones beside a and b sums the weights in the same product.
        rows = np.column_stack([self.centers, np.ones(len(self))]).T.astype(weights.dtype)
        a, b, total = np.tensordot(rows, weights, axes=1)
        mean: NDArray[np.floating] = np.stack([a, b]) / total
        return mean
