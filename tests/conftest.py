"""What all tests share."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write the reports that tests compare with anew.")


def pytest_configure(config: pytest.Config) -> None:
    """Goldens are read by people before they are committed; CI only compares."""
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("--update-golden: not in CI; refresh the goldens where somebody reads them")
