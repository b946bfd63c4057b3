from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehue.photo import Mark
from rehue.photo.provenance.mark import SOURCE_TYPE

MARK = Mark("study-resnet34", "ab" * 32, "0.1.0", "onnxruntime 1.20, 2 threads", "", "cd" * 32)

texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "M"))).map(
    lambda text: "".join(c for c in text if c.isprintable())
)

FOREIGN = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="some tool">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="uuid:1" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    photoshop:Instructions="line one&#10;line two &quot;quoted&quot; &amp; more"
    Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/negativeFilm">
   <!-- kept -->
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Großmutter &lt;3</rdf:li></rdf:Alt></dc:title>
   <xmp:Thumbnails><rdf:Alt><rdf:li>base64 of the grey picture</rdf:li></rdf:Alt></xmp:Thumbnails>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()


@given(
    st.builds(Mark, texts, texts, texts, texts, texts, st.none() | texts),
    st.sampled_from([None, FOREIGN, b"not XMP"]),
)
def test_there_and_back(mark, existing):
    assert Mark.from_xmp(mark.to_xmp(existing)) == mark


def test_a_mark_names_the_iptc_source_type():
    root = ElementTree.fromstring(MARK.to_xmp())
    (found,) = root.iter("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType")
    assert found.text == SOURCE_TYPE
    assert SOURCE_TYPE.endswith("/compositeWithTrainedAlgorithmicMedia")


def test_what_others_wrote_stays():
    packet = MARK.to_xmp(FOREIGN)
    (outside,) = ElementTree.fromstring(packet).iter(
        "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
    )
    theirs = outside[0]
    instructions = theirs.get("{http://ns.adobe.com/photoshop/1.0/}Instructions")
    assert instructions == 'line one\nline two "quoted" & more'
    assert "Großmutter &lt;3" in packet.decode()
    assert b'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"' in packet
    assert b"<!-- kept -->" in packet
    about = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
    assert [description.get(about) for description in outside] == ["uuid:1", "uuid:1"]


def test_another_source_type_goes():
    packet = MARK.to_xmp(FOREIGN)
    assert b"negativeFilm" not in packet
    assert packet.count(b"<Iptc4xmpExt:DigitalSourceType>") == 1


def test_marking_again_replaces_the_mark():
    once = MARK.to_xmp(FOREIGN)
    assert MARK.to_xmp(once) == once
    newer = replace(MARK, model="newer")
    assert Mark.from_xmp(newer.to_xmp(once)) == newer
    assert b"study-resnet34" not in newer.to_xmp(once)


def test_a_mark_is_found_however_a_tool_rewrote_it():
    packet = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description xmlns:q="https://rehue.dev/ns/1.0/" q:Model="tiny" q:Version="0.1"/>
    </rdf:RDF>"""
    assert Mark.from_xmp(packet) == Mark("tiny", "", "0.1", "", "", None)


BOMB = b"""<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:rehue="https://rehue.dev/ns/1.0/" rehue:Model="&b;"/></rdf:RDF>"""


@pytest.mark.parametrize(
    "packet",
    [
        None,
        b"",
        b"<x:xmpmeta",
        b"\xff\xfe\x00",
        BOMB,
        b"\xff\xfe" + BOMB.decode().encode("utf-16-le"),
        b"<a/>",
        b"<a>" * 5000 + b"</a>" * 5000,
    ],
    ids=["none", "empty", "cut", "binary", "bomb", "utf-16 bomb", "no rdf", "deep"],
)
def test_a_packet_that_cannot_be_read_holds_no_mark_and_is_replaced(packet):
    assert Mark.from_xmp(packet) is None
    assert MARK.to_xmp(packet) == MARK.to_xmp(None)


def test_nested_beyond_what_can_be_written_again():
    deep = FOREIGN.replace(b"<!-- kept -->", b"<dc:a>" * 3000 + b"</dc:a>" * 3000)
    assert Mark.from_xmp(MARK.to_xmp(deep)) == MARK


def test_characters_that_xml_cannot_hold_are_replaced():
    found = Mark.from_xmp(replace(MARK, settings="a\0b\ud800c").to_xmp())
    assert found is not None
    assert found.settings == "a\ufffdb\ufffdc"
