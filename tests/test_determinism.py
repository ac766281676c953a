"""The same input gives the same bytes, under any hash seed, in any folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from recordings import FIXTURES, ROOT

from iaccheck.render import formats

CASES = (
    "modules-many-regions/create",
    "routing-cos-and-event-streams/create",
    "real-module-sm-module-advanced/destroy",
)


def bytes_of(seed: str, case: str, folder: Path) -> dict[str, bytes]:
    """Every format's report, made by a process of its own in a folder of its own."""
    (folder / "plan.json").write_bytes((FIXTURES / case / "plan.json").read_bytes())
    wanted = [part for name in formats() for part in ("-f", f"{name}=report.{name}")]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    environment.pop("GITHUB_STEP_SUMMARY", None)
    command = [sys.executable, "-m", "iaccheck", "plan.json", *wanted]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr.decode()
    return {name: (folder / f"report.{name}").read_bytes() for name in formats()}


@pytest.mark.parametrize("case", CASES)
def test_reports_do_not_depend_on_the_hash_seed(case: str, tmp_path: Path) -> None:
    results = []
    for seed in ("0", "1", "4242"):
        folder = tmp_path / seed
        folder.mkdir()
        results.append(bytes_of(seed, case, folder))

    assert results[0] == results[1] == results[2]
    assert not any(str(tmp_path).encode() in text for text in results[0].values())
