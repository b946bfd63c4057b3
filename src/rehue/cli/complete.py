"""What a shell completes besides commands, options and files: names of models and recipes."""


def models(incomplete: str) -> list[str]:
    """Return the names of models that begin so."""
    from rehue.model import list_models

    return [name for name in list_models() if name.startswith(incomplete)]


def added(incomplete: str) -> list[str]:
    """Return the names of models that the user added and that begin so."""
    from rehue.model.registry import list_added

    return [name for name in list_added() if name.startswith(incomplete)]


def recipes(incomplete: str) -> list[str]:
    """Return the names of shipped recipes that begin so."""
    from importlib import resources
    from pathlib import Path

    folder = Path(str(resources.files("rehue") / "recipes"))
    names = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.toml"))
    return sorted(name for one in names if (name := one.as_posix()).startswith(incomplete))


def published(incomplete: str) -> list[str]:
    """Return the names of models that can be added and begin so."""
    from rehue.model.catalog import PUBLISHED

    return [name for name in PUBLISHED if name.startswith(incomplete)]
