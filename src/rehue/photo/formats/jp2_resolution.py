"""The resolution box of JPEG 2000 (ISO/IEC 15444-1, I.5.3.7): samples per metre as a fraction."""

from rehue.photo.records import boxes

_PER_METRE = 39.3700787


def read(content: bytes) -> tuple[float, float] | None:
    """Return dots an inch across and down, as captured or else as shown; None where not said."""
    said = boxes.first(content, b"resc") or boxes.first(content, b"resd")
    if said is None or len(said) < 10:
        return None
    numbers = [int.from_bytes(said[at : at + 2], "big") for at in range(0, 8, 2)]
    powers = [byte - 256 if byte > 127 else byte for byte in said[8:10]]
    if 0 in numbers or max(map(abs, powers)) > 12:
        return None
    down = numbers[0] / numbers[1] * 10.0 ** powers[0] / _PER_METRE
    across = numbers[2] / numbers[3] * 10.0 ** powers[1] / _PER_METRE
    return across, down


def written(dpi: float) -> bytes:
    """Return samples per metre as a numerator and a denominator of 16 bits."""
    wanted = dpi * _PER_METRE
    below = max(1, min(65535, int(65535 / wanted))) if wanted >= 1 else 65535
    while below > 1 and round(wanted * below) > 65535:
        below -= 1
    # 100 dots an inch are 3937.00787 a metre: a denominator of 10 keeps two decimals of an inch.
    return min(65535, round(wanted * below)).to_bytes(2, "big") + below.to_bytes(2, "big")
