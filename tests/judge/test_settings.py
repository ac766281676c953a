"""Flags over IACCHECK_* over file; what is no setting is an error with its line."""

from pathlib import Path

import pytest
from cases import ALL, SECRET, secret
from cli import run
from plans import create, plan
from recordings import FIXTURES

from iaccheck import settings
from iaccheck.commands import check
from iaccheck.commands._configured import flag
from iaccheck.errors import ConfigError
from iaccheck.settings import Settings

GAP = plan([create(SECRET, secret())])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a plan two folders down."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/plan.json").write_bytes(GAP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def in_force(*arguments: str) -> dict[str, str]:
    """What `iaccheck config` prints, by setting."""
    result = run("config", "a/b/plan.json", *arguments)
    assert result.status == 0, result.err
    return dict(line.split(": ", 1) for line in result.out.splitlines() if ": " in line and line[0] != "#")


def test_flags_win_over_the_environment_and_that_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_force()["fail_on"] == "error  # default"

    (folder / ".iaccheck.yaml").write_text("\nfail_on: [warning, unknown]\n")
    assert in_force()["fail_on"] == "warning,unknown  # .iaccheck.yaml:2"

    monkeypatch.setenv("IACCHECK_FAIL_ON", "note")
    assert in_force()["fail_on"] == "note  # environment IACCHECK_FAIL_ON"
    assert in_force("--fail-on", "never")["fail_on"] == "never  # flag --fail-on"


def test_the_nearest_file_counts_and_none_above_the_repository(folder: Path) -> None:
    (folder / ".iaccheck.yaml").write_text("quiet: true")
    (folder / "a/pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert in_force()["quiet"] == "true  # .iaccheck.yaml:1"

    (folder / "a/pyproject.toml").write_text('[tool.iaccheck]\nskip = ["COV004"]\n')
    assert in_force()["skip"].startswith("[COV004]  # a")
    assert in_force()["quiet"] == "false  # default"

    (folder / "a/.git").mkdir()
    (folder / "a/pyproject.toml").unlink()
    assert in_force()["quiet"] == "false  # default"
    assert in_force("--config", ".iaccheck.yaml")["quiet"] == "true  # .iaccheck.yaml:1"
    (folder / "a/.iaccheck.yaml").write_text("verbose: true")
    assert in_force("--config", "")["verbose"] == "false  # default"


def test_paths_are_relative_to_the_file(folder: Path) -> None:
    (folder / "a/policies").mkdir()
    policy = "title: t\nseverity: note\nover: plan\nforbid: {creates: 1}\nmessage: m\nhelp: h\n"
    (folder / "a/policies/ACME001.yaml").write_text(policy)
    (folder / "a/.iaccheck.yaml").write_text("policies: policies\nonly: ACME*\n")

    assert "note ACME001" in run("a/b/plan.json").out


def test_a_file_changes_policies_declares_trackers_and_waives(folder: Path) -> None:
    (folder / "more.yaml").write_text(
        "waivers:\n- {policy: COV008, location: '*', reason: r, owner: o, expires: 2026-07-31}\n"
    )
    (folder / ".iaccheck.yaml").write_text(
        """\
policy:
  SMG003: {parameters: {threshold: 0}}
trackers:
- {location: us-south, owner: platform, reason: their workspace, expires: 2026-07-31}
waivers:
- more.yaml
- {policy: COV001, location: us-south, reason: r, owner: o, expires: 2026-07-31}
"""
    )

    on_time = run("a/b/plan.json", "--today", "2026-07-31")
    too_late = run("a/b/plan.json", "--today", "2026-08-01")

    assert (on_time.status, too_late.status) == (0, 1)
    assert "declared in us-south by platform" in " ".join(on_time.out.split())
    assert "the tracker declared in us-south by platform ended on 2026-07-31" in " ".join(too_late.out.split())
    assert "more.yaml:2: the waiver of COV008 at * ended" in " ".join(too_late.out.split())


BROKEN = {
    "unknown key": ("fail_om: x", "fail_om: there is no such key; did you mean fail_on?"),
    "inner key": ("policy: {COV001: {severty: x}}", "there is no such key; did you mean severity?"),
    "word": ("color: blue", "color: invalid enum value 'blue'"),
    "type": ("refresh: 3", "refresh: expected `bool | null`, got `int`"),
    "range": ("max_waiver_days: 0", "max_waiver_days: expected `int` >= 1"),
    "waiver": ("waivers: [{policy: COV001}]", "waivers[0]: object missing required field `reason`"),
    "policy": ("policy: {COV999: {}}", "there is no policy 'COV999'"),
    "location": (
        "trackers: [{location: us_south, owner: a, reason: b, expires: 2026-07-31}]",
        "'us_south' is no location; did you mean us-south?",
    ),
    "day": ("as_of: yesterday", "as_of: invalid RFC3339"),
    "bomb": ("only: &a [*a]", "anchors"),
    "deep": ("- " * 30_000, "it is nested too deeply"),
    "flow": ("[" * 100_000, "it is nested too deeply"),
    "giant": ("only: " + "x" * 300_000, "the file is larger than 256 kB"),
    "giant number": (f"max_waiver_days: {'9' * 100_000}", "max_waiver_days: expected `int"),
    "list": ("- x", "expected `object`, got `array`"),
    "binary": ("\x00", "this is not valid YAML"),
    "program": ("terraform: ./evil", "terraform: there is no such key"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_configuration_ends_with_2(name: str, folder: Path) -> None:
    text, message = BROKEN[name]
    (folder / ".iaccheck.yaml").write_text(text)
    result = run("a/b/plan.json", "--today", "2026-07-01")

    assert (result.status, result.out) == (2, "")
    assert message in result.err
    assert result.err.startswith("error: .iaccheck.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.iaccheck]\nfail_om = 1\n", "pyproject.toml:2: fail_om: there is no such key; did you mean fail_on?"),
        ("[tool.iaccheck.policy.COV001]\n\nenabled = 1\n", "pyproject.toml:"),
        ("[tool.iaccheck]\nx = " + "[" * 50_000, "pyproject.toml: this is not valid TOML"),
        ("[tool.iaccheck]\nx = " + "9" * 50_000, "pyproject.toml: this is not valid TOML"),
        ("[tool.iaccheck\n", "pyproject.toml: this is not valid TOML"),
    ],
)
def test_a_broken_project_ends_with_2(text: str, message: str, folder: Path) -> None:
    (folder / "pyproject.toml").write_text(text)
    result = run("a/b/plan.json")

    assert (result.status, result.out) == (2, "")
    assert message in result.err


def test_a_project_says_all_that_a_file_can(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(
        """\
[tool.iaccheck]
fail_on = "warning"
today = 2026-07-01

[[tool.iaccheck.waivers]]
policy = "COV001"
location = "us-south"
reason = "r"
owner = "o"
expires = 2026-07-31

[tool.iaccheck.policy.COV008]
severity = "note"
"""
    )

    assert in_force()["fail_on"] == "warning  # pyproject.toml:2"
    assert "waiver COV001 at us-south until 2026-07-31  # pyproject.toml:5" in run("config", "a/b/plan.json").out
    assert run("a/b/plan.json").status == 0


def test_two_files_in_one_folder_are_an_error(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.iaccheck]\n")
    (folder / ".iaccheck.yaml").write_text("")

    assert "keep one of the two" in run("a/b/plan.json").err


def test_a_misspelt_variable_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IACCHECK_FAILON", "warning")

    result = run("a/b/plan.json")

    assert result.status == 2
    assert "IACCHECK_FAILON: there is no such setting; did you mean IACCHECK_FAIL_ON?" in result.err


def test_other_variables_of_that_prefix_are_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IACCHECK_RELEASE_BUCKET", "x")

    assert run("a/b/plan.json").status == 1


def test_a_file_can_say_what_the_flags_can() -> None:
    """All but which file to read, and the program to run: a repository under review does not choose that."""
    flags = {flag(param) for param in check.command.params if param.param_type_name == "option"}

    assert flags - set(Settings.__struct_fields__) == {"config", "terraform"}


def test_the_right_plan_passes_without_any_file(folder: Path) -> None:
    (folder / "a/b/plan.json").write_bytes(plan([*ALL, create(SECRET, secret())]))

    assert run("a/b/plan.json").status == 0
    assert settings.find("a/b").file is None


def test_a_file_that_cannot_be_read_is_an_error(folder: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        settings.read("none.yaml")
    assert run("a/b/plan.json", "--waivers", "none.yaml").status == 2


def test_a_variable_that_only_begins_like_a_setting_is_somebody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IACCHECK_PLANS", "/somewhere")
    monkeypatch.setenv("IACCHECK_REQUIRE_BROWSER", "1")

    assert run("graph", str(FIXTURES / "routing-covered" / "create" / "plan.json")).status == 0
