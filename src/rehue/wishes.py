"""The table of wishes: what a user may wish of colours, whatever model gives them.

Each wish stands here once, as a field of `Coloring`: its name, default, range, unit, and help. The
options of the command line, the words of marks and journals (`described`) and the controls of a
page are made from `WISHES`; keywords in Python (`ColoringOptions`) are compared with it by a test.
What a wish does is done in `rehue.seen` (boldness, hints, palettes, alternatives) and `rehue.look`
(saturation, warmth, refresh). Nothing heavy is loaded here: help pages are made from it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, TypedDict

from rehue.errors import PhotoError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rehue.model import Decoding, Hint
    from rehue.photo import Photo
    from rehue.scan import Stated


@dataclass(frozen=True)
class Wish:
    """One thing that a user may wish of the colours.

    Attributes:
        help: what it does, in a sentence or two for a person.
        low: of its range, included; None for what is no number.
        high: likewise.
        unit: of its number, where it has one.
        needs: input that the network must have been trained with (`Card.trained_inputs`).
        words: how marks and journals say a value; None where only `described` can.
        always: they say it also where nothing is wished.
        instead: the wish that has taken its place; it is heeded still, and shown no more.
        excludes: wishes that it cannot go together with.
        name: of the field of `Coloring`, of the keyword, and with dashes of the option.
        default: what is taken where nothing is wished.
    """

    help: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    needs: str | None = None
    words: Callable[[Any], str] | None = None
    always: bool = False
    instead: str | None = None
    excludes: tuple[str, ...] = ()
    name: str = ""
    default: Any = None

    def is_wished(self, value: object) -> bool:
        """Say whether a value is more than nothing wished."""
        if self.default is None:
            return value is not None
        return bool(value) if self.default == () else value != self.default

    def check(self, value: object) -> None:
        """Refuse a number outside the range.

        Raises:
            PhotoError: it is one, or no number.
        """
        if self.low is None or self.high is None or value is None:
            return
        # NaN fails both comparisons.
        if not (isinstance(value, int | float) and self.low <= value <= self.high):
            said = f"{value:g}" if isinstance(value, int | float) else repr(value)
            raise PhotoError(f"{self.name} {said}: give {self.low:g} to {self.high:g}")


def _of(help: str, **facts: Any) -> dict[str, Wish]:  # noqa: A002, ANN401 (a field's)
    return {"wish": Wish(help, **facts)}


def _number(value: float) -> str:
    return f"{value:g}"


def _decoding(how: "Decoding") -> str:
    first = f"{how.head},{how.temperature:g},{how.chroma:g},{how.evenness:g}"
    # What came later is said by name and where it is more than nothing: earlier words stay true.
    later = (one.name for one in fields(how)[4:] if getattr(how, one.name) != one.default)
    return ",".join([first, *(f"{name}:{getattr(how, name):g}" for name in later)])


@dataclass(frozen=True)
class Coloring:
    """What a user wishes of the colours; `WISHES` says what each field means.

    Raises:
        PhotoError: a number outside its range, or two wishes that exclude each other.
    """

    saturation: float = field(
        default=1.0,
        metadata=_of(
            "Factor of the colours' strength: 0 is grey, 1 the model's choice.",
            low=0,
            high=10,
            unit="factor of chroma",
            words=_number,
            always=True,
        ),
    )
    warmth: float = field(
        default=0.0,
        metadata=_of(
            "Added to b* of CIE Lab, in its units: positive is yellower, against bluish results; "
            "negative is bluer, against sepia ones. 5 is seen, 15 is much.",
            low=-100,
            high=100,
            unit="b*",
            words=_number,
            always=True,
        ),
    )
    boldness: float | None = field(
        default=None,
        metadata=_of(
            "How far to dare where several colours are likely: 0 takes their mean, which is calm "
            "and often dull, 1 goes far towards the likeliest; if not given, the model's own, "
            "which is 0.5 for those that come with Rehue.",
            low=0,
            high=1,
            words=_number,
            excludes=("temperature", "decoding"),
        ),
    )
    temperature: float | None = field(
        default=None,
        metadata=_of(
            "Of the network's distribution: 1 is the expected colour, less goes towards the "
            "likeliest; if not given, the model's.",
            low=0.01,
            high=10,
            words=_number,
            instead="boldness",
        ),
    )
    decoding: "Decoding | None" = field(
        default=None,
        metadata=_of(
            "How colours are chosen from the network's answer, for experts; if not given, as its "
            "card says.",
            words=_decoding,
        ),
    )
    hints: "Sequence[Hint]" = field(
        default=(),
        metadata=_of(
            "Colours at places of one photograph.",
            needs="hints",
            words=lambda hints: ";".join(map(str, hints)),
        ),
    )
    alternative: int = field(
        default=1,
        metadata=_of(
            "Which colouring: 1 is the default; others, from calm to bold, differ from it in the "
            "colours of whole regions.",
            low=1,
            high=4,
            words=_number,
        ),
    )
    refresh: bool = field(
        default=False,
        metadata=_of(
            "Files that are in colour, but faded or tinted: undo it, and blend their own colours "
            "with the model's. Their lightness changes, too.",
        ),
    )
    palette: Sequence[str] = field(
        default=(),
        metadata=_of(
            "Colours that the picture is to have: '#b03030,navy'.",
            needs="palette",
            words=",".join,
            excludes=("reference",),
        ),
    )
    reference: "Photo | None" = field(
        default=None,
        metadata=_of("Borrow the colours of this photograph.", needs="palette"),
    )
    scan: "Stated | None" = field(
        default=None,
        metadata=_of(
            "What kind of thing was scanned, where that is not to be looked for.",
            words=lambda stated: stated.said(),
        ),
    )

    def __post_init__(self) -> None:
        """Refuse what cannot be wished."""
        wished = self.wished()
        for name, value in wished.items():
            WISHES[name].check(value)
            for other in WISHES[name].excludes:
                if other in wished:
                    raise PhotoError(f"{name} and {other}: give one of them")

    def wished(self) -> dict[str, Any]:
        """Return what is wished, by name, in the order of the table."""
        values = {name: getattr(self, name) for name in WISHES}
        return {name: value for name, value in values.items() if WISHES[name].is_wished(value)}


# All wishes by name, in the order in which they are told.
WISHES: Final[Mapping[str, Wish]] = {
    one.name: replace(one.metadata["wish"], name=one.name, default=one.default)
    for one in fields(Coloring)
}


class ColoringOptions(TypedDict, total=False):
    """The fields of `Coloring` as keywords of a function."""

    saturation: float
    warmth: float
    boldness: float | None
    temperature: float | None
    decoding: "Decoding | None"
    hints: "Sequence[Hint]"
    alternative: int
    refresh: bool
    palette: Sequence[str]
    reference: "Photo | None"
    scan: "Stated | None"


def described(coloring: Coloring, palette: "NDArray[np.float32] | None" = None) -> str:
    """Return wishes in words for marks and journals: what differs gives different words.

    Args:
        coloring: the wishes.
        palette: of its reference, as the network is told; stands for that picture.

    >>> described(Coloring(warmth=4, refresh=True))
    'saturation=1 warmth=4 refresh'
    """
    wished, said = coloring.wished(), []
    for name, wish in WISHES.items():
        if name not in wished and not wish.always:
            continue
        if wish.default is False:
            said.append(name)
        elif wish.words:
            words = wish.words(getattr(coloring, name))
            said += [f"{name}={words}"] * bool(words)
        elif palette is not None:
            said.append(f"{name}={hashlib.sha256(palette.tobytes()).hexdigest()[:12]}")
    return " ".join(said)


def differences(before: str, now: str) -> tuple[str, ...]:
    """Say in words how two results were wished differently, from what their marks say.

    >>> differences("size=256 saturation=1 warmth=0", "size=256 saturation=2 warmth=0 layer")
    ('saturation=1, now 2', 'without layer')
    """
    first, second = (dict(_parts(said)) for said in (before, now))
    return tuple(
        f"without {_said(name, second[name])}"
        if name not in first
        else f"with {_said(name, first[name])}"
        if name not in second
        else f"{name}={first[name]}, now {second[name]}"
        for name in {**first, **second}
        if first.get(name) != second.get(name)
    )


def _parts(said: str) -> Iterator[tuple[str, str]]:
    """Yield names and values; what stands after a space and has no name goes on the value before.

    Flags have no value, and a colour such as `rgb(1, 2, 3)` has spaces.
    """
    for part in re.split(r" (?=[a-z0-9-]+(?:=| |$))", said):
        name, _, value = part.partition("=")
        yield name, value


def _said(name: str, value: str) -> str:
    return f"{name}={value}" if value else name
