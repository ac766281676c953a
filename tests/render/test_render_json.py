"""The JSON report keeps its contract, and a stored one says in every format what was said when it was made."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli import run
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from recordings import DATES, ROOT, STEPS, Step
from samples import HOSTILE, hostile

from iaccheck.errors import InputError
from iaccheck.render import formats, renderer
from iaccheck.render._stored import read_back
from iaccheck.render._style import Style
from iaccheck.render.json import render

SCHEMA = json.loads((ROOT / "iaccheck/data/schemas/report.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028\u200b\ufeff]|##\\[")


def stored(**changes: object) -> bytes:
    return json.dumps({**json.loads(render(hostile("a"))), **changes}).encode()


def test_the_schema_is_a_schema_and_is_printed() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert json.loads(run("schema").out) == SCHEMA


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_recording_fits_the_schema_and_comes_back_in_every_format(step: Step) -> None:
    for as_of in DATES:
        report = step.report(as_of)
        text = render(report)
        VALIDATOR.validate(json.loads(text))
        again = read_back(text.encode(), "report.json")
        for name in formats():
            for style in (Style(), Style(detail=1, color=True, width=120), Style(detail=-1)):
                assert renderer(name)(again, style) == renderer(name)(report, style), name


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_what_they_are_and_act_on_nothing(name: str) -> None:
    text = render(hostile(name))
    document = json.loads(text)

    VALIDATOR.validate(document)
    assert document["events"][0]["address"] == name
    assert document["findings"][0]["message"] == name
    assert not ODD.search(text)


def test_a_file_name_that_is_no_utf8_is_named_in_every_format() -> None:
    shown = hostile("pl\udcffan.json")
    text = render(shown)
    again = read_back(text.encode(), "report.json")

    assert json.loads(text)["inputs"][0]["name"] == "pl\\udcffan.json"
    assert all(renderer(name)(shown, Style()).encode() for name in formats())
    # A path with a backslash is another path: these three show it with forward slashes, or count it in a fingerprint.
    for name in set(formats()) - {"github", "gitlab", "sarif"}:
        assert renderer(name)(again, Style()) == renderer(name)(shown, Style()), name


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_comes_back(name: str) -> None:
    text = render(hostile(name))

    assert not ODD.search(text)
    assert render(read_back(text.encode(), "report.json")) == text


def codes() -> Iterator[str]:
    """The first argument of each `Note(…)` in the source: a text, or the constant of its module that holds it."""
    for file in (ROOT / "iaccheck").rglob("*.py"):
        tree = ast.parse(file.read_text())
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Note":
                first = node.args[0]
                value = constants[first.id] if isinstance(first, ast.Name) else first
                if isinstance(value, ast.Constant):
                    yield str(value.value)


def test_each_code_of_a_note_is_in_the_schema() -> None:
    assert set(codes()) <= set(SCHEMA["$defs"]["note"]["properties"]["code"]["enum"])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b'{"format_version": "1.2"}',
        b'{"schema": "iaccheck/report/2"}',
        b'{"schema": 1}',
        b'{"schema": "iaccheck/report/1"}',
        b"[" * 100_000,
        stored(extra=1),
        stored(verdict="maybe"),
        stored(as_of="yesterday"),
        stored(events=[{}]),
        stored(events=[]),
        stored(findings=[]),
        stored(locations=[]),
        stored(verdict="pass"),
    ],
)
def test_what_is_no_report_is_refused_with_the_way_out(data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read_back(data, "report.json")

    assert refused.value.problem.startswith("report.json: ")
    assert refused.value.hint


def test_convert_renders_a_stored_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "fixtures/routing-not-matching/create")
    file = tmp_path / "report.json"
    direct = {name: run("plan.json", "-f", name).out for name in formats()}
    file.write_text(direct["json"])

    for name in formats():
        result = run("convert", str(file), "-f", name)
        assert (result.status, result.out) == (0, direct[name])


def test_convert_refuses_a_plan_and_a_file_that_is_not_there() -> None:
    plan = str(ROOT / "fixtures/routing-covered/create/plan.json")

    assert run("convert", plan).status == 2
    assert run("convert", "nowhere.json").status == 2
