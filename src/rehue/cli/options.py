"""Options in groups: a command takes one dataclass a group, and its help page shows them so."""

import inspect
import math
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import MISSING, fields
from functools import wraps
from inspect import Parameter
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

import typer
from typer.core import TyperCommand
from typer.models import OptionInfo


class Group:
    """Options that belong together; a dataclass whose fields are annotated as Typer wants it.

    Attributes:
        panel: their heading on the help page.
    """

    panel: ClassVar[str]

    @classmethod
    def parameters(cls) -> Iterator[Parameter]:
        """Yield the options as parameters of a command."""
        hints = get_type_hints(cls, include_extras=True)
        for field in fields(cls):  # type: ignore[arg-type]
            default = Parameter.empty if field.default is MISSING else field.default
            yield cls.parameter(field.name, hints[field.name], default)

    @classmethod
    def parameter(cls, name: str, hint: Any, default: Any) -> Parameter:  # noqa: ANN401
        """Return one option, annotated, as a parameter of a command, with the group's heading."""
        kind, *facts = get_args(hint) if get_origin(hint) is Annotated else (hint, OptionInfo())
        option = copy(next(fact for fact in facts if isinstance(fact, OptionInfo)))
        option.rich_help_panel = cls.panel
        return Parameter(
            name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option]
        )


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take its options in groups: Typer sees them one by one."""
    flat: list[Parameter] = []
    groups: dict[str, tuple[type[Group], list[str]]] = {}
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        kind = parameter.annotation
        if not (isinstance(kind, type) and issubclass(kind, Group)):
            flat.append(parameter)
            continue
        options = list(kind.parameters())
        groups[parameter.name] = kind, [option.name for option in options]
        flat += options

    @wraps(command)
    def taking_all(**values: Any) -> None:  # noqa: ANN401
        for name, (kind, options) in groups.items():
            values[name] = kind(**{option: values.pop(option) for option in options})
        command(**values)

    taking_all.__signature__ = inspect.Signature(flat)  # type: ignore[attr-defined]
    taking_all.__annotations__ = {one.name: one.annotation for one in flat}
    return taking_all


def finite(value: float | None) -> float | None:
    """Refuse what is no number to reckon with."""
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a number to reckon with.")
    return value


class InPanels(TyperCommand):
    """Shows options below the headings of their groups, in the order of the command."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 (Typer's own)
        """Write arguments and options; Typer does so by Rich alone, which takes twice as long."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            is_argument = parameter.param_type_name == "argument"
            panel = getattr(parameter, "rich_help_panel", None) or "Options"
            if record:
                panels.setdefault("Arguments" if is_argument else panel, []).append(record)
        for panel, records in panels.items():
            with formatter.section(panel):
                formatter.write_dl(records)
