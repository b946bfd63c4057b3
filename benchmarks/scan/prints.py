"""Prints on pages: are they found, is a photograph never cut, and what colour is what surrounds.

    python benchmarks/scan/prints.py --photos SHARDS --kodak FOLDER --historic FOLDER \
        --output FOLDER

Pages of one to six prints are made of Kodak and `val-000` (`pages.py`); full-frame photographs are
these, the historic ones, and others of the training shards on which no threshold was chosen. Every
full-frame photograph in which something was found is drawn on a sheet, to be looked at: some have
a real margin.
"""

import argparse
import json
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pages import Page, grey_of, make_page
from photographs import Named, choosing, held_back, of_folder, others
from PIL import Image, ImageDraw

from rehue import Colorizer
from rehue.color import ciede2000, srgb_to_lab
from rehue.scan import Stated, examine
from rehue.scan.prints import find_prints

ENOUGH = 0.9  # intersection over union
INNER = 0.04  # of a print's sides, left out where colours are compared: edges are resampled


def overlap(found: NDArray[np.float64], true: NDArray[np.float64], shape: tuple[int, ...]) -> float:
    """Intersection over union of two quadrilaterals, counted in pixels."""
    masks = [inside(corners, shape) for corners in (found, true)]
    return float((masks[0] & masks[1]).sum() / max(1, (masks[0] | masks[1]).sum()))


def inside(corners: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Pixels in a quadrilateral."""
    image = Image.new("1", (shape[1], shape[0]))
    ImageDraw.Draw(image).polygon([tuple(corner) for corner in corners], fill=1)
    return np.asarray(image)


def pages(photographs: list[Named], count: int) -> list[Page]:
    """Make pages, each with its own seed."""
    made = []
    for seed in range(count):
        rng = np.random.default_rng([seed, 25])
        chosen = rng.choice(len(photographs), int(rng.integers(1, 7)), replace=False)
        made.append(make_page([_small(photographs[i][1]) for i in chosen], rng))
    return made


def judge_pages(made: list[Page]) -> tuple[dict[str, Any], list[tuple[str, Image.Image]]]:
    """Say how many prints were found, by kind of page, and draw what was not."""
    found_of: dict[str, list[bool]] = {}
    missed = []
    extra, said = 0, 0
    for number, page in enumerate(made):
        seen = find_prints(page.light.astype(np.uint8))
        said += not seen.are_sure
        found = seen.corners if seen.are_sure else ()
        best = [
            max((overlap(f, true, page.light.shape) for f in found), default=0.0)
            for true in page.corners
        ]
        extra += max(0, len(found) - len(page.corners))
        is_found = [value >= ENOUGH for value in best]
        kinds = ["all", f"{len(best)} prints", f"mat {int(page.kind['mat'] // 50) * 50} and above"]
        kinds += [kind for kind in ("rim", "deckle", "shadow") if page.kind[kind]]
        for kind in kinds:
            found_of.setdefault(kind, []).extend(is_found)
        if not all(is_found):
            missed.append((f"{number}: {min(best):.2f}", drawn(page.light, list(found))))
    table = {
        kind: {"prints": len(ok), "found_percent": 100 * float(np.mean(ok))}
        for kind, ok in sorted(found_of.items())
    }
    return {"pages": len(made), "by_kind": table, "too_many": extra, "said": said}, missed


def judge_photographs(
    photographs: list[Named],
) -> tuple[dict[str, Any], list[tuple[str, Image.Image]]]:
    """Say in how many full-frame photographs something was found, and draw those."""
    cut, times, said = [], [], []
    for name, picture in photographs:
        started = process_time()
        seen = find_prints(np.rint(grey_of(picture)).astype(np.uint8))
        times.append(process_time() - started)
        if not seen.are_sure:
            said.append(name)
        elif seen.corners:
            cut.append((name, drawn(picture, list(seen.corners))))
    figures = {
        "photographs": len(photographs),
        "found_in": [name for name, _ in cut],
        "said_of": said,
        "milliseconds_median": 1e3 * float(np.median(times)),
    }
    return figures, cut


def judge_colors(made: list[Page], colorizer: Colorizer) -> dict[str, float]:
    """Compare prints on pages with the same cut out, and measure what surrounds them."""
    chroma, before, differences = [], [], []
    for page in made:
        light = page.light.astype(np.uint8)
        finding = examine(light)
        true = np.zeros(light.shape, bool)
        for corners in page.corners:
            true |= inside(corners + 3 * np.sign(corners - corners.mean(axis=0)), light.shape)
        shown = srgb_to_lab(colorizer.look(light).colorize())
        chroma.append(float(np.hypot(shown[..., 1], shown[..., 2])[~true].mean()))
        plain = srgb_to_lab(colorizer.look(light, scan=Stated(as_is=True)).colorize())
        before.append(float(np.hypot(plain[..., 1], plain[..., 2])[~true].mean()))
        if not finding.has_surround:
            continue
        for corners, picture in zip(page.corners, page.pictures, strict=True):
            grey = np.rint(grey_of(picture)).astype(np.uint8)
            alone = srgb_to_lab(colorizer.look(grey, scan=Stated(as_is=True)).colorize())
            places, ab = matched(corners, alone)
            here = shown[places]
            both = np.stack([here[..., 0], ab[..., 0], ab[..., 1]], axis=-1)
            differences.append(float(np.median(ciede2000(here, both))))
    return {
        "pages": len(made),
        "surround_chroma_mean": float(np.mean(chroma)),
        "surround_chroma_90_percent_below": float(np.quantile(chroma, 0.9)),
        "surround_chroma_before": float(np.mean(before)),
        "difference_to_cut_out_median": float(np.median(differences)),
        "difference_to_cut_out_90_percent_below": float(np.quantile(differences, 0.9)),
    }


def matched(
    corners: NDArray[np.float64], alone: NDArray[np.floating]
) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], NDArray[np.floating]]:
    """Rows and columns of the page on a grid over a print, and the colours of the print alone."""
    share = np.linspace(INNER, 1 - INNER, 64)
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    at = corners[0] + share[:, None, None] * down + share[None, :, None] * across
    rows = np.floor(at[..., 1]).astype(np.intp)
    columns = np.floor(at[..., 0]).astype(np.intp)
    height, width = alone.shape[:2]
    own = np.floor(share * height).astype(np.intp), np.floor(share * width).astype(np.intp)
    return (rows, columns), alone[np.ix_(*own)][..., 1:]


def drawn(picture: NDArray[Any], found: list[NDArray[np.float64]]) -> Image.Image:
    """A picture with quadrilaterals on it."""
    image = Image.fromarray(picture.astype(np.uint8)).convert("RGB")
    for corners in found:
        ImageDraw.Draw(image).polygon([tuple(c) for c in corners], outline=(255, 0, 0), width=2)
    image.thumbnail((300, 300))
    return image


def sheet(pictures: list[tuple[str, Image.Image]], path: Path, columns: int = 5) -> None:
    """Lay pictures on a sheet, each with its title."""
    rows = max(1, -(-len(pictures) // columns))
    page = Image.new("RGB", (columns * 310, rows * 320), "white")
    for number, (title, image) in enumerate(pictures):
        x, y = number % columns * 310, number // columns * 320
        ImageDraw.Draw(page).text((x + 4, y + 2), title, fill="black")
        page.paste(image, (x + 4, y + 16))
    page.save(path)


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    image = Image.fromarray(picture)
    image.thumbnail((400, 400))
    return np.asarray(image)


def main() -> None:
    """Judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True, help="folder of tar shards")
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--historic", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--colored", type=int, default=100, help="so many pages are coloured")
    parser.add_argument("--full", type=int, default=2000, help="full-frame photographs")
    parser.add_argument("--choosing", action="store_true", help="on what thresholds are chosen on")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    if options.choosing:
        known = choosing(options.photos)
        full = known
    else:
        known = held_back(options.photos, options.kodak)
        full = known + of_folder(options.historic)
        full += others(options.photos, max(0, options.full - len(full)))
    results: dict[str, Any] = {}
    results["photographs"], cut = judge_photographs(full)
    sheet(cut, options.output / "found-in-photographs.png")
    print(json.dumps(results["photographs"], indent=2), flush=True)
    results["pages"], missed = judge_pages(pages(known, options.pages))
    sheet(missed, options.output / "missed.png")
    print(json.dumps(results["pages"], indent=2), flush=True)
    if options.colored:
        results["colors"] = judge_colors(pages(known, options.colored), Colorizer(threads=1))
        print(json.dumps(results["colors"], indent=2), flush=True)
    text = json.dumps(results, indent=2) + "\n"
    (options.output / "prints.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
