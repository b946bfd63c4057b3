"""Contact sheets, because in the end a picture is judged by eye."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from rehue.errors import DatasetError
from rehue.judge.baselines import PLAIN_GREY, constant_ab, paint
from rehue.judge.groups import Outcome
from rehue.scan import AS_IS

if TYPE_CHECKING:
    from rehue.colorizer import Colorizer
    from rehue.dataset import Sample
    from rehue.judge.results import Judged
    from rehue.model import Decoding

# A line of the sheet is filled with photographs up to this width, px.
SHEET_WIDTH = 1800
# A cell is at most so many times as wide as it is high, or a 100,000 x 1 picture would be a sheet.
_WIDEST = 4
_GAP = 4
_CAPTION = 14
_PAPER = (255, 255, 255)
_INK = (60, 60, 60)


def choose_for_sheet(judged: Sequence["Judged"], count: int = 24) -> list[str]:
    """Choose photographs to look at: the most extreme aspect ratios, then a spread over kinds.

    A sixth of them are the tallest, a sixth the widest, at least one each; the others are taken
    from each kind in turn, in the order of a hash of their keys: the same for every model.

    Returns:
        Keys, at most `count`, in the order of the sheet.
    """
    shuffled = sorted(judged, key=lambda photograph: _hash(photograph.key))
    ranked = sorted(shuffled, key=lambda photograph: photograph.width / photograph.height)
    few = max(1, count // 6)
    keys = dict.fromkeys(photograph.key for photograph in (*ranked[:few], *ranked[-few:]))
    by_kind: dict[str | None, list[str]] = {}
    for photograph in shuffled:
        by_kind.setdefault(photograph.kind, []).append(photograph.key)
    turns = [by_kind[kind] for kind in sorted(by_kind, key=str)]
    for turn in range(max(map(len, turns), default=0)):
        keys.update(dict.fromkeys(kind[turn] for kind in turns if turn < len(kind)))
        if len(keys) >= count:
            break
    return list(keys)[:count]


def choose_by_outcome(
    judged: Sequence["Judged"], predictor: str, count: int = 24
) -> dict[Outcome, list[str]]:
    """Choose photographs of each group (success, medium, failure) as `choose_for_sheet` does.

    Args:
        judged: fresh from `evaluate`, or read back with its photographs.
        predictor: whose groups.
        count: of each group, at most.
    """
    return {
        outcome: choose_for_sheet(
            [one for one in judged if one.outcome[predictor] is outcome], count
        )
        for outcome in Outcome
    }


def model_sheet(
    colorizer: "Colorizer", photographs: Iterable["Sample"], decoding: "Decoding | None" = None
) -> Image.Image:
    """Return grey, original and prediction of each photograph, captioned with key and kind."""
    cells, captions = [], []
    for sample in photographs:
        look = colorizer.look(sample.image, scan=AS_IS)
        grey = paint(look.lightness, constant_ab(look.lightness, PLAIN_GREY))
        cells.append([grey, sample.image, look.colorize(decoding=decoding)])
        captions.append(" ".join(filter(None, (sample.key, sample.kind, sample.label))))
    return contact_sheet(cells, captions)


def contact_sheet(
    cells: Sequence[Sequence[NDArray[np.uint8] | None]],
    captions: Sequence[str],
    height: int = 160,
    width: int = SHEET_WIDTH,
) -> Image.Image:
    """Lay photographs out in lines, each with its versions side by side and a caption below.

    Args:
        cells: for each photograph its versions (grey, original, prediction; without an original
            just grey and prediction): height x width or height x width x 3, uint8. None leaves
            a square free.
        captions: one for each photograph.
        height: of a cell, px. Aspect ratios are kept; what is wider than 4:1 becomes less high.
        width: up to which a line is filled, px; a wider photograph has a line to itself.

    Raises:
        DatasetError: there are no photographs.
    """
    if not cells:
        raise DatasetError("a contact sheet needs photographs, found none: give at least one")
    blocks = [
        _block(versions, caption, height) for versions, caption in zip(cells, captions, strict=True)
    ]
    lines: list[list[Image.Image]] = [[]]
    for block in blocks:
        filled = sum(other.width + 2 * _GAP for other in lines[-1])
        if lines[-1] and filled + block.width > width:
            lines.append([])
        lines[-1].append(block)
    across = max(sum(block.width + 2 * _GAP for block in line) for line in lines)
    down = blocks[0].height + _GAP
    sheet = Image.new("RGB", (across, down * len(lines)), _PAPER)
    for row, line in enumerate(lines):
        left = _GAP
        for block in line:
            sheet.paste(block, (left, row * down + _GAP))
            left += block.width + 2 * _GAP
    return sheet


def _block(versions: Sequence[NDArray[np.uint8] | None], caption: str, height: int) -> Image.Image:
    """One photograph's versions side by side, with its caption."""
    pictures = [None if version is None else _cell(version, height) for version in versions]
    widths = [height if picture is None else picture.width for picture in pictures]
    whole = sum(widths) + _GAP * (len(widths) - 1)
    block = Image.new("RGB", (whole, height + _CAPTION), _PAPER)
    left = 0
    for picture, width in zip(pictures, widths, strict=True):
        if picture is not None:
            block.paste(picture, (left, (height - picture.height) // 2))
        left += width + _GAP
    font = ImageFont.load_default()
    # Pillow's font of last resort knows Latin-1 alone.
    text = caption.encode("latin-1", "replace").decode("latin-1")
    while text and font.getlength(text) > whole:
        text = text[:-1]
    ImageDraw.Draw(block).text((0, height), text, fill=_INK, font=font)
    return block


def _cell(version: NDArray[np.uint8], height: int) -> Image.Image:
    picture = Image.fromarray(version).convert("RGB")
    share = min(height / picture.height, _WIDEST * height / picture.width)
    return _scaled(
        picture, (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    )


def _scaled(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
