"""The card of a model: JSON beside the ONNX file that says what it is and where it comes from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from rehue.color import Bins
from rehue.errors import ModelError
from rehue.files import reason
from rehue.model.boldness import PATH, Step, Steps
from rehue.model.decode import HEADS, Decoding, Head

FORMAT = 1


@lru_cache(maxsize=8)
def bins_of(centers: tuple[tuple[float, float], ...]) -> Bins:
    """Return the colour classes with these centres, always the same ones.

    They bring a table that takes a second to make.
    """
    return Bins(np.asarray(centers, np.float32))


@dataclass(frozen=True)
class Card:
    """What is known of a model.

    Attributes:
        name: as in `--model NAME`.
        description: one line.
        sha256: of the ONNX file, hexadecimal.
        licence: SPDX expression of the weights.
        trained_inputs: which of `lightness`, `hints` and `palette` the network was trained with;
            the others are accepted and have no effect.
        bin_centers: B pairs of ab, of the classes and of palettes.
        working_size: side that the short side of a photograph is brought to (px).
        default_decoding: of the colour that users get.
        boldness: the path of decodings from calm to bold.
        recipe: the training recipe, whole.
        commit: of the code that trained it.
        data: photographs and their sources; terms are told with the licence.
        training: steps, start, hardware.
        export: precision, largest ab difference to torch.
        figures: measured after export, with the set that they were measured on.
        confidence_temperature: of the distribution that confidence is read from.
        heads: what the network answers: `bins` (logits), `regression` (ab), or both.
        format: of this card.
    """

    name: str
    description: str
    sha256: str
    licence: str
    trained_inputs: tuple[str, ...]
    bin_centers: tuple[tuple[float, float], ...]
    working_size: int
    default_decoding: Decoding
    recipe: Mapping[str, Any] = field(default_factory=dict)
    commit: str = "unknown"
    data: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    export: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    confidence_temperature: float = 1.0
    heads: tuple[Head, ...] = HEADS
    boldness: Steps = PATH
    format: int = FORMAT

    @property
    def bins(self) -> Bins:
        """The colour classes."""
        return bins_of(self.bin_centers)

    def to_json(self) -> str:
        """Return the card's text."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str) -> "Card":
        """Read a card.

        Args:
            text: JSON.
            where: names the card in errors.

        Raises:
            ModelError: it is no card, of another format, or lacks a field.
        """
        try:
            facts = json.loads(text)
            if facts["format"] != FORMAT:
                raise ModelError(
                    f"{where}: a card of format {facts['format']}, this Rehue reads {FORMAT}: "
                    "update Rehue"
                )
            facts["default_decoding"] = Decoding(**facts["default_decoding"])
            if "boldness" in facts:
                facts["boldness"] = tuple(Step(*map(float, step)) for step in facts["boldness"])
            facts["trained_inputs"] = tuple(facts["trained_inputs"])
            facts["heads"] = tuple(facts.get("heads", HEADS))
            facts["bin_centers"] = tuple((float(a), float(b)) for a, b in facts["bin_centers"])
            return cls(**facts)
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"{where}: not a model card ({type(error).__name__}: {error}): install it again"
            ) from error


@dataclass(frozen=True)
class Model:
    """A model's card and where its ONNX file lies."""

    card: Card
    path: Path

    @classmethod
    def at(cls, path: Path) -> "Model":
        """Open the model whose ONNX file is given; its card lies beside it, `NAME.json`.

        Raises:
            ModelError: the file or the card is missing or unreadable.
        """
        card_path = path.with_suffix(".json")
        if not path.is_file():
            raise ModelError(f"{path}: no such weight file: check the path")
        try:
            text = card_path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(
                f"{path}: its card {card_path.name} cannot be read beside it: "
                "keep the two files together"
            ) from error
        return cls(Card.from_json(text, str(card_path)), path)

    def read(self) -> bytes:
        """Return the ONNX file's bytes, which are those that the card names.

        Raises:
            ModelError: the bytes are not those that the card was written for.
        """
        self.check()
        return self.path.read_bytes()

    def check(self) -> None:
        """See that the ONNX file's bytes are those that the card names.

        Raises:
            ModelError: they are not those that the card was written for, or cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
                file.seek(0)
                begins = file.read(64).lstrip()
        except OSError as error:
            raise ModelError(f"{self.path}: cannot be read ({reason(error)})") from error
        if found != self.card.sha256:
            looks = "an HTML page" if begins[:1] == b"<" else "damaged or changed"
            raise ModelError(
                f"{self.path}: {looks} (sha256 {found[:12]}, its card says "
                f"{self.card.sha256[:12]}): install it again"
            )
