"""A real browser, headless, for the tests of the HTML report."""

import base64
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

REQUIRED = os.environ.get("IACCHECK_REQUIRE_BROWSER") == "1"


@contextmanager
def browser() -> Iterator[Any]:
    """A driver of Debian's chromium. Without one the test is skipped, or fails where IACCHECK_REQUIRE_BROWSER=1."""
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if binary is None or driver is None:
        missing = "there is no chromium with chromedriver here: the HTML report was not opened in a browser"
        if REQUIRED:
            pytest.fail(missing)
        pytest.skip(missing)
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield found
    finally:
        found.quit()


def show(driver: Any, page: Path, width: int = 1400, *, dark: bool = False, scripts: bool = True) -> list[str]:
    """Open a page as a screen of that width shows it; what the console says of it."""
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": [scheme]})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
    driver.get(page.as_uri())
    return [entry["message"] for entry in driver.get_log("browser")]


def picture(driver: Any, width: int, file: Path) -> bytes:
    """A screenshot of the first screens, as PNG."""
    clip = {"x": 0, "y": 0, "width": width, "height": 1800, "scale": 1}
    taken = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    data = base64.b64decode(taken["data"])
    file.write_bytes(data)
    return data
