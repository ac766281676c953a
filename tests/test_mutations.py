"""Recordings with parts dropped, swapped and spoilt: a report or a clear refusal, never a crash."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recordings import FIXTURES, plan_document

from iaccheck import pipeline
from iaccheck.errors import IaccheckError
from iaccheck.render import formats, renderer
from iaccheck.render._style import PLAIN

CASES = {
    name: json.loads((FIXTURES / name / "plan.json").read_text())
    for name in (
        "routing-drop-rule-shadows/create",
        "routing-default-targets/noop",
        "provider-aliases/create",
        "data-sources/known",
        "hosted-removed-or-moved/tracker-moved",
        "modules-many-regions/create",
        "import-move-forget/create-before-destroy",
    )
}
SPOILT = [
    None,
    True,
    0,
    -1.5,
    10**30,
    "",
    "x",
    [],
    {},
    [None],
    ["x"],
    {"x": "y"},
    [[["x"]]],
    [{"references": ["each.value"]}],
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


PLACES = {name: places(case) for name, case in CASES.items()}


def spoil(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copied = dict(document) if isinstance(document, dict) else list(document)
    copied[path[0]] = spoil(document[path[0]], path[1:], value)
    return copied


@pytest.mark.parametrize("name", CASES)
@given(data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_spoilt_plan_is_judged_or_refused(name: str, data: st.DataObject) -> None:
    document = CASES[name]
    for path in data.draw(st.lists(st.sampled_from(PLACES[name]), min_size=1, max_size=3)):
        try:
            document = spoil(document, path, data.draw(st.sampled_from(SPOILT)))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away

    try:
        report = pipeline.check([plan_document(document)], pipeline.Options())
    except IaccheckError as error:
        assert "plan.json" in error.problem
        assert "CANARY" not in f"{error.problem}{error.hint}"
        return
    for form in formats():
        assert "CANARY" not in renderer(form)(report, PLAIN)
