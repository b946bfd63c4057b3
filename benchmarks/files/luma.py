"""Grey JPEGs of many encoders, coloured with their own image data: does every decoder show them?

    python benchmarks/files/luma.py --damaged 2000 --output luma.json

Of each file: the scans stand in the result byte for byte; `jpegtran -grayscale` takes the source's
coefficients out; each decoder that is installed shows what Pillow shows. Of damaged ones: what was
read gives a result whose luma Pillow decodes as it decodes the source's. The photographs are
scikit-image's. Needs cjpeg, jpegtran and djpeg; the colour is drawn, no network is asked.
"""

import argparse
import base64
import json
import random
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
from PIL import Image
from skimage import data as photographs

from rehue.errors import PhotoError
from rehue.photo import Chroma, Mark, read, write
from rehue.photo.formats.jpeg import splice

MARK = Mark("benchmark", "ab" * 32, "0", "none", "", None)
# As mozjpeg, and an old hand, would order a grey picture's scans.
SCRIPTS = {
    "mozjpeg's": "0: 0 0 0 0;\n0: 1 8 0 2;\n0: 9 63 0 2;\n0: 1 63 2 1;\n0: 1 63 1 0;\n",
    "DC in bits": "0: 0 0 0 2;\n0: 0 0 2 1;\n0: 0 0 1 0;\n0: 1 63 0 0;\n",
    "a band each": "0: 0 0 0 0;\n" + "".join(f"0: {n} {n} 0 0;\n" for n in range(1, 64)),
}
COMMANDS = {
    "djpeg": "djpeg -bmp -outfile {out}.bmp {source}",
    "ImageMagick": "convert {source} {out}.bmp",
    "libvips": "vips copy {source} {out}.png",
    "FFmpeg": "ffmpeg -v error -y -i {source} -pix_fmt rgb24 {out}.bmp",
}


def main() -> None:
    """Make, colour, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--damaged", type=int, default=2000)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        files = dict(encoded(work))
        figures = {"files": len(files), **judged(files, work)}
    figures["damaged"] = damaged(list(files.values()), arguments.damaged)
    print(json.dumps(figures, indent=2))
    arguments.output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def encoded(work: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of grey JPEGs."""
    pictures = {
        "camera": photographs.camera()[:200, :300],
        "coins": photographs.coins()[:203, :301],
        "moon": photographs.moon()[100:117, 100:109],
        "page": photographs.page()[:150, :151],
        "brick": photographs.brick()[:64, :512],
        "text": photographs.text()[:97, :333],
    }
    for name, pixels in pictures.items():
        Image.fromarray(np.ascontiguousarray(pixels)).save(work / f"{name}.pgm")
    for name, script in SCRIPTS.items():
        (work / f"{name.split()[0]}.txt").write_text(script, encoding="ascii")
    options = [
        *(f"-quality {q}{more}" for q, more in product((1, 30, 75, 92, 100), ("", " -baseline"))),
        *(f"-quality {q} -progressive" for q in (10, 75, 95)),
        *(f"-restart {every}" for every in ("1B", "3B", "1", "2")),
        *(f"-progressive -restart {every}" for every in ("5B", "1")),
        *(f"-scans {work / name.split()[0]}.txt" for name in SCRIPTS),
        "-optimize",
        "-optimize -restart 7B -quality 1",
        "-dct float -smooth 20",
    ]
    for name, option in product(pictures, options):
        yield f"cjpeg {option}, {name}", output(f"cjpeg -grayscale {option} {work / name}.pgm")
    whole = {name: output(f"cjpeg -quality 85 {work / name}.pgm") for name in pictures}
    changes = ("-rotate 90", "-flip horizontal", "-crop 33x17+8+8", "-progressive", "-transpose")
    for name, option in product(pictures, (*changes, "-optimize -restart 1", "-copy all")):
        (work / "whole.jpg").write_bytes(whole[name])
        try:
            yield f"jpegtran {option}, {name}", output(f"jpegtran {option} {work / 'whole.jpg'}")
        except subprocess.CalledProcessError:  # the crop lies outside
            continue
    adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
    tables = [[min(255, 1 + n // 2) for n in range(64)]]
    for name in pictures:
        picture = Image.open(work / f"{name}.pgm")
        for more in (
            {"extra": adobe, "qtables": tables},
            {"optimize": True, "progressive": True, "quality": 60, "dpi": (300, 300)},
            {"restart_marker_rows": 1, "extra": adobe, "comment": b"scan"},
        ):
            file = BytesIO()
            picture.save(file, "JPEG", **more)
            yield f"Pillow {sorted(more)}, {name}", file.getvalue()


def output(command: str, data: bytes | None = None) -> bytes:
    """Return what a command makes of its input."""
    return subprocess.run(command.split(), input=data, check=True, capture_output=True).stdout


def colored(source: bytes) -> bytes:
    """Colour with a smooth pattern."""
    photograph = read(source)
    height, width = photograph.pixels.shape[:2]
    y, x = np.mgrid[: -(-height // 2), : -(-width // 2)]
    planes = [np.uint8(128 + 30 * np.sin(y / 9 + n) * np.cos(x / 11)) for n in (0, 1)]
    file = BytesIO()
    write(photograph, Chroma(*planes), file, MARK)
    return file.getvalue()


def judged(files: dict[str, bytes], work: Path) -> dict[str, object]:
    """Count what is as it should be, for each decoder."""
    good: Counter[str] = Counter()
    worst: dict[str, float] = {}
    results = {}
    for name, source in files.items():
        result = results[name] = colored(source)
        kept = splice.image_data(source)
        good["image data byte for byte"] += splice.luma_of(result) == kept
        gray = [
            splice.image_data(output("jpegtran -grayscale -copy none", data))
            for data in (result, kept)
        ]
        good["jpegtran -grayscale gives the source's coefficients"] += gray[0] == gray[1]
        path = work / "result.jpg"
        path.write_bytes(result)
        by_pillow = np.asarray(Image.open(path).convert("RGB")).astype(int)
        for decoder, picture in shown(path):
            difference = float(np.abs(picture.astype(int) - by_pillow).mean())
            worst[decoder] = max(worst.get(decoder, 0), difference)
            good[decoder] += difference < 3
    for name, picture in in_chromium(results, work):
        by_pillow = np.asarray(Image.open(BytesIO(results[name])).convert("RGB")).astype(int)
        difference = float(np.abs(picture.astype(int) - by_pillow).mean())
        worst["Chromium"] = max(worst.get("Chromium", 0), difference)
        good["Chromium"] += difference < 3
    return {"good": dict(good), "largest mean difference": worst}


def shown(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Yield a decoder and the picture that it shows."""
    yield "OpenCV", cv2.imread(str(path), cv2.IMREAD_COLOR)[..., ::-1]
    yield "imagecodecs", imagecodecs.jpeg8_decode(path.read_bytes())
    for decoder, command in COMMANDS.items():
        words = command.format(source=path, out=path.with_suffix("")).split()
        if not shutil.which(words[0]):
            continue
        out = path.with_suffix(".png" if "png" in command else ".bmp")
        out.unlink(missing_ok=True)
        subprocess.run(words, capture_output=True, check=False)
        if out.exists():
            yield decoder, np.asarray(Image.open(out).convert("RGB"))


# Pictures stand in the page, so that its load waits for them; what follows is done at once.
PAGE = """<body>PICTURES<script>
window.onload = () => {
  const all = [...document.images].map((picture) => {
    if (!picture.naturalWidth) return "";
    const canvas = document.createElement("canvas");
    canvas.width = picture.naturalWidth; canvas.height = picture.naturalHeight;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL("image/png");
  });
  document.body.innerHTML = "<pre id=done>" + all.join(" ") + " end</pre>";
};
</script></body>"""


def in_chromium(results: dict[str, bytes], work: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what a page in Chromium shows of each file."""
    if not shutil.which("chromium"):
        return
    names = list(results)
    for start in range(0, len(names), 10):
        some = names[start : start + 10]
        urls = [f"data:image/jpeg;base64,{base64.b64encode(results[n]).decode()}" for n in some]
        pictures = "".join(f'<img src="{url}">' for url in urls)
        page = work / "page.html"
        page.write_text(PAGE.replace("PICTURES", pictures), encoding="utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu"]
        command += ["--force-color-profile=srgb", "--dump-dom", page.as_uri()]
        dump = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        shown_urls = dump.partition('<pre id="done">')[2].partition(" end<")[0].split(" ")
        for name, url in zip(some, shown_urls, strict=True):
            if url:
                png = base64.b64decode(url.partition(",")[2])
                yield name, np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def damaged(files: list[bytes], count: int) -> dict[str, int]:
    """Damage files and colour what can still be read."""
    rng = random.Random(0)
    found: Counter[str] = Counter()
    for _ in range(count):
        broken = bytearray(rng.choice(files))
        for _ in range(rng.randint(1, 5)):
            broken[rng.randrange(2, len(broken))] = rng.randrange(256)
        if rng.random() < 0.3:
            del broken[rng.randrange(2, len(broken)) :]
        try:
            photograph = read(bytes(broken))
        except PhotoError:
            found["refused"] += 1
            continue
        said = photograph.carried.jpeg
        if photograph.pixels.ndim != 2 or said is None or said.image_data is None:
            found["read, and to be encoded anew"] += 1
            continue
        result = Image.open(BytesIO(colored(bytes(broken))))
        result.draft("YCbCr", result.size)
        same = np.array_equal(np.asarray(result)[..., 0], photograph.pixels)
        found["read, luma kept and shown alike" if same else "BROKEN"] += 1
    return dict(found)


if __name__ == "__main__":
    main()
