"""Drawn photographs, and the layouts that data sets come in."""

import io
import tarfile
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from rehue.dataset import Entry


@pytest.fixture(scope="session")
def make():
    """What makes pictures, files and shards."""
    return SimpleNamespace(
        picture=picture, grey=grey, sepia=sepia, saved=saved, shard=shard, entries=entries
    )


def picture(seed, height=48, width=64):
    """A picture whose colours do not follow its tones, as a photograph's do not."""
    spots = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), np.uint8)
    resized = Image.fromarray(spots).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(resized)


def grey(seed):
    """A grey picture of three channels."""
    one = picture(seed)[..., 1]
    return np.stack([one, one, one], axis=-1)


def sepia(seed):
    tone = picture(seed)[..., 1:2] / 255
    return np.rint(255 * tone ** np.array([0.8, 1.0, 1.4])).astype(np.uint8)


def saved(image, kind="PNG", **options):
    """The bytes of a picture as Pillow saves it."""
    file = io.BytesIO()
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    image.save(file, kind, **options)
    return file.getvalue()


def shard(path, members):
    """Write a tar file of names and contents."""
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def entries(images):
    """Entries of pictures in memory, or of any bytes, by key."""
    made = []
    for key, image in images.items():
        data = image if isinstance(image, bytes) else saved(image)
        made.append(Entry(key, lambda data=data: data))
    return made
