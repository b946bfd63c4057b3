"""The entropy code of JPEG XL's headers (ISO/IEC 18181-1, annex C), as far as profiles need it.

Numbers are split into a token and further bits; tokens come from prefix codes or from a range
coder (ANS) with a distribution for each cluster of contexts, and may stand for copies (LZ77).
"""

from collections.abc import Callable
from dataclasses import dataclass

from rehue.photo.formats.jpegxl.bits import BitReader
from rehue.photo.formats.jpegxl.prefix import coded, prefix_code, reader_of

_TABLE = 1 << 12
# State that a range coder ends in.
_END = 0x130000
# Length and value of each code for the logarithm of a count, by the next 7 bits (C.2.5).
_LOG_COUNTS = {
    **{(3, code): value for code, value in ((0, 10), (2, 7), (4, 6), (5, 8), (6, 9))},
    **{(4, code): value for code, value in ((3, 3), (7, 5), (9, 4), (11, 1), (15, 2))},
    (5, 17): 0,
    (6, 33): 11,
    (7, 1): 12,
    (7, 65): 13,
}


@dataclass(frozen=True)
class _Split:
    """How a number follows from a token (C.3.3)."""

    exponent: int
    high: int = 0
    low: int = 0

    @classmethod
    def read(cls, bits: BitReader, log_alphabet: int) -> "_Split":
        exponent = bits.bits(log_alphabet.bit_length())
        if exponent == log_alphabet:
            return cls(exponent)
        high = bits.bits(exponent.bit_length())
        if high > exponent:
            raise ValueError("a broken code")
        low = bits.bits((exponent - high).bit_length())
        if high + low > exponent:
            raise ValueError("a broken code")
        return cls(exponent, high, low)

    def number(self, token: int, bits: BitReader) -> int:
        if token < 1 << self.exponent:
            return token
        inside = self.high + self.low
        count = self.exponent - inside + ((token - (1 << self.exponent)) >> inside)
        if count > 32:
            raise ValueError("a broken code")
        low = token & ((1 << self.low) - 1)
        high = (token >> self.low) & ((1 << self.high) - 1) | (1 << self.high)
        return (((high << count) | bits.bits(count)) << self.low) | low


class Decoder:
    """Reads numbers in contexts.

    Args:
        bits: to read from; the code itself comes first.
        contexts: how many there are.
    """

    def __init__(self, bits: BitReader, contexts: int) -> None:
        self._bits = bits
        self._copies = bits.flag()
        if self._copies:
            self._first_copy = bits.u32((224, 0), (512, 0), (4096, 0), (8, 15))
            self._shortest = bits.u32((3, 0), (4, 0), (5, 2), (9, 8))
            self._lengths = _Split.read(bits, 8)
            contexts += 1
        self._clusters = _clusters(bits, contexts) if contexts > 1 else [0]
        count = max(self._clusters) + 1
        self._is_prefix = bits.flag()
        log_alphabet = 15 if self._is_prefix else 5 + bits.bits(2)
        self._splits = [_Split.read(bits, log_alphabet) for _ in range(count)]
        self._tokens: list[Callable[[], int]]
        if self._is_prefix:
            sizes = [_up_to(bits, 4) + 1 for _ in range(count)]
            codes = [prefix_code(bits, size) for size in sizes]
            self._tokens = [reader_of(bits, code) for code in codes]
            self._state = _END
        else:
            tables = [_table(_counts(bits), log_alphabet) for _ in range(count)]
            self._tokens = [self._ranged(table) for table in tables]
            self._state = bits.bits(32)
        self._seen: list[int] = []
        self._left = self._from = 0

    def number(self, context: int) -> int:
        """Read the next number."""
        if self._left == 0:
            cluster = self._clusters[context]
            token = self._tokens[cluster]()
            if not self._copies or token < self._first_copy:
                self._seen.append(self._splits[cluster].number(token, self._bits))
                return self._seen[-1]
            length = self._lengths.number(token - self._first_copy, self._bits)
            self._left = length + self._shortest
            last = self._clusters[-1]
            back = 1 + self._splits[last].number(self._tokens[last](), self._bits)
            self._from = len(self._seen) - min(back, len(self._seen), 1 << 20)
        self._left -= 1
        self._seen.append(self._seen[self._from] if self._seen else 0)
        self._from += 1
        return self._seen[-1]

    def check_end(self) -> None:
        """Refuse a code that does not end as it should."""
        if self._state != _END:
            raise ValueError("a broken code")

    def _ranged(self, table: list[tuple[int, int, int]]) -> Callable[[], int]:
        def token() -> int:
            symbol, count, offset = table[self._state & (_TABLE - 1)]
            self._state = count * (self._state >> 12) + offset
            if self._state < 1 << 16:
                self._state = (self._state << 16) | self._bits.bits(16)
            return symbol

        return token


def _clusters(bits: BitReader, contexts: int) -> list[int]:
    if bits.flag():
        count = bits.bits(2)
        return [bits.bits(count) for _ in range(contexts)]
    by_rank = bits.flag()
    decoder = Decoder(bits, 1)
    found = [decoder.number(0) for _ in range(contexts)]
    decoder.check_end()
    if max(found) > 255:
        raise ValueError("a broken code")
    if by_rank:
        ranks = list(range(256))
        for at, rank in enumerate(found):
            found[at] = ranks.pop(rank)
            ranks.insert(0, found[at])
    return found


def _up_to(bits: BitReader, width: int) -> int:
    """Read a small number: 0, or so many bits that a number of `width` bits says."""
    if not bits.flag():
        return 0
    count = bits.bits(width)
    return (1 << count) + bits.bits(count)


def _counts(bits: BitReader) -> list[int]:
    """Read a distribution: how many of 4096 each symbol has (C.2.5)."""
    if bits.flag():
        symbols = [_up_to(bits, 3) for _ in range(bits.bits(1) + 1)]
        counts = [0] * (max(symbols) + 1)
        counts[symbols[0]] = _TABLE if len(symbols) == 1 else bits.bits(12)
        if len(symbols) == 2:
            if symbols[0] == symbols[1]:
                raise ValueError("a broken code")
            counts[symbols[1]] = _TABLE - counts[symbols[0]]
        return counts
    if bits.flag():
        size = _up_to(bits, 3) + 1
        return [_TABLE // size + (symbol < _TABLE % size) for symbol in range(size)]
    width = 0
    while width < 3 and bits.flag():
        width += 1
    shift = bits.bits(width) + (1 << width) - 1
    if shift > 13:
        raise ValueError("a broken code")
    return _counts_by_logarithms(bits, shift)


def _counts_by_logarithms(bits: BitReader, shift: int) -> list[int]:
    size = _up_to(bits, 3) + 3
    logs, repeats = [0] * size, [0] * size
    at = 0
    while at < size:
        logs[at] = coded(bits, _LOG_COUNTS, 7)
        if logs[at] == 13:
            repeats[at] = _up_to(bits, 3) + 4
            at += repeats[at] - 1
        at += 1
    # What is left of 4096 goes to the first of the largest.
    rest = max(range(size), key=lambda n: (logs[n] if logs[n] != 13 else -1, -n))
    counts = [0] * size
    at = 0
    while at < size:
        if repeats[at]:
            stop = min(at + repeats[at], size)
            counts[at:stop] = [counts[at - 1] if at else 0] * (stop - at)
            at = stop
            continue
        log = logs[at] - 1
        if at != rest and log >= 0:
            known = min(max(0, shift - ((12 - log) >> 1)), log)
            counts[at] = (1 << log) + (bits.bits(known) << (log - known))
        at += 1
    counts[rest] = _TABLE - sum(counts)
    if logs[rest] == 13 or counts[rest] <= 0:
        raise ValueError("a broken code")
    return counts


def _table(counts: list[int], log_alphabet: int) -> list[tuple[int, int, int]]:
    """Return symbol, count and offset for each of 4096 values of a state (C.2.6)."""
    size = 1 << log_alphabet
    room = _TABLE >> log_alphabet
    if len(counts) > size and any(counts[size:]):
        raise ValueError("a broken code")
    counts = counts[:size] + [0] * (size - len(counts))
    if _TABLE in counts:
        only = counts.index(_TABLE)
        return [(only, _TABLE, state) for state in range(_TABLE)]
    cuts, other, shifted = list(counts), list(range(size)), [0] * size
    over = [n for n in range(size) if cuts[n] > room]
    under = [n for n in range(size) if cuts[n] < room]
    while over:
        giver, taker = over.pop(), under.pop()
        cuts[giver] -= room - cuts[taker]
        other[taker], shifted[taker] = giver, cuts[giver]
        if cuts[giver] != room:
            (over if cuts[giver] > room else under).append(giver)
    table = []
    for bucket in range(size):
        is_whole = cuts[bucket] == room
        for place in range(room):
            if is_whole or place < cuts[bucket]:
                table.append((bucket, counts[bucket], place))
            else:
                symbol = other[bucket]
                offset = shifted[bucket] - cuts[bucket] + place
                table.append((symbol, counts[symbol], offset))
    return table
