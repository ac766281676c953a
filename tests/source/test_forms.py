"""Expressions have the form that Terraform itself gives them in a plan."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iaccheck.read.source import read_source
from iaccheck.read.source.forms import META_ATTRIBUTES, body_form, local_form, plan_form
from iaccheck.read.source.module import Module
from iaccheck.read.source.parse import Body
from iaccheck.read.source.syntax import Opaque, expression
from iaccheck.read.source.text import value

FIXTURES = Path(__file__).parents[2] / "fixtures"
SCENARIOS = sorted(path.parent for path in FIXTURES.glob("*/main.tf"))
CALL = META_ATTRIBUTES | {"source", "version", "providers"}


def read(text: str) -> Any:
    body = Body(f"x = {text}\n", 0, len(text) + 5)
    tree = body.expression("x")
    assert tree is not None
    return tree


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("module.sm[each.key].guid", ["module.sm", "each.key"]),
        ('module.m["a"].out.x', ['module.m["a"].out.x', 'module.m["a"].out', 'module.m["a"]']),
        ('module.m["a"]', ['module.m["a"]', "module.m"]),
        ("module.m.out", ["module.m.out", "module.m"]),
        ("ibm_x.y[0].id", ["ibm_x.y[0].id", "ibm_x.y[0]", "ibm_x.y"]),
        ("data.t.n[0].id", ["data.t.n[0].id", "data.t.n[0]", "data.t.n"]),
        ("t.n.0.id", ["t.n[0].id", "t.n[0]", "t.n"]),
        ("t.n[*].id", ["t.n"]),
        ("t.n.*.id", ["t.n"]),
        ("each.value.x", ["each.value.x", "each.value"]),
        ("self.id", ["self.id", "self"]),
        ('"a-${each.key}%{ if var.x }${var.y}%{ endif }"', ["each.key", "var.x", "var.y"]),
        ("{ for k, v in var.m : k => v.x if var.on }", ["var.m", "var.on"]),
        ('"%{ for x in var.l }${x.a}${var.q}%{ endfor }"', ["var.l", "var.q"]),
        ("provider::a::b(var.x)", ["var.x"]),
        ("try(\n  t.n.a, # why\n  null,\n)", ["t.n.a", "t.n"]),
        ("jsonencode(<<EOT\n${var.a} }\nEOT\n)", ["var.a"]),
        ("<<-EOT\n  ${var.a}\n  EOT\n", ["var.a"]),
        ('<<EOT\n%{ for x in var.l ~}\n"${x.a}" ${var.q}\n%{ endfor ~}\nEOT\n', ["var.l", "var.q"]),
        ('"${\n  var.a\n}-${"b"}"', ["var.a"]),
        ('"a\\\\${var.a}"', ["var.a"]),
        ('"${f({ a = "}" })[0]}${var.a}"', ["var.a"]),
        ('{ "${var.a}-x" = 1, (each.key) = 2, each = 3 }', ["var.a", "each.key"]),
        ('regex(".*:(.*)::", var.a)[0]', ["var.a"]),
        ("tolist(t.n[*].guid)[0]", ["t.n"]),
        ("(var.x ?\n a.b.c :\n a.d.c)", ["var.x", "a.b.c", "a.b", "a.d.c", "a.d"]),
    ],
)
def test_references_are_listed_longest_first(text: str, references: list[str]) -> None:
    assert plan_form(read(text)) == {"references": references}


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ('"a"', "a"),
        ('"\\"\\n\\u00e4$${b}"', '"\nä${b}'),
        ("-3", -3),
        ("1e3", 1000),
        ("1.50", 1.5),
        ("null", None),
        ('[1, { "a" = true, b : null }]', [1, {"a": True, "b": None}]),
        ('"${"a"}b"', "ab"),
        ("<<EOT\n  a\n}\nEOT\n", "  a\n}\n"),
        ("<<-EOT\n    a\n      \\n\n    EOT\n", "a\n  \\n\n"),
        ("1 # why", 1),
        ('"# no"', "# no"),
    ],
)
def test_constants_keep_their_value(text: str, constant: Any) -> None:
    assert plan_form(read(text)) == {"constant_value": constant}


@pytest.mark.parametrize("text", ['lower("a")', 'toset(["a"])', "unclosed(", "a", "1 +", "[1", '"${"'])
def test_what_has_neither_is_empty(text: str) -> None:
    assert plan_form(expression(text)) == {}


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('toset(["b", "a"])', {"constant_value": ["b", "a"]}),
        ("[local.a, 1]", {"list": [{"references": ["local.a"]}, {"constant_value": 1}]}),
        (
            "{ a = t.n.id, b = { c = 1, d = var.e } }",
            {
                "object": {
                    "a": {"references": ["t.n.id", "t.n"]},
                    "b": {"object": {"c": {"constant_value": 1}, "d": {"references": ["var.e"]}}},
                }
            },
        ),
        ("{ (var.a) = t.n.id }", {"references": ["var.a", "t.n.id", "t.n"]}),
        ("{ for k, v in t.n : k => v.guid }", {"references": ["t.n"], "keyed": True, "element": ["guid"]}),
        ("{ for k, v in t.n : k => v }", {"references": ["t.n"], "keyed": True, "element": []}),
        (
            '{ for k, v in local.r : k => "eu-de" }',
            {"keyed": True, "every": {"constant_value": "eu-de"}},
        ),
        ('{ for k, v in local.r : k => "app-${k}" }', {"references": ["local.r"]}),
        ("{ for k, v in local.r : v => k }", {"references": ["local.r"]}),
        ("{ for k, v in local.r : k => v if v.on }", {"references": ["local.r"]}),
        ("{ for k in local.r : k => k }", {"references": ["local.r"]}),
        ("merge(local.a, { b = 1 })", {"references": ["local.a"]}),
    ],
)
def test_locals_keep_their_structure(text: str, form: dict[str, Any]) -> None:
    assert local_form(read(text)) == form


def test_long_values() -> None:
    assert plan_form(read('"' + "$${" * 300_000 + '"')) == {"constant_value": "${" * 300_000}
    assert plan_form(read('f("' + "$${" * 300_000 + '")')) == {}
    assert plan_form(read("[" + "1, " * 300_000 + "]")) == {}


def test_deep_values_are_not_read() -> None:
    assert isinstance(value("[" * 500 + "]" * 500, 0, 1000, (), 500), Opaque)
    assert plan_form(expression(" + ".join(["var.a"] * 5000))) == {}


@given(st.text(alphabet=st.sampled_from('ab0. "\\${}%[](),:?=>for in\n#/*<E~!-+&|'), max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_has_a_form(text: str) -> None:
    tree = expression(text)

    json.dumps([plan_form(tree), local_form(tree)])


# --- against Terraform -----------------------------------------------------------------------------------------------


def first_plan(scenario: Path) -> dict[str, Any]:
    step = json.loads((scenario / "steps.json").read_text())[0]["name"]
    plan: dict[str, Any] = json.loads((scenario / step / "plan.json").read_text())
    return plan


def differences(module: Module, configuration: dict[str, Any], where: str) -> Iterator[tuple[str, Any, Any]]:
    """Everything in which a module as it is read differs from Terraform's reading of it."""
    resources = {(r["mode"], r["type"], r["name"]): r for r in configuration.get("resources", [])}
    yield f"{where} resources", set(module.resources), set(resources)
    for key, block in module.resources.items():
        theirs = resources[key]
        yield f"{where}{key}", body_form(block.body), theirs.get("expressions", {})
        for name in ("count", "for_each"):
            tree = block.body.expression(name)
            # A plan leaves an expression out that has neither a constant nor references.
            ours = plan_form(tree) if tree is not None else {}
            yield f"{where}{key}.{name}", ours, theirs.get(f"{name}_expression", {})
    for name, block in module.outputs.items():
        tree = block.body.expression("value")
        assert tree is not None
        yield f"{where}output.{name}", plan_form(tree), configuration["outputs"][name]["expression"]
    for name, block in module.variables.items():
        tree = block.body.expression("default")
        theirs = configuration["variables"][name]
        yield f"{where}var.{name}", plan_form(tree)["constant_value"] if tree else None, theirs.get("default")
    for name, block in module.calls.items():
        theirs = configuration["module_calls"][name]["expressions"]
        yield f"{where}module.{name}", body_form(block.body, leave_out=CALL), theirs


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_forms_are_those_of_terraform(scenario: Path) -> None:
    source = read_source(scenario)
    configuration = first_plan(scenario)["configuration"]

    found = []
    for path in source.paths:
        theirs = configuration["root_module"]
        for name in path:
            theirs = theirs["module_calls"][name]["module"]
        module = source.module(path)
        assert module is not None
        found += differences(module, theirs, "/".join(path))

    assert source.notes == ()
    assert [entry for entry in found if entry[1] != entry[2]] == []
    for name, provider in configuration["provider_config"].items():
        alias = provider.get("alias", "")
        assert source.locate_provider((), provider["name"], alias) or "expressions" not in provider, name


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) >= 27
