import json

import numpy as np
import pytest

from rehue.errors import FilmError
from rehue.film import FilmHint, probe, read_film_hints, track
from rehue.model import Hint


def square(count, speed):
    """A light square with texture, moving over a textured ground; its middle in each frame."""
    rng = np.random.default_rng(0)
    ground = np.kron(rng.uniform(30, 120, (24, 40)), np.ones((8, 8)))
    thing = np.kron(rng.uniform(150, 250, (8, 8)), np.ones((6, 6)))
    for n in range(count):
        frame = ground.copy()
        left = 30 + round(speed * n)
        frame[70:118, left : left + 48] = thing
        yield frame


def test_a_hint_goes_with_its_thing_forwards_and_back(draw, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", square(30, 2.0), sound=False)
    film = probe(reel)
    given = FilmHint(625, Hint(30 + 2 * 15 + 24, 94, "#c03030", 5))  # frame 15
    found = track(film, [given])
    assert len(found) == 30
    for number, pts in enumerate(sorted(found)):
        [hint] = found[pts]
        assert hint.x == pytest.approx(30 + 2 * number + 24, abs=6)
        assert hint.y == pytest.approx(94, abs=6)
        assert (hint.color, hint.radius) == ("#c03030", 5)


def test_a_hint_stays_in_its_shot(draw, tmp_path):
    frames = [*square(12, 1.0), *draw.moving([0, 12], 192, 320)]
    reel = draw.write_reel(tmp_path / "reel.mkv", frames, sound=False)
    found = track(probe(reel), [FilmHint(200, Hint(60, 94, "red"))])
    assert 0 < len(found) <= 12


def test_a_hint_that_is_none_is_one_line(draw, tmp_path):
    film = probe(draw.write_reel(tmp_path / "reel.mkv", square(6, 1.0), sound=False))
    with pytest.raises(FilmError, match="outside 320 x 192"):
        track(film, [FilmHint(0, Hint(400, 10, "red"))])
    with pytest.raises(FilmError, match="behind the film's last frame"):
        track(film, [FilmHint(9000, Hint(40, 10, "red"))])
    for content, says in (("{", "cannot be read"), ('[{"x": 1}]', "give time, x, y, color")):
        (tmp_path / "hints.json").write_text(content)
        with pytest.raises(FilmError, match=says):
            read_film_hints(tmp_path / "hints.json")
    rows = [{"time": "0:01.5", "x": 3, "y": 4, "color": "red"}]
    (tmp_path / "hints.json").write_text(json.dumps(rows))
    assert read_film_hints(tmp_path / "hints.json") == (FilmHint(1500, Hint(3, 4, "red")),)


def test_places_of_a_turned_film_come_back_as_they_were(draw, tmp_path):
    from rehue.film.hints import _Grid

    frames = draw.moving([2], 64, 96)
    for turn in (0, 90, 180, 270):
        path = tmp_path / f"{turn}.mp4"
        film = probe(
            draw.write_reel(path, list(draw.moving([2], 64, 96)), codec="libx264", turn=turn)
        )
        grid = _Grid(film)
        hint = Hint(10, 20, "red")
        back = grid.hint(grid.place(hint), hint)
        assert (back.x, back.y) == pytest.approx((10, 20))
    del frames
