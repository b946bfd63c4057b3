"""The options of `rehue colorize` in groups, and those that other commands share.

Wishes of the colours that are a number or a flag are in `rehue.cli.wished`.
"""

from rehue.cli.choices.files import Files
from rehue.cli.choices.films import Deinterlace, Films
from rehue.cli.choices.running import Machine, ManyFiles, Model
from rehue.cli.choices.scans import Scans
from rehue.cli.choices.steering import Steering

__all__ = [
    "Deinterlace",
    "Files",
    "Films",
    "Machine",
    "ManyFiles",
    "Model",
    "Scans",
    "Steering",
]
