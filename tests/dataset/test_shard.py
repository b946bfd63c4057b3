import json
import subprocess

import pytest

from rehue.dataset.shard import shard_entries
from rehue.dataset.source import find_entries
from rehue.errors import DatasetError


def test_photographs_with_and_without_their_json(tmp_path, make):
    facts = {"kind": "people", "label": "portrait", "source": "a museum", "licence": "CC0"}
    members = {
        "000/ab.jpg": b"first",
        "000/ab.json": json.dumps(facts).encode(),
        "notes.txt": b"no image",
        "cd.PNG": b"second",
        "ef.webp": b"third",
        "ef.json": b"{broken",
        "gh.jpg": b"fourth",
        "gh.json": json.dumps({"kind": None, "label": 7}).encode(),
        "ij.jpg": b"fifth",
        "ij.json": b"[1, 2]",
    }
    found = list(shard_entries(make.shard(tmp_path / "s.tar", members)))
    assert [(e.key, e.kind, e.label, e.source) for e in found] == [
        ("000/ab", "people", "portrait", "a museum"),
        ("cd", None, None, None),
        ("ef", None, None, None),
        ("gh", None, "7", None),
        ("ij", None, None, None),
    ]
    # Each entry reads its own photograph, in any order.
    contents = [entry.read() for entry in reversed(found)]
    assert contents == [b"fifth", b"fourth", b"third", b"second", b"first"]


def test_a_shard_that_tar_made_of_a_folder(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.jpg").write_bytes(b"picture")
    (source / "one.json").write_text('{"kind": "food"}')
    subprocess.run(["tar", "-cf", tmp_path / "s.tar", "-C", source, "."], check=True)
    found = list(shard_entries(tmp_path / "s.tar"))
    assert [(entry.key, entry.kind, entry.read()) for entry in found] == [
        ("one", "food", b"picture")
    ]


def test_shards_of_a_folder_by_pattern(tmp_path, make):
    for name in ("train-001", "train-000", "val-000"):
        make.shard(tmp_path / f"{name}.tar", {f"{name}.jpg": b"x"})
    assert [e.key for e in find_entries(tmp_path)] == ["train-000", "train-001", "val-000"]
    assert [e.key for e in find_entries(tmp_path, "train-*.tar")] == ["train-000", "train-001"]
    assert [e.key for e in find_entries(tmp_path / "val-000.tar")] == ["val-000"]


# Each member is a header and one block of content (512 bytes each); the archive's end is 10,240.
@pytest.mark.parametrize("size", [300, 700, 1024, 1300, 1700, 2048])
def test_a_shard_that_is_cut_off(tmp_path, make, size):
    path = make.shard(tmp_path / "cut.tar", {"a.jpg": b"x" * 500, "b.jpg": b"y" * 500})
    path.write_bytes(path.read_bytes()[:size])
    assert "cut.tar: not a readable tar shard" in line(path)


def test_a_shard_with_a_damaged_header(tmp_path, make):
    path = make.shard(tmp_path / "s.tar", {"a.jpg": b"x" * 500, "b.jpg": b"y" * 500})
    data = bytearray(path.read_bytes())
    data[1024 + 100] ^= 0xFF
    path.write_bytes(data)
    assert "damaged" in line(path)


@pytest.mark.parametrize(
    "content", [b"", b"<!DOCTYPE html>" + b" " * 2000, b"\x1f\x8b" + b"x" * 900]
)
def test_no_tar_at_all(tmp_path, content):
    path = tmp_path / "s.tar"
    path.write_bytes(content)
    assert "not a readable tar shard" in line(path)


def test_a_tar_without_photographs(tmp_path, make):
    path = make.shard(tmp_path / "s.tar", {"readme.txt": b"x"})
    with pytest.raises(DatasetError, match="no photographs found"):
        find_entries(path)


def line(path):
    with pytest.raises(DatasetError) as caught:
        list(shard_entries(path))
    message = str(caught.value)
    assert message.isprintable()
    return message
