"""Frames that are woven of fields: told, and parted where wished."""

from fractions import Fraction

import numpy as np
import pytest

from rehue.film import FilmOptions, colorize_film

FFV1 = FilmOptions(codec="ffv1")


def test_fields_are_told_and_parted_where_wished(draw, tiny, tmp_path):
    """Two fields of a moving picture, woven together."""
    frames = list(draw.moving([24], 64, 96))
    woven = []
    for one, other in zip(frames[::2], frames[1::2], strict=True):
        woven.append(one.copy())
        woven[-1][1::2] = other[1::2]
    options = {"x264-params": "tff=1", "crf": "10"}
    reel = draw.write_reel(tmp_path / "reel.mkv", woven, codec="libx264", options=options)
    said = []
    colorize_film(reel, tmp_path / "woven.mkv", tiny, tell=said.append)
    assert any("interlaced" in line for line in said), said
    said.clear()
    wished = FilmOptions("ffv1", deinterlace=True)
    colorize_film(reel, tmp_path / "parted.mkv", tiny, options=wished, tell=said.append)
    assert said == []
    (before, times), (after, new_times) = (
        draw.lumas(tmp_path / f"{n}.mkv") for n in ("woven", "parted")
    )
    assert new_times == pytest.approx(times, abs=0.002)

    def comb(luma):
        rows = luma.astype(int)
        return np.abs(rows[1:-1] * 2 - rows[:-2] - rows[2:]).mean()

    assert np.mean([comb(f) for f in after]) < 0.9 * np.mean([comb(f) for f in before])


def pulled_down(film):
    """Weave four frames of film into five of video, as telecine does: A, B, B/C, C/D, D."""
    for a, b, c, d in zip(film[::4], film[1::4], film[2::4], film[3::4], strict=False):
        yield a
        yield b
        for one, other in ((b, c), (c, d)):
            woven = one.copy()
            woven[1::2] = other[1::2]
            yield woven
        yield d


@pytest.mark.parametrize(
    ("kind", "says"),
    [("telecine", "telecine"), ("woven", "though it does not say"), ("film", None)],
)
def test_woven_frames_are_told_though_nothing_says_so(draw, tiny, tmp_path, kind, says):
    film = list(draw.moving([216], 96, 160, grain=6))[::3]
    frames = film
    if kind == "telecine":
        frames = list(pulled_down(film))
    if kind == "woven":
        frames = [one.copy() for one in film[::2]]
        for one, other in zip(frames, film[1::2], strict=True):
            one[1::2] = other[1::2]
    reel = draw.write_reel(tmp_path / "reel.mkv", frames, rate=Fraction(30000, 1001), sound=False)
    said = []
    colorize_film(reel, tmp_path / "out.mkv", tiny, options=FFV1, tell=said.append)
    assert [says in line for line in said] == ([True] if says else [])
