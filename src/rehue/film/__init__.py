"""Films in colour: no flicker, and luma, sound and times as they were.

- `colorize_film`: a film file into another, that a stopped run goes on with
- `check`: what is refused before any work; `LeftAloneError`: it is in colour already; `mark_at`
- `FilmOptions`: codec, quality and so on; `Progress`: how far it is
- `probe`: what a film is; `Film`; `inspect_film`: how it was coloured, and what a result would keep
- `frames_in_color`: a film's frames in colour, one after the other; `ColorFrame`
- `write_preview`, `write_sheet`: what shows the colours before all of it is coloured
- `read_film_hints`, `track`: colours at places, which go along with the motion; `FilmHint`
- `find_shots`, `read_shots`, `write_shots`: its shots, as a list that may be edited; `ShotList`

Inside: `naming` (what is a film by its name), `opening` (PyAV and OpenCV, the extra `film`),
`probing` (what a film is), `layout` (how frames lie in memory), `frames` (decoding), `lost`,
`times`, `flow` (how the picture moves), `shots` (where it is cut), `steady` (colour over time),
`coloring` (from frames to frames in colour), `ahead` (steps side by side), `encoding` (codecs and
containers), `packets` and `segments` (what is done so far, on disk), `making` (segments one after
the other), `output` and `mux` (the film made of them, and all that is copied), `marking` and
`own_color` (what tells that it is in colour), `shotlist`, `shotfile` and `hints` (what a person
says of a film), `checking` and `run` (all of it together), `pipe` (y4m from one program to the
next), `iterate`, `preview`, `sheet`.
Luma is never changed: Cb and Cr are made for it (`rehue.color.ycbcr`).
"""

from typing import TYPE_CHECKING

from rehue.on_demand import on_demand

if TYPE_CHECKING:
    from rehue.film.checking import LeftAloneError, check, mark_at
    from rehue.film.hints import FilmHint, read_film_hints, track
    from rehue.film.inspection import FilmInspection, inspect_film
    from rehue.film.iterate import ColorFrame, frames_in_color
    from rehue.film.making import Progress
    from rehue.film.preview import write_preview
    from rehue.film.probing import Film, probe
    from rehue.film.run import colorize_film
    from rehue.film.sheet import write_sheet
    from rehue.film.shotfile import read_shots, write_shots
    from rehue.film.shotlist import Shot, ShotList, find_shots
    from rehue.film.wishes import FilmOptions

# Loaded when first asked for: runs of photographs ask for a film's name only.
_HOMES = {
    "ColorFrame": "rehue.film.iterate",
    "Film": "rehue.film.probing",
    "FilmHint": "rehue.film.hints",
    "FilmInspection": "rehue.film.inspection",
    "FilmOptions": "rehue.film.wishes",
    "LeftAloneError": "rehue.film.checking",
    "Progress": "rehue.film.making",
    "Shot": "rehue.film.shotlist",
    "ShotList": "rehue.film.shotlist",
    "check": "rehue.film.checking",
    "colorize_film": "rehue.film.run",
    "find_shots": "rehue.film.shotlist",
    "frames_in_color": "rehue.film.iterate",
    "inspect_film": "rehue.film.inspection",
    "mark_at": "rehue.film.checking",
    "probe": "rehue.film.probing",
    "read_film_hints": "rehue.film.hints",
    "read_shots": "rehue.film.shotfile",
    "track": "rehue.film.hints",
    "write_preview": "rehue.film.preview",
    "write_sheet": "rehue.film.sheet",
    "write_shots": "rehue.film.shotfile",
}

__all__ = [
    "ColorFrame",
    "Film",
    "FilmHint",
    "FilmInspection",
    "FilmOptions",
    "LeftAloneError",
    "Progress",
    "Shot",
    "ShotList",
    "check",
    "colorize_film",
    "find_shots",
    "frames_in_color",
    "inspect_film",
    "mark_at",
    "probe",
    "read_film_hints",
    "read_shots",
    "track",
    "write_preview",
    "write_sheet",
    "write_shots",
]

__getattr__, __dir__ = on_demand(__name__, _HOMES)
