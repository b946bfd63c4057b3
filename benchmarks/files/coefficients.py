"""JPEGs whose luma is coded anew with its own table: how many of its coefficients stay?

    python benchmarks/files/coefficients.py --kodak KODAK --output coefficients.json

Photographs are made grey, and stored in three components as they are and in sepia, at four
qualities. Each is coloured; the coefficients of its luma are read out of both files, and compared:
all of them, and those that are not 0 in the source. Needs jpegtran.
"""

import argparse
import json
import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from rehue import Colorizer
from rehue.photo.formats.jpeg.segments import DHT, SOS, Frame, Segment, segments

QUALITIES = (60, 75, 85, 95)
BASELINE = 0xC0
# Dark and light of a sepia print.
SEPIA = ("#201008", "#fff4e0")


def main() -> None:
    """Colour, read, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--photographs", type=int, default=8, help="the first so many")
    parser.add_argument("--model", default="default")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    colorizer = Colorizer(arguments.model)
    paths = sorted(arguments.kodak.glob("*.webp"))[: arguments.photographs]
    figures = {}
    for kind in ("three components", "sepia"):
        for quality in QUALITIES:
            shares = [compared(colorizer, path, kind, quality) for path in paths]
            every, others, same = np.mean(shares, axis=0)
            figures[f"{kind}, quality {quality}"] = {
                "coefficients that stay": float(every),
                "of those that are not 0": float(others),
                "results with the source's table": float(same),
            }
            print(f"{kind}, quality {quality}: {every:.4%} of all, {others:.4%} of those not 0")
    arguments.output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def compared(
    colorizer: Colorizer, path: Path, kind: str, quality: int
) -> tuple[float, float, float]:
    """Colour one photograph: shares of coefficients that stay, and whether the table does."""
    grey = Image.open(path).convert("L")
    stored = grey.convert("RGB") if kind != "sepia" else ImageOps.colorize(grey, *SEPIA)
    source, result = BytesIO(), BytesIO()
    stored.save(source, "JPEG", quality=quality)
    colorizer.colorize_file(source.getvalue(), result)
    before, after = (coefficients(file.getvalue()) for file in (source, result))
    tables = [Image.open(BytesIO(file.getvalue())).quantization[0] for file in (source, result)]
    same = before == after
    return float(same.mean()), float(same[before != 0].mean()), float(tables[0] == tables[1])


def coefficients(jpeg: bytes) -> NDArray[np.int32]:
    """Return the coefficients of a JPEG's luma, quantised, a row for each block (T.81, annex F)."""
    command = ["jpegtran", "-grayscale", "-copy", "none"]
    done = subprocess.run(command, input=jpeg, check=True, capture_output=True)
    found = list(segments(done.stdout))
    frame = next(Frame.of(s) for s in found if s.marker == BASELINE)
    tables = {kind: table for s in found if s.marker == DHT for kind, table in tables_of(s)}
    scan = next(s for s in found if s.marker == SOS)
    blocks = -(-frame.width // 8) * -(-frame.height // 8)
    return decoded(scan.coded.replace(b"\xff\0", b"\xff"), tables[0], tables[0x10], blocks)


def tables_of(segment: Segment) -> list[tuple[int, NDArray[np.int32]]]:
    """Return the tables of a segment: for each 16 bits, 32 times the symbol and its length."""
    made, at, content = [], 0, segment.content
    while at < len(content):
        counts = content[at + 1 : at + 17]
        symbols = iter(content[at + 17 : at + 17 + sum(counts)])
        table, place = np.zeros(1 << 16, np.int32), 0
        for length, count in enumerate(counts, 1):
            for _ in range(count):
                step = 1 << (16 - length)
                table[place : place + step] = next(symbols) << 5 | length
                place += step
        made.append((content[at], table))
        at += 17 + sum(counts)
    return made


def decoded(
    coded: bytes, direct: NDArray[np.int32], others: NDArray[np.int32], blocks: int
) -> NDArray[np.int32]:
    """Decode a scan of one component without restarts."""
    found = np.zeros((blocks, 64), np.int32)
    tables = direct.tolist(), others.tolist()
    # The next 64 bits and more, from each byte on.
    padded = coded + bytes(8)
    at = level = 0
    for row in found:
        number = 0
        while number < 64:
            ahead = int.from_bytes(padded[at >> 3 : (at >> 3) + 5], "big") << (at & 7)
            entry = tables[number > 0][ahead >> 24 & 0xFFFF]
            symbol, length = entry >> 5, entry & 31
            run, size = (symbol >> 4, symbol & 15) if number else (0, symbol)
            value = ahead >> (40 - length - size) & ((1 << size) - 1)
            at += length + size
            if size and value < 1 << (size - 1):
                value -= (1 << size) - 1
            if number == 0:
                level += value
                row[0], number = level, 1
            elif size:
                row[number + run] = value
                number += run + 1
            elif run == 15:
                number += 16
            else:
                break
    return found


if __name__ == "__main__":
    main()
