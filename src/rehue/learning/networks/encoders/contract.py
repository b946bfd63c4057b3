"""What every encoder takes and gives; another one is one file here and one name in the table."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from torch import Tensor, nn

from rehue.errors import RecipeError


@dataclass(frozen=True)
class Published:
    """A file of weights that others trained; its name ends in the first 8 digits of its sha256.

    Attributes:
        where: its address; or, of a file that a package brings, its path in there.
        package: the module of that package; empty for what is downloaded.
    """

    where: str
    package: str = ""


class Encoder(nn.Module, ABC):
    """Sees a picture's lightness, and gives features of ever coarser grids.

    A stage ends at each stride from 4 on; the stem is what comes before. Networks reach their
    encoder's weights as `encoder.*`, so the names of its parameters are part of files already
    written: keep them.

    Attributes:
        name: as in the table.
        channels: of the features at strides 2, 4, 8 and so on: of the stem, then of each stage.
        pooled: channels of what `whole` says.
        published: where its weights are published.
        grown_from: those of a smaller encoder that it can grow from; None where there is none.
    """

    name: str
    channels: tuple[int, ...]
    pooled: int
    published: Published
    grown_from: Published | None = None

    @abstractmethod
    def forward(
        self, lightness: Tensor, added: Sequence[Tensor | None] | None = None
    ) -> list[Tensor]:
        """Return features at strides 2, 4, 8 and so on, finest first.

        Args:
            lightness: N x 1 x H x W, L in 0..100; H and W multiples of the coarsest stride.
            added: to what each stage gives, before the next one sees it; None adds nothing.
        """

    def whole(self, coarsest: Tensor) -> Tensor:
        """Say what the whole picture shows: the last features to N x `pooled`."""
        return coarsest.mean(dim=(2, 3))

    @abstractmethod
    def stages(self) -> list[list[nn.Module]]:
        """Return what can be frozen: the modules of the stem, then those of each stage."""

    def parts(self, count: int) -> list[nn.Module]:
        """Return the modules of the first `count` parts: the stem (1), and stages (2 and more).

        Raises:
            RecipeError: there are not so many.
        """
        stages = self.stages()
        if count > len(stages):
            raise RecipeError(
                f"an encoder of {len(stages) - 1} stages has {len(stages)} parts to freeze, "
                f"found frozen = {count}"
            )
        return list(chain.from_iterable(stages[:count]))

    def fitting(self, published: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Leave out, of the publisher's own file, stages that this encoder has in another width."""
        return dict(published)

    @abstractmethod
    def translated(self, published: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Turn published weights for RGB into this encoder's own for lightness, by its names.

        Args:
            published: by their publisher's names; what is not an encoder's in it is left out.

        Raises:
            RecipeError: they are of another network.
        """

    def grown(self, loaded: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return what the weights of `grown_from` lack, so that the function stays the same.

        For encoders that have a smaller one alone.

        Args:
            loaded: the smaller one's weights, translated.
        """
        raise NotImplementedError
