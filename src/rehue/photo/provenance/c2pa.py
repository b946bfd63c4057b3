"""Signed provenance: C2PA manifests (C2PA Technical Specification 2), through the extra `c2pa`.

A manifest says in a signed way what the mark says in a plain one: what was done (opened, colours
given), by which program and model, and to which file, which is its parent ingredient. The source's
own manifests go along with it. Nothing here uses the network: there is no timestamp of an
authority, and neither remote manifests nor lists of revoked certificates are fetched.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Final, cast

from PIL import Image

from rehue.errors import PhotoError, install_line
from rehue.files import reason, shown
from rehue.photo import formats
from rehue.photo.formats.contract import Format
from rehue.photo.photograph import Photograph
from rehue.photo.provenance.credentials import Credentials
from rehue.photo.provenance.mark import SOURCE_TYPE, Mark

_SETTINGS: Final = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": True},
    # Thumbnails would show the uncoloured picture, and make files larger.
    "builder": {"thumbnail": {"enabled": False}},
}
# No list of authorities is asked, so every signer is unknown.
_UNTRUSTED: Final = "signingCredential.untrusted"
# Begins every store of manifests in a file (JUMBF, ISO 19566-5; its type begins with `c2pa`).
_STORE: Final = b"jumdc2pa"
# Unsigned pictures that are larger wait in a file.
_IN_MEMORY: Final = 1 << 26


@dataclass(frozen=True)
class Manifest:
    """What the manifest of a picture says.

    Attributes:
        signer: who signed it: organisation and name of the certificate.
        problem: why picture or manifest are not as they were signed; None when they are. Whether
            the signer is to be trusted is for others to say.
        generator: the program that made it.
        ingredients: titles of what the picture was made from.
    """

    signer: str = ""
    problem: str | None = None
    generator: str = ""
    ingredients: tuple[str, ...] = ()


def check_credentials(credentials: Credentials) -> None:
    """Sign a picture of one pixel, so that what is wrong is known before there is work.

    Raises:
        PhotoError: the extra is missing; the files cannot be read, do not belong together, or are
            not fit for signing (out of date, say).
    """
    file = BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    file.seek(0)
    builder = _builder({"action": "c2pa.created", "digitalSourceType": SOURCE_TYPE})
    _sign(builder, credentials, formats.named("PNG"), file, BytesIO(), "a picture")


def check_signable(photograph: Photograph, form: Format) -> None:
    """Refuse what cannot be signed, before any work is done for it.

    Raises:
        PhotoError: the format has no place for a manifest, or the source is no file.
    """
    if not form.signed:
        able = formats.listed(other.name for other in formats.RESULTS if other.signed)
        raise PhotoError(
            f"a {form.name} has no place for a C2PA manifest: write a {able}, or do not sign"
        )
    if photograph.path is None:
        raise PhotoError(
            f"{photograph.name} is no file, which a C2PA manifest names as its source: give a path"
        )


def signing(
    fill: Callable[[BinaryIO], None],
    photograph: Photograph,
    form: Format,
    mark: Mark,
    credentials: Credentials,
) -> Callable[[BinaryIO], None]:
    """Return what fills a file with the same picture, signed.

    Args:
        fill: writes the picture into an empty file that can seek.
        photograph: the source, the parent of the result.
        form: of the result.
        mark: says how it was coloured.
        credentials: of the signer.
    """

    def fill_signed(file: BinaryIO) -> None:
        try:
            with SpooledTemporaryFile(_IN_MEMORY) as unsigned:
                fill(cast(BinaryIO, unsigned))
                unsigned.seek(0)
                builder = _builder(_colored(mark))
                _add_parent(builder, photograph)
                _sign(builder, credentials, form, cast(BinaryIO, unsigned), file, photograph.name)
        except OSError as error:
            raise PhotoError(
                f"{photograph.name} cannot be signed ({reason(error)}): check the file's rights "
                "and free space"
            ) from error

    return fill_signed


def read_manifest(path: Path) -> Manifest | None:
    """Read the manifest of a picture; None where there is none.

    Raises:
        PhotoError: the file cannot be read, or there is one and the extra is missing.
    """
    try:
        with path.open("rb") as file:
            # Most pictures have none, and need no library that says so.
            if _STORE not in (data := file.read()):
                return None
    except OSError as error:
        raise PhotoError(f"{shown(path)} cannot be read ({reason(error)}): check it") from error
    library = _library()
    try:
        reader = library.Reader(BytesIO(data), context=library.Context.from_dict(_SETTINGS))
        manifest = reader.get_active_manifest() or {}
        results = reader.get_validation_results() or {}
    except library.C2paError as error:
        return Manifest(problem=reason(error))
    signature = manifest.get("signature_info", {})
    names = (signature.get("issuer"), signature.get("common_name"))
    generators = manifest.get("claim_generator_info") or [{}]
    return Manifest(
        signer=", ".join(name for name in names if name),
        problem=next(_problems(results), None),
        generator=" ".join(str(generators[0].get(key, "")) for key in ("name", "version")).strip(),
        ingredients=tuple(str(i.get("title", "")) for i in manifest.get("ingredients", ())),
    )


def _problems(results: dict[str, Any]) -> Iterator[str]:
    """Yield what does not fit in a picture's own manifest; ingredients may be as they were."""
    for failure in results.get("activeManifest", {}).get("failure", ()):
        if failure.get("code") != _UNTRUSTED:
            yield str(failure.get("explanation") or failure.get("code"))


def _colored(mark: Mark) -> dict[str, Any]:
    """Return the action (C2PA specification, "Actions") of colouring."""
    said = {
        "model": mark.model,
        "model_sha256": mark.model_sha256,
        "runtime": mark.runtime,
        "settings": mark.settings,
        "hints": list(mark.hints),
    }
    return {
        "action": "c2pa.color_adjustments",
        "digitalSourceType": SOURCE_TYPE,
        "softwareAgent": {"name": "Rehue", "version": mark.version},
        "description": "colours from a trained model, lightness from the source",
        "parameters": {f"dev.rehue.{name}": value for name, value in said.items() if value},
    }


def _builder(action: dict[str, Any]) -> Any:  # noqa: ANN401
    from rehue import __version__  # noqa: PLC0415 (the package's face, which loads this)

    library = _library()
    definition = {
        "claim_generator_info": [{"name": "Rehue", "version": __version__}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }
    context = library.Context.from_dict(_SETTINGS)
    return library.Builder(json.dumps(definition), context=context)


def _add_parent(builder: Any, photograph: Photograph) -> None:  # noqa: ANN401
    """Name the source as what was opened (C2PA: `parentOf`), with the manifests it has."""
    library, path = _library(), cast(Path, photograph.path)
    builder.set_intent(library.C2paBuilderIntent.EDIT)
    parent = {"title": shown(path.name), "relationship": "parentOf"}
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != photograph.sha256:
            raise PhotoError(f"{photograph.name} was changed while it was coloured: do it again")
        file.seek(0)
        try:
            media_type = formats.named(photograph.kind).media_type or photograph.kind
            builder.add_ingredient(json.dumps(parent), media_type, file)
        except library.C2paError as error:
            raise PhotoError(
                f"{photograph.name} holds a C2PA manifest that cannot be read ({reason(error)}): "
                "colour it without signing"
            ) from error


def _sign(
    builder: Any,  # noqa: ANN401
    credentials: Credentials,
    form: Format,
    unsigned: BinaryIO,
    file: BinaryIO,
    name: str,
) -> None:
    library = _library()
    info = library.C2paSignerInfo(*credentials.load(), None)
    try:
        signer = library.Signer.from_info(info)
        builder.sign(signer, form.media_type, unsigned, file)
    except library.C2paError as error:
        raise PhotoError(
            f"{name} cannot be signed ({reason(error)}): check {shown(credentials.chain)} and "
            f"{shown(credentials.key)}"
        ) from error


def _library() -> Any:  # noqa: ANN401
    try:
        import c2pa  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        raise PhotoError(f"C2PA manifests need an extra: {install_line('c2pa')}") from error
    return c2pa
