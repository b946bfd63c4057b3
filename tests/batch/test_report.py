import json
from pathlib import Path

from rehue.batch import Job, Outcome, Status, summary, to_json


def test_the_summary_tells_what_there_was():
    counts = {Status.COLORED: 12, Status.DONE: 3, Status.IN_COLOR: 2, Status.FAILED: 1}
    told = "12 coloured, 3 done before, 2 already in colour, 1 failed (0:34)"
    assert summary(counts, 34) == told
    assert summary({Status.RESULT: 1}, 3661) == "0 coloured, 1 made by Rehue (1:01:01)"


def test_json_names_only_files_that_are_there():
    job = Job(Path("a\udcff\n.jpg"), Path("b.jpg"), Path("c.jpg"))
    done = json.loads(to_json(Outcome(job, Status.COLORED, None, 1.23456), "m", "r"))
    assert done == {
        "source": "a\udcff\n.jpg",
        "target": "b.jpg",
        "compare": "c.jpg",
        "status": "colored",
        "reason": None,
        "notes": [],
        "seconds": 1.235,
        "model": "m",
        "runtime": "r",
    }
    line = to_json(Outcome(job, Status.FAILED, "why"), None, None)
    assert "\n" not in line
    assert json.loads(line)["target"] is json.loads(line)["compare"] is None
