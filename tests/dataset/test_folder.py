from rehue.dataset.folder import folder_entries


def test_every_image_below_the_folder_in_the_order_of_its_path(tmp_path, make):
    names = ["b.PNG", "a/2.jpg", "a/1.jpg", "a/deep/ü 3.webp", "c.tif", "d.jpeg", "e.bmp"]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    for name in ("notes.txt", "a/1.json", "a/.jpg"):
        (tmp_path / name).write_text("no image")
    (tmp_path / "folder.jpg").mkdir()
    found = list(folder_entries(tmp_path))
    assert [entry.key for entry in found] == sorted(names)
    assert [entry.read() for entry in found] == [name.encode() for name in sorted(names)]


def test_the_folder_that_holds_a_photograph_is_its_label(tmp_path):
    for name in ("plain.jpg", "abbey/1.jpg", "a/airfield/2.jpg"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    labels = {entry.key: entry.label for entry in folder_entries(tmp_path)}
    assert labels == {"plain.jpg": None, "abbey/1.jpg": "abbey", "a/airfield/2.jpg": "airfield"}
