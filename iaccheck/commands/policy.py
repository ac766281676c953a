"""policy: the policies that are there, what each says, and whether they find what they must."""

import os
import sys
from collections.abc import Iterable
from typing import Any

import click
import msgspec

from iaccheck import pipeline, userfile
from iaccheck.commands import _policy_docs
from iaccheck.errors import ConfigError, UsageError
from iaccheck.judge.policies import Adjustment, Policy, Selection, load
from iaccheck.model import Document
from iaccheck.render._escape import visible
from iaccheck.userfile import shown, similar

EXAMPLES = """\b
Examples:
  iaccheck policy list
  iaccheck policy show COV001
  iaccheck policy test tests/policies --policies policies
"""
_PLAN, _EXPECTED = "plan.json", "findings.json"
_FORM = '[{"policy": "COV001", "address": "ibm_sm_kv_secret.x", "location": "us-south"}]'
_MOST_BYTES = 256 * 1024 * 1024
_FOLDERS = click.option("--policies", "folders", multiple=True, metavar="DIR", help="A folder of policies of your own.")


@click.group(epilog=EXAMPLES)
def command() -> None:
    """List, show and test policies."""


# --- list and show -------------------------------------------------------------------------------------------------


@command.command("list")
@_FOLDERS
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(folders: tuple[str, ...], form: str) -> None:
    """List all policies."""
    policies = load(Selection(folders=folders))
    if form == "json":
        document = {"schema": "iaccheck/policies/1", "policies": [_described(policy) for policy in policies]}
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
        return
    for policy in policies:
        off = "" if policy.enabled else " (off until turned on)"
        click.echo(f"{policy.id}  {policy.severity.value:<8} {visible(policy.title, 100)}{off}")


def _described(policy: Policy) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(policy)
    return {name: value for name, value in described.items() if name != "file"}


@command.command("show")
@click.argument("id_", metavar="ID")
@_FOLDERS
def show(id_: str, folders: tuple[str, ...]) -> None:
    """Show what the policy ID looks for, and what to do about its findings."""
    policies = {policy.id: policy for policy in load(Selection(folders=folders))}
    policy = policies.get(id_.upper())
    if policy is None:
        raise UsageError(f"there is no policy {shown(id_)}{similar(id_.upper(), policies)}", "iaccheck policy list")
    for line in _policy_docs.plain(policy):
        click.echo(visible(line, 2000))


@command.command("docs", hidden=True)
def docs() -> None:
    """Print docs/policies.md: all policies, and how to write one."""
    click.echo(_policy_docs.page(load()), nl=False)


# --- test ----------------------------------------------------------------------------------------------------------


class _Found(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    policy: str
    address: str | None = None
    location: str | None = None

    def __str__(self) -> str:
        return " ".join(part for part in (self.policy, self.address, self.location) if part)


@command.command("test")
@click.argument("folder", metavar="DIR")
@_FOLDERS
@click.option(
    "--only", multiple=True, metavar="ID", help="Only these policies (default: those of --policies, else all)."
)
def test(folder: str, folders: tuple[str, ...], only: tuple[str, ...]) -> None:
    """Run each case in DIR: a folder with plan.json, which may be a fragment, and findings.json, what it must give.

    Exit status: 0 all cases are as they must be, 1 some are not, 2 bad input or usage.
    """
    cases = sorted(root for root, _, files in os.walk(folder) if _EXPECTED in files and _PLAN in files)
    if not cases:
        raise UsageError(f"{folder}: there is no case in it", f"a case is a folder with {_PLAN} and {_EXPECTED}")
    policies = load(Selection(folders=folders, only=only))
    looked_at = {p.id for p in policies if only == () or p.enabled} - (
        {p.id for p in load()} if folders and not only else set()
    )
    turned_on = {policy.id: Adjustment(enabled=True) for policy in policies if policy.id in looked_at}
    options = pipeline.Options(policies=Selection(folders=folders, adjustments=turned_on))
    failed = [case for case in cases if not _passes(case, os.path.relpath(case, folder), options, looked_at)]
    click.echo(f"{len(cases) - len(failed)} of {len(cases)} cases are as they must be")
    sys.exit(1 if failed else 0)


def _passes(case: str, name: str, options: pipeline.Options, looked_at: set[str]) -> bool:
    expected = set(_expected(case))
    report = pipeline.check([Document(os.path.join(case, _PLAN), _whole(case))], options)
    found = {_Found(f.policy, f.address, f.location) for f in report.findings if f.policy in looked_at}
    click.echo(f"{'ok  ' if found == expected else 'FAIL'} {visible(name, 200)}")
    _differences("missing", expected - found)
    _differences("not expected", found - expected)
    return found == expected


def _differences(what: str, findings: Iterable[_Found]) -> None:
    for finding in sorted(findings, key=str):
        click.echo(f"     {what}: {visible(str(finding), 400)}")


def _expected(case: str) -> list[_Found]:
    path = os.path.join(case, _EXPECTED)
    try:
        return msgspec.json.decode(_bytes(path), type=list[_Found])
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ConfigError(f"{path}: {str(error)[:200]}", f"write it as {_FORM}") from None


def _whole(case: str) -> bytes:
    """The plan of a case; a fragment is made whole: what every plan says is added, types come from addresses."""
    data = _bytes(os.path.join(case, _PLAN))
    try:
        document = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return data
    if not isinstance(document, dict) or "format_version" in document:
        return data
    for change in document.get("resource_changes") or ():
        if isinstance(change, dict) and isinstance(change.get("address"), str) and "type" not in change:
            parts = change["address"].split("[")[0].split(".") if change["address"].endswith("]") else []
            change["type"], change["name"] = (parts or change["address"].split("."))[-2:]
    return msgspec.json.encode({"format_version": "1.2", **document})


def _bytes(path: str) -> bytes:
    return userfile.read(path, path, "check the path", _MOST_BYTES)
