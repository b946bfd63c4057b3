import os
from pathlib import Path

import pytest

from rehue.batch import Job, PlanError, Problem, make_plan


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Empty files with colliding names; plans read names alone."""
    names = ["a.jpg", "a.tif", "a.bmp", "B.JPG", "notes.txt", ".hidden.jpg", "no-ending"]
    for folder in ("photos", "photos/sub/deep", "photos/.cache", "more/photos"):
        (tmp_path / folder).mkdir(parents=True)
        for name in names:
            (tmp_path / folder / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def jobs(plan):
    return [step for step in plan if isinstance(step, Job)]


def targets(plan):
    return [job.target.as_posix() for job in jobs(plan)]


def reasons(plan):
    return [step.reason for step in plan if isinstance(step, Problem)]


def test_without_a_target_results_lie_beside(tree):
    planned = jobs(make_plan(["photos/a.jpg", "photos/a.bmp", "photos/no-ending"]))
    assert [job.target.as_posix() for job in planned] == [
        "photos/a.rehue.jpg",
        "photos/a.bmp.rehue.png",
        "photos/no-ending.rehue.png",
    ]
    assert all(job.named for job in planned)


def test_a_folder_is_mirrored(tree):
    plan = make_plan(["photos"], "out")
    here = ["B.JPG", "a.bmp.png", "a.jpg", "a.tif"]
    assert targets(plan) == [f"out/{name}" for name in here] + [
        f"out/sub/deep/{name}" for name in here
    ]
    assert plan.others == 4
    assert not any(job.named for job in make_plan(["photos"], "out"))


def test_several_folders_go_below_their_names(tree):
    plan = make_plan(["photos/sub", "photos", "more/photos", "more/photos/a.jpg"], "out")
    found = targets(plan)
    assert found[:2] == ["out/sub/deep/B.JPG", "out/sub/deep/a.bmp.png"]
    # What is below `photos/sub` was there already, and so is not there twice.
    assert [name for name in found if "photos" in name] == [
        f"out/{folder}/{name}"
        for folder in ("photos", "photos-2")
        for name in ("B.JPG", "a.bmp.png", "a.jpg", "a.tif")
    ]


def test_files_of_one_name_from_two_folders_do_not_collide(tree):
    plan = make_plan(["photos/a.jpg", "more/photos/a.jpg", "./photos/a.jpg"], "out")
    assert targets(plan) == ["out/a.jpg", "out/a-2.jpg"]


def test_the_plan_is_the_same_every_time(tree):
    assert list(make_plan(["photos", "more"], "out")) == list(make_plan(["photos", "more"], "out"))


def test_results_in_a_folder_take_no_name_from_an_original(tree):
    (tree / "photos/A.rehue.jpg").touch()
    plan = make_plan(["photos"], "out", compare=True)
    compared = {job.source.name: job.compare.name for job in jobs(plan)}
    assert compared["a.jpg"] == "a.jpg.rehue-compare.jpg"
    assert compared["a.bmp"] == "a.bmp.png.rehue-compare.jpg"
    assert compared["A.rehue.jpg"] == "A.jpg.rehue-compare-2.jpg"


def test_a_target_inside_is_not_searched(tree):
    (tree / "photos/out").mkdir()
    (tree / "photos/out/a.jpg").touch()
    assert "photos/out/out/a.jpg" not in targets(make_plan(["photos"], "photos/out"))
    assert "photos/out/out/a.jpg" not in targets(make_plan([str(tree / "photos")], "photos/out/"))


@pytest.mark.parametrize("target", ["new/", "sub"])
def test_a_folder_as_target_of_one_file(tree, target):
    Path("sub").mkdir()
    assert targets(make_plan(["photos/a.gif"], target)) == [f"{target.strip('/')}/a.gif.png"]


def test_a_file_as_target(tree):
    plan = make_plan(["photos/a.jpg"], "new.png", compare=True)
    assert list(plan) == [
        Job(Path("photos/a.jpg"), Path("new.png"), Path("new.png.rehue-compare.jpg"))
    ]
    assert plan.place == "new.png"


def test_streams(tree):
    assert list(make_plan(["-"])) == [Job(None, None)]
    assert list(make_plan(["-"], "-")) == [Job(None, None)]
    assert list(make_plan(["-"], "a.png")) == [Job(None, Path("a.png"))]
    assert list(make_plan(["photos/a.jpg"], "-")) == [Job(Path("photos/a.jpg"), None)]
    assert list(make_plan(["./-"])) == [Job(Path("-"), Path("-.rehue.png"))]


@pytest.mark.parametrize(
    ("sources", "target", "compare", "says"),
    [
        ([], None, False, "empty name"),
        ([""], None, False, "empty name"),
        (["a.jpg"], "", False, "empty name"),
        (["-", "a.jpg"], None, False, "stands alone"),
        (["photos"], "-", False, "holds one photograph"),
        (["a.jpg", "b.jpg"], "-", False, "holds one photograph"),
        (["-"], "photos", False, "has no name"),
        (["-"], "new/", False, "has no name"),
        (["photos"], "photos/a.jpg", False, "is a file"),
        (["photos", "a.jpg"], "photos/a.jpg", False, "is a file"),
        (["photos"], "photos", False, "is the folder of the photographs itself"),
        (["photos"], "more/../photos/", False, "is the folder of the photographs itself"),
        (["a.jpg", "b.jpg"], "both.jpg", False, "a photograph's name, and several are to be"),
        (["photos"], "both.JPEG", False, "name a folder, or end it in"),
        (["a.jpg"], "-", True, "--compare"),
        (["-"], None, True, "--compare"),
    ],
)
def test_what_does_not_go_together(tree, sources, target, compare, says):
    with pytest.raises(PlanError, match=says) as caught:
        make_plan(sources, target, compare=compare)
    assert "\n" not in str(caught.value)


def test_a_folder_may_be_called_as_a_photograph_is(tree):
    plan = make_plan(["a.jpg", "b.jpg"], f"both.jpg{os.sep}")
    assert [job.target for job in plan] == [Path("both.jpg/a.jpg"), Path("both.jpg/b.jpg")]
    Path("there.jpg").mkdir()
    assert list(make_plan(["a.jpg", "b.jpg"], "there.jpg"))
    assert list(make_plan(["a.jpg", "b.jpg"], "2.0"))


def test_folders_without_photographs(tree):
    Path("empty").mkdir()
    Path("texts").mkdir()
    Path("texts/notes.txt").touch()
    plan = make_plan(["empty", "texts", "photos/a.jpg"], "out")
    steps = list(plan)
    assert [step.reason.split(" (")[0] for step in steps[:2]] == [
        "empty holds no photographs",
        "texts holds no photographs",
    ]
    assert len(steps) == 3


def test_a_folder_that_cannot_be_listed_does_not_stop_the_others(tree, monkeypatch):
    scan = os.scandir

    def refusing(path):
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert len(jobs(make_plan(["photos"], "out"))) == 4
    assert reasons(make_plan(["photos"], "out")) == [
        f"{Path('photos/sub/deep')} cannot be listed (Permission denied): check its rights"
    ]


def test_links_make_no_endless_trees(tree):
    try:
        Path("photos/sub/loop").symlink_to(tree / "photos")
        Path("photos/link.jpg").symlink_to("a.jpg")
        Path("photos/self.jpg").symlink_to("self.jpg")
    except OSError:  # Windows, without the right to make links
        pytest.skip("no links here")
    names = [job.source.name for job in make_plan(["photos"]) if job.source.parent.name == "photos"]
    assert names == ["B.JPG", "a.bmp", "a.jpg", "a.tif", "link.jpg", "self.jpg"]


def test_a_name_too_long_for_the_disk_is_only_a_name(tree):
    assert len(list(make_plan(["x" * 300 + ".jpg"], "y" * 300))) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only POSIX has pipes with names")
def test_pipes_in_folders_are_not_waited_for(tree):
    os.mkfifo("more/pipe.jpg")
    assert "pipe.jpg" not in [job.source.name for job in make_plan(["more"])]


def test_the_first_file_does_not_wait_for_the_last(tree, monkeypatch):
    """A directory is looked into when its turn comes, however many there are."""
    for number in range(20):
        (tree / f"many/{number:02}").mkdir(parents=True)
        (tree / f"many/{number:02}/a.jpg").touch()
    scan, seen = os.scandir, []
    monkeypatch.setattr(os, "scandir", lambda path: seen.append(path) or scan(path))
    plan = make_plan(["many"], "out")
    assert next(plan).target == Path("out/00/a.jpg")
    assert len(seen) == 2
    assert plan.peek(2) == plan.peek(2)
    assert len(list(plan)) == 19


def test_folders_that_are_one_where_case_does_not_count(tree):
    try:
        for name in ("both/A/x/a.jpg", "both/a/X/a.jpg", "both/b/a.jpg"):
            (tree / name).parent.mkdir(parents=True)
            (tree / name).touch()
    except FileExistsError:
        pytest.skip("case does not count here")
    found = ["out/A/x/a.jpg", "out/a/X/a-2.jpg", "out/b/a.jpg"]
    assert targets(make_plan(["both"], "out")) == found


def test_what_is_named_and_found_is_coloured_once(tree):
    assert targets(make_plan(["photos/a.jpg", "photos"])).count("photos/a.rehue.jpg") == 1
    assert targets(make_plan(["photos", "photos/a.jpg"])).count("photos/a.rehue.jpg") == 1
    # What was not found there is tried, and then said to be missing.
    assert targets(make_plan(["photos", "photos/c.jpg"]))[-1] == "photos/c.rehue.jpg"
    # A name that comes after a folder's takes none of its results' names.
    (tree / "photos/no-ending.png").touch()
    last = targets(make_plan(["photos", "photos/no-ending"]))[-1]
    assert last == "photos/no-ending.rehue-2.png"


@pytest.mark.parametrize(
    ("sources", "target", "journal"),
    [
        (["photos"], "out", "out"),
        (["photos"], None, "photos"),
        (["more", "photos/a.jpg"], None, "more"),
        (["photos/a.jpg", "more/photos/a.jpg"], "out", "out"),
        (["photos/a.jpg", "more/photos/a.jpg"], None, None),
        (["photos/a.jpg"], "out/", None),
        (["photos/a.jpg"], "new.jpg", None),
        (["-"], None, None),
    ],
)
def test_where_a_run_is_written_down(tree, sources, target, journal):
    place = make_plan(sources, target).journal
    assert place == (Path(journal, "rehue-journal.jsonl") if journal else None)


def test_a_journal_is_neither_a_photograph_nor_another_file(tree):
    (tree / "photos/rehue-journal.jsonl").touch()
    plan = make_plan(["photos"])
    assert len(list(plan)) == 8
    assert plan.others == 4
