"""Rehue colours black-and-white photographs: lightness stays, the network gives only colour.

In Python:

    import rehue

    rehue.colorize("photo.jpg").save("photo.color.jpg")  # path, bytes, PIL image or array
    colorizer = rehue.Colorizer()  # reusable, thread-safe
    array_in_color = colorizer(array)
    rehue.colorize_file("scan.tif", "scan.color.tif")  # keeps EXIF, ICC profile, DPI
"""

import os
from typing import TYPE_CHECKING

from rehue.on_demand import on_demand

if TYPE_CHECKING:
    from rehue.colorizer import Colorizer
    from rehue.errors import RehueError
    from rehue.judge import evaluate
    from rehue.look import Look
    from rehue.model import Hint
    from rehue.shipped import colorize, colorize_file

__version__ = "0.2.0"

# Nothing leaves the computer: ONNX Runtime and Ray send word of their use home unless they are told
# not to before they are loaded. Processes begun from this one inherit it.
os.environ |= {"ORT_DISABLE_TELEMETRY": "1", "RAY_USAGE_STATS_ENABLED": "0"}

# Loaded when first asked for, so that `import rehue` and `rehue --help` are quick.
_HOMES = {
    "Colorizer": "rehue.colorizer",
    "Hint": "rehue.model",
    "Look": "rehue.look",
    "RehueError": "rehue.errors",
    "colorize": "rehue.shipped",
    "colorize_file": "rehue.shipped",
    "evaluate": "rehue.judge",
}

__all__ = [
    "Colorizer",
    "Hint",
    "Look",
    "RehueError",
    "__version__",
    "colorize",
    "colorize_file",
    "evaluate",
]


__getattr__, __dir__ = on_demand(__name__, _HOMES)
