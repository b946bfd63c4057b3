import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from rehue.batch.names import Names, name_beside, name_in_folder, name_of_comparison

ENDINGS = [".jpg", ".JPG", ".jpeg", ".tif", ".png", ".bmp", ".gif", ".webp", ".bmp.png", "", ".x"]
STEMS = ["a", "A", "a-2", "ä", "a\u0308", "ß", "ss", ".a", "a.rehue"]


def names():
    return st.lists(
        st.builds(str.__add__, st.sampled_from(STEMS), st.sampled_from(ENDINGS)), unique=True
    )


def on_a_careless_disk(name):
    """As a file system sees it that knows neither case nor how accents are written."""
    return unicodedata.normalize("NFD", name).casefold()


@settings(deadline=None)
@given(names())
def test_no_two_results_are_one_file(sources):
    taken = Names()
    targets = [taken.take(name_in_folder(name)) for name in sources]
    assert len({on_a_careless_disk(name) for name in targets}) == len(sources)


@settings(deadline=None)
@given(names())
def test_no_two_results_beside_are_one_file(sources):
    taken = Names()
    targets = [taken.take(name_beside(name)) for name in sources]
    assert len({on_a_careless_disk(name) for name in targets}) == len(sources)
    assert all(".rehue" in name for name in targets)


def test_names_are_numbered_in_order():
    taken = Names()
    given = ["a.jpg", "A.JPG", "a.jpg", "a-2.jpg"]
    assert [taken.take(name) for name in given] == [
        "a.jpg",
        "A-2.JPG",
        "a-3.jpg",
        "a-2-2.jpg",
    ]


def test_the_ending_is_kept_where_the_format_is():
    kept = ["a.jpg", "a.JPEG", "a.png", "a.webp", "a.tif", "a.b.tiff"]
    assert [name_in_folder(name) for name in kept] == kept
    assert name_in_folder("a.gif") == "a.gif.png"
    assert name_beside("a.b.TIF") == "a.b.rehue.TIF"
    assert name_of_comparison("a.b.rehue.TIF") == "a.b.TIF.rehue-compare.jpg"
