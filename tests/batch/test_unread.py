"""Pictures of kinds that are not taken: each is named, with the reason; what is none is counted."""

import csv

import pytest

from rehue.batch import Problem, Report, Status, make_plan, summary
from rehue.photo import BECOMES, FORMATS, PHOTOGRAPHS

FILES = [
    "scan.jpg",
    "scan.jpg.xmp",
    "scan.xmp",
    "scan.nef",
    "alone.CR2",
    "cover.psd",
    "deed.PDF",
    "sun.exr",
    "checksums.md5",
    "stray.xmp",
    "notes.txt",
]


@pytest.fixture
def folder(tmp_path, monkeypatch, grey):
    grey("in/scan.jpg")
    for name in FILES[1:]:
        (tmp_path / "in" / name).write_bytes(b"as it is")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "in"


def test_pictures_that_are_not_taken_are_named_with_the_reason(folder, go):
    outcomes = go("in", target="out")
    assert [outcome.status for outcome in outcomes] == [Status.COLORED] + [Status.UNREAD] * 4
    assert [outcome.reason for outcome in outcomes[1:]] == [
        "in/alone.CR2 is a camera's raw file, which is not taken from folders: name it to have it "
        "coloured",
        "in/cover.psd is a Photoshop document, which Rehue does not read: save it as TIFF or PNG",
        "in/deed.PDF is a PDF document, which Rehue does not read: save it as TIFF or PNG",
        "in/sun.exr is an OpenEXR picture, which Rehue does not read: save it as TIFF or PNG",
    ]
    for name in FILES[1:]:
        assert (folder / name).read_bytes() == b"as it is"


def test_what_is_no_picture_is_counted_and_sidecars_are_not(folder):
    plan = make_plan(["in"], "out")
    list(plan)
    assert plan.others == 3  # the checksums, the notes, and a sidecar of nothing
    assert summary({Status.COLORED: 1, Status.UNREAD: 4}, 1, plan.others) == (
        "1 coloured, 4 of kinds that are not taken, 3 other files left out (0:01)"
    )


def test_a_report_has_a_row_for_each(folder, go, tmp_path):
    with Report(tmp_path / "report.csv") as report:
        for outcome in go("in", target="out"):
            report.write(outcome, None)
    rows = list(csv.DictReader((tmp_path / "report.csv").open()))
    unread = [row for row in rows if row["status"] == "unread"]
    assert len(unread) == 4
    assert all(row["reason"] and not row["target"] for row in unread)


def test_what_was_named_is_no_problem_of_its_folder(folder):
    steps = list(make_plan(["in/cover.psd", "in"], "out"))
    assert [step.path.name for step in steps if isinstance(step, Problem)] == [
        "alone.CR2",
        "deed.PDF",
        "sun.exr",
    ]


def test_no_kind_that_is_read_is_said_not_to_be():
    from rehue.batch.unread import why_unread

    assert not any(why_unread(ending) for ending in {*PHOTOGRAPHS, *FORMATS})
    assert all("raw file" in why_unread(e) for e in BECOMES if e not in PHOTOGRAPHS)
