"""The texts and the profile of a PNG (ISO/IEC 15948, 11.3), apart from its pixels.

Pillow refuses a whole file for one text that is damaged, or longer than 1 MiB. Here such a text is
left out, which is said, and up to 16 MiB are read.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from PIL.PngImagePlugin import iTXt

_SIGNATURE_LENGTH: Final = 8
_LONGEST: Final = 1 << 24
_ALL_TOGETHER: Final = 1 << 26
_KINDS: Final = (b"tEXt", b"zTXt", b"iTXt", b"iCCP")


@dataclass
class Texts:
    """What was found.

    Attributes:
        said: keyword and text, in the file's order; international ones are Pillow's `iTXt`, with
            their language.
        icc: the profile.
        unreadable: how many texts are damaged, or too long.
    """

    said: list[tuple[str, str]] = field(default_factory=list)
    icc: bytes | None = None
    unreadable: int = 0
    _left: int = _ALL_TOGETHER

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what was left out."""
        if not self.unreadable:
            return ()
        what = "text or profile is" if self.unreadable == 1 else "texts are"
        many = "a" if self.unreadable == 1 else str(self.unreadable)
        return (f"{many} {what} damaged, or longer than {_LONGEST >> 20} MiB, and left out",)

    def take(self, kind: bytes, content: bytes) -> None:
        """Read a chunk."""
        try:
            self._take(kind, content)
        except (ValueError, zlib.error, IndexError):
            self.unreadable += 1

    def _take(self, kind: bytes, content: bytes) -> None:
        keyword, _, rest = content.partition(b"\0")
        name = keyword.decode("latin-1")
        if kind == b"tEXt":
            self.said.append((name, self._within(rest).decode("latin-1")))
        elif kind == b"zTXt":
            self.said.append((name, self._inflated(rest[0], rest[1:]).decode("latin-1")))
        elif kind == b"iCCP":
            profile = self._inflated(rest[0], rest[1:])
            self.icc = self.icc or profile
        else:
            is_packed, method = rest[0], rest[1]
            language, _, after = rest[2:].partition(b"\0")
            translated, _, packed = after.partition(b"\0")
            text = self._inflated(method, packed) if is_packed else self._within(packed)
            words = (language.decode("latin-1"), translated.decode("utf-8", "replace"))
            self.said.append((name, iTXt(text.decode("utf-8"), *words)))

    def _within(self, text: bytes) -> bytes:
        self._left -= len(text)
        if len(text) > _LONGEST or self._left < 0:
            raise ValueError("too long")
        return text

    def _inflated(self, method: int, packed: bytes) -> bytes:
        if method:
            raise ValueError("packed in a way that there is not")
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(packed, _LONGEST + 1)
        if not unpacking.eof and len(text) <= _LONGEST:
            raise ValueError("cut off")
        return self._within(text)


def apart(data: bytes) -> tuple[bytes, Texts]:
    """Take texts and profile out of a file; what is no whole chunk stays where it is."""
    kept, texts, start = [], Texts(), 0
    for kind, begin, end in _places(data):
        if kind in _KINDS:
            kept.append(data[start:begin])
            start = end
            content = data[begin + 8 : end - 4]
            if zlib.crc32(content, zlib.crc32(kind)) == int.from_bytes(data[end - 4 : end], "big"):
                texts.take(kind, content)
            else:
                texts.unreadable += 1
    if not kept:
        return data, texts
    kept.append(data[start:])
    return b"".join(kept), texts


def _places(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, begin and end of each whole chunk."""
    at = _SIGNATURE_LENGTH
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            return
        yield data[at + 4 : at + 8], at, end
        at = end
