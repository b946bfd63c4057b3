"""A Ray cluster of two nodes on this machine, of which one dies."""

import json
import re

import numpy as np
import pytest
from PIL import Image
from skimage import data

from rehue.batch import Settings, Setup, Status, make_plan, open_run
from rehue.batch.cluster import ClusterError
from rehue.errors import install_line

JOURNAL = "rehue-journal.jsonl"


pytestmark = pytest.mark.usefixtures("state")


def test_without_ray_the_line_says_how_to_install_it(grey, tiny_model, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    grey("in/a.jpg")
    with (
        pytest.raises(ClusterError, match=re.escape(install_line("cluster"))),
        open_run(make_plan(["in"], "out"), Setup(model=tiny_model), cluster="auto"),
    ):
        pass


@pytest.fixture
def nodes(monkeypatch):
    """A cluster's address, and what kills its second node."""
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    second = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    yield cluster.address, lambda: cluster.remove_node(second, allow_graceful=False)
    cluster.shutdown()


@pytest.mark.long
def test_a_node_that_dies_costs_nothing_but_a_second_try(nodes, tiny_model, tmp_path):
    address, kill = nodes
    for number in range(60):
        path = tmp_path / f"in/{number:02}.jpg"
        path.parent.mkdir(exist_ok=True)
        seen = np.roll(data.camera(), 7 * number, axis=1)[0:384, 0:384]
        Image.fromarray(np.ascontiguousarray(seen)).save(path)
    (tmp_path / "in/broken.jpg").write_bytes(path.read_bytes()[:999])
    setup = Setup(Settings(), tiny_model, threads=1)
    with open_run(make_plan(["in"], "here"), setup, workers=1) as going:
        alone = list(going.outcomes)
    outcomes = []
    with open_run(make_plan(["in"], "there"), setup, cluster=address) as going:
        for outcome in going.outcomes:
            outcomes.append(outcome)
            if len(outcomes) == 10:
                kill()
    assert [one.status for one in outcomes] == [one.status for one in alone]
    assert [one.reason for one in outcomes] == [one.reason for one in alone]
    assert files(tmp_path / "there") == files(tmp_path / "here")
    lines = [json.loads(line) for line in (tmp_path / "there" / JOURNAL).open("rb")]
    assert lines[-1]["counts"] == {"colored": 60, "failed": 1}
    assert sorted(line["source"] for line in lines[:-1]) == [
        str(one.job.source.absolute()) for one in alone
    ]
    # And is known, without the cluster, too.
    with open_run(make_plan(["in"], "there"), setup, workers=1) as going:
        assert [one.status for one in going.outcomes].count(Status.DONE) == 60


@pytest.mark.long
def test_a_cluster_colours_what_lies_in_storage(s3, nodes, tiny_model, tmp_path):
    address, _ = nodes
    photograph = tmp_path / "camera.jpg"
    Image.fromarray(data.camera()).save(photograph)
    for number in range(4):
        s3.put_file(str(photograph), f"album/in/{number}.jpg")
    plan = make_plan(["s3://album/in"], "s3://album/out")
    with open_run(plan, Setup(model=tiny_model, threads=1), cluster=address) as going:
        assert [one.status for one in going.outcomes] == [Status.COLORED] * 4
    assert len(s3.cat_file(f"album/out/{JOURNAL}").splitlines()) == 5
    assert len({s3.cat_file(f"album/out/{number}.jpg") for number in range(4)}) == 1


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != JOURNAL}
