"""Prefix codes of JPEG XL's headers, which are Brotli's (RFC 7932, 3.2 to 3.5)."""

from collections.abc import Callable

from rehue.photo.formats.jpegxl.bits import BitReader

# Values by length and code of lengths of a prefix code's own code, and their order.
_LENGTHS = {(2, 0): 0, (2, 1): 4, (2, 2): 3, (3, 3): 2, (4, 7): 1, (4, 15): 5}
_ORDER = (1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15)


def coded(bits: BitReader, code: dict[tuple[int, int], int], longest: int) -> int:
    """Read a symbol whose code's bits stand as in a number, the first one lowest."""
    read = 0
    for length in range(1, longest + 1):
        read |= bits.bits(1) << (length - 1)
        if (length, read) in code:
            return code[length, read]
    raise ValueError("a broken code")


def prefix_code(bits: BitReader, size: int) -> dict[tuple[int, int], int]:
    """Read a code of so many symbols: by length and code, first bit highest."""
    if size == 1:
        return {(0, 0): 0}
    skip = bits.bits(2)
    if skip == 1:
        return _short_code(bits, size)
    own, space = [0] * 18, 32
    for place in _ORDER[skip:]:
        own[place] = coded(bits, _LENGTHS, 4)
        space -= (32 >> own[place]) if own[place] else 0
        if space <= 0:
            break
    used = [place for place in range(18) if own[place]]
    if not used or (space != 0 and len(used) > 1):
        raise ValueError("a broken code")
    one = {(0, 0): used[0]} if len(used) == 1 else _canonical(own)
    length_of = reader_of(bits, one)
    lengths: list[int] = []
    last, repeated, space = 8, (-1, 0), 32768
    while len(lengths) < size and space > 0:
        length = length_of()
        if length < 16:
            lengths.append(length)
            last, repeated = length or last, (-1, 0)
            space -= 32768 >> length if length else 0
            continue
        extra = length - 14
        what = last if length == 16 else 0
        before = repeated[1] if repeated[0] == what else 0
        count = bits.bits(extra) + 3 + (((before - 2) << extra) if before else 0)
        new = count - before
        if new > size - len(lengths):
            raise ValueError("a broken code")
        lengths += [what] * new
        repeated = what, count
        space -= new * (32768 >> what) if what else 0
    if space:
        raise ValueError("a broken code")
    return _canonical(lengths)


def _short_code(bits: BitReader, size: int) -> dict[tuple[int, int], int]:
    count = bits.bits(2) + 1
    symbols = [bits.bits((size - 1).bit_length()) for _ in range(count)]
    if max(symbols) >= size:
        raise ValueError("a broken code")
    shape = {1: (0,), 2: (1, 1), 3: (1, 2, 2), 4: (2, 2, 2, 2)}[count]
    if count == 4 and bits.flag():
        shape = (1, 2, 3, 3)
    lengths = [0] * size
    if count == 1:
        return {(0, 0): symbols[0]}
    for symbol, length in zip(symbols, shape, strict=True):
        lengths[symbol] = length
    return _canonical(lengths)


def _canonical(lengths: list[int]) -> dict[tuple[int, int], int]:
    code, found = 0, {}
    for length in range(1, 16):
        code <<= 1
        for symbol, wanted in enumerate(lengths):
            if wanted == length:
                found[length, code] = symbol
                code += 1
    return found


def reader_of(bits: BitReader, code: dict[tuple[int, int], int]) -> Callable[[], int]:
    """Return what reads a symbol of a code."""
    if (0, 0) in code:
        return lambda: code[0, 0]

    def token() -> int:
        read = 0
        for length in range(1, 16):
            read = read << 1 | bits.bits(1)
            if (length, read) in code:
                return code[length, read]
        raise ValueError("a broken code")

    return token
