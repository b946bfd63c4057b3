import zlib

import pytest
from PIL import Image

from rehue.batch.made import check_free, mark_in, mark_of_result
from rehue.errors import PhotoError
from rehue.photo import read


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".tif"])
def test_marks_are_found_without_decoding(grey, colorizer, ending):
    source = grey(f"a{ending}")
    target = source.with_name(f"b{ending}")
    colorizer.colorize_file(source, target)
    assert mark_in(target) == read(target).mark != None  # noqa: E711
    assert mark_in(source) is None
    assert mark_of_result(target, source) is not None
    assert mark_of_result(target, grey(f"other{ending}", part=50)) is None
    assert mark_of_result(source, target) is None


def test_a_mark_that_another_program_compressed_is_found_by_reading(grey, colorizer):
    source = grey("a.png")
    target = source.with_name("b.png")
    colorizer.colorize_file(source, target)
    with Image.open(target) as image:
        xmp = image.info["xmp"]
    plain = source.with_name("plain.png")
    Image.fromarray(read(target).pixels).save(plain)
    start, rest = plain.read_bytes()[:33], plain.read_bytes()[33:]
    # An iTXt chunk, compressed (PNG, third edition, 11.3.3.4).
    body = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp)
    chunk = len(body).to_bytes(4, "big") + b"iTXt" + body
    chunk += zlib.crc32(b"iTXt" + body).to_bytes(4, "big")
    target.write_bytes(start + chunk + rest)
    assert mark_in(target) is None
    assert check_free(target, read(source), overwrite=False)


def test_only_what_rehue_made_is_replaced(grey, colorizer):
    source, other = grey("a.jpg"), grey("b.jpg", part=50)
    result = source.with_name("r.jpg")
    colorizer.colorize_file(source, result)
    photograph = read(source)
    assert not check_free(source.with_name("new.jpg"), photograph, overwrite=False)
    assert check_free(result, photograph, overwrite=False)
    assert check_free(result, read(other), overwrite=True)
    with pytest.raises(PhotoError, match="made from another photograph"):
        check_free(result, read(other), overwrite=False)
    for overwrite in (False, True):
        with pytest.raises(PhotoError, match="not made by Rehue"):
            check_free(other, photograph, overwrite=overwrite)
        with pytest.raises(PhotoError, match="is the photograph itself"):
            check_free(source, photograph, overwrite=overwrite)
        with pytest.raises(PhotoError, match="is a folder"):
            check_free(source.parent, photograph, overwrite=overwrite)
