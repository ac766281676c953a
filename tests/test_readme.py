"""What the README claims: its report is what the tool prints, its commands exist, its links lead somewhere."""

import re
from pathlib import Path

import pytest
from cli import run
from recordings import FIXTURES, ROOT, STEPS

from iaccheck.facts import Facts
from iaccheck.render import formats

README = (ROOT / "README.md").read_text()
REPORT = re.search(r"<!-- report: (\S+) -->\n```text\n(.*?)```", README, re.DOTALL)


def test_the_report_is_what_the_tool_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    assert REPORT is not None
    case, text = REPORT.groups()
    monkeypatch.chdir(FIXTURES / case)

    assert text == "$ iaccheck plan.json\n" + run("plan.json").out


def test_the_numbers_are_those_of_the_tables() -> None:
    numbers = [int(n) for n in re.findall(r"\d+", "".join(README.split("knows what the provider does")[1])[:300])[:4]]
    facts = Facts()
    known = [facts.type(name) for name in facts.type_files if name.startswith("ibm_sm_")]

    assert numbers == [
        sum(k.resource is not None for k in known if k),
        sum(k.data is not None for k in known if k),
        38,
        34,
    ]
    assert f"{len(STEPS)} recordings" in README


def test_its_links_lead_to_files() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link


def test_its_two_lines_are_there_for_the_check_that_runs_them() -> None:
    for marker in ("run", "test"):
        assert re.search(rf"<!-- {marker} -->\n```sh\npython3 .+\n```", README)


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_paths_that_the_documents_name_exist(page: Path) -> None:
    for name in re.findall(r"`((?:iaccheck|policies|fixtures|tests|docs|benchmarks)/[\w./-]+)`", page.read_text()):
        assert (ROOT / name).exists(), name


def test_every_command_and_format_of_it_exists() -> None:
    used = set(re.findall(r"^iaccheck (\w+) ", README, re.MULTILINE))
    files = {file.stem for file in (ROOT / "iaccheck" / "commands").glob("[!_]*.py")}

    assert used <= files
    listed = README.split("Formats: ")[1].split(" (for a pull request)")[0] + README.split("one file, for an")[1][:90]
    assert set(formats()) == set(re.findall(r"`(\w+)`", listed)) | {"html"}
