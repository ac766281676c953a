"""Subjects have the fields that the page promises, and many policies are judged together."""

import json
import os
import subprocess
import sys
from pathlib import Path

from cases import CASES
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import create, guid, keep, plan, report, target

from iaccheck.facts import Facts
from iaccheck.judge import engine, subjects
from iaccheck.judge.fields import FIELDS, FLAG, LIST, NUMBER, TEXT
from iaccheck.judge.policies import Policy, Selection
from iaccheck.judge.routing import of_routing
from iaccheck.judge.subjects import Subject
from iaccheck.judge.trackers import of_trackers
from iaccheck.model import Document, Severity
from iaccheck.pipeline import Options, analyse, check

ROOT = Path(__file__).parents[2]
FORMS = {TEXT: (str, type(None)), FLAG: (bool, type(None)), NUMBER: (int, type(None)), LIST: (tuple,)}


def all_subjects(data: bytes, options: dict[str, object]) -> list[Subject]:
    facts, _, _, _, resolution, _, covered = analyse([Document("p", data)], Options(**options))[:7]
    outcomes = {at.location: at for at in covered.locations}
    return [
        *subjects.of_events(covered.events, outcomes, frozenset({"type", "instance"})),
        *subjects.of_instances(resolution.instances, outcomes),
        *subjects.of_locations([*covered.locations, *covered.unlisted], resolution),
        *subjects.of_resources(resolution, facts),
        *subjects.of_plan(resolution),
        *of_trackers(resolution, covered.locations, Facts()),
        *of_routing(resolution, Facts()),
    ]


def test_subjects_have_the_fields_of_the_page() -> None:
    seen: dict[str, set[str]] = {}
    for case in CASES:
        for subject in all_subjects(case.data, {k: v for k, v in case.options.items() if k != "adjust"}):
            assert subject.fields["kind"] == subject.kind
            for name, value in subject.fields.items():
                if name == "kind":
                    continue
                field = FIELDS[subject.kind][name]
                assert isinstance(value, FORMS[field.form]), (subject.kind, name, value)
                words = value if isinstance(value, tuple) else (value,)
                assert not field.words or all(word is None or word in field.words for word in words), (name, value)
                seen.setdefault(subject.kind, {"address"}).add(name)

    assert seen == {kind: set(fields) | {"address"} for kind, fields in FIELDS.items()}


def _policy(number: int, select: dict[str, object], forbid: dict[str, object], when: str | None = None) -> Policy:
    return Policy(
        id=f"T{number:03}",
        title="t",
        severity=Severity.NOTE,
        over="event",
        select=select,
        forbid=forbid,
        when=when,
        message="m",
        help="h",
    )


ADDRESSES = st.sampled_from(["a.b", "a.c", "module.x.a.b", 'module.x["k"].a.b', None])
PATTERNS = st.sampled_from(["*", "a.*", "*.b", "module.x*", "a.b", "zz*", "?.c"])
WORDS = st.sampled_from(["covered", "uncovered", "unknown"])
SELECTS = st.one_of(
    st.just({}),
    PATTERNS.map(lambda pattern: {"address": pattern}),
    st.lists(PATTERNS, max_size=2).map(lambda patterns: {"address": patterns}),
    PATTERNS.map(lambda pattern: {"address": {"not": pattern}}),
    WORDS.map(lambda word: {"status": word}),
)
FORBIDS = st.one_of(st.just({}), WORDS.map(lambda word: {"status": word}), PATTERNS.map(lambda p: {"address": p}))
WHENS = st.sampled_from([None, "status == 'covered'", "address != null && address.endsWith('b')"])


@settings(deadline=None)
@given(
    st.lists(st.tuples(SELECTS, FORBIDS, WHENS), min_size=1, max_size=6),
    st.lists(st.tuples(ADDRESSES, WORDS), max_size=8),
)
def test_turning_addresses_round_changes_no_verdict(
    rules: list[tuple[dict[str, object], dict[str, object], str | None]], things: list[tuple[str | None, str]]
) -> None:
    policies = [_policy(number, *rule) for number, rule in enumerate(rules)]
    shared = {word: {"kind": "event", "status": word} for _, word in things}
    listed = [Subject("event", address, None, shared[word]) for address, word in things]

    found = {
        (policy.id, subject.address, subject.fields["status"])
        for policy, together in engine.broken(listed, engine.judged(policies))
        for subject in together
    }

    one_by_one = {
        (policy.id, address, word)
        for policy in policies
        for address, word in things
        if engine.Judged(policy).breaks({**shared[word], "address": address})
    }
    assert found == one_by_one


def _large_plan() -> bytes:
    changes = []
    for number in range(20_000):
        values = {
            "instance_id": guid(number % 50),
            "region": ["us-south", "eu-de", "jp-tok", "au-syd"][number % 4],
            "name": "n",
        }
        changes.append(
            {
                "address": f'module.app["{number % 50}"].ibm_sm_arbitrary_secret.s[{number}]',
                "module_address": f'module.app["{number % 50}"]',
                "type": "ibm_sm_arbitrary_secret",
                "name": "s",
                "index": number,
                "change": {"actions": ["create"], "after": values, "after_unknown": {"id": True}},
            }
        )
    return json.dumps({"format_version": "1.2", "resource_changes": changes}).encode()


def test_of_a_thousand_policies_over_twenty_thousand_changes_one_finds_its_case(tmp_path: Path) -> None:
    selects = [
        'select: {address: "module.app[\\"%d\\"].*"}',
        "select: {location: us-south}",
        'select: {address: "*s[%d]"}',
        'select: {action: "secrets-manager.secret.*", type: "ibm_sm_*"}',
        'select: {address: "*x%d*"}',
    ]
    breaches = ["forbid: {status: covered}", "when: 'location.startsWith(\"ca-\")'", "require: {verb: [create, read]}"]
    for number in range(1000):
        select = selects[number % 5]
        breach = "forbid: {status: uncovered}" if number == 2 else breaches[number % 3]
        text = (
            "title: t\nseverity: note\nover: event\nmessage: m\nhelp: h\n"
            f"{select % (number % 50) if '%d' in select else select}\n{breach}\n"
        )
        (tmp_path / f"ACME{number:03}.yaml").write_text(text)
    data = _large_plan()
    findings = report(data, policies=Selection(folders=(str(tmp_path),))).findings

    assert {finding.policy for finding in findings if finding.policy.startswith("ACME")} == {"ACME002"}


def test_of_several_plans_each_finding_names_its_own() -> None:
    idle = plan([keep("ibm_atracker_target.t", target(10)), create("ibm_sm_brand_new.x", {"region": "us-south"})])
    documents = [Document("a.json", idle, "dev"), Document("b.json", plan([]), "prod")]

    findings = check(documents, Options(policies=Selection(only=("TRK004", "COV010")))).findings

    assert {(f.policy, f.input, f.address) for f in findings} == {
        ("TRK004", "dev", "ibm_atracker_target.t"),
        ("COV010", "dev", "ibm_sm_brand_new.x"),
    }


def test_a_default_run_imports_nothing_that_only_some_need() -> None:
    code = (
        "import sys; from iaccheck.__main__ import main\n"
        "sys.argv = ['iaccheck', 'fixtures/hosted-none/create/plan.json']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'cel', 'tomllib', 'jsonschema', 'difflib'} & set(sys.modules)), file=sys.stderr)"
    )

    # A variable that is named almost like a setting is compared with them, which needs difflib.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("IACCHECK_")}
    command = [sys.executable, "-c", code]

    ended = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, check=True)

    assert ended.stderr == "[]\n"
