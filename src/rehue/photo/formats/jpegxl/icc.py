"""ICC profiles as they stand in a JPEG XL codestream (ISO/IEC 18181-1, annex E).

A profile is told as what differs from a guess, then entropy-coded. Reading understands all of it;
written is the plainest form there is, which every decoder knows.
"""

from rehue.photo.formats.jpegxl.bits import BitReader, BitWriter
from rehue.photo.formats.jpegxl.entropy import Decoder

_HEADER = 128
_CONTEXTS = 41
# No profile is longer by far; each byte costs a microsecond or two.
_LONGEST = 1 << 22
# Bytes that one byte may become, as libjxl has it; looked at now and then.
_MOST_SWELLING, _LOOK_EVERY = 256, 1 << 14
_TAGS = (
    *(b"cprt", b"wtpt", b"bkpt", b"rXYZ", b"gXYZ", b"bXYZ", b"kXYZ", b"rTRC", b"gTRC"),
    *(b"bTRC", b"kTRC", b"chad", b"desc", b"chrm", b"dmnd", b"dmdd", b"lumi"),
)
_TYPES = (b"XYZ ", b"desc", b"text", b"mluc", b"para", b"curv", b"sf32", b"gbd ")
_OF_TWENTY = {b"rXYZ", b"gXYZ", b"bXYZ", b"kXYZ", b"wtpt", b"bkpt", b"lumi"}
_INSERT, _SHUFFLE_2, _SHUFFLE_4, _PREDICT, _XYZ, _FIRST_TYPE = 1, 2, 3, 4, 10, 16
_UNKNOWN_TAG, _CURVES, _COLORANTS, _FIRST_TAG = 1, 2, 3, 4


def read_icc(bits: BitReader) -> bytes:
    """Read a profile.

    Raises:
        ValueError: its code is broken, or it is far too long.
    """
    size = bits.u64()
    if size > _LONGEST:
        raise ValueError("an ICC profile that is too long")
    start = bits.at
    decoder = Decoder(bits, _CONTEXTS)
    found = bytearray()
    for at in range(size):
        if at % _LOOK_EVERY == 0 and at > (bits.at - start) * _MOST_SWELLING // 8:
            raise ValueError("an ICC profile that swells")
        context = 0 if at <= _HEADER else 1 + _kind(found[-1]) + 8 * _kind_before(found[-2])
        found.append(decoder.number(context) & 0xFF)
    decoder.check_end()
    return _Told(bytes(found)).profile()


def write_icc(bits: BitWriter, icc: bytes) -> None:
    """Write a profile: what differs from the guessed header, the rest as it is, 8 bits a byte."""
    rest = icc[_HEADER:]
    commands = b"\0" + bytes([_INSERT]) + _varint(len(rest)) if rest else b""
    differs = bytearray()
    for at in range(min(len(icc), _HEADER)):
        differs.append((icc[at] - _guess(icc[:at], len(icc))) & 0xFF)
    told = _varint(len(icc)) + _varint(len(commands)) + commands + differs + rest
    bits.put_u64(len(told))
    bits.put(0, 1)  # no copies
    bits.put(1, 1)  # one cluster of contexts, said in numbers
    bits.put(0, 2)  # of no bits
    bits.put(1, 1)  # prefix codes
    bits.put(8, 4)  # tokens below 2^8 are numbers
    bits.put(0, 4)
    bits.put(0, 4)
    bits.put(1, 1)  # an alphabet of 256
    bits.put(7, 4)
    bits.put(127, 7)
    bits.put(0, 2)  # lengths of which only 8 is used, after ten others and before seven
    bits.put(0, 2 * 10)
    bits.put(2, 2)
    bits.put(0, 2 * 7)
    for byte in told:
        bits.put(int(f"{byte:08b}"[::-1], 2), 8)


def _guess(before: bytes, size: int) -> int:
    """Return the byte of a profile's header that is guessed after those before it (E.3)."""
    at = len(before)
    if at < 4:
        return size.to_bytes(4, "big")[at]
    if at == 8:
        return 4
    if 41 <= at < 44:
        maker = {b"A": b"APPL", b"M": b"MSFT"}.get(before[40:41])
        if maker is None and at > 41:
            maker = {b"SG": b"SGI ", b"SU": b"SUNW"}.get(before[40:42])
        return maker[at - 40] if maker else 0
    if 80 <= at < 84:
        return before[at - 76]
    fixed = {12: b"mntrRGB XYZ ", 36: b"acsp", 70: b"\xf6\xd6\0\1", 78: b"\xd3\x2d"}
    for start, text in fixed.items():
        if start <= at < start + len(text):
            return text[at - start]
    return 0


class _Told:
    """The decoded stream of a profile: its length, commands, and the bytes that they use."""

    def __init__(self, told: bytes) -> None:
        self._told = told
        self._at = 0
        self.size = self._number()
        count = self._number()
        if self.size > _LONGEST or self._at + count > len(told):
            raise ValueError("a broken ICC profile")
        self._data_at = self._end = self._at + count
        self._made = bytearray()

    def profile(self) -> bytes:
        for _ in range(min(self.size, _HEADER)):
            guess = _guess(bytes(self._made), self.size)
            self._made.append((self._data(1)[0] + guess) & 0xFF)
        if self.size > _HEADER:
            self._tags()
            while self._at < self._end:
                self._content(self._byte())
                self._check_length()
        if len(self._made) != self.size or self._data_at != len(self._told):
            raise ValueError("a broken ICC profile")
        return bytes(self._made)

    def _tags(self) -> None:
        """Make the list of tags (E.4)."""
        count = self._number()
        if not count:
            return
        count -= 1
        self._made += _big(count)
        start, size = _HEADER + 12 * count, 0
        while self._at < self._end:
            command = self._byte()
            kind = command & 63
            if kind == 0:
                return
            tag = self._tag(kind)
            start, length = start + size, 20 if tag in _OF_TWENTY else size
            if command & 64:
                start = self._number()
            if command & 128:
                length = self._number()
            size = length
            tags = {_CURVES: (b"rTRC", b"gTRC", b"bTRC"), _COLORANTS: (b"rXYZ", b"gXYZ", b"bXYZ")}
            for number, name in enumerate(tags.get(kind, (tag,))):
                offset = start + number * size if kind == _COLORANTS else start
                self._made += name + _big(offset) + _big(size)
            self._check_length()

    def _tag(self, kind: int) -> bytes:
        if kind == _UNKNOWN_TAG:
            return self._data(4)
        if kind in (_CURVES, _COLORANTS):
            return b"rTRC" if kind == _CURVES else b"rXYZ"
        if kind - _FIRST_TAG >= len(_TAGS):
            raise ValueError("a broken ICC profile")
        return _TAGS[kind - _FIRST_TAG]

    def _content(self, command: int) -> None:
        """Make what a command says of the tags' contents (E.5)."""
        if command == _INSERT:
            self._made += self._data(self._number())
        elif command in (_SHUFFLE_2, _SHUFFLE_4):
            self._made += _shuffled(self._data(self._number()), 2 * (command - 1))
        elif command == _PREDICT:
            self._predicted()
        elif command == _XYZ:
            self._made += b"XYZ \0\0\0\0" + self._data(12)
        elif 0 <= command - _FIRST_TYPE < len(_TYPES):
            self._made += _TYPES[command - _FIRST_TYPE] + bytes(4)
        else:
            raise ValueError("a broken ICC profile")

    def _predicted(self) -> None:
        flags = self._byte()
        width, order = (flags & 3) + 1, (flags >> 2) & 3
        stride = self._number() if flags & 16 else width
        if width == 3 or order == 3 or stride < width or 4 * stride >= len(self._made):
            raise ValueError("a broken ICC profile")
        count = self._number()
        told = _shuffled(self._data(count), width)
        made = self._made
        for at in range(count):
            place = len(made) - at % width
            # Three values before, of the same width.
            one, two, three = (
                int.from_bytes(made[place - n * stride : place - n * stride + width], "big")
                for n in (1, 2, 3)
            )
            guess = (one, 2 * one - two, 3 * one - 3 * two + three)[order]
            made.append((told[at] + (guess >> 8 * (width - 1 - at % width))) & 0xFF)

    def _byte(self) -> int:
        if self._at >= self._end:
            raise ValueError("a broken ICC profile")
        self._at += 1
        return self._told[self._at - 1]

    def _data(self, count: int) -> bytes:
        if self._data_at + count > len(self._told):
            raise ValueError("a broken ICC profile")
        self._data_at += count
        return self._told[self._data_at - count : self._data_at]

    def _number(self) -> int:
        value = 0
        for shift in range(0, 63, 7):
            if self._at >= len(self._told):
                break
            byte = self._told[self._at]
            self._at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise ValueError("a broken ICC profile")

    def _check_length(self) -> None:
        if len(self._made) > self.size:
            raise ValueError("a broken ICC profile")


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])


def _big(value: int) -> bytes:
    if value >= 1 << 32:
        raise ValueError("a broken ICC profile")
    return value.to_bytes(4, "big")


def _shuffled(data: bytes, width: int) -> bytes:
    """Interleave: of width 2, "ABCab" becomes "AaBbC"."""
    height = -(-len(data) // width)
    return bytes(data[at] for row in range(height) for at in range(row, len(data), height))


def _kind(byte: int) -> int:
    if chr(byte).isascii() and chr(byte).isalpha():
        return 0
    if byte in b"0123456789.,":
        return 1
    if byte < 2:
        return 2 + byte
    if byte < 16:
        return 4
    if byte > 240:
        return 6 if byte == 255 else 5
    return 7


def _kind_before(byte: int) -> int:
    kind = _kind(byte)
    return kind if kind < 2 else 2 if byte < 16 else 3 if byte > 240 else 4
