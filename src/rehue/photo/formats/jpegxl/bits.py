"""Bits as JPEG XL's headers have them (ISO/IEC 18181-1, annex B): the lowest of a byte first."""


class BitReader:
    """Reads numbers from bytes, one after the other.

    Attributes:
        at: the next bit.
    """

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self.at = at

    def bits(self, count: int) -> int:
        """Read a number of so many bits.

        Raises:
            EOFError: the data end before.
        """
        start, end = self.at, self.at + count
        if end > 8 * len(self._data):
            raise EOFError("the codestream ends within its header")
        self.at = end
        whole = int.from_bytes(self._data[start >> 3 : (end + 7) >> 3], "little")
        return (whole >> (start & 7)) & ((1 << count) - 1)

    def flag(self) -> bool:
        """Read one bit."""
        return bool(self.bits(1))

    def u32(self, *ways: tuple[int, int]) -> int:
        """Read a number in one of four ways (B.2.2): what is added to so many bits."""
        offset, count = ways[self.bits(2)]
        return offset + self.bits(count)

    def u64(self) -> int:
        """Read a number of up to 64 bits (B.2.3)."""
        way = self.bits(2)
        if way < 3:
            return ((0, 0), (1, 4), (17, 8))[way][0] + self.bits((0, 4, 8)[way])
        value, shift = self.bits(12), 12
        while self.flag():
            count = 8 if shift < 60 else 4
            value |= self.bits(count) << shift
            shift += count
            if count == 4:
                break
        return value

    def enum(self) -> int:
        """Read the number of a choice (B.2.5)."""
        return self.u32((0, 0), (1, 0), (2, 4), (18, 6))


class BitWriter:
    """Collects numbers.

    Attributes:
        length: how many bits there are.
    """

    def __init__(self) -> None:
        self._value = 0
        self.length = 0

    def put(self, value: int, count: int) -> None:
        """Add a number of so many bits."""
        self._value |= value << self.length
        self.length += count

    def put_u64(self, value: int) -> None:
        """Add a number below 2^60 as `BitReader.u64` reads it."""
        self.put(3, 2)
        self.put(value & 0xFFF, 12)
        value >>= 12
        while value:
            self.put(1, 1)
            self.put(value & 0xFF, 8)
            value >>= 8
        self.put(0, 1)

    def to_bytes(self) -> bytes:
        """Return all, filled up with zeros to whole bytes."""
        return self._value.to_bytes((self.length + 7) // 8, "little")
