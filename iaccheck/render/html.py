"""html: one page that carries all it needs, for a reviewer on a phone and for an auditor's folder.

The template html.j2 escapes whatever it is given; html.css and html.js are named by their hashes in a policy that
forbids the network and every other script (https://www.w3.org/TR/CSP3/).
"""

import base64
import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from iaccheck.model import Coverage, Finding, LocationCoverage, Phase, Report
from iaccheck.render import _picture
from iaccheck.render._escape import masked, visible
from iaccheck.render._help import parts
from iaccheck.render._style import PLAIN, Style
from iaccheck.render._view import (
    Group,
    amount,
    command_line,
    counted,
    coverage_by_location,
    grouped,
    let_through,
    same_remedy,
    severity_counts,
    source_of,
    verdict_sentence,
)

LIMIT = 5_000_000
_HERE = os.path.dirname(os.path.abspath(__file__))
_GROUPS, _ADDRESSES, _VIEWS, _ROWS = 200, 40, 200, 1000


def render(report: Report, style: Style = PLAIN) -> str:
    template = _template()
    events = _Events(report)
    page: dict[str, Any] = {
        **_page(report),
        "outcomes": events.outcomes,
        "outcomes_left": events.outcomes_left,
        "rows": Markup(""),
        "cut": 0,
    }
    room = LIMIT - len(template.render(page).encode("utf-8", "backslashreplace")) - 1000
    rows = list(_fitting(events.rows, room))
    return template.render({**page, "rows": Markup("").join(rows), "cut": len(events.rows) - len(rows)})


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(visible=visible, masked=lambda text: visible(masked(text)), counted=counted)
    return environment.get_template("html.j2")


def _page(report: Report) -> dict[str, Any]:
    groups = grouped(finding for finding in report.findings if finding.counts)
    events = coverage_by_location(report)
    set_aside = [finding for finding in report.findings if not finding.counts]
    css, js = _file("html.css"), _file("html.js")
    return {
        "report": report,
        "command": command_line(report),
        "let_through": let_through(report),
        "css": Markup(css),  # noqa: S704 - a file of ours, which has to stay as it is hashed
        "js": Markup(js),  # noqa: S704 - likewise
        "css_hash": _hash(css),
        "js_hash": _hash(js),
        "sentence": visible(verdict_sentence(report), 600),
        "counts": severity_counts(report),
        "groups": [_group(group, report) for group in groups[:_GROUPS]],
        "groups_left": len(groups) - _GROUPS,
        "locations": [_location(at, events.get(at.location, [])) for at in report.locations],
        "picture": _picture.picture(report),
        "drawing": _picture,
        "views": report.views[:_VIEWS],
        "views_left": len(report.views) - _VIEWS,
        "set_aside": [_set_aside(finding) for finding in set_aside[:_ROWS]],
        "set_aside_left": len(set_aside) - _ROWS,
        "notes": report.notes[:_ROWS],
        "notes_left": len(report.notes) - _ROWS,
        "trackers": report.trackers[:_ROWS],
        "trackers_left": len(report.trackers) - _ROWS,
    }


def _file(name: str) -> str:
    with open(os.path.join(_HERE, name), encoding="utf-8") as file:
        return file.read()


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


# --- findings and locations ----------------------------------------------------------------------------------------


def _group(group: Group, report: Report) -> dict[str, Any]:
    named = [finding for finding in group.findings if finding.address]
    return {
        "severity": group.severity.value,
        "policy": group.policy,
        "title": group.title,
        "location": group.location,
        "message": group.findings[0].message,
        "alike": len(group.findings) - 1,
        "addresses": [_address(finding, report) for finding in named[:_ADDRESSES]],
        "addresses_left": len(named) - _ADDRESSES,
        "same": same_remedy(group),
        "help": [
            ("\n".join(visible(line, 400) for line in part.text.split("\n")), part.snippet)
            for part in parts(group.help)
        ],
    }


def _address(finding: Finding, report: Report) -> tuple[str, str]:
    source = source_of(report, finding)
    return finding.address or "", f"{visible(source.file)}:{source.line}" if source else ""


def _set_aside(finding: Finding) -> dict[str, Any]:
    waiver = finding.waiver
    return {
        "policy": finding.policy,
        "address": finding.address or "",
        "location": finding.location or "",
        "reason": waiver.reason if waiver else "known from the baseline",
        "owner": (waiver.owner or "") if waiver else "",
        "until": waiver.expires.isoformat() if waiver else "",
        "ticket": (waiver.ticket or "") if waiver else "",
        "origin": waiver.origin if waiver else "",
    }


def _location(at: LocationCoverage, items: list[Coverage]) -> dict[str, Any]:
    by_phase = {phase.value: [item for item in items if item.event.phase is phase] for phase in Phase}
    return {
        "name": at.location,
        "before": at.before.value,
        "after": at.after.value,
        "events": ", ".join(f"{amount(chosen)} {phase}" for phase, chosen in by_phase.items() if chosen) or "none",
        "trackers": at.trackers[:3],
        "trackers_left": len(at.trackers) - 3,
        "reason": visible(at.reason, 240),
    }


# --- events --------------------------------------------------------------------------------------------------------


class _Events:
    """Rows of the table of events, and the outcomes that they refer to by number: who receives, and why."""

    def __init__(self, report: Report) -> None:
        numbers: dict[tuple[str, ...], int] = {}
        rows: dict[tuple[str, str, str | None, int], list[Coverage]] = {}
        for item in report.coverage:
            event = item.event
            outcome = (item.status.value, item.timing.value, ", ".join(item.trackers), item.reason)
            number = numbers.setdefault(outcome, len(numbers) + 1)
            rows.setdefault((event.address, event.phase.value, event.location, number), []).append(item)
        names = ("status", "timing", "trackers", "reason")
        self.outcomes = [dict(zip(names, outcome, strict=True)) for outcome in list(numbers)[:_ROWS]]
        self.outcomes_left = len(numbers) - _ROWS
        self.rows = [_row(key, items) for key, items in rows.items()]


def _row(key: tuple[str, str, str | None, int], items: list[Coverage]) -> Markup:
    address, phase, location, why = key
    first = items[0]
    timing = "" if first.timing.value == "steady" else f", {first.timing.value}"
    place = visible(location, 60) if location is not None else "unknown"
    status = first.status.value
    return Markup(  # noqa: S704 - whatever a plan can say goes through _text; status and phase are words of ours
        f"<tr><th scope=row>{_text(visible(address))}<td>{phase}<td>{_text(', '.join(map(_action, items)))}"
        f"<td>{_text(place)}<td class={status}>{status}{timing} <a href=#why{why}>{why}</a>\n"
    )


def _text(text: str) -> str:
    """Escaped for where text stands, never for an attribute: quotes as they are keep thousands of rows small."""
    return escape(text, quote=False)


def _action(item: Coverage) -> str:
    event = item.event
    times = "" if event.min == event.max == 1 else f" ×{amount([item])}"
    formerly = f" (formerly {event.formerly.split('.', 1)[-1]})" if event.formerly else ""
    return f"{visible(event.action.split('.', 1)[-1], 100)}{formerly}{times}"


def _fitting(rows: Iterable[Markup], room: int) -> Iterator[Markup]:
    for row in rows:
        room -= len(row.encode("utf-8", "backslashreplace"))
        if room < 0:
            return
        yield row
