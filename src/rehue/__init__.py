"""Rehue colours black-and-white photographs: lightness stays, the network gives only colour."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
