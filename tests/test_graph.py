"""The graph: exactly the nodes and edges of a plan, hostile names as text, readable for a thousand resources."""

import re
from datetime import date
from pathlib import Path

import pytest
from cli import run
from hypothesis import given
from hypothesis import strategies as st
from recordings import FIXTURES, STEPS

from iaccheck.render._graph import Graph, GraphNode, dot, graph, mermaid

TODAY = date(2026, 7, 2)


def drawn(name: str) -> Graph:
    step = next(step for step in STEPS if step.name == name)
    return graph(step.report(TODAY))


def test_each_event_leads_from_its_resource_to_what_receives_it() -> None:
    found = drawn("routing-drop-rule-shadows/create")

    paths = {(found.nodes[a].label, found.nodes[b].label) for a, b in found.edges}
    assert paths == {
        ("ibm_sm_arbitrary_secret.s", "secret-version-metadata.read, secret.create, secret.read"),
        ("secret-version-metadata.read, secret.create, secret.read", "us-south"),
        ("us-south", "discarded"),
        ("ibm_resource_instance.sm", "instance.create"),
        ("instance.create", "global"),
        ("global", "ibm_atracker_route.r"),
        ("ibm_atracker_route.r", "ibm_atracker_target.logs"),
    }
    assert {node.label for node in found.nodes if node.status == "discarded"} == {
        "secret-version-metadata.read, secret.create, secret.read",
        "us-south",
        "discarded",
    }


@pytest.mark.parametrize("step", STEPS[::5], ids=lambda step: step.name)
def test_every_recording_stays_readable(step: object) -> None:
    found = graph(step.report(TODAY))  # type: ignore[attr-defined]

    assert len(found.nodes) <= 60


@given(st.text(max_size=50))
def test_no_name_is_syntax(name: str) -> None:
    found = Graph((GraphNode("resource", name), GraphNode("location", "x", "unknown")), ((0, 1),), 0)

    lines = list(mermaid(found))
    assert len(lines) == 5
    assert re.fullmatch(r'  n0\["(?:\w|[ ._,×…#;-])*"\]', lines[1])
    quoted = [line for line in dot(found) if line.startswith("  n0 [")]
    assert len(quoted) == 1
    assert re.fullmatch(r'  n0 \[label="(?:[^"\\]|\\.)*"\];', quoted[0])


def test_the_command_draws_both_forms() -> None:
    plan = str(FIXTURES / "routing-covered" / "create" / "plan.json")

    assert run("graph", plan).out.startswith("flowchart LR\n")
    assert run("graph", plan, "-f", "dot").out.startswith("digraph iaccheck {\n")
    assert run("graph", plan, "--lost").out == "flowchart LR\n"


def test_it_believes_the_declared_trackers_of_the_configuration_until_they_expire(tmp_path: Path) -> None:
    config = tmp_path / "iaccheck.yaml"
    config.write_text(
        "format: [markdown]\n"
        "trackers:\n- {location: eu-de, owner: platform, reason: theirs, expires: 2026-08-31}\n"
        "- {location: global, owner: platform, reason: theirs, expires: 2026-08-31}\n"
    )
    plan = str(FIXTURES / "matrix-plain-secrets" / "create" / "plan.json")

    def drawn(today: str) -> str:
        return run("graph", plan, "--lost", "--config", str(config), "--today", today).out

    assert drawn("2026-08-31") == "flowchart LR\n"
    assert "eu-de" in drawn("2026-09-01")
