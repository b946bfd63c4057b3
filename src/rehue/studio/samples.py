"""Each request of the API as it is typed: with curl, and in Python with httpx2.

ADDRESS and TOKEN are those that `rehue serve` prints, ID is what opening a photograph answers with,
TASK what saving does; curl has them as variables of the shell.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True)
class Sample:
    """A request to try.

    Attributes:
        query: of its address.
        body: JSON that is sent; None for none.
        form: fields that are sent as a form; a file is `@photo.jpg`, as curl says it.
        output: what the answer is written to; empty where it is shown.
    """

    query: str = ""
    body: dict[str, Any] | None = None
    form: dict[str, str] = field(default_factory=dict)
    output: str = ""


_HINT: Final = {"x": 0.5, "y": 0.4, "color": "#b03030", "unit": "share"}
_ONE: Final = "/api/photos/{key}"

# In an order in which they can be tried one after the other.
SAMPLES: Final[dict[tuple[str, str], Sample]] = {
    ("/api/health", "GET"): Sample(),
    ("/api/openapi.json", "GET"): Sample(output="openapi.json"),
    ("/api/session", "GET"): Sample(),
    ("/api/color", "POST"): Sample(
        form={"file": "@photo.jpg", "saturation": "1.2"}, output="photo.rehue.jpg"
    ),
    ("/api/palette", "POST"): Sample(form={"file": "@reference.jpg"}),
    ("/api/folder", "GET"): Sample(),
    ("/api/folder/thumbnail", "GET"): Sample("name=photo.jpg", output="thumbnail.jpg"),
    ("/api/photos", "POST"): Sample(body={"path": "photo.jpg"}),
    ("/api/photos", "GET"): Sample(),
    (_ONE, "GET"): Sample(),
    (f"{_ONE}/finding", "GET"): Sample(),
    (f"{_ONE}/grey", "GET"): Sample("longest=1024", output="grey.jpg"),
    (f"{_ONE}/versions", "GET"): Sample(),
    (f"{_ONE}/suggestions", "GET"): Sample("x=0.5&y=0.4&count=5"),
    (f"{_ONE}/edits", "PUT"): Sample(
        body={"revision": 1, "edits": {"hints": [_HINT], "wishes": {"warmth": 4}}}
    ),
    (f"{_ONE}/preview", "GET"): Sample("longest=1024&revision=2", output="preview.jpg"),
    (f"{_ONE}/confidence", "GET"): Sample("longest=480", output="confidence.png"),
    (f"{_ONE}/crop", "GET"): Sample("x=20&y=10&width=100&height=80", output="part.jpg"),
    (f"{_ONE}/result", "GET"): Sample(output="photo.rehue.jpg"),
    (f"{_ONE}/save", "POST"): Sample(body={"overwrite": True}),
    ("/api/tasks/{key}", "GET"): Sample(),
    (_ONE, "DELETE"): Sample(),
    ("/api/folder/color", "POST"): Sample(body={"wishes": {"saturation": 0.9}}),
    ("/api/tasks/{key}", "DELETE"): Sample(),
}


def samples_of(path: str, method: str) -> list[dict[str, str]]:
    """Return a request in each language, as readers of OpenAPI show them (`x-codeSamples`)."""
    sample = SAMPLES[path, method]
    return [
        {"lang": "Shell", "label": "curl", "source": _curl(path, method, sample)},
        {"lang": "Python", "label": "httpx2", "source": _python(path, method, sample)},
    ]


def _address(path: str, sample: Sample, variable: str) -> str:
    name = "TASK" if path.startswith("/api/tasks") else "ID"
    query = f"?{sample.query}" if sample.query else ""
    return path.replace("{key}", variable.format(name)) + query


def _curl(path: str, method: str, sample: Sample) -> str:
    usual = "POST" if sample.form or sample.body is not None else "GET"
    words = ["curl --fail-with-body --silent --show-error", '-H "Authorization: Bearer $TOKEN"']
    words += [f"-X {method}"] * (method != usual)
    words += [f"-F {name}={value}" for name, value in sample.form.items()]
    words += [f"-d '{json.dumps(sample.body)}'"] * (sample.body is not None)
    words += [f'"$ADDRESS{_address(path, sample, "${}")}"']
    words += [f"-o {sample.output}"] * bool(sample.output)
    return " ".join(words)


def _python(path: str, method: str, sample: Sample) -> str:
    address = _address(path, sample, "{{{}}}")
    given = [f'f"{{ADDRESS}}{address}"', 'headers={"Authorization": f"Bearer {TOKEN}"}']
    fields = {name: value for name, value in sample.form.items() if not value.startswith("@")}
    files = {name: value[1:] for name, value in sample.form.items() if value.startswith("@")}
    if sample.body is not None:
        given.append(f"json={sample.body!r}")
    if fields:
        given.append(f"data={fields!r}")
    if files:
        opened = ", ".join(f'"{name}": open("{file}", "rb")' for name, file in files.items())
        given.append(f"files={{{opened}}}")
    show = (
        f'open("{sample.output}", "wb").write(answer.content)'
        if sample.output
        else "print(answer.text)"
    )
    return (
        "import httpx2\n\n"
        f'answer = httpx2.request("{method}", {", ".join(given)}, timeout=60)\n'
        f"answer.raise_for_status()\n{show}\n"
    )
