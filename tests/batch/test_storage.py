"""Photographs in storage that is not mounted: an S3 server on this machine."""

import json
import re

import pytest
from PIL import Image
from skimage import data

from rehue.batch import Settings, Setup, Status, make_plan, open_run
from rehue.batch.storage import Address, StorageError, is_address, place
from rehue.errors import install_line
from rehue.photo import Output
from rehue.wishes import Coloring

JOURNAL = "rehue-journal.jsonl"


@pytest.fixture
def photograph(tmp_path):
    path = tmp_path / "camera.jpg"
    Image.fromarray(data.camera()[:256, :256]).save(path)
    return path


@pytest.fixture
def album(s3, photograph):
    """Two photographs in a tree, one that is none, and a file of another kind."""
    for name in ("in/a.jpg", "in/below/b.jpg", "in/.hidden/c.jpg"):
        s3.put_file(str(photograph), f"album/{name}")
    s3.pipe_file("album/in/broken.jpg", photograph.read_bytes()[:999])
    s3.pipe_file("album/in/notes.txt", b"grandmother, 1931")
    return s3


def go(tiny_model, source, target, workers=2, overwrite=False, **settings):
    setup = Setup(Settings(overwrite=overwrite, **settings), tiny_model, threads=1)
    with open_run(make_plan([source], target), setup, workers=workers) as going:
        return {outcome.job.source.name: outcome for outcome in going.outcomes}


def test_a_folder_in_storage_is_coloured_into_another_as_on_a_disk(album, tiny_model, tmp_path):
    album.get("album/in/", str(tmp_path / "in"), recursive=True)
    here = go(tiny_model, "in", "out")
    there = go(tiny_model, "s3://album/in", "s3://album/out")
    assert {name: one.status for name, one in there.items()} == {
        name: one.status for name, one in here.items()
    }
    for name in ("a.jpg", "below/b.jpg"):
        assert album.cat_file(f"album/out/{name}") == (tmp_path / "out" / name).read_bytes()
    found = sorted(album.find("album/out"))
    assert found == ["album/out/a.jpg", "album/out/below/b.jpg", f"album/out/{JOURNAL}"]
    assert there["broken.jpg"].status is Status.FAILED
    assert there["broken.jpg"].reason == here["broken.jpg"].reason.replace(
        "in/broken.jpg", "s3://album/in/broken.jpg"
    )


def test_the_journal_lies_beside_the_results_and_knows_what_is_done(album, tiny_model, tmp_path):
    go(tiny_model, "s3://album/in", "s3://album/out")
    lines = album.cat_file(f"album/out/{JOURNAL}").decode().splitlines()
    told = {json.loads(line)["source"] for line in lines[:-1]}
    assert told == {f"s3://album/in/{name}" for name in ("a.jpg", "broken.jpg", "below/b.jpg")}
    assert not list((tmp_path / "state").rglob("*.jsonl"))
    again = go(tiny_model, "s3://album/in", "s3://album/out")
    assert again["a.jpg"].status is Status.DONE
    assert again["a.jpg"].seconds == 0
    # Another photograph under the same name is noticed, and is not written over unasked.
    album.pipe_file("album/in/a.jpg", album.cat_file("album/in/a.jpg") + b"\0")
    changed = go(tiny_model, "s3://album/in", "s3://album/out")["a.jpg"]
    assert changed.status is Status.FAILED
    assert "s3://album/out/a.jpg exists" in changed.reason
    changed = go(tiny_model, "s3://album/in", "s3://album/out", overwrite=True)["a.jpg"]
    assert changed.status is Status.COLORED


def test_what_is_done_is_known_without_a_journal_and_others_files_stay(album, tiny_model):
    go(tiny_model, "s3://album/in", "s3://album/out")
    album.rm_file(f"album/out/{JOURNAL}")
    album.pipe_file("album/out/below/b.jpg", b"another's")
    again = go(tiny_model, "s3://album/in", "s3://album/out", overwrite=False)
    assert again["a.jpg"].status is Status.DONE
    assert again["b.jpg"].status is Status.FAILED
    assert album.cat_file("album/out/below/b.jpg") == b"another's"


def test_results_may_lie_beside_their_sources_or_on_this_machine(album, tiny_model, tmp_path):
    beside = go(tiny_model, "s3://album/in/a.jpg", None, workers=None)
    assert beside["a.jpg"].status is Status.COLORED
    assert album.exists("album/in/a.rehue.jpg")
    fetched = go(tiny_model, "s3://album/in", "out")
    assert fetched["b.jpg"].status is Status.COLORED
    assert fetched["a.rehue.jpg"].status is Status.RESULT
    assert (tmp_path / "out/below/b.jpg").is_file()
    carried = go(tiny_model, "camera.jpg", "s3://album/new/", workers=None)
    assert carried["camera.jpg"].status is Status.COLORED
    assert album.exists("album/new/camera.jpg")


def test_times_that_storage_cannot_keep_are_told(album, tiny_model):
    output = Output(keep_times=True)
    told = go(tiny_model, "s3://album/in/a.jpg", "s3://album/x.jpg", None, output=output)
    assert any("times are not kept" in note for note in told["a.jpg"].notes)


def test_a_dry_run_writes_nothing(album, tiny_model):
    before = album.find("album")
    planned = go(tiny_model, "s3://album/in", "s3://album/out", dry_run=True)
    assert planned["a.jpg"].status is Status.PLANNED
    assert album.find("album") == before


def test_storage_that_refuses_is_one_line(album, tiny_model, monkeypatch):
    gone = go(tiny_model, "s3://album/in/none.jpg", "s3://album/x.jpg", None)["none.jpg"]
    assert gone.status is Status.FAILED
    assert "s3://album/in/none.jpg" in gone.reason
    assert "no such file" in gone.reason
    assert "\n" not in gone.reason
    refused = go(tiny_model, "s3://album/in/a.jpg", "s3://nobody-has-this/x.jpg", None)["a.jpg"]
    assert refused.status is Status.FAILED
    assert "s3://nobody-has-this/x.jpg" in refused.reason
    with pytest.raises(StorageError, match="nosuch://x"):
        make_plan(["nosuch://x/y"], "out/")
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(StorageError, match=re.escape(install_line("storage"))):
        make_plan(["s3://album/in"], "out")


def test_wishes_are_the_same_in_storage(album, tiny_model, photograph, tmp_path):
    calm = Coloring(saturation=0.5)
    go(tiny_model, str(photograph), "here.jpg", None, coloring=calm)
    go(tiny_model, "s3://album/in/a.jpg", "s3://album/there.jpg", None, coloring=calm)
    assert album.cat_file("album/there.jpg") == (tmp_path / "here.jpg").read_bytes()


@pytest.mark.parametrize("text", ["s3://bucket/in/a.jpg", "ftp://host:21/a b/c.tif", "gs://x"])
def test_an_address_is_taken_apart_and_joined_as_a_path_is(text):
    address = Address(text)
    assert str(address) == text
    assert str(address / "d") == f"{text}/d"
    assert str((address / "d").parent) == text
    assert str(address.with_name("e")) == f"{text.rpartition('/')[0]}/e"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ftp://anna:secret@host/in", "holds a password"),
        ("https://host/a.jpg?signature=secret", "holds a password or a key"),
        ("s3://bucket//a.jpg", "without empty parts"),
        ("file:///in/a.jpg", "files of this machine are given as paths"),
    ],
)
def test_an_address_that_would_mislead_is_refused(text, says):
    with pytest.raises(StorageError, match=says) as caught:
        make_plan([text], "out")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("text", ["C://photos/a.jpg", "in/a.jpg", "://a.jpg", "a b://c.jpg"])
def test_what_is_a_path_stays_one(text):
    assert not is_address(text)
    assert not isinstance(place(text), Address)


@pytest.fixture
def shelf(monkeypatch):
    """Storage in this process, that renames files as disks do, and that tests can disturb."""
    fsspec = pytest.importorskip("fsspec")
    from fsspec.implementations.memory import MemoryFileSystem

    class Shelf(MemoryFileSystem):
        protocol = "shelf"
        cachable = False
        store, pseudo_dirs = {}, [""]
        timeout, at_get = None, None

        @classmethod
        def _strip_protocol(cls, path):
            return super()._strip_protocol(path.replace("shelf://", "memory://"))

        def info(self, path, **options):
            if self.timeout and path.startswith(self.timeout):
                raise TimeoutError("no answer")
            return super().info(path, **options)

        def get_file(self, rpath, lpath, **options):
            super().get_file(rpath, lpath, **options)
            if self.at_get:
                self.at_get(rpath)

    fsspec.register_implementation("shelf", Shelf, clobber=True)
    return Shelf


@pytest.fixture
def shelved(shelf, photograph):
    storage = shelf()
    storage.pipe_file("/in/a.jpg", photograph.read_bytes())
    return storage


@pytest.mark.parametrize("name", ["a#b?.jpg", "[1] *.jpg", "50%.jpg", "é.jpg"])
def test_names_in_storage_have_no_meaning(shelved, go, name):
    shelved.pipe_file(f"/odd/{name}", shelved.cat_file("/in/a.jpg"))
    (outcome,) = go("shelf://odd", target="shelf://out")
    assert outcome.status is Status.COLORED
    assert list(shelved.find("/out")) == [f"/out/{name}"]


def test_nor_have_they_in_s3(album, go):
    name = "a::b [1]*#?.jpg"
    album.pipe_file(f"album/odd/{name}", album.cat_file("album/in/a.jpg"))
    (outcome,) = go("s3://album/odd", target="s3://album/out")
    assert outcome.status is Status.COLORED
    assert album.find("album/out") == [f"album/out/{name}"]


def test_what_cannot_be_looked_up_is_not_taken_for_free(shelf, shelved, go, monkeypatch):
    shelved.pipe_file("/out/a.jpg", b"another's")
    # When it was planned, all was well.
    monkeypatch.setattr(shelf, "at_get", lambda _, __: setattr(shelf, "timeout", "/out"))
    (outcome,) = go("shelf://in/a.jpg", target="shelf://out/a.jpg")
    assert outcome.status is Status.FAILED
    assert "no answer" in outcome.reason
    assert shelved.cat_file("/out/a.jpg") == b"another's"
    monkeypatch.setattr(shelf, "timeout", "/in")
    with pytest.raises(StorageError, match="no answer"):
        go("shelf://in", target="shelf://out")


def test_what_somebody_else_writes_meanwhile_stays(shelf, shelved, go, monkeypatch):
    go("shelf://in/a.jpg", target="shelf://out/a.jpg")

    def meanwhile(path):
        if path == "/out/a.jpg":
            shelved.pipe_file(path, b"another's")

    monkeypatch.setattr(shelf, "at_get", staticmethod(meanwhile))
    (outcome,) = go("shelf://in/a.jpg", target="shelf://out/a.jpg", overwrite=True, saturation=0.5)
    assert outcome.status is Status.FAILED
    assert "written by somebody else" in outcome.reason
    assert shelved.cat_file("/out/a.jpg") == b"another's"


def test_a_mark_beside_its_picture_is_stored_with_it(shelved, go):
    first, second = (
        go("shelf://in/a.jpg", target="shelf://out/a.bmp", overwrite=again, saturation=factor)[0]
        for again, factor in ((False, 1.0), (True, 0.5))
    )
    assert first.status is second.status is Status.COLORED
    assert sorted(shelved.find("/out")) == ["/out/a.bmp", "/out/a.bmp.xmp"]
    (again,) = go("shelf://out/a.bmp", target="shelf://out/b.bmp", recolor=True)
    assert again.status is Status.RESULT


def test_a_comparison_is_stored_beside_the_result(shelved, go):
    (outcome,) = go("shelf://in/a.jpg", target="shelf://out/a.jpg", compare=True)
    assert outcome.status is Status.COLORED
    assert len(shelved.find("/out")) == 2


def test_a_machine_without_room_for_copies_says_so(shelved, go, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    (outcome,) = go("shelf://in/a.jpg", target="shelf://out/a.jpg")
    assert outcome.status is Status.FAILED
    assert "temporary files" in outcome.reason
