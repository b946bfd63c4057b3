"""An album from phones, archives and other programs: nothing is lost unsaid."""

import shutil
import subprocess

import pytest

from rehue.photo import read

VIDEO = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * 4
TITLE = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="shoebox 7"/></rdf:RDF></x:xmpmeta>'
)


@pytest.fixture
def album(put, grey):
    """A motion photo with a sidecar, broken XMP, and what is no photograph."""
    motion = put("album/motion.jpg", grey)
    motion.write_bytes(motion.read_bytes() + VIDEO)
    motion.with_name("motion.jpg.xmp").write_text(TITLE)
    put("album/broken.jpg", grey, xmp=TITLE.replace('"shoebox 7"', "shoebox & 7").encode())
    (motion.parent / "cover.psd").write_bytes(b"8BPS")
    (motion.parent / "checksums.sha256").write_text("")
    return motion.parent


def test_nothing_is_lost_unsaid(colorize, album):
    said = colorize("album", "-o", "out").stderr.splitlines()
    out = album.parent / "out"
    lines = [line.removeprefix("rehue: ") for line in said[1:]]
    assert lines[:-1] == [
        "album/broken.jpg: its XMP is no whole XML: what can be read of it is kept",
        "album/motion.jpg: what motion.jpg.xmp beside it says is in the result",
        "album/cover.psd is a Photoshop document, which Rehue does not read: save it as TIFF or "
        "PNG",
    ]
    assert lines[-1].startswith(
        "2 coloured, 1 of kinds that are not taken, 1 other file left out ("
    )
    assert (out / "motion.jpg").read_bytes().endswith(VIDEO)
    assert b"shoebox 7" in read(out / "motion.jpg").carried.xmp
    assert b"shoebox &amp; 7" in read(out / "broken.jpg").carried.xmp


def test_what_has_no_place_in_another_format_is_said(colorize, album):
    said = colorize("album/motion.jpg", "-o", "out.png").stderr
    assert "album/motion.jpg: its video has no place in a PNG" in said


@pytest.mark.skipif(not shutil.which("vips"), reason="libvips is not installed")
def test_a_result_that_libvips_saved_again_is_no_original(colorize, cli, put, grey, tmp_path):
    put("scan.tif", grey)
    colorize("scan.tif", "-o", "result.tif")
    subprocess.run(["vips", "copy", "result.tif", "again.png"], cwd=tmp_path, check=True)
    said = colorize("again.png").stderr
    assert "again.png was coloured by Rehue" in said
    assert "coloured by: Rehue" in cli("inspect", "again.png", folder=tmp_path).stdout
