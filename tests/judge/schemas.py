"""schemas: the JSON Schemas of the files that people write, made from the types that read them.

`python tests/judge/schemas.py` writes them to iaccheck/data/schemas/; a test keeps them in step.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from iaccheck.judge.baseline import Baseline
from iaccheck.judge.fields import FIELDS
from iaccheck.judge.policies import Policy
from iaccheck.settings import Settings, WaiverFile

FOLDER = Path(__file__).parents[2] / "iaccheck/data/schemas"

_TITLES = {
    "config": (Settings, "Configuration of iaccheck: .iaccheck.yaml, or [tool.iaccheck] of a pyproject.toml"),
    "policy": (Policy, "A policy of iaccheck; the name of its file is its id"),
    "waivers": (WaiverFile, "Waivers of iaccheck"),
    "baseline": (Baseline, "Findings that were there before, made by `iaccheck baseline`"),
}


def schema(name: str) -> dict[str, Any]:
    kind, title = _TITLES[name]
    (made,), definitions = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    own = definitions.pop(made["$ref"].rsplit("/", 1)[-1])
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:iaccheck:{name}:1",
        "title": title,
        **{key: value for key, value in own.items() if key != "title"},
        "$defs": definitions,
    }
    if name == "policy":
        _policy(document["properties"])
    if not definitions:
        del document["$defs"]
    return document


def _policy(properties: dict[str, Any]) -> None:
    """What the types can't say: id and file aren't written, and which fields there are."""
    for name in ("id", "file"):
        del properties[name]
    kinds = {"enum": list(FIELDS)}
    properties["over"] = {"anyOf": [kinds, {"type": "array", "items": kinds, "minItems": 1}]}
    fields = sorted({name for fields in FIELDS.values() for name in fields} | {"kind"})
    match = {"type": "object", "propertyNames": {"enum": fields}}
    properties["select"] = {**match, "default": {}}
    properties["require"] = {"anyOf": [match, {"type": "null"}], "default": None}
    properties["forbid"] = {"anyOf": [match, {"type": "array", "items": match}, {"type": "null"}], "default": None}


def text(name: str) -> str:
    return json.dumps(schema(name), indent=2) + "\n"


if __name__ == "__main__":
    for name in _TITLES:
        (FOLDER / f"{name}.json").write_text(text(name))
