"""What a result is, as far as statements about it depend on that (`rehue.photo.records`)."""

from rehue.photo.formats.contract import Format
from rehue.photo.photograph import Carried, Photograph
from rehue.photo.records.statements import Result
from rehue.photo.samples import profile

# Read or written upright, whatever their records say.
_UPRIGHT = frozenset({"HEIC", "JPEGXL", "BMP", "RAW"})


def result_of(icc: bytes | None) -> Result:
    """Return what is known of a result by the profile that it carries."""
    return Result(
        is_srgb=icc is None or profile.is_plain(icc),
        has_own_profile=icc not in (None, profile.srgb_profile()),
    )


def result_in(photograph: Photograph, form: Format) -> Result:
    """Return what is known of a photograph's result in a format."""
    known = result_of(photograph.carried.icc)
    return Result(
        is_srgb=known.is_srgb,
        has_own_profile=known.has_own_profile,
        media_type=form.media_type,
        is_turned=bool({photograph.kind, form.name} & _UPRIGHT),
        behind=_behind(photograph.carried, form),
    )


def _behind(carried: Carried, form: Format) -> frozenset[str]:
    if carried.behind is None or not form.holds_segments:
        return frozenset()
    return carried.behind.holds
