"""The HTML report: valid, self-contained, readable; in a real browser it filters, and nothing of a plan runs."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
from browser import browser, picture, show
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import DATES, FIXTURES, STEPS, Step, check
from samples import HOSTILE, hostile, large

from iaccheck.model import Document, Report
from iaccheck.render._escape import visible
from iaccheck.render._style import PLAIN
from iaccheck.render.html import LIMIT, render

HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "html head meta title style body script a header main footer section p div span h1 h2 h3 code pre b em ul li "
        "details summary table caption thead tbody tr th td figure form label select option input button",
    )
)


def parsed(text: str) -> Any:
    """The document, read by the rules of HTML; any error of the parser is one of the report."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=True).parse(text)


def checked(text: str) -> Any:
    root = parsed(text)
    elements = list(root.iter())
    tags = [element.tag for element in elements if isinstance(element.tag, str)]
    assert {tag.removeprefix(HTML) for tag in tags if tag.startswith(HTML)} <= ELEMENTS
    assert {tag.removeprefix(SVG) for tag in tags if tag.startswith(SVG)} <= {
        "svg",
        "title",
        "desc",
        "text",
        "path",
        "g",
        "rect",
    }
    assert tags.count(f"{HTML}script") == tags.count(f"{HTML}style") == 1
    for element in elements:
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            assert name != "style"
            assert name != "src"
            assert name != "href" or value.startswith("#")
    return root


def shown(name: str) -> Report:
    return hostile(name)


def page_of(case: str) -> str:
    return render(check(Document("plan.json", (FIXTURES / case / "plan.json").read_bytes())), PLAIN)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_recording_is_valid(step: Step) -> None:
    for as_of in DATES:
        checked(render(step.report(as_of)))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name: str) -> None:
    root = checked(render(shown(name)))
    text = "".join(root.itertext())

    assert not name.strip() or visible(name) in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2066\u2028]", text)


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_stays_text(name: str) -> None:
    root = checked(render(shown(name)))

    assert len(list(root.iter(f"{HTML}tr"))) == len(list(checked(render(shown("a"))).iter(f"{HTML}tr")))


def test_the_policy_forbids_the_network_and_every_other_script() -> None:
    root = checked(page_of("routing-covered/noop"))
    policy = next(
        m.get("content") for m in root.iter(f"{HTML}meta") if m.get("http-equiv") == "Content-Security-Policy"
    )

    assert policy.startswith("default-src 'none'; ")
    assert not re.search(r"unsafe|https?:|\*|data:", policy)


def test_it_says_what_an_auditor_needs() -> None:
    text = "".join(checked(render(shown("somebody"))).itertext())

    for wanted in ("0" * 64, "2026-07-02", "FAIL", "2027-01-01", "somebody:1", "iaccheck 0.1.0", "Terraform somebody"):
        assert wanted in text


def test_headings_and_tables_are_marked_up_for_those_who_listen() -> None:
    root = checked(page_of("modules-many-regions/create"))
    levels = [int(e.tag[-1]) for e in root.iter() if isinstance(e.tag, str) and re.fullmatch(r".*\}h\d", e.tag)]

    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(th.get("scope") in ("row", "col") for th in root.iter(f"{HTML}th"))
    assert next(root.iter(f"{HTML}html")).get("lang") == "en"
    labels = {label.get("for") for label in root.iter(f"{HTML}label")}
    assert labels == {e.get("id") for e in root.iter() if e.tag in (f"{HTML}input", f"{HTML}select")}


@pytest.mark.parametrize(
    "report",
    [large(20_000), large(20_000, 5_000), large(20_000, 20_000, 5_000), large(3_000, 3_000, 3_000, 10_000)],
    ids=["resources", "actions", "locations", "names"],
)
def test_a_large_report_stays_below_its_limit(report: Report) -> None:
    text = render(report)

    assert len(text.encode()) <= LIMIT


# --- in a browser --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with browser() as found:
        yield found


def opened(driver: Any, folder: Path, text: str, width: int = 1400, **more: bool) -> list[str]:
    page = folder / "report.html"
    page.write_text(text, encoding="utf-8")
    return show(driver, page, width, **more)


def rows(driver: Any) -> list[Any]:
    return driver.find_elements("css selector", "#event-rows tr:not([hidden])")  # type: ignore[no-any-return]


def waited(driver: Any, number: int) -> None:
    """Returns once the page shows that many rows; typing is answered a moment later."""
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(driver, 10).until(lambda page: len(rows(page)) == number)


def test_it_opens_without_an_error_and_filters(driver: Any, tmp_path: Path) -> None:
    assert opened(driver, tmp_path, page_of("modules-many-regions/create")) == []
    everything = len(rows(driver))

    driver.find_element("id", "by-address").send_keys("API.KEY")
    by_address = len(rows(driver))
    driver.find_element("css selector", "#by-location option[value='=jp-tok']").click()
    by_both = [row.text for row in rows(driver)]
    said = driver.find_element("id", "shown").text
    driver.find_element("css selector", "#filter button").click()
    waited(driver, 9)

    assert (everything, by_address, len(by_both)) == (9, 3, 1)
    assert 'module.secrets["jp-tok"]' in by_both[0]
    assert said == "1 of 9 rows"
    assert len(rows(driver)) == 9


def test_it_filters_by_action_and_status(driver: Any, tmp_path: Path) -> None:
    opened(driver, tmp_path, page_of("routing-not-matching/create"))

    driver.find_element("css selector", "#by-status option[value='=covered']").click()
    covered = [row.text for row in rows(driver)]
    driver.find_element("id", "by-action").send_keys("secret.create")

    assert len(covered) == 1
    assert "global" in covered[0]
    assert rows(driver) == []


def test_it_can_be_read_without_scripts(driver: Any, tmp_path: Path) -> None:
    assert opened(driver, tmp_path, page_of("modules-many-regions/create"), scripts=False) == []

    assert len(rows(driver)) == 9
    assert not driver.find_element("id", "filter").is_displayed()
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_hostile_names_do_not_run(driver: Any, tmp_path: Path) -> None:
    for name in HOSTILE:
        assert opened(driver, tmp_path, render(shown(name))) == [], name
        assert driver.execute_script("return window.pwned === undefined && document.images.length === 0")
        assert driver.execute_script("return performance.getEntriesByType('resource').length") == 0


@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("case", ["modules-many-regions/create", "routing-cos-and-event-streams/noop"])
def test_nothing_is_wider_than_the_screen(driver: Any, tmp_path: Path, case: str, width: int, dark: bool) -> None:
    opened(driver, tmp_path, page_of(case), width, dark=dark)
    dark_page, light_page = "rgb(18, 22, 27)", "rgb(255, 255, 255)"

    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    assert driver.execute_script("return getComputedStyle(document.documentElement).backgroundColor") == (
        dark_page if dark else light_page
    )
    assert picture(driver, width, tmp_path / "shot.png").startswith(b"\x89PNG")


@pytest.mark.parametrize("width", [400, 1400])
def test_long_names_do_not_widen_the_page(driver: Any, tmp_path: Path, width: int) -> None:
    for name in ("x" * 10_000, '"><b>' + "y" * 200):
        opened(driver, tmp_path, render(shown(name)), width)
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(driver: Any, tmp_path: Path, dark: bool) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    opened(driver, tmp_path, render(shown("a")), dark=dark)
    found = driver.execute_script(
        """
        const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255)
          .map(x => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
          return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
        const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
          if (!/rgba\\(.*, 0\\)/.test(c)) return c; } return "rgb(255,255,255)"; };
        const bad = [];
        document.querySelectorAll("body *").forEach(e => {
          if (e.closest("svg, script") || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) return;
          const a = light(getComputedStyle(e).color), b = light(ground(e));
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (ratio < 4.5) bad.push(e.tagName + " " + e.className + " " + ratio.toFixed(2)); });
        return bad;
        """
    )

    assert found == []


def test_a_large_report_opens_and_filters(driver: Any, tmp_path: Path) -> None:
    assert opened(driver, tmp_path, render(large(20_000))) == []

    driver.find_element("id", "by-address").send_keys("000042")
    waited(driver, 1)
    assert len(rows(driver)) == 1


def test_every_part_is_printed(driver: Any, tmp_path: Path) -> None:
    opened(driver, tmp_path, page_of("modules-many-regions/create"))
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = driver.execute_script("return getComputedStyle(document.getElementById('filter')).display")
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})

    assert hidden == "none"
    assert driver.print_page()
