import os

import pytest

from rehue.errors import DatasetError, RecipeError
from rehue.files import PARTS, reason, replacing, shown, write_whole


def test_a_file_takes_its_name_when_it_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replacing(path, times=(10**18, 2 * 10**18)) as beside:
        assert beside.match(PARTS)
        beside.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert path.stat().st_mtime_ns == 2 * 10**18
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("failure", [ValueError("bad"), KeyboardInterrupt()])
def test_what_fails_leaves_all_as_it_was(tmp_path, failure):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with replacing(path) as beside:
            beside.write_text("half")
            raise failure

    with pytest.raises(type(failure)):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_others_may_read_the_file_as_the_folder_has_it(tmp_path):
    with replacing(tmp_path / "a") as beside:
        beside.write_text("")
    (tmp_path / "b").write_text("")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_folder_is_made_and_what_cannot_be_written_is_said(tmp_path):
    write_whole(tmp_path / "new" / "a", b"whole", "name another")
    assert (tmp_path / "new" / "a").read_bytes() == b"whole"
    for failure in (RecipeError, DatasetError):
        with pytest.raises(failure, match=r"a: cannot be written \(.+\): name another$"):
            write_whole(tmp_path / "new" / "a" / "a", b"", "name another", failure)


def test_a_reason_is_one_line_that_can_be_printed():
    assert reason(OSError(28, "No space left on device", "/a/b")) == "No space left on device"
    assert reason(OSError("image file\n is truncated")) == "image file is truncated"
    assert reason(RuntimeError("a\x1b[31mb")) == r"a\x1b[31mb"
    assert reason(ValueError()) == "ValueError"
    assert len(reason(ValueError("x" * 1000))) == 160


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_path_whose_bytes_are_no_text_is_shown():
    assert shown(b"a\xff.jpg") == r"a\udcff.jpg"
