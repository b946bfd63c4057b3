"""XMP in any encoding and however broken: read, mended, or said to be left out."""

import random
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehue.photo import Mark
from rehue.photo.records.xmp import MENDED, UNREADABLE, Packet, readable

MARK = Mark("study-resnet34", "ab" * 32, "0.1.0", "onnxruntime 1.20, 2 threads", "", "cd" * 32)
DC = "http://purl.org/dc/elements/1.1/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
WHOLE = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    f'rdf:about="" xmlns:dc="{DC}" xmlns:photoshop="{PHOTOSHOP}" photoshop:City="Göteborg" '
    'photoshop:Credit="Library &amp; Archive"><dc:source>shoebox 7</dc:source><dc:creator><rdf:Seq>'
    "<rdf:li>Toni Frissell</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF>"
    '</x:xmpmeta><?xpacket end="w"?>'
)


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["without byte order mark", "with one"])
@pytest.mark.parametrize("encoding", ["utf-8", *(f"utf-{n}-{e}" for n in (16, 32) for e in "lb")])
def test_every_encoding_is_read_and_written_as_utf_8(encoding, mark):
    encoding += "e" * (encoding != "utf-8")
    packet = (mark + WHOLE).encode(encoding) + "\n  \n".encode(encoding)
    assert readable(packet) == (packet, None)
    written = MARK.to_xmp(packet)
    assert Packet.parse(written).properties(PHOTOSHOP)["City"] == "Göteborg"
    assert b"Toni Frissell" in written
    assert Mark.from_xmp(MARK.to_xmp().decode().encode(encoding)) == MARK


BROKEN = {
    "value without quotes": WHOLE.replace('"Library &amp; Archive"', "Library & Archive"),
    "bare ampersand": WHOLE.replace("&amp;", "&"),
    "unknown entity": WHOLE.replace("&amp;", "&nbsp;"),
    "character that XML has not": WHOLE.replace("shoebox", "shoe\x0bbox"),
    "reference to none": WHOLE.replace("shoebox", "shoe&#0;box"),
    "prefix that nobody declared": WHOLE.replace(f'xmlns:photoshop="{PHOTOSHOP}"', ""),
    "attribute twice": WHOLE.replace('rdf:about=""', 'rdf:about="" rdf:about=""'),
    "element without end": WHOLE.replace("</rdf:Seq>", ""),
    "end without element": WHOLE.replace("<dc:creator>", "</dc:title><dc:creator>"),
    "less-than in text": WHOLE.replace("shoebox 7", "shoebox < 7"),
    "comment with dashes": WHOLE.replace("<dc:source>", "<!-- a--b --><dc:source>"),
    "cut off": WHOLE[: WHOLE.index("</rdf:Description>")],
    "something after its end": WHOLE + "<rest/>",
    "no declarations at all": WHOLE.replace("xmlns:", "xmlmns:").replace("xmlmns:x=", "xmlns:x="),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_xml_is_mended_and_said(name):
    packet, note = readable(BROKEN[name].encode())
    assert note == MENDED
    found = Packet.parse(packet)
    assert found.items(DC, "creator") == ["Toni Frissell"]
    assert found.properties(PHOTOSHOP)["City"] == "Göteborg"
    assert found.properties(DC)["source"].startswith("shoe")
    ElementTree.fromstring(MARK.to_xmp(packet))


def test_letters_of_an_old_system_are_read():
    packet, note = readable(WHOLE.replace("\ufeff", "").encode("cp1252"))
    assert note == MENDED
    assert Packet.parse(packet).properties(PHOTOSHOP)["City"] == "Göteborg"


def test_a_value_without_quotes_is_read_to_the_next_name():
    packet, _ = readable(BROKEN["value without quotes"].encode())
    assert Packet.parse(packet).properties(PHOTOSHOP)["Credit"] == "Library & Archive"


@pytest.mark.parametrize(
    "packet",
    [b"<a/>", b"no XMP", b"\xff\xfe\x00", WHOLE.replace("<x:", "<!DOCTYPE a><x:", 1).encode()],
    ids=["no RDF", "text", "bytes", "document type"],
)
def test_what_cannot_be_read_is_said(packet):
    assert readable(packet) == (None, UNREADABLE)


@pytest.mark.parametrize("packet", [None, b"", b" \n", bytes(2000)])
def test_nothing_needs_no_word(packet):
    assert readable(packet) == (None, None)


@given(st.integers(0, 2**32))
def test_damage_is_mended_or_said_and_takes_a_mark(seed):
    draw = random.Random(seed)
    broken = bytearray(WHOLE.encode(draw.choice(["utf-8", "utf-16-le"])))
    for _ in range(draw.choice((1, 3, 30))):
        at = draw.randrange(len(broken))
        broken[at : at + draw.randrange(3)] = draw.randbytes(draw.randrange(3))
    packet, note = readable(bytes(broken))
    assert note in (None, MENDED, UNREADABLE)
    assert (packet is None) == (note == UNREADABLE)
    marked = MARK.to_xmp(packet)
    if b"}" not in marked:  # which ElementTree allows in no name of a namespace
        ElementTree.fromstring(marked)
    assert Mark.from_xmp(marked) == MARK


def test_what_is_made_to_keep_readers_busy_takes_no_long_time():
    for piece in ("<a b='", "a=b ", "<!-- ", "<? ", "<a>", "</a>", "&", "a  ="):
        readable(f"<x:xmpmeta><rdf:RDF>{piece * 30_000}".encode())
        readable(f"<x:xmpmeta><rdf:RDF {piece * 30_000}>".encode())
