"""What PNG, GIF, BMP, AVIF and HEIC carry beside the usual, and oddities of their own."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from rehue.errors import PhotoError
from rehue.photo import read, write
from rehue.photo.samples.profile import srgb_profile

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
XMP += b'syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
XMP += b"<dc:source>attic</dc:source></rdf:Description></rdf:RDF></x:xmpmeta>"


def written(photograph, mark, **options):
    file = BytesIO()
    rgb = photograph.pixels
    rgb = rgb if rgb.ndim == 3 else np.repeat(rgb[..., None], 3, -1)
    write(photograph, rgb, file, mark, **options)
    return file.getvalue()


def chunk(kind, content, check=0):
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body) ^ check)


def with_chunks(data, *chunks):
    return data[:33] + b"".join(chunks) + data[33:]


@pytest.mark.parametrize("deep", [False, True])
def test_long_texts_and_profiles_of_a_png(deep, grey, make, mark):
    samples = Image.fromarray(grey if not deep else grey.astype(np.uint16) * 257)
    plain = make.saved(samples, "PNG")
    long = "a" * 2_000_000
    profile = make.srgb_profile() + bytes(2_000_000)
    data = with_chunks(
        plain,
        chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile)),
        chunk(b"zTXt", b"Description\0\0" + zlib.compress(long.encode())),
    )
    photograph = read(data)
    assert photograph.pixels.shape == grey.shape
    assert photograph.carried.text == (("Description", long),)
    assert read(written(photograph, mark)).carried.text == (("Description", long),)


@pytest.mark.parametrize(
    "bad",
    [
        chunk(b"tEXt", b"Title\0attic", check=1),
        chunk(b"zTXt", b"Title\0\0" + zlib.compress(b"attic")[:-5]),
        chunk(b"zTXt", b"Title\0\x07attic"),
        chunk(b"iTXt", b"Title\0\0\0\0\0\xff\xfe"),
        chunk(b"zTXt", b"Title\0\0" + zlib.compress(bytes(17_000_000))),
        chunk(b"iCCP", b"icc\0\0nothing"),
    ],
)
def test_a_text_that_cannot_be_read_costs_nothing_else(bad, grey, make):
    good = chunk(b"tEXt", b"Author\0Anna")
    photograph = read(with_chunks(make.saved(Image.fromarray(grey), "PNG"), bad, good))
    assert np.array_equal(photograph.pixels, grey)
    assert photograph.carried.text == (("Author", "Anna"),)
    assert photograph.notes == (
        "a text or profile is damaged, or longer than 16 MiB, and left out",
    )


def test_languages_of_texts_stay(grey, make, mark):
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("Title", "屋根裏", "ja", "タイトル")
    texts.add_itxt("Title", "Dachboden", "de", "Titel")
    photograph = read(make.saved(Image.fromarray(grey), "PNG", pnginfo=texts))
    said = read(written(photograph, mark)).carried.text
    assert [(key, str(text), text.lang, text.tkey) for key, text in said] == [
        ("Title", "屋根裏", "ja", "タイトル"),
        ("Title", "Dachboden", "de", "Titel"),
    ]


def test_xmp_and_comments_of_a_gif(grey, make, mark):
    data = make.saved(Image.fromarray(grey), "GIF")
    table = 3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0
    magic = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    packet = b"!\xff\x0bXMP DataXMP" + XMP + magic
    comments = b"!\xfe\x05first\0" + b"!\xfe\x06second\0"
    place = 13 + table
    photograph = read(data[:place] + packet + comments + data[place:])
    assert photograph.carried.xmp == XMP
    assert photograph.carried.text == (("Comment", "first"), ("Comment", "second"))
    result = read(written(photograph, mark))
    assert result.kind == "PNG"
    assert b"attic" in result.carried.xmp
    assert result.carried.text == (("Comment", "first"), ("Comment", "second"))
    # Damage beside the picture is left alone.
    for cut in (place + 5, place + 60, place + len(packet) + 3):
        with_damage = data[:place] + (packet + comments)[: cut - place]
        with pytest.raises(PhotoError):
            read(with_damage)


def bmp_of(samples, masks, *, bits=32, header=124, profile=b"", down=False):
    height, width = samples.shape
    row = (width * bits + 31) // 32 * 4
    kind = "<u4" if bits == 32 else "<u2"
    lines = samples if down else samples[::-1]
    pixels = b"".join(line.astype(kind).tobytes().ljust(row, b"\0") for line in lines)
    at = 14 + header + (16 if header == 40 else 0)
    head = struct.pack("<IiiHHIIiiII", header, width, -height if down else height, 1, bits,
                       3 if header != 40 else 6, len(pixels), 11811, 11811, 0, 0)  # fmt: skip
    head += struct.pack("<IIII", *masks)
    if header == 124:
        head += b"DEBM" if profile else b"BGRs"
        head = head.ljust(112, b"\0") + struct.pack("<II", header + len(pixels), len(profile))
    head = head.ljust(header, b"\0") if header != 40 else head
    file = b"BM" + struct.pack("<IHHI", at + len(pixels) + len(profile), 0, 0, at)
    return file + head + pixels + profile


RGBA = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("header", [40, 56, 108, 124])
def test_alpha_of_a_bmp(header, down, color, mark):
    red, green, blue = (color[..., n].astype(np.uint32) for n in range(3))
    alpha = np.arange(color.shape[1], dtype=np.uint32)[None].repeat(len(color), 0)
    samples = alpha << 24 | red << 16 | green << 8 | blue
    photograph = read(bmp_of(samples, RGBA, header=header, down=down))
    assert np.array_equal(photograph.pixels, color)
    assert np.array_equal(photograph.alpha, alpha)
    result = read(written(photograph, mark))
    assert result.kind == "PNG"
    assert np.array_equal(result.alpha, alpha)
    assert photograph.carried.dpi == pytest.approx((300, 300), abs=0.1)
    unset = read(bmp_of(samples & 0xFFFFFF, RGBA, header=header))
    assert unset.alpha is None
    assert unset.notes == ("its alpha is 0 everywhere and is left out",)


def test_bit_fields_of_16_bits(mark):
    samples = np.array([[0x7C00, 0x03E0, 0x001F, 0xFFFF]], np.uint32)
    photograph = read(bmp_of(samples, (0x7C00, 0x3E0, 0x1F, 0x8000), bits=16, header=56))
    assert photograph.pixels.tolist() == [[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255] * 3]]
    assert photograph.alpha.tolist() == [[0, 0, 0, 255]]
    with pytest.raises(PhotoError, match="cut off"):
        read(bmp_of(samples, (0x7C00, 0x3E0, 0x1F, 0x8000), bits=16, header=56)[:-3])


def test_the_profile_of_a_bmp_goes_over(color, make, mark):
    profile = make.adobe_like_profile()
    red, green, blue = (color[..., n].astype(np.uint32) for n in range(3))
    samples = red << 16 | green << 8 | blue
    photograph = read(bmp_of(samples, (*RGBA[:3], 0), profile=profile))
    assert photograph.carried.icc == profile
    assert read(written(photograph, mark)).carried.icc == profile


def test_short_headers_and_arrays_of_os2(grey, make):
    plain = make.saved(Image.fromarray(grey), "BMP")
    at = int.from_bytes(plain[10:14], "little")
    short = plain[:10] + struct.pack("<II", at - 24, 16) + plain[18:30] + plain[54:]
    assert np.array_equal(read(short).pixels, grey)
    array = b"BA" + bytes(12) + plain[:10] + struct.pack("<I", at + 14) + plain[14:]
    assert np.array_equal(read(array).pixels, grey)


def with_aperture(data, width, height, across, down):
    """An AVIF file of Pillow's with a clean aperture among the properties of its picture."""
    from rehue.photo.formats.avif import _with  # the container that our own results get
    from rehue.photo.records.boxes import box

    content = struct.pack(">IIIIiIiI", width, 1, height, 1, across, 2, down, 2)
    return _with(data, [], [(box(b"clap", content), True)])


@pytest.mark.parametrize("bits", [8, 10])
def test_the_clean_aperture_of_an_avif_is_what_is_shown(bits, mark):
    import imagecodecs

    steps = np.add.outer(np.arange(64), np.arange(96))[..., None].repeat(3, -1) + 40
    samples = steps.astype(np.uint8) if bits == 8 else (steps * 4).astype(np.uint16)
    data = bytes(imagecodecs.avif_encode(samples, level=100, bitspersample=bits))
    whole = read(data)
    # 40 x 20 pixels, their middle 8 to the right of the picture's and 6 above it.
    shown = read(with_aperture(data, 40, 20, 16, -12))
    assert shown.pixels.shape[:2] == (20, 40)
    assert np.array_equal(shown.pixels, whole.pixels[16:36, 36:76])
    assert shown.notes == ("its clean aperture of 40 x 20 pixels is what is coloured",)
    between = read(with_aperture(data, 40, 20, 15, -13))
    assert np.array_equal(between.pixels, shown.pixels)
    for beyond in ((400, 20, 0, 0), (40, 20, 200, 0), (0, 0, 0, 0)):
        assert read(with_aperture(data, *beyond)).pixels.shape == whole.pixels.shape


def test_an_avif_whose_table_of_properties_is_split_is_read(color, make):
    """As cavif wrote them: one table for the picture, one for its alpha."""
    from rehue.photo.records.boxes import box, boxes, first

    alpha = np.full(color.shape[:2], 200, np.uint8)
    data = make.saved(Image.fromarray(np.dstack([color, alpha])), "AVIF", quality=100)
    ties = first(data, b"meta")[4:]
    ties = first(ties, b"iprp", b"ipma")
    assert ties[:8] == bytes(7) + b"\2"
    one = ties[8 : 8 + 3 + ties[10]]
    tables = [bytes(7) + b"\1" + entry for entry in (one, ties[8 + len(one) :])]
    wider = box(b"ipma", tables[0]) + box(b"ipma", tables[1])
    split = data.replace(box(b"ipma", ties), wider)
    for kind in (b"meta", b"iprp"):
        at = split.index(kind) - 4
        size = int.from_bytes(split[at : at + 4], "big") + 16
        split = split[:at] + size.to_bytes(4, "big") + split[at + 4 :]
    # What the file's table of places counts from its beginning moves with it.
    at = split.index(b"iloc") + 12
    for _ in range(int.from_bytes(split[at - 2 : at], "big")):
        place = int.from_bytes(split[at + 6 : at + 10], "big") + 16
        split = split[: at + 6] + place.to_bytes(4, "big") + split[at + 10 :]
        at += 14
    assert sum(part.kind == b"ipma" for part in boxes(first(split, b"meta")[4:])) == 0
    whole, joined = read(data), read(split)
    assert np.array_equal(joined.pixels, whole.pixels)
    assert np.array_equal(joined.alpha, whole.alpha)
    # Damaged: more entries than a table can state.
    with pytest.raises(PhotoError, match="damaged"):
        read(
            split.replace(box(b"ipma", tables[0])[:16], box(b"ipma", tables[0])[:12] + b"\xff" * 4)
        )


def test_further_pictures_of_a_heic_are_said(color):
    library = pytest.importorskip("pillow_heif", reason="the extra heic is not installed")
    file = library.HeifFile()
    for samples in (color, 255 - color, color):
        file.add_from_pillow(Image.fromarray(samples))
    whole = BytesIO()
    file.save(whole, quality=-1)
    photograph = read(whole.getvalue())
    assert photograph.notes == (
        "its further 2 pictures are left out: save each as a file of its own to colour it",
    )
    assert np.abs(photograph.pixels.astype(int) - color).mean() < 10


@pytest.mark.parametrize("brand", [b"mif3", b"avci", b"jpeg"])
def test_heif_of_rare_kinds_is_no_video(brand):
    with pytest.raises(PhotoError, match="looks like HEIF of a kind that is seldom used") as caught:
        read(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1" + brand + bytes(40))
    assert brand.decode() in str(caught.value)


HDR = "it is made for HDR screens (PQ or HLG), and its numbers are read as sRGB's"


@pytest.mark.parametrize(
    ("coding", "note"), [((9, 16), HDR), ((9, 18), HDR), ((12, 13), "cICP"), ((1, 13), "")]
)
def test_codings_of_colour_in_a_png_are_said(coding, note, grey, make):
    data = with_chunks(
        make.saved(Image.fromarray(grey), "PNG"), chunk(b"cICP", bytes((*coding, 0, 1)))
    )
    said = "; ".join(read(data).notes)
    assert note in said
    assert bool(said) == bool(note)


@pytest.mark.parametrize("transfer", [13, 16, 18])
def test_an_avif_for_hdr_screens_is_said(transfer):
    import imagecodecs

    samples = np.full((16, 16, 3), 500, np.uint16)
    data = imagecodecs.avif_encode(samples, bitspersample=10, transfer=transfer, primaries=9)
    assert (HDR in read(bytes(data)).notes) == (transfer != 13)


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        (b"oFFs", "its place on a larger page (oFFs) is left out"),
        (b"pCAL", "what its values measure (pCAL) is left out"),
        (b"sCAL", "the scale of what it shows (sCAL) is left out"),
        (b"sTER", "that it is a pair for two eyes (sTER) is left out"),
        (b"vpAg", "what other programs put into it (vpAg) is left out"),
        (b"sPLT", None),  # which colours to show on a screen of 256
        (b"tIME", "when it was last changed (tIME) is left out"),
        (b"bKGD", "the colour to show it on (bKGD) is left out"),
    ],
)
def test_chunks_without_a_place_in_a_result_are_said(kind, note, grey, make):
    data = with_chunks(make.saved(Image.fromarray(grey), "PNG"), chunk(kind, bytes(9)))
    assert read(data).notes == ((note,) if note else ())


@pytest.mark.parametrize(
    ("across", "down", "unit", "note"),
    [
        (2, 1, 0, "that its pixels are not square (2 across to 1 down) is left out"),
        (1, 1, 0, None),
        (0, 0, 0, None),
        (5906, 11811, 1, None),
    ],
)
def test_pixels_that_are_not_square_are_said(across, down, unit, note, grey, make):
    notes = (note,) if note else ()
    png = make.saved(Image.fromarray(grey), "PNG")
    measures = struct.pack(">IIB", across, down, unit)
    assert read(with_chunks(png, chunk(b"pHYs", measures))).notes == notes
    jfif = struct.pack(">BHH", unit, across, down)
    jpeg = bytearray(make.saved(Image.fromarray(grey), "JPEG"))
    jpeg[13:18] = jfif
    photograph = read(bytes(jpeg))
    assert photograph.notes == notes
    assert (photograph.carried.dpi is None) == (unit == 0)


def test_a_second_profile_of_a_png_is_said(grey, make):
    plain = make.saved(Image.fromarray(grey), "PNG", icc_profile=srgb_profile())
    data = with_chunks(plain, chunk(b"iCCP", b"second\0\0" + zlib.compress(b"none")))
    assert "its second ICC profile is left out" in read(data).notes


def test_a_gif_that_reaches_beyond_its_screen_is_whole(grey, make):
    data = bytearray(make.saved(Image.fromarray(grey), "GIF"))
    data[6:10] = struct.pack("<HH", 8, 6)
    photograph = read(bytes(data))
    assert photograph.pixels.shape == grey.shape
    assert "it reaches beyond its screen of 8 x 6 pixels, and is whole" in photograph.notes
