"""The mark: how a picture says, to people and programs, that a trained model coloured it.

It stands in XMP as `Iptc4xmpExt:DigitalSourceType`, which picture libraries read (IPTC Photo
Metadata Standard 2023.1; the value is from IPTC's NewsCodes), and as Rehue's own properties.
There is no time in it unless one is given: the same input gives the same bytes.
"""

from dataclasses import dataclass
from typing import Final

from rehue.photo.records.xmp import Packet

NAMESPACE: Final = "https://rehue.dev/ns/1.0/"
_IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
# Lightness from the camera, colour from a trained model.
SOURCE_TYPE: Final = (
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
)
# What a mark says of luma that is its source's own image data.
LUMA_KEPT: Final = "kept byte for byte"


@dataclass(frozen=True)
class Mark:
    """Who coloured a picture and how; each field is a `rehue:` property of its XMP.

    Attributes:
        model: name of the network.
        model_sha256: of its weight file, hexadecimal.
        version: of Rehue.
        runtime: what ran the network: name, version, precision, threads.
        settings: what the user chose.
        source_sha256: of the uncoloured file, hexadecimal; None when there was no file.
        hints: colours that the user gave, one text each.
        timestamp: when it was coloured, where the user wanted that said (ISO 8601).
        luma: `LUMA_KEPT` where the source's image data stand in the file; None elsewhere.
    """

    model: str
    model_sha256: str
    version: str
    runtime: str
    settings: str
    source_sha256: str | None
    hints: tuple[str, ...] = ()
    timestamp: str | None = None
    luma: str | None = None

    def to_xmp(self, existing: bytes | None = None) -> bytes:
        """Return an XMP packet with this mark and all that `existing` says besides.

        An older mark is replaced; so is, as a whole, a packet that cannot be read or that has a
        document type. Characters that cannot be printed, some of which XML cannot hold, become
        U+FFFD.
        """
        packet = Packet.parse_or_new(existing)
        _remove(packet)
        values: dict[str, str | tuple[str, ...]] = {
            "Iptc4xmpExt:DigitalSourceType": SOURCE_TYPE,
            "rehue:Model": self.model,
            "rehue:ModelSHA256": self.model_sha256,
            "rehue:Version": self.version,
            "rehue:Runtime": self.runtime,
            "rehue:Settings": self.settings,
            "rehue:Hints": self.hints,
        }
        if self.source_sha256 is not None:
            values["rehue:SourceSHA256"] = self.source_sha256
        if self.timestamp is not None:
            values["rehue:Timestamp"] = self.timestamp
        if self.luma is not None:
            values["rehue:Luma"] = self.luma
        packet.add(
            {"Iptc4xmpExt": _IPTC_EXTENSION, "rehue": NAMESPACE},
            {
                name: _printable(said) if isinstance(said, str) else tuple(map(_printable, said))
                for name, said in values.items()
            },
        )
        return packet.to_bytes()

    @classmethod
    def from_xmp(cls, packet: bytes | None) -> "Mark | None":
        """Return the mark in a packet; None when there is none, or no packet that can be read.

        The network's name makes a mark; what else is missing is empty.
        """
        parsed = Packet.parse(packet) if packet else None
        found = parsed.properties(NAMESPACE) if parsed else {}
        if "Model" not in found:
            return None
        return cls(
            model=found["Model"],
            model_sha256=found.get("ModelSHA256", ""),
            version=found.get("Version", ""),
            runtime=found.get("Runtime", ""),
            settings=found.get("Settings", ""),
            source_sha256=found.get("SourceSHA256"),
            hints=tuple(parsed.items(NAMESPACE, "Hints")) if parsed else (),
            timestamp=found.get("Timestamp"),
            luma=found.get("Luma"),
        )


def without_mark(packet: bytes) -> bytes | None:
    """Return a packet that no longer says that Rehue coloured the picture; None if that was all."""
    parsed = Packet.parse(packet)
    if parsed is None:
        return packet
    _remove(parsed)
    return parsed.to_bytes() if parsed.says_something else None


def source_type(packet: bytes | None) -> str | None:
    """Return the digital source type (IPTC) that a packet gives, whoever wrote it."""
    parsed = Packet.parse(packet) if packet else None
    return parsed.properties(_IPTC_EXTENSION).get("DigitalSourceType") if parsed else None


def _remove(packet: Packet) -> None:
    packet.remove(NAMESPACE)
    packet.remove(_IPTC_EXTENSION, "DigitalSourceType")


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
