"""csv: the events, a row each, for a spreadsheet (RFC 4180)."""

import csv
import io

from iaccheck.model import Coverage, Report
from iaccheck.render._escape import visible
from iaccheck.render._style import PLAIN, Style

_COLUMNS = (
    "action",
    "formerly",
    "address",
    "input",
    "verb",
    "phase",
    "location",
    "instance",
    "min",
    "max",
    "status",
    "timing",
    "ordered",
    "trackers",
    "reason",
    "file",
    "line",
)
# What a spreadsheet takes for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 2000


def render(report: Report, style: Style = PLAIN) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_row(item, report) for item in report.coverage)
    return out.getvalue()


def _row(item: Coverage, report: Report) -> list[str]:
    event = item.event
    source = report.sources.get(event.address)
    return [
        _cell(event.action),
        _cell(event.formerly),
        _cell(event.address),
        _cell(event.input),
        event.verb.value,
        event.phase.value,
        _cell(event.location),
        _cell(event.instance),
        str(event.min),
        "" if event.max is None else str(event.max),
        item.status.value,
        item.timing.value,
        "" if item.ordered is None else str(item.ordered).lower(),
        _cell("; ".join(item.trackers)),
        _cell(item.reason),
        _cell(source.file if source else None),
        str(source.line) if source else "",
    ]


def _cell(text: str | None) -> str:
    """Text that stays text. Of an unknown location or instance the cell is empty."""
    if not text:
        return ""
    shown = visible(text, _LONGEST)
    return f"'{shown}" if text.startswith(_FORMULA) or shown.lstrip().startswith(_FORMULA) else shown
