import pytest

from rehue.dataset import open_photographs
from rehue.dataset.places365 import PlacesPart, is_places365, places365_entries
from rehue.dataset.sampling import sample_per_label
from rehue.dataset.source import find_entries
from rehue.errors import DatasetError

TRAIN = {
    "/a/abbey/00000001.jpg": 0,
    "/a/abbey/00000002.jpg": 0,
    "/a/abbey/00000003.jpg": 0,
    "/a/apartment_building/outdoor/00000001.jpg": 1,
    "/a/apartment_building/outdoor/00000002.jpg": 1,
}
VAL = {"Places365_val_00000001.jpg": 1, "Places365_val_00000002.jpg": 0}


@pytest.fixture
def places(tmp_path, make):
    """Places365-Standard in small, both lists."""
    seed = 0
    for data, listed in (("data_256", TRAIN), ("val_256", VAL)):
        for name in listed:
            path = tmp_path / data / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(make.saved(make.picture(seed), "JPEG"))
            seed += 1
    write_list(tmp_path / "places365_train_standard.txt", TRAIN)
    write_list(tmp_path / "places365_val.txt", VAL)
    names = {"/a/abbey": 0, "/a/apartment_building/outdoor": 1}
    write_list(tmp_path / "categories_places365.txt", names)
    return tmp_path


def write_list(path, lines):
    path.write_text("".join(f"{name} {number}\n" for name, number in lines.items()), "utf-8")


def test_the_lists_are_read_in_their_order_with_their_categories(places):
    train = list(places365_entries(places))
    assert [entry.key for entry in train] == [f"data_256{name}" for name in TRAIN]
    assert [e.label for e in train] == ["abbey"] * 3 + ["apartment_building/outdoor"] * 2
    assert {(entry.kind, entry.source) for entry in train} == {("scenes", "places365")}
    val = list(places365_entries(places, PlacesPart.VAL))
    assert [entry.key for entry in val] == [f"val_256/{name}" for name in VAL]
    assert [entry.label for entry in val] == ["apartment_building/outdoor", "abbey"]


def test_without_category_names_the_number_is_the_label(places):
    (places / "categories_places365.txt").unlink()
    assert [entry.label for entry in places365_entries(places, PlacesPart.VAL)] == ["1", "0"]


def test_training_and_validation_never_share_a_photograph(places):
    train = find_entries(places)
    judged = open_photographs(places, keep_neutral=True).entries
    assert len(train) == len(TRAIN)
    assert len(judged) == len(VAL)
    assert not {entry.key for entry in train} & {entry.key for entry in judged}
    assert not {entry.read() for entry in train} & {entry.read() for entry in judged}


def test_so_many_of_each_category(places):
    # The study: 100 of each of 365.
    chosen = sample_per_label(places365_entries(places), 2, seed=1)
    assert [e.label for e in chosen] == ["abbey"] * 2 + ["apartment_building/outdoor"] * 2


def test_a_photograph_that_is_listed_and_missing_is_unreadable_and_not_fatal(places):
    (places / "val_256" / "Places365_val_00000001.jpg").unlink()
    photographs = open_photographs(places)
    assert [sample.key for sample in photographs] == ["val_256/Places365_val_00000002.jpg"]
    assert photographs.left_out == {"unreadable": ["val_256/Places365_val_00000001.jpg"]}


def test_the_layout_is_known_by_a_list_beside_its_folder(places, tmp_path):
    assert is_places365(places)
    (places / "places365_train_standard.txt").unlink()
    assert is_places365(places)  # the validation list is still beside its folder
    (places / "places365_val.txt").unlink()
    assert not is_places365(places)


@pytest.mark.parametrize("line", ["no-number", "a.jpg x", "a.jpg ²", "7"])
@pytest.mark.parametrize(
    "name", ["places365_train_standard.txt", "categories_places365.txt"], ids=["list", "categories"]
)
def test_a_line_that_is_no_path_and_number(places, name, line):
    (places / name).write_text(f"/a/abbey/00000001.jpg 0\n\n{line}\n", "utf-8")
    with pytest.raises(DatasetError) as caught:
        list(places365_entries(places))
    assert str(caught.value).endswith(f"{name}, line 3: expected 'path number', found {line!r}")


def test_a_list_that_is_no_text(places):
    (places / "places365_val.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match=r"places365_val\.txt: not a readable list"):
        list(places365_entries(places, PlacesPart.VAL))


def test_a_list_without_its_folder(tmp_path):
    with pytest.raises(DatasetError, match=r"no places365_val\.txt beside val_256/"):
        list(places365_entries(tmp_path, PlacesPart.VAL))
