"""SARIF, JUnit, GitLab, GitHub and CSV: valid for those who read them, and plan text stays text in them."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli import run
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator
from lxml import etree
from msgspec import structs
from recordings import DATES, FIXTURES, STEPS, Step
from samples import HOSTILE, event, finding, hostile, large, report

from iaccheck.model import Input, Report, Severity, Source
from iaccheck.render import formats, renderer
from iaccheck.render._style import PLAIN, Style

SCHEMAS = Path(__file__).parent / "schemas"
SARIF = Draft7Validator(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text()))
GITLAB = Draft202012Validator(json.loads((SCHEMAS / "gitlab-code-quality.json").read_text()))
JUNIT = etree.XMLSchema(etree.parse(str(SCHEMAS / "junit-10.xsd")))
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|##\\[")
COMMAND = re.compile(r"::(error|warning|notice) (?:[a-zA-Z]+=[^,:]*(?:,[a-zA-Z]+=[^,:]*)*)::[^\r\n]*")


def render(name: str, shown: Report) -> str:
    return renderer(name)(shown, PLAIN)


def strings(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for value in part.values():
            yield from strings(value)
    elif isinstance(part, list):
        for value in part:
            yield from strings(value)
    elif isinstance(part, str):
        yield part


def check_sarif(text: str) -> list[dict[str, Any]]:
    """What GitHub needs beyond the schema: no empty strings, one location for each result, relative URIs."""
    document = json.loads(text)
    SARIF.validate(document)
    assert "" not in strings(document)
    results = [result for one in document["runs"] for result in one["results"]]
    for result in results:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert not re.match(r"/|\.\.?/|[A-Za-z]+:", uri)
        assert "](" not in result["message"]["text"]
    for one in document["runs"]:
        prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in one["results"]]
        assert len(prints) == len(set(prints))
    categories = [one["automationDetails"]["id"] for one in document["runs"]]
    assert len(categories) == len(set(categories)) <= 20
    return results


def check_gitlab(text: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(text)
    GITLAB.validate(entries)
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    return entries


def check_junit(text: str) -> Any:
    root = etree.fromstring(text.encode())
    JUNIT.assertValid(root)
    cases = [(case.get("classname"), case.get("name")) for suite in root for case in suite]
    assert int(root.get("tests")) == len(cases)
    for suite in root:
        names = [(case.get("classname"), case.get("name")) for case in suite]
        assert len(names) == len(set(names)) == int(suite.get("tests"))
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
    return root


def check_github(text: str) -> list[str]:
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) <= 10
    for line in lines:
        assert COMMAND.fullmatch(line), line
    return lines


def check_csv(text: str) -> list[dict[str, str]]:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


CHECKS = {"sarif": check_sarif, "gitlab": check_gitlab, "junit": check_junit, "github": check_github, "csv": check_csv}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_recording_is_valid(step: Step) -> None:
    for as_of in DATES:
        shown = step.report(as_of)
        for name, check in CHECKS.items():
            check(render(name, shown))  # type: ignore[operator]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("format_", CHECKS)
def test_hostile_names_stay_text(format_: str, name: str) -> None:
    text = render(format_, hostile(name))

    CHECKS[format_](text)  # type: ignore[operator]
    assert not UNSEEN.search(text.replace("\r\n", "\n"))


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(sorted(CHECKS)))
def test_any_name_stays_text(name: str, format_: str) -> None:
    text = render(format_, hostile(name))

    CHECKS[format_](text)  # type: ignore[operator]
    assert not UNSEEN.search(text.replace("\r\n", "\n"))


def test_waived_findings_are_no_results_but_skipped_tests() -> None:
    shown = hostile("a")

    assert len(check_sarif(render("sarif", shown))) == len(check_gitlab(render("gitlab", shown))) == 3
    assert json.loads(render("sarif", shown))["runs"][0]["properties"]["waived"] == 1
    assert len(check_junit(render("junit", shown)).findall("testsuite/testcase/skipped")) == 1


def test_waived_findings_are_suppressed_results_where_that_is_asked_for() -> None:
    results = check_sarif(renderer("sarif")(hostile("a"), Style(waived=True)))

    suppressed = [result["suppressions"] for result in results if "suppressions" in result]
    assert len(results) == 4
    assert [[(each["kind"], each["status"]) for each in one] for one in suppressed] == [[("external", "accepted")]]


def test_results_stand_where_the_block_stands_and_never_at_the_plan() -> None:
    shown = report(
        findings=(finding("a.b", number=1), finding("c.d", number=2)),
        sources={"a.b": Source("modules/x/main.tf", 7, 9, ("live/main.tf:3",))},
    )
    results = check_sarif(render("sarif", shown))
    first, second = (result["locations"][0]["physicalLocation"] for result in results)

    assert (first["artifactLocation"]["uri"], first["region"]["startLine"]) == ("modules/x/main.tf", 7)
    assert second["artifactLocation"]["uri"] == "live/main.tf"
    assert results[0]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert [entry["location"]["path"] for entry in check_gitlab(render("gitlab", shown))] == [
        "modules/x/main.tf",
        "live/main.tf",
    ]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("/abs/main.tf", "abs/main.tf"),
        ("C:\\x\\main.tf", "x/main.tf"),
        ("../../up.tf", "up.tf"),
        ("./a/./b.tf", "a/b.tf"),
        ("http://evil.example/x.tf", "evil.example/x.tf"),
        ("a b#c?.tf", "a%20b%23c%3F.tf"),
        ("..", "main.tf"),
    ],
)
def test_paths_are_relative_to_the_repository(file: str, uri: str) -> None:
    shown = report(findings=(finding("a.b"),), sources={"a.b": Source(file, 1)})

    assert check_sarif(render("sarif", shown))[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_each_plan_has_a_run_of_its_own() -> None:
    one = Input(name="a.json", label="prod", kind="plan", sha256="0" * 64)
    two = Input(name="b.json", kind="plan", sha256="1" * 64)
    accused = (finding("x"),)
    together = render("sarif", report(inputs=(one, two), findings=accused))
    alone = render("sarif", report(inputs=(one,), findings=accused))

    assert [r["automationDetails"]["id"] for r in json.loads(together)["runs"]][:2] == [
        "iaccheck/prod/",
        "iaccheck/b.json/",
    ]
    assert [r["automationDetails"]["id"] for r in json.loads(alone)["runs"]] == ["iaccheck/prod/"]


def test_more_plans_than_runs_share_the_last_one() -> None:
    inputs = tuple(Input(name=f"{n}.json", kind="plan", sha256="0" * 64) for n in range(30))
    findings = tuple(structs.replace(finding("x", number=n), input=f"{n}.json") for n in range(30))

    assert len(check_sarif(render("sarif", report(inputs=inputs, findings=findings)))) == 30


def test_more_results_than_github_takes_are_cut_and_counted() -> None:
    document = json.loads(render("sarif", large(26_000)))

    assert len(document["runs"][0]["results"]) == 25_000
    assert document["runs"][0]["properties"]["cut"] == 1000


def test_the_last_annotation_counts_the_rest() -> None:
    warnings = tuple(finding(f"w.{n}", number=n, severity=Severity.WARNING) for n in range(3))
    errors = tuple(finding(f"e.{n}", number=n) for n in range(20))
    lines = check_github(render("github", report(findings=(*errors, *warnings))))

    assert len(lines) == 10
    assert "14 more without an annotation: 11 errors, 3 warnings" in lines[-1]
    assert len(check_github(render("github", report(findings=errors[:9])))) == 10
    assert check_github(render("github", report(verdict="pass")))[0].startswith("::notice title=iaccheck::")


def test_the_failing_severity_decides_what_is_a_failure() -> None:
    findings = (finding("e"), finding("w", number=2, severity=Severity.WARNING))

    for fail_on, failures in (("error", 1), ("warning", 2), ("note", 2), ("never", 0)):
        assert check_junit(render("junit", report(findings=findings, fail_on=fail_on))).get("failures") == str(failures)


def test_resources_without_a_finding_pass() -> None:
    root = check_junit(render("junit", report(coverage=(event("fine"),), locations=(), findings=())))

    assert [case.get("name") for case in root.iter("testcase")] == ["fine"]


def test_formulas_begin_with_an_apostrophe() -> None:
    rows = check_csv(
        render("csv", report(coverage=tuple(event(name) for name in ("=1+1", " @x", "-1", "\t=1", "a=1"))))
    )

    assert [row["address"] for row in rows] == ["'=1+1", "' @x", "'-1", "'\\x09=1", "a=1"]


def test_annotations_bring_the_job_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    plan = str(FIXTURES / "routing-not-matching/create/plan.json")

    run(plan, "-f", "json")
    assert summary.read_text() == "before\n"
    result = run(plan, "-f", "github")
    assert summary.read_text() == "before\n" + run(plan, "-f", "markdown").out
    assert check_github(result.out)


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize("shape", [(20_000,), (20_000, 5_000), (20_000, 20_000, 5_000)], ids=repr)
def test_each_format_ends_a_large_report_whole(shape: tuple[int, ...], name: str) -> None:
    assert render(name, large(*shape))[-1] in "\n>"
