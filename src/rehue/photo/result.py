"""What a result is, as far as statements about it depend on that (`rehue.photo.records`)."""

from dataclasses import replace

from rehue.photo.formats.contract import Format
from rehue.photo.photograph import Photograph
from rehue.photo.records.statement import Result
from rehue.photo.samples import profile

# Read or written upright, whatever their records say.
_UPRIGHT = frozenset({"HEIC", "JPEGXL", "BMP", "RAW"})


def result_of(icc: bytes | None, further_samples: int = 0) -> Result:
    """Return what is known of a result by the profile that it carries, and its samples."""
    return Result(
        further_samples=further_samples,
        is_srgb=icc is None or profile.is_plain(icc),
        has_own_profile=icc not in (None, profile.srgb_profile()),
    )


def result_in(photograph: Photograph, form: Format) -> Result:
    """Return what is known of a photograph's result in a format."""
    was_turned = photograph.kind in _UPRIGHT and photograph.orientation == 1
    behind = photograph.carried.behind if form.holds_segments else None
    return replace(
        result_of(photograph.carried.icc),
        media_type=form.media_type,
        is_turned=was_turned or form.name in _UPRIGHT,
        behind=behind.holds if behind else frozenset(),
    )
