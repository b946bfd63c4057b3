"""Encoded segments on disk, and how they are joined.

A segment is a file of packets one after the other, with a table of their times beside it. No
container is used, because containers round times. What is joined has the presentation times of the
film; decoding times are made anew over the whole, since each segment's encoder began its own.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from rehue.errors import FilmError
from rehue.files import replacing

if TYPE_CHECKING:
    from av import Packet

_COLUMNS: Final = np.dtype([("pts", "<i8"), ("size", "<i8"), ("is_key", "?"), ("duration", "<i8")])


@dataclass(frozen=True)
class Table:
    """The packets of a segment in the order in which they are decoded.

    Attributes:
        rows: of `pts`, `size` (bytes), `is_key` and `duration`, in units of the film's time base.
        extradata: what the encoder says to decoders before all packets.
    """

    rows: NDArray[np.void]
    extradata: bytes


class PacketWriter:
    """Writes a segment's packets as they come."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb")
        self._rows: list[tuple[int, int, bool, int]] = []

    def add(self, packet: "Packet[Any]") -> None:
        """Append a packet."""
        self._file.write(packet)
        self._rows.append((packet.pts or 0, packet.size, packet.is_keyframe, packet.duration or 0))

    def close(self, extradata: bytes | None) -> Table:
        """Bring all to the disk, and return what has to be known of it."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Table(np.array(self._rows, _COLUMNS), extradata or b"")

    def abandon(self) -> None:
        """Leave off."""
        self._file.close()


def write_table(
    path: Path, table: Table, facts: dict[str, object], arrays: dict[str, NDArray[Any]]
) -> None:
    """Write a table with what else is known of its segment, in one piece or not at all."""
    with replacing(path) as beside, beside.open("wb") as file:
        np.savez(
            file,
            rows=table.rows,
            extradata=np.frombuffer(table.extradata, np.uint8),
            facts=np.frombuffer(json.dumps(facts).encode(), np.uint8),
            **arrays,  # type: ignore[arg-type]
        )


def read_table(path: Path) -> tuple[Table, dict[str, Any], dict[str, NDArray[Any]]]:
    """Read what `write_table` wrote.

    Raises:
        FilmError: it is damaged.
    """
    try:
        with np.load(path) as found:
            arrays = {name: found[name] for name in found.files}
        rows, extradata, facts = (arrays.pop(n) for n in ("rows", "extradata", "facts"))
        return Table(rows, extradata.tobytes()), json.loads(facts.tobytes()), arrays
    except (OSError, ValueError, KeyError) as error:
        raise FilmError(
            f"{path}: is damaged ({error}): remove it, and its part is done again"
        ) from error


def read_packets(path: Path, table: Table) -> Iterator[tuple[bytes, "np.void"]]:
    """Yield each packet's bytes and its row."""
    with path.open("rb") as file:
        for row in table.rows:
            yield file.read(int(row["size"])), row


def decoding_times(pts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return times of decoding for presentation times in the order of decoding.

    They rise by at least one, none is later than its presentation, and where nothing is reordered
    they are the same.

    >>> decoding_times(np.array([0, 30, 10, 20, 40])).tolist()
    [-10, 0, 10, 20, 30]
    """
    shown = np.sort(pts)
    delay = int((np.arange(len(pts)) - np.searchsorted(shown, pts)).max(initial=0))
    if delay == 0:
        return shown
    step = max(1, int(np.diff(shown).min()))
    # As early as the last is late: containers that add up decoding times have the whole from them.
    late = int(pts[-1] - shown[len(pts) - delay - 1]) if len(pts) > delay else 0
    step = max(step, -(-late // delay))
    before = shown[0] - step * np.arange(delay, 0, -1)
    return np.concatenate([before, shown[: len(pts) - delay]])
