"""How a program would develop a picture, as XMP says it: never done to the pixels of a result."""

from typing import Final

from rehue.photo.records.xmp import Packet

_DARKTABLE: Final = "http://darktable.sf.net/"
_EDITS: Final = (
    "http://ns.adobe.com/camera-raw-settings/1.0/",
    "http://ns.adobe.com/camera-raw-saved-settings/1.0/",
    _DARKTABLE,
)


def remove_edits(packet: Packet) -> bool:
    """Take edits out of a packet, and leave darktable's labels, which say something of the picture.

    A result that said them would be developed once more.

    Returns:
        Whether there were any.
    """
    before = packet.to_bytes()
    labels = packet.items(_DARKTABLE, "colorlabels")
    for namespace in _EDITS:
        packet.remove(namespace)
    had_edits = packet.to_bytes() != before
    if labels:
        packet.add({"darktable": _DARKTABLE}, {"darktable:colorlabels": tuple(labels)})
    return had_edits
