"""Nothing leaves the computer: no name looked up, no connection, no file but the result's.

ONNX Runtime, OpenVINO and Ray send word of their use home unless they are told not to. The system
calls of a run with nothing set in its environment are watched by strace.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_CALLS = "connect,sendto,sendmsg,sendmmsg,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2"
# An address of the internet that is not the loopback's.
_AWAY = re.compile(
    r'inet_addr\("(?!127\.|0\.0\.0\.0)[^"]+"\)|inet_pton\(AF_INET6, "(?!::1"|::")[^"]+"'
)
# `openat(3</folder>, "name", O_WRONLY|O_CREAT, ...) = 4</folder/name>`, and what makes folders.
_OPENED = re.compile(r"^\d+ +(?:open|openat|creat)\(.*\) += \d+<(?P<path>.*)>$")
_MADE = re.compile(r'^\d+ +(?:mkdir|rename)\w*\((?:\w+<(?P<base>[^>]*)>, )?"(?P<path>[^"]*)".*= 0$')
# What glibc reads before it asks for a name, even of a resolver on this machine.
_RESOLVER = "/etc/resolv.conf"

COMMAND_LINE = "import sys; sys.argv[0] = 'rehue'; from rehue.cli import main; main()"
PYTHON = """
import sys, rehue, onnxruntime
rehue.colorize("a.png").save("python.png")
rehue.colorize_file("a.png", "file.png")
"""
# The cluster is begun before Rehue can say anything to it.
RAY = """
import ray
ray.init(address="local", num_cpus=1, include_dashboard=False)
from rehue.batch import Setup, make_plan, open_run
with open_run(make_plan(["."], "out"), Setup(threads=1), cluster="auto") as going:
    assert [outcome.status.value for outcome in going.outcomes] == ["colored", "colored"]
"""


@pytest.fixture
def at_home(tmp_path):
    """Runs Python code in an empty home, and returns what is in there then."""
    home = tmp_path / "home"
    home.mkdir()
    # Nothing that a user or CI has set says a word for or against telemetry.
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(code, *arguments, under=()):
        done = subprocess.run(
            [*under, sys.executable, "-c", code, *arguments],
            cwd=tmp_path / "photographs",
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return {path.name for path in home.iterdir()}

    return run


@pytest.fixture
def watched(at_home, tmp_path):
    """Runs Python code like `at_home`, and returns what it asked of the system, call by call."""
    strace = shutil.which("strace")
    if not strace or subprocess.run([strace, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace cannot watch here")
    log = tmp_path / "calls"
    watch = [strace, "-f", "--seccomp-bpf", "-qq", "-y", "-s", "4096", "-e", f"trace={_CALLS}"]

    def run(code, *arguments):
        assert not at_home(code, *arguments, under=[*watch, "-o", str(log)])
        return log.read_text("utf-8").splitlines()

    return run


def away(calls):
    """Return the calls that ask for a name or an address elsewhere."""
    return [call for call in calls if _AWAY.search(call) or _RESOLVER in call]


def written(calls, folder):
    """Return the paths opened for writing or made outside a folder, but for devices."""
    paths = []
    for call in calls:
        if (found := _OPENED.match(call)) and re.search("O_WRONLY|O_RDWR|O_CREAT|creat", call):
            paths.append(Path(found["path"]))
        elif found := _MADE.match(call):
            paths.append(Path(found["base"] or folder, found["path"]))
    return [path for path in paths if not path.is_relative_to(folder) and path.parts[1] != "dev"]


@pytest.mark.parametrize(
    ("code", "arguments", "results"),
    [
        (COMMAND_LINE, ["colorize", "a.png"], ["a.rehue.png"]),
        (
            COMMAND_LINE,
            ["colorize", ".", "-o", "out", "--workers", "2"],
            ["out/a.png", "out/b.png"],
        ),
        (COMMAND_LINE, ["colorize", "a.png", "--runtime", "openvino"], ["a.rehue.png"]),
        (PYTHON, [], ["python.png", "file.png"]),
    ],
    ids=["command line", "workers", "OpenVINO", "Python"],
)
def test_a_photograph_is_coloured_and_nothing_else_happens(
    watched, put, grey, code, arguments, results
):
    if "openvino" in arguments:
        pytest.importorskip("openvino")
    folder = put("photographs/a.png", grey).parent
    put("photographs/b.png", grey)
    calls = watched(code, *arguments)
    assert all((folder / name).is_file() for name in results)
    assert any(str(folder) in call for call in calls), "nothing was watched"
    assert not away(calls)
    assert not written(calls, folder)


@pytest.mark.long
def test_nor_on_a_cluster(at_home, put, grey):
    pytest.importorskip("ray")
    put("photographs/a.png", grey)
    put("photographs/b.png", grey)
    # Ray's own, and Rehue's journal while the cluster works.
    assert at_home(RAY) <= {".ray", ".local"}


def test_calls_are_read_aright():
    """Each kind of call that would tell."""
    calls = [
        '1 connect(3, {sa_family=AF_INET, sin_addr=inet_addr("10.0.0.5")}, 16) = 0',
        '1 connect(3, {sa_family=AF_INET, sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
        '1 connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0',
        '1 connect(3, {sa_family=AF_INET6, inet_pton(AF_INET6, "2620::1", &sin6_addr)}, 28) = 0',
        '1 connect(3, {sa_family=AF_INET6, inet_pton(AF_INET6, "::1", &sin6_addr)}, 28) = 0',
        '1 openat(AT_FDCWD</a>, "/etc/resolv.conf", O_RDONLY|O_CLOEXEC) = 3</etc/resolv.conf>',
    ]
    assert away(calls) == [calls[0], calls[3], calls[5]]
    calls = [
        '1 openat(AT_FDCWD</a>, "b", O_WRONLY|O_CREAT, 0666) = 3</a/b>',
        '1 openat(7</home>, "id", O_WRONLY|O_CREAT, 0600) = 3</home/id>',
        '1 openat(AT_FDCWD</a>, "/etc/x", O_RDONLY) = 3</etc/x>',
        '1 openat(AT_FDCWD</a>, "/dev/null", O_RDWR) = 3</dev/null>',
        '1 mkdir("/home/.cache", 0700) = 0',
        '1 mkdir("c", 0700) = 0',
        '1 mkdirat(7</home>, "d", 0700) = 0',
        '1 mkdir("/home/e", 0700) = -1 EEXIST (File exists)',
    ]
    assert written(calls, Path("/a")) == [Path("/home/id"), Path("/home/.cache"), Path("/home/d")]
