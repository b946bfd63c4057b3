"""What a result is written as: what a user may choose, and what follows where nothing is chosen."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, Literal, TypeAlias, TypedDict, get_args

from rehue.errors import PhotoError
from rehue.files import shown
from rehue.photo import formats
from rehue.photo.formats import listed
from rehue.photo.formats.contract import Format, Part, sample_bits
from rehue.photo.photograph import Photograph
from rehue.photo.provenance.credentials import Credentials
from rehue.photo.records import photoshop

_MARKED: Final = tuple(form for form in formats.RESULTS if form.holds_mark)
_FOR_LAYERS: Final = tuple(form for form in formats.RESULTS if form.for_layers)
# The format of what can hold a coloured picture and its mark, by the ending of a file's name.
FORMATS: Final = {ending: form.name for form in _MARKED for ending in form.endings}
# The format of results of what cannot, by the same.
BECOMES: Final = {
    ending: form.becomes
    for form in formats.FORMATS
    for ending in form.endings
    if ending not in FORMATS
}
# The ending that a format's files get where none says it yet.
ENDINGS: Final = {form.name: form.endings[0] for form in formats.RESULTS}
# Endings of the photographs that are taken from folders.
PHOTOGRAPHS: Final = frozenset(
    ending for form in formats.FORMATS if form.from_folders for ending in form.endings
)
# What these are called.
KINDS: Final = listed(form.words[0] for form in formats.FORMATS if form.from_folders)

Lightness: TypeAlias = Literal["stored", "exact"]


@dataclass(frozen=True)
class Output:
    """How a coloured photograph is written.

    Attributes:
        format: of the file, whatever the target's name says (`result_format`).
        quality: 1..100, for formats that have one; None is as fine as the source.
        bit_depth: bits of a sample; None is the source's, or the most that the format has.
        keep_times: give the target the source's times of access and change.
        timestamp: stands in the mark; without it the same input gives the same bytes.
        layer: write only the colour, to be laid over the source with the blend mode Color.
        visible_mark: write into a corner of the picture that it was coloured.
        credentials: sign a C2PA manifest with them; then no two files have the same bytes.
        lightness: `stored` lets a grey JPEG's own image data stand in a JPEG, byte for byte, so
            that its luma stays; `exact` lets L stay, as in every other file, and encodes anew.
        turn: where a picture was found to lie on its side or head, its orientation tag says so.
    """

    format: str | None = None
    quality: int | None = None
    bit_depth: int | None = None
    keep_times: bool = False
    timestamp: str | None = None
    layer: bool = False
    visible_mark: bool = False
    credentials: Credentials | None = None
    lightness: Lightness = "stored"
    turn: bool = False

    def __post_init__(self) -> None:
        """Refuse a lightness that there is not."""
        if self.lightness not in get_args(Lightness):
            raise PhotoError(
                f"lightness {shown(self.lightness)}: give one of {listed(get_args(Lightness))}"
            )

    def said(self) -> list[str]:
        """Return what marks and journals say of it: what changes the picture or its bytes."""
        words = {
            f"quality={self.quality}": self.quality is not None,
            f"bits={self.bit_depth}": self.bit_depth is not None,
            f"lightness={self.lightness}": self.lightness != "stored",
            "layer": self.layer,
            "visible-mark": self.visible_mark,
            "c2pa": self.credentials is not None,
            "turn": self.turn,
        }
        return [word for word, is_said in words.items() if is_said]


class OutputOptions(TypedDict, total=False):
    """The fields of `Output` as keywords of a function."""

    format: str | None
    quality: int | None
    bit_depth: int | None
    keep_times: bool
    timestamp: str | None
    layer: bool
    visible_mark: bool
    credentials: Credentials | None
    lightness: Lightness
    turn: bool


def result_format(photograph: Photograph, target: Path | None, asked: str | None = None) -> str:
    """Return the name of the format that `write` writes, one of `ENDINGS`.

    Raises:
        PhotoError: the format asked for, or the target's ending, is none of these.
    """
    if asked is not None:
        return format_named(asked)
    if target is None or not target.suffix:
        return photograph.carried.format
    form = formats.by_ending(target.suffix)
    if form not in formats.RESULTS:
        raise PhotoError(
            f"{shown(target)} ends in {shown(target.suffix)}, which cannot hold a coloured "
            f"picture and its mark: name a {listed(form.endings[0] for form in _MARKED)}"
        )
    return form.name


def format_named(asked: str) -> str:
    """Return the format that a word stands for: a name, or an ending without its dot.

    >>> format_named("jpg"), format_named("JPEG 2000")
    ('JPEG', 'JPEG2000')

    Raises:
        PhotoError: it stands for none that can be written.
    """
    form = formats.by_word(asked)
    if form not in formats.RESULTS:
        raise PhotoError(f"format `{shown(asked)}` is unknown: take {listed(ENDINGS)}")
    return form.name


def layer_format(photograph: Photograph, target: Path | None, asked: str | None = None) -> str:
    """Return what a colour layer is written as: a format that loses nothing.

    Where neither `asked` nor the target's name says, it is the source's or the first that can hold
    its pages.

    Raises:
        PhotoError: the format asked for, or the target's ending, is none of these.
    """
    if asked is None and (target is None or not target.suffix):
        usual = name_of_layers(photograph.carried.format)
        able = [form.name for form in _FOR_LAYERS if "pages" not in form.lacks]
        return usual if usual in able or not photograph.further else able[0]
    chosen = result_format(photograph, target, asked)
    if formats.named(chosen) not in _FOR_LAYERS:
        raise PhotoError(
            f"a colour layer is a {listed(form.name for form in _FOR_LAYERS)}, not a {chosen}, "
            "which would lose some of it: "
            f"name a {listed(form.endings[0] for form in _FOR_LAYERS)}"
        )
    return chosen


def name_of_layers(kind: str) -> str:
    """Return the format that colour layers are written in where results are of a format.

    >>> name_of_layers("TIFF"), name_of_layers("JPEG")
    ('TIFF', 'PNG')
    """
    return kind if formats.named(kind) in _FOR_LAYERS else _FOR_LAYERS[0].name


def result_bits(photograph: Photograph, kind: str, asked: int | None = None) -> int:
    """Return the bits of a sample that `write` writes: the source's, or the most there are.

    Raises:
        PhotoError: the format does not have the depth asked for.
    """
    depths = formats.named(kind).depths
    if asked is not None:
        if asked not in depths:
            raise PhotoError(
                f"a {kind} has {listed(map(str, depths))} bits a sample, not {asked}: "
                "ask for one of those"
            )
        return asked
    enough = [bits for bits in depths if bits >= photograph.bits]
    return min(enough) if enough else max(depths)


def losses(
    photograph: Photograph, kind: str, bits: int | None = None, *, is_signed: bool = False
) -> tuple[str, ...]:
    """Return what a result in a format cannot take over, one line each, for the notes of a run.

    Args:
        photograph: the source.
        kind: as `result_format` returns it.
        bits: as `result_bits` returns it, by default the default.
        is_signed: whether the result is; then it names the source's C2PA manifest.
    """
    bits = bits or result_bits(photograph, kind)
    carried = photograph.carried
    parts: dict[Part, object] = {
        "EXIF": carried.exif,
        "XMP": carried.xmp,
        "IPTC": photoshop.captions(carried.photoshop),
        "Photoshop data": photoshop.holds_others(carried.photoshop),
        "ICC profile": carried.icc,
        "comment": carried.comments,
        "text": carried.text,
    }
    form = formats.named(kind)
    lost: list[str] = [name for name, found in parts.items() if found and name in form.lacks]
    if not form.holds_segments:
        lost += sorted(carried.behind.holds) if carried.behind else []
        numbers = sorted({marker - 0xE0 for marker, _ in carried.segments})
        if numbers:
            lost.append(f"JPEG's APP{listed(map(str, numbers))}")
    said = tuple(f"its {name} has no place in a {kind}" for name in lost)
    if "pages" in form.lacks and any(page.carried.beside for page in photograph.pages):
        said += (f"its smaller copies, masks and other pages have no place in a {kind}",)
    if carried.boxes and form.name != "JPEG2000":
        said += (f"its further boxes (XML, UUID) have no place in a {kind}",)
    if carried.manifest and not is_signed:
        said += ("its C2PA manifest is signed for its own bytes, and is left out",)
    # What is handed over in 16 bits from a format that has 12 at most had no more.
    is_whole = sample_bits(bits) == photograph.bits and carried.format == kind
    if bits < photograph.bits and not is_whole:
        said = (f"its {photograph.bits} bits a sample become {bits}", *said)
    return said


def check_fits(photograph: Photograph, form: Format) -> None:
    """Refuse what a format cannot hold, before any work is done for it.

    Raises:
        PhotoError: too long a side, transparency, or several pages.
    """
    height, width = photograph.pixels.shape[:2]
    if form.longest_side and max(height, width) > form.longest_side:
        raise PhotoError(
            f"{photograph.name} has {width:,} x {height:,} pixels, and a {form.name} holds at most "
            f"{form.longest_side:,} a side: write a .png or .tif"
        )
    if "alpha" in form.lacks and photograph.is_transparent:
        raise PhotoError(
            f"{photograph.name} has transparent parts, which a {form.name} cannot hold: "
            "write a .png, .tif or .webp"
        )
    if "pages" in form.lacks and photograph.further:
        raise PhotoError(
            f"{photograph.name} has {len(photograph.pages)} pages, and a {form.name} holds one: "
            "write a .tif"
        )


def for_layer(
    photograph: Photograph, target: Path | BinaryIO, output: Output
) -> tuple[Photograph, Output]:
    """Return a photograph and wishes with which its colour layer is written without loss.

    Raises:
        PhotoError: the format would lose something, or a visible mark is wished for.
    """
    if output.visible_mark:
        raise PhotoError(
            "a colour layer shows no text when it is laid over a picture: leave out the visible "
            "mark"
        )
    path = target if isinstance(target, Path) else None
    chosen = layer_format(photograph, path, output.format)
    pages = [
        # JPEG in a TIFF would lose some of it; without a number it is Deflate.
        # Masks and infrared are the source's, and stand in it.
        replace(page, carried=replace(page.carried, tiff_compression=None, beside=()))
        for page in photograph.pages
    ]
    return replace(pages[0], further=tuple(pages[1:])), replace(output, format=chosen)
