import numpy as np
import pytest
from PIL import Image

from rehue.color import lightness
from rehue.errors import FilmError
from rehue.film import FilmOptions, colorize_film, probe


def write_scans(folder, frames, bits=8, first=3):
    for number, grey in enumerate(frames, first):
        samples = grey.astype(np.uint8) if bits == 8 else (grey * 257).astype(np.uint16)
        Image.fromarray(samples).save(folder / f"scan-{number:04}.png")
    return folder / "scan-%04d.png"


@pytest.mark.parametrize(
    ("bits", "ending"), [(8, "png"), (16, "png"), (16, "tif"), (16, "dpx"), (8, "dpx")]
)
def test_a_sequence_becomes_one_numbered_alike(draw, tiny, tmp_path, bits, ending):
    import av

    frames = list(draw.moving([12], 64, 96))
    scans = write_scans(tmp_path, frames, bits)
    target = tmp_path / f"color-%04d.{ending}"
    assert colorize_film(scans, target, tiny) == 12
    made = sorted(tmp_path.glob(f"color-*.{ending}"))
    assert [p.name for p in made] == [f"color-{n:04}.{ending}" for n in range(3, 15)]
    assert "coloured by Rehue" in (tmp_path / f"color-%04d.{ending}.rehue.txt").read_text()
    for path, grey in zip(made, frames, strict=True):
        with av.open(str(path)) as film:
            picture = next(film.decode(video=0))
        assert picture.format.components[0].bits == bits
        rgb = picture.to_ndarray(format="rgb48le" if bits == 16 else "rgb24")
        light = lightness(rgb.astype(np.uint16 if bits == 16 else np.uint8))
        sample = grey.astype(np.uint8) if bits == 8 else (grey * 257).astype(np.uint16)
        # Luma is what is kept, so L moves with the strength of colour.
        assert np.abs(light - lightness(sample)).mean() < 2.5
        assert np.ptp(rgb.astype(int), axis=-1).mean() > 3 * (257 if bits == 16 else 1)


def test_a_sequence_becomes_a_film_with_its_luma(draw, tiny, tmp_path):
    frames = list(draw.moving([6], 64, 96))
    scans = write_scans(tmp_path, frames, 16)
    out = tmp_path / "out.mkv"
    colorize_film(scans, out, tiny, options=FilmOptions("ffv1"))
    for luma, grey in zip(draw.lumas(out)[0], frames, strict=True):
        assert np.array_equal(luma, (grey * 257).astype(np.uint16))


def test_a_missing_number_is_one_line(draw, tiny, tmp_path):
    scans = write_scans(tmp_path, draw.moving([6], 64, 96))
    (tmp_path / "scan-0005.png").unlink()
    with pytest.raises(FilmError, match="number 5 is missing"):
        probe(scans)
    with pytest.raises(FilmError, match="no such files"):
        probe(tmp_path / "none-%04d.png")


def test_what_is_there_is_not_replaced(draw, tiny, tmp_path):
    scans = write_scans(tmp_path, draw.moving([3], 64, 96))
    (tmp_path / "color-0003.png").write_bytes(b"mine")
    with pytest.raises(FilmError, match=r"color-0003.png is there already"):
        colorize_film(scans, tmp_path / "color-%04d.png", tiny)
    with pytest.raises(FilmError, match="frames are written as"):
        colorize_film(scans, tmp_path / "color-%04d.gif", tiny)
