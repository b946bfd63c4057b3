"""Grey JPEGs as many encoders write them: each is a kind of its own."""

import struct
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from rehue.photo.formats.jpeg.segments import DHT, DQT, DRI, FRAMES, SOS, Segment, joined, segments


@pytest.fixture(scope="session")
def kinds(grey):
    """Name to bytes."""
    return {name: make(grey) for name, make in KINDS.items()}


def saved(pixels, **options):
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", **options)
    return file.getvalue()


def changed(data, change):
    """Pass every segment of a file through a function that returns one or several."""
    parts = [change(s) for s in segments(data)]
    return joined(one for p in parts for one in ([p] if isinstance(p, Segment) else p))


def with_numbers(data, quantisation, huffman, component):
    """Give tables and the component other numbers."""

    def change(segment):
        content = bytearray(segment.content)
        if segment.marker == DQT:
            content[0] = quantisation
        elif segment.marker == DHT:
            content[0] = content[0] & 0xF0 | huffman
        elif segment.marker in FRAMES:
            content[6], content[8] = component, quantisation
        elif segment.marker == SOS:
            content[1] = component
            content[2] = (content[4] > 0) * huffman | (content[3] == 0) * huffman << 4
        return replace(segment, content=bytes(content))

    return changed(data, change)


def with_deep_tables(data):
    """16 bits a table entry, as libjpeg writes for quality 1 without -baseline (SOF1)."""

    def change(segment):
        if segment.marker == DQT:
            table = b"".join(struct.pack(">H", entry) for entry in segment.content[1:])
            return Segment(DQT, bytes((0x10 | segment.content[0],)) + table)
        return replace(segment, marker=0xC1) if segment.marker == 0xC0 else segment

    return changed(data, change)


def in_one_table_segment(data):
    """All Huffman tables in one segment."""
    found = list(segments(data))
    tables = b"".join(s.content for s in found if s.marker == DHT)
    parts = [s for s in found if s.marker != DHT]
    at = next(n for n, s in enumerate(parts) if s.marker == SOS)
    return joined([*parts[:at], Segment(DHT, tables), *parts[at:]])


def with_idle_tables(data):
    """A second quantisation table and Huffman tables that no scan uses."""
    idle = bytes((2, *[7] * 64))
    more = bytes((0x11, 1, *[0] * 15, 0))

    def change(segment):
        return (
            (Segment(DQT, idle), segment, Segment(DHT, more)) if segment.marker == DQT else segment
        )

    return changed(data, change)


def with_sampling(data, factors):
    def change(segment):
        content = bytearray(segment.content)
        if segment.marker in FRAMES:
            content[7] = factors
        return replace(segment, content=bytes(content))

    return changed(data, change)


def with_fill(data):
    """0xFF repeated before markers, as B.1.1.2 allows."""
    for marker in (0xDB, 0xC4, 0xC0, 0xDA, 0xD9):
        data = data.replace(bytes((0xFF, marker)), b"\xff\xff\xff" + bytes((marker,)), 1)
    return data


def odd(grey):
    return np.ascontiguousarray(grey[:61, :83])


ADOBE = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"

KINDS = {
    "baseline": lambda g: saved(g, quality=85),
    "fine": lambda g: saved(g, quality=100),
    "coarse": lambda g: saved(g, quality=3),
    "optimised": lambda g: saved(g, optimize=True),
    "progressive": lambda g: saved(g, progressive=True),
    "odd": lambda g: saved(odd(g)),
    "odd, progressive": lambda g: saved(odd(g), progressive=True),
    "one pixel": lambda g: saved(g[:1, :1]),
    "a column": lambda g: saved(np.ascontiguousarray(g[:, :1]), progressive=True),
    "restarts by blocks": lambda g: saved(odd(g), restart_marker_blocks=3),
    "restarts by rows": lambda g: saved(g, restart_marker_rows=1),
    "restarts, progressive": lambda g: saved(odd(g), restart_marker_blocks=5, progressive=True),
    "other numbers": lambda g: with_numbers(saved(g), 3, 1, 0),
    "other numbers, progressive": lambda g: with_numbers(saved(g, progressive=True), 1, 1, 82),
    "last component number": lambda g: with_numbers(saved(g), 0, 0, 252),
    "16-bit tables": lambda g: with_deep_tables(saved(g, quality=5)),
    "16-bit tables, number 1": lambda g: with_deep_tables(with_numbers(saved(g), 1, 0, 1)),
    "tables in one segment": lambda g: in_one_table_segment(saved(g)),
    "idle tables": lambda g: with_idle_tables(saved(g)),
    "sampling 2 x 2": lambda g: with_sampling(saved(odd(g)), 0x22),
    "sampling 4 x 1": lambda g: with_sampling(saved(g), 0x41),
    "fill bytes": lambda g: with_fill(saved(g)),
    "trailing data": lambda g: saved(g) + b"\0" * 100 + saved(g),
    "Adobe's segment": lambda g: saved(g, extra=ADOBE),
    "comment and EXIF": lambda g: saved(g, comment=b"box 7", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
    "DRI of 0": lambda g: changed(
        saved(g), lambda s: (Segment(DRI, b"\0\0"), s) if s.marker == SOS else s
    ),
}
