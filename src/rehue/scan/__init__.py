"""What kind of thing was scanned: prints on a page, tones, toning, screens, which way is up.

What the network sees is not what the file is: it gets each print straight and at full contrast,
and the file's own pixels are never touched. `examine` looks at a picture and gives a `Finding`,
which can be read, corrected and stated by hand.
"""

from rehue.scan.cutting import at_print, cut_out, laid_back, page_grid
from rehue.scan.examine import examine
from rehue.scan.finding import Finding, Print
from rehue.scan.negative import positive
from rehue.scan.own_color import OwnColor, find_own_color
from rehue.scan.recognition import CHANNELS, Features, Recognized, recognize
from rehue.scan.screens import descreened
from rehue.scan.stated import AS_IS, NOTHING_STATED, Stated, read_prints, read_tones, stated_of
from rehue.scan.tones import FULL, Tones, is_nearly_as_sure

__all__ = [
    "AS_IS",
    "CHANNELS",
    "FULL",
    "NOTHING_STATED",
    "Features",
    "Finding",
    "OwnColor",
    "Print",
    "Recognized",
    "Stated",
    "Tones",
    "at_print",
    "cut_out",
    "descreened",
    "examine",
    "find_own_color",
    "is_nearly_as_sure",
    "laid_back",
    "page_grid",
    "positive",
    "read_prints",
    "read_tones",
    "recognize",
    "stated_of",
]
