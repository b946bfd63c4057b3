"""Options made from the table of wishes: those that are a number, and those that are a flag."""

from collections.abc import Iterator
from inspect import Parameter
from typing import Annotated, Any, Final

import typer

from rehue.cli.options import Group, finite
from rehue.wishes import WISHES

# One of several colourings, which --alternatives asks for all together.
_OF_SEVERAL: Final = ("alternative",)


class Colors(Group):
    """The wishes that are numbers, and those that are wished or not: whatever `WISHES` has.

    Attributes:
        values: as given, by name.
    """

    panel = "Colours"

    def __init__(self, **values: Any) -> None:  # noqa: ANN401
        self.values = values

    @classmethod
    def parameters(cls) -> Iterator[Parameter]:
        """Yield an option for each such wish; what another has replaced is not shown."""
        for name, wish in WISHES.items():
            is_number = wish.low is not None
            if name in _OF_SEVERAL or not (is_number or wish.default is False):
                continue
            kind = (float if wish.default is not None else float | None) if is_number else bool
            option = typer.Option(
                *([] if is_number else [f"--{name}"]),
                help=wish.help,
                min=wish.low,
                max=wish.high,
                callback=finite if is_number else None,
                show_default=bool(is_number and wish.default is not None),
                hidden=wish.instead is not None,
            )
            yield cls.parameter(name, Annotated[kind, option], wish.default)

    def replaced(self) -> Iterator[str]:
        """Yield a line for each wish given that another has replaced."""
        for name, value in self.values.items():
            instead = WISHES[name].instead
            if instead and WISHES[name].is_wished(value):
                new = WISHES[instead]
                yield (
                    f"--{name} will go: give --{instead}, {new.low:g} to {new.high:g}, in its place"
                )
