"""Lightness through profiles, judged by ArgyllCMS, which Rehue does not use."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from rehue.color import fit_to_gamut, lab_to_srgb, lightness
from rehue.photo import read, write
from rehue.photo.samples import deep_profile, depth, profile

# Bradford's adaptation from the profiles' D50 back to D65 (ICC.1:2022, annex E, inverted).
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
WHITE_D50, WHITE_D65 = np.array([0.9642, 1.0, 0.8249]), np.array([0.95047, 1.0, 1.08883])
TO_D65 = (
    np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ WHITE_D65) / (BRADFORD @ WHITE_D50)) @ BRADFORD
)


def argyll_lightness(codes, icc, folder):
    """L* (D65) of code values 0..1 (N x channels) by a profile, relative colorimetric."""
    if shutil.which("xicclu") is None:
        pytest.skip("xicclu is not installed (Debian: apt-get install argyll)")
    path = Path(folder) / "judged.icc"
    path.write_bytes(icc)
    lines = "\n".join(" ".join(f"{value:.8f}" for value in np.atleast_1d(row)) for row in codes)
    done = subprocess.run(
        ["xicclu", "-v0", "-ff", "-ir", "-px", str(path)],
        input=lines.encode(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    xyz = np.array([[float(n) for n in line.split()] for line in done.stdout.decode().splitlines()])
    y = (xyz @ TO_D65.T)[:, 1]
    return np.where(y > 216 / 24389, 116 * np.cbrt(y) - 16, y * 24389 / 27)


def argyll_lightness_of_srgb(codes, make, folder):
    """The same for sRGB: ArgyllCMS reads no version 4 profile, so the standard's curve is applied
    here, and the primaries and the rest are its own."""
    curve = np.where(codes > 0.04045, ((codes + 0.055) / 1.055) ** 2.4, codes / 12.92)
    return argyll_lightness(curve, make.linear_srgb_profile(), folder)


def tinted(pixels):
    """The same lightness in a colour that changes along the picture."""
    lab = np.zeros((*pixels.shape[:2], 3), np.float32)
    lab[..., 0] = lightness(pixels)
    turn = np.linspace(0, 6.28, lab[..., 0].size).reshape(lab.shape[:2])
    lab[..., 1], lab[..., 2] = 35 * np.cos(turn), 35 * np.sin(turn)
    return lab_to_srgb(fit_to_gamut(lab), pixels.dtype)


GREY = {
    "linear": lambda make: make.grey_profile(1.0),
    "gamma 1.8": lambda make: make.grey_profile(1.8),
    "gamma 2.2": lambda make: make.grey_profile(2.2),
    "dot gain 20 %": lambda make: make.dot_gain_profile(0.2),
}
RGB = {
    "matrix": lambda make: make.adobe_like_profile(),
    "matrix, linear": lambda make: make.adobe_like_profile(1.0),
    "tables": lambda make: make.table_profile(),
}


def ramp_tiff(dtype, icc, color=False):
    """A picture of a grey ramp with a profile."""
    ramp = np.linspace(0, 1, 600, dtype=np.float32).reshape(20, 30)
    samples = depth.with_bits(ramp, dtype().itemsize * 8)
    if color:
        samples = np.repeat(samples[..., None], 3, axis=-1)
        samples[..., 0] = samples[..., 0] // 2 if dtype != np.float32 else samples[..., 0] / 2
    file = BytesIO()
    tifffile.imwrite(
        file, samples, photometric="rgb" if color else "minisblack", iccprofile=icc, metadata=None
    )
    return samples, file.getvalue()


def written_codes(data):
    """Code values 0..1 and profile of a result, by tifffile."""
    with tifffile.TiffFile(BytesIO(data)) as file:
        samples = file.pages[0].asarray()
        icc = file.pages[0].tags[34675].value
    return depth.with_bits(samples, 32).reshape(-1, 3), icc


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
@pytest.mark.parametrize("name", GREY)
def test_grey_profiles_become_rgb_ones_and_lightness_stays(name, dtype, make, mark, tmp_path):
    icc = GREY[name](make)
    samples, data = ramp_tiff(dtype, icc)
    photograph = read(data)
    assert photograph.pixels.ndim == 2
    file = BytesIO()
    write(photograph, tinted(photograph.pixels), file, mark)
    codes, result_icc = written_codes(file.getvalue())
    assert result_icc == profile.srgb_profile()
    before = argyll_lightness(depth.with_bits(samples, 32).reshape(-1, 1), icc, tmp_path)
    after = argyll_lightness_of_srgb(codes, make, tmp_path)
    assert np.abs(codes - codes[:, :1]).max() > 0.1  # it is in colour
    assert np.abs(after - before).max() <= 0.01


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
@pytest.mark.parametrize("name", RGB)
def test_rgb_profiles_stay_and_lightness_stays(name, dtype, make, mark, tmp_path):
    icc = RGB[name](make)
    samples, data = ramp_tiff(dtype, icc, color=True)
    photograph = read(data)
    file = BytesIO()
    write(photograph, tinted(photograph.pixels), file, mark)
    codes, result_icc = written_codes(file.getvalue())
    assert result_icc == icc
    before = argyll_lightness(depth.with_bits(samples, 32).reshape(-1, 3), icc, tmp_path)
    after = argyll_lightness(codes, icc, tmp_path)
    assert np.abs(after - before).max() <= 0.01


@pytest.mark.parametrize("name", GREY)
def test_eight_bits_move_lightness_by_their_rounding_alone(name, make, mark, tmp_path):
    icc = GREY[name](make)
    samples, data = ramp_tiff(np.uint8, icc)
    photograph = read(data)
    file = BytesIO()
    write(photograph, tinted(photograph.pixels), file, mark, bit_depth=16)
    codes, _ = written_codes(file.getvalue())
    before = argyll_lightness(depth.with_bits(samples, 32).reshape(-1, 1), icc, tmp_path)
    after = argyll_lightness_of_srgb(codes, make, tmp_path)
    # Half a code value of sRGB is at most 0.2 in L; the picture's own rounding comes on top.
    assert np.abs(after - before).max() < 0.5


def test_a_profile_that_holds_less_than_srgb_keeps_lightness(make, tmp_path):
    # Primaries drawn in by a third: much of sRGB lies outside.
    icc = narrow(make)
    assert not deep_profile.holds_srgb(icc)
    rng = np.random.default_rng(7)
    rgb = rng.integers(0, 65536, (30, 30, 3), dtype=np.uint16)
    codes = depth.with_bits(deep_profile.for_file(rgb, icc, 16), 32)
    judged = argyll_lightness(codes.reshape(-1, 3), icc, tmp_path)
    wanted = argyll_lightness_of_srgb(depth.with_bits(rgb, 32).reshape(-1, 3), make, tmp_path)
    assert np.abs(judged - wanted).max() <= 0.01


@pytest.mark.parametrize("bits", [8, 16])
def test_each_colour_of_an_eight_bit_picture_goes_through_its_profile_once(bits, make, monkeypatch):
    icc = narrow(make)
    rng = np.random.default_rng(7)
    colors = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    once = deep_profile.for_file(colors, icc, bits)
    # The picture's strips end inside the tiles.
    many = np.tile(colors, (100, 150, 1))
    moved = []
    through = deep_profile.from_srgb
    monkeypatch.setattr(
        deep_profile, "from_srgb", lambda c, i: moved.append(c.size) or through(c, i)
    )
    assert np.array_equal(deep_profile.for_file(many, icc, bits), np.tile(once, (100, 150, 1)))
    assert sum(moved) == colors.size


def narrow(make):
    return make.linear_srgb_profile(0.67 * make.to_d50 + 0.33 * make.to_d50.mean(axis=1)[:, None])


def test_a_profile_without_a_way_back_is_replaced_by_srgb(make, mark):
    icc = make.table_profile(one_way=True)
    for dtype in (np.uint8, np.uint16):
        _, data = ramp_tiff(dtype, icc, color=True)
        photograph = read(data)
        assert photograph.carried.icc == profile.srgb_profile()
        assert any("leads out of the file's numbers only" in note for note in photograph.notes)
        file = BytesIO()
        write(photograph, tinted(photograph.pixels), file, mark)
        assert read(file.getvalue()).mark == mark


@pytest.mark.parametrize("bits", [8, 16])
def test_a_linear_png_is_read_by_its_gamma(bits, make):
    import zlib

    import imagecodecs

    level = np.linspace(0, 1, 64, dtype=np.float32)[None]
    data = imagecodecs.png_encode(depth.with_bits(level, bits))
    gamma = b"gAMA" + (100_000).to_bytes(4, "big")
    chunk = (4).to_bytes(4, "big") + gamma + zlib.crc32(gamma).to_bytes(4, "big")
    photograph = read(data[:33] + chunk + data[33:])
    linear = depth.with_bits(depth.with_bits(level, bits), 32)
    expected = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    white = (1 << bits) - 1
    assert np.abs(photograph.pixels / white - expected).max() <= 0.51 / white
    assert any("gamma of 1.00 is applied" in note for note in photograph.notes)


def test_eight_bit_pictures_in_a_table_profile_keep_lightness(make, mark, tmp_path):
    icc = make.table_profile()
    ramp = np.linspace(30, 220, 96).astype(np.uint8).reshape(8, 12)
    file = BytesIO()
    Image.fromarray(np.repeat(ramp[..., None], 3, axis=-1)).save(file, "PNG", icc_profile=icc)
    photograph = read(file.getvalue())
    result = BytesIO()
    write(photograph, tinted(photograph.pixels), result, mark)
    codes = np.asarray(Image.open(result)).reshape(-1, 3) / 255
    before = argyll_lightness(np.repeat(ramp.reshape(-1, 1) / 255, 3, axis=1), icc, tmp_path)
    after = argyll_lightness(codes, icc, tmp_path)
    assert np.abs(after - before).max() < 0.6  # two roundings to 8 bits


@pytest.mark.parametrize("bits", [8, 16])
def test_cmyk_goes_through_its_profile(bits, make, mark, tmp_path):
    icc = make.cmyk_profile()
    # Inks that keep the colour inside sRGB: black with a little of the others.
    steps = np.stack(np.meshgrid([0, 1], [0], [0], [0, 1, 2], indexing="ij"), -1).reshape(-1, 4) / 2
    inks = depth.with_bits(steps.astype(np.float32)[None], bits)
    file = BytesIO()
    tifffile.imwrite(file, inks, photometric="separated", iccprofile=icc, metadata=None)
    photograph = read(file.getvalue())
    assert photograph.carried.icc == profile.srgb_profile()
    assert "was CMYK, the result is RGB" in photograph.notes
    file = BytesIO()
    write(photograph, tinted(photograph.pixels), file, mark, bit_depth=16)
    codes, _ = written_codes(file.getvalue())
    before = argyll_lightness(depth.with_bits(inks, 32).reshape(-1, 4), icc, tmp_path)
    after = argyll_lightness_of_srgb(codes, make, tmp_path)
    assert before.max() > 99
    assert np.abs(after - before).max() <= (0.6 if bits == 8 else 0.02)
