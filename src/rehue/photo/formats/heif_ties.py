"""Which properties are tied to which pictures of an HEIF: tables that some encoders split.

One table of each kind is allowed (`ipma`, ISO/IEC 14496-12, 8.11.14.1). Early AVIF encoders wrote
one for the picture and one for its alpha; libavif refuses such a file, others read it.
"""

from rehue.photo.records.boxes import box, boxes


def with_joined_ties(data: bytes) -> bytes:
    """Return a file whose tables of one kind are one; itself where they are already.

    Everything stays at its place: what becomes free stands behind the joined table's box.
    """
    parts = list(boxes(data))
    meta = next((part.content for part in parts if part.kind == b"meta"), b"")
    inside = list(boxes(meta[4:]))
    properties = next((part.content for part in inside if part.kind == b"iprp"), b"")
    joined = _joined(properties)
    spared = len(properties) - len(joined)
    if not spared:
        return data
    rebuilt = b"".join(
        box(part.kind, joined if part.kind == b"iprp" else part.content) for part in inside
    )
    at = data.index(meta) - 8
    filled = box(b"meta", meta[:4], rebuilt) + box(b"free", bytes(spared - 8))
    if len(filled) != 8 + len(meta):  # boxes of unusual headers, or bytes behind the last one
        return data
    return data[:at] + filled + data[at + len(filled) :]


def _joined(properties: bytes) -> bytes:
    """Join tables of equal version and flags in the content of an `iprp` box."""
    tables: dict[bytes, list[bytes]] = {}
    others = []
    for part in boxes(properties):
        if part.kind == b"ipma" and len(part.content) >= 8:
            tables.setdefault(part.content[:4], []).append(part.content[4:])
        else:
            others.append(box(part.kind, part.content))
    if all(len(of_kind) == 1 for of_kind in tables.values()):
        return properties
    counts = {
        head: sum(int.from_bytes(table[:4], "big") for table in of_kind)
        for head, of_kind in tables.items()
    }
    if max(counts.values()) >= 1 << 32:  # no count that a table can state
        return properties
    joined = [
        box(b"ipma", head, counts[head].to_bytes(4, "big"), *(table[4:] for table in of_kind))
        for head, of_kind in tables.items()
    ]
    return b"".join(others + joined)
