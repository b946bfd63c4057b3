"""CIEDE2000, the difference of two colours (CIE 142-2001; ISO/CIE 11664-6:2014)."""

import math

import numpy as np
from numpy.typing import NDArray


def ciede2000(first: NDArray[np.floating], second: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the CIEDE2000 difference of colours, with kL = kC = kH = 1.

    Follows Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula" (2005), whose equation
    numbers stand beside the steps; under test against their 34 pairs.

    Args:
        first: ... x 3, L*a*b*.
        second: the same shape, or one that broadcasts to it.

    Returns:
        Differences without the last axis; about 1 is just noticeable side by side.

    >>> pair = np.array([[50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485]])
    >>> float(ciede2000(pair[0], pair[1]).round(4))
    2.0425
    """
    l1, a1, b1 = first[..., 0], first[..., 1], first[..., 2]
    l2, a2, b2 = second[..., 0], second[..., 1], second[..., 2]
    mean_c7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7  # eqs 2, 3
    g = 0.5 * (1 - np.sqrt(mean_c7 / (mean_c7 + 25.0**7)))  # eq. 4
    a1, a2 = a1 * (1 + g), a2 * (1 + g)  # eq. 5
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)  # eq. 6
    turn = 2 * math.pi
    h1, h2 = np.arctan2(b1, a1) % turn, np.arctan2(b2, a2) % turn  # eq. 7

    # The shorter way round, which at exactly half a turn is the one that does not cross zero;
    # a colour without chroma has no hue.
    colored = c1 * c2 > 0
    dh = h2 - h1
    dh = np.where(dh > math.pi, dh - turn, np.where(dh < -math.pi, dh + turn, dh))
    dh = np.where(colored, dh, 0.0)  # eq. 10
    mean_h = np.where(colored, h1 + dh / 2, h1 + h2)  # eq. 14

    dl = l2 - l1  # eq. 8
    dc = c2 - c1  # eq. 9
    dh_big = 2 * np.sqrt(c1 * c2) * np.sin(dh / 2)  # eq. 11
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2  # eqs 12, 13
    t = (  # eq. 15
        1
        - 0.17 * np.cos(mean_h - math.radians(30))
        + 0.24 * np.cos(2 * mean_h)
        + 0.32 * np.cos(3 * mean_h + math.radians(6))
        - 0.20 * np.cos(4 * mean_h - math.radians(63))
    )
    mean_degrees = np.degrees(mean_h) % 360
    d_theta = math.radians(30) * np.exp(-(((mean_degrees - 275) / 25) ** 2))  # eq. 16
    r_c = 2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7))  # eq. 17
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)  # eq. 18
    s_c = 1 + 0.045 * mean_c  # eq. 19
    s_h = 1 + 0.015 * mean_c * t  # eq. 20
    r_t = -np.sin(2 * d_theta) * r_c  # eq. 21
    l_term, c_term, h_term = dl / s_l, dc / s_c, dh_big / s_h
    squared = l_term**2 + c_term**2 + h_term**2 + r_t * c_term * h_term
    difference: NDArray[np.floating] = np.sqrt(np.maximum(squared, 0))  # eq. 22
    return difference
