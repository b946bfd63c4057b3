"""A part of a picture: which pixels it has, and where they lie on the network's grid."""

from rehue.errors import PhotoError
from rehue.picture.upsample import Box


def part_of(
    size: tuple[int, int], left: int, top: int, width: int, height: int
) -> tuple[slice, slice]:
    """Return the rows and columns of a part; what lies beyond the picture is left out.

    >>> part_of((90, 120), 100, 10, 50, 5)
    (slice(10, 15, None), slice(100, 120, None))

    Args:
        size: height and width of the picture (px).
        left: first column of the part.
        top: first row.
        width: of the part (px).
        height: likewise.

    Raises:
        PhotoError: nothing of it lies in the picture.
    """
    rows, columns = size
    right, bottom = min(left + width, columns), min(top + height, rows)
    if not (0 <= left < right and 0 <= top < bottom):
        raise PhotoError(
            f"part of {width} x {height} at {left}, {top} lies outside {columns} x {rows}"
        )
    return slice(top, bottom), slice(left, right)


def part_of_box(box: Box, size: tuple[int, int], rows: slice, columns: slice) -> Box:
    """Return where a part of a picture lies on the grid on which the whole fills a box.

    >>> part_of_box((0, 0, 30, 20), (100, 150), slice(50, 100), slice(0, 75))
    (0.0, 10.0, 15.0, 20.0)

    Args:
        box: left, top, right, bottom of the whole on the grid, in cells.
        size: height and width of the whole (px).
        rows: of the part, as `part_of` gives them.
        columns: likewise.
    """
    west, north, east, south = box
    across, down = (east - west) / size[1], (south - north) / size[0]
    return (
        west + columns.start * across,
        north + rows.start * down,
        west + columns.stop * across,
        north + rows.stop * down,
    )
