"""What kind of thing was scanned: prints on a page, tones, toning, screens.

What the network sees is not what the file is: it gets each print straight and at full contrast,
and the file's own pixels are never touched. `examine` looks at a picture and gives a `Finding`,
which can be read, corrected and stated by hand.
"""

from rehue.scan.cutting import at_print, cut_out, laid_back, page_grid
from rehue.scan.examine import NOTHING_STATED, Stated, examine
from rehue.scan.finding import Finding, Print
from rehue.scan.screens import descreened
from rehue.scan.tones import FULL, Tones

__all__ = [
    "FULL",
    "NOTHING_STATED",
    "Finding",
    "Print",
    "Stated",
    "Tones",
    "at_print",
    "cut_out",
    "descreened",
    "examine",
    "laid_back",
    "page_grid",
]
