"""What kind of thing was scanned, as the API tells it."""

from typing import Any

from rehue.scan import Finding


def told_of(finding: Finding | None) -> dict[str, Any]:
    """Return a finding as a table.

    `said` is the command line's sentence, empty for an ordinary photograph; `maybe` what it
    may be, but is not taken for. Corners are in pixels
    of the page and in the order that says which way is up, `turn` in quarter turns clockwise.
    """
    if finding is None:
        return {
            "said": "",
            "maybe": "",
            "has_surround": False,
            "is_negative": False,
            "prints": [],
        }
    return {
        "said": finding.said(),
        "maybe": finding.maybe(),
        "has_surround": finding.has_surround,
        "is_negative": finding.is_negative,
        "prints": [
            {
                "corners": [[round(x, 1), round(y, 1)] for x, y in one.corners],
                "tones": [round(one.tones.black, 1), round(one.tones.white, 1)],
                "screen": round(one.screen, 1),
                "turn": one.turn,
            }
            for one in finding.prints
        ],
    }
