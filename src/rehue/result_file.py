"""One photograph coloured into a file, page by page, with all that its own file carried."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from numpy.typing import NDArray

from rehue.look import Look
from rehue.photo import (
    LUMA_KEPT,
    Chroma,
    Mark,
    Output,
    Photograph,
    as_stored,
    draw_mark,
    keeps_luma,
    of_positive,
    turned,
    upright,
    visible_mark,
    why_not_kept,
    with_sidecars,
    write,
)
from rehue.wishes import Coloring


def write_colored(
    photograph: Photograph,
    target: Path | BinaryIO,
    output: Output,
    coloring: Coloring,
    mark: Mark,
    look_at: Callable[[Photograph], Look],
    tell: Callable[[int, int], None],
    *,
    overwrite: bool,
) -> tuple[str, ...]:
    """Colour a photograph into a file.

    A grey JPEG's own image data stand in a JPEG byte for byte, where nothing is wished for that
    changes its luma (`rehue.photo.keeps_luma`).

    Args:
        photograph: not coloured by Rehue.
        target: path, or an open file.
        output: how it is written.
        coloring: what is wished of the colours.
        mark: what the result says of itself.
        look_at: shows a page to the network.
        tell: is called after each step, with its number and how many there are.
        overwrite: whether `target` may be there already.

    Returns:
        A line on each XMP file beside it, on what was found to have been scanned, on each hint that
        was not taken as given, and where a grey JPEG's image data were not kept.

    Raises:
        PhotoError: as for `Colorizer.colorize_file`.
    """
    path = target if isinstance(target, Path) else None
    photograph, said = with_sidecars(photograph)
    is_negative = coloring.scan is not None and coloring.scan.is_negative
    if is_negative:
        photograph, of_it = of_positive(photograph)
        said += of_it
    notes = dict.fromkeys(said)
    is_luma_kept = keeps_luma(photograph, path, output) and not is_negative
    if why := why_not_kept(photograph, path, output, is_negative=is_negative):
        notes[why] = None
    if is_luma_kept and (jpeg := photograph.carried.jpeg) and jpeg.image_data:
        mark = replace(mark, luma=LUMA_KEPT)
    looks: Iterable[Look] = map(look_at, photograph.pages)
    written = photograph
    if output.turn:
        looks = list(looks)
        written = turned(photograph, [look.finding.turn for look in looks if look.finding])
    steps = 2 * len(photograph.pages) + 1

    def pages() -> Iterator[NDArray[Any] | Chroma]:
        of_pages = zip(photograph.pages, written.pages, looks, strict=True)
        for number, (page, shown, look) in enumerate(of_pages):
            tell(2 * number + 1, steps)
            notes.update(dict.fromkeys(look.notes(coloring)))
            made: NDArray[Any] | Chroma
            if is_luma_kept:
                made = look.chroma_at_luma(coloring, orientation=page.orientation)
            else:
                rgb = (look.layer if output.layer else look.colorize)(coloring)
                made = as_stored(rgb, page.orientation)
                if output.visible_mark:
                    seen = draw_mark(upright(made, shown.orientation), visible_mark(mark.model))
                    made = as_stored(seen, shown.orientation)
            tell(2 * number + 2, steps)
            yield made

    write(
        written,
        pages(),
        target,
        mark,
        format=output.format,
        quality=output.quality,
        bit_depth=output.bit_depth,
        keep_times=output.keep_times,
        credentials=output.credentials,
        overwrite=overwrite,
    )
    tell(steps, steps)
    return tuple(notes)
