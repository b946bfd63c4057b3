"""Palettes that a user might have given, drawn from photographs' own colours."""

import torch
from torch import Tensor

# Shares of the pictures: without a palette; with the photograph's own histogram. The others get a
# few of its colours, as a user who names some.
WITHOUT, WHOLE = 0.7, 0.15
NAMED = (2, 7)


def simulate_palettes(histograms: Tensor, generator: torch.Generator) -> Tensor:
    """Draw palettes for a batch of photographs.

    Args:
        histograms: N x B shares of the bins in each photograph.
        generator: on the processor; the same state gives the same palettes.

    Returns:
        N x B shares that sum to 1, or zeros for none.
    """
    chances = torch.rand(len(histograms), generator=generator).tolist()
    palettes = torch.zeros_like(histograms)
    for palette, histogram, chance in zip(palettes, histograms, chances, strict=True):
        if chance < WITHOUT:
            continue
        if chance < WITHOUT + WHOLE:
            palette.copy_(histogram)
            continue
        count = int(torch.randint(*NAMED, (), generator=generator))
        named = torch.multinomial(histogram.cpu(), count, generator=generator)
        palette[named] = 1 / count
    return palettes
