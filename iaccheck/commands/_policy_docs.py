"""policy docs: policies -> the page docs/policies.md, and the plain text of one."""

from collections.abc import Iterable, Iterator, Sequence

from iaccheck import resources
from iaccheck.judge.fields import FIELDS, NAMES
from iaccheck.judge.policies import Policy

_HEAD = """\
# Policies

Made from the policy files by `iaccheck policy docs`; a test keeps it true. `iaccheck policy show ID` prints one.
"""


def page(policies: Iterable[Policy]) -> str:
    """docs/policies.md."""
    listed = list(policies)
    lines = [_HEAD, "| policy | severity | what it finds |", "|---|---|---|"]
    for policy in listed:
        off = " (off until turned on)" if not policy.enabled else ""
        lines.append(f"| [{policy.id}](#{policy.id.lower()}) | {policy.severity.value} | {policy.title}{off} |")
    for policy in listed:
        lines += ["", f"## {policy.id}", "", *_section(policy)]
    with open(resources.data("writing-policies.md"), encoding="utf-8") as file:
        lines += ["", file.read().rstrip(), "", *_fields()]
    return "\n".join(lines) + "\n"


def _section(policy: Policy) -> Iterator[str]:
    yield f"**{policy.title}** ({policy.severity.value}, over {', '.join(policy.kinds)}{_when(policy)})"
    yield ""
    for message in _messages(policy):
        yield f"> {message}"
        yield ">"
    yield ""
    yield "```text"
    yield policy.help.strip()
    yield "```"
    for title, texts in _lists(policy):
        yield ""
        yield f"{title}: {'; '.join(texts)}"


def _messages(policy: Policy) -> list[str]:
    """What it says, once for each kind where that differs."""
    kinds = policy.kinds if isinstance(policy.message, dict) else policy.kinds[:1]
    return [policy.message_for(kind) for kind in kinds]


def _lists(policy: Policy) -> list[tuple[str, Sequence[str]]]:
    """What else it has, with its title."""
    lists = (("Parameters", _parameters(policy)), ("Controls", policy.controls), ("See", policy.references))
    return [(title, texts) for title, texts in lists if texts]


def _when(policy: Policy) -> str:
    """From when to when, and whether it is on."""
    parts = [f"since {policy.since}" if policy.since else "", f"until {policy.until}" if policy.until else ""]
    parts.append("" if policy.enabled else "off until turned on")
    parts.append("" if policy.waivable else "cannot be waived")
    return "".join(f", {part}" for part in parts if part)


def _parameters(policy: Policy) -> list[str]:
    return [f"{name} = {value}" for name, value in sorted(policy.parameters.items())]


def _fields() -> Iterator[str]:
    for kind, fields in FIELDS.items():
        yield f"### Fields of {kind}"
        yield ""
        yield "| field | form | meaning |"
        yield "|---|---|---|"
        for name, field in fields.items():
            words = f": {', '.join(f'`{word}`' for word in field.words)}" if field.words else ""
            yield f"| `{name}` | {field.form} | {field.meaning}{words} |"
        for name, meaning in NAMES.get(kind, {}).items():
            yield f"| `{name}` | only in messages | {meaning} |"
        yield ""


def plain(policy: Policy) -> Iterator[str]:
    """The lines of `iaccheck policy show`."""
    yield f"{policy.id}  {policy.title}"
    yield f"{policy.severity.value}, over {', '.join(policy.kinds)}{_when(policy)}"
    yield ""
    yield from _messages(policy)
    yield ""
    yield from policy.help.strip().split("\n")
    for title, texts in _lists(policy):
        yield ""
        yield f"{title}:"
        yield from (f"  {text}" for text in texts)
