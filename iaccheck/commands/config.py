"""config: what is in force, and where each value comes from."""

import os
from typing import Any

import click
from click.core import ParameterSource

from iaccheck.commands import check
from iaccheck.commands._configured import configuration_of, flag
from iaccheck.render._escape import visible
from iaccheck.settings import Configuration

EXAMPLES = """\b
Examples:
  iaccheck config
  iaccheck config plans/prod.json --fail-on warning
"""
_HIDDEN = ("config", "help")


@click.command(
    epilog=EXAMPLES,
    context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PLAN...] [OPTIONS]")
def command(arguments: tuple[str, ...]) -> None:
    """Print the settings that `iaccheck check` has with these arguments, and where each value comes from."""
    ctx = check.command.make_context("check", list(arguments))
    configuration = configuration_of(ctx)
    click.echo(f"# configuration: {visible(configuration.file or 'none found')}")
    options = [
        param for param in check.command.params if isinstance(param, click.Option) and flag(param) not in _HIDDEN
    ]
    for param in sorted(options, key=flag):
        value = _text(ctx.params[str(param.name)])
        click.echo(f"{flag(param)}: {visible(value, 400)}  # {_origin(ctx, param, configuration)}")
    _only_in_files(configuration)


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _origin(ctx: click.Context, param: click.Option, configuration: Configuration) -> str:
    match ctx.get_parameter_source(str(param.name)):
        case ParameterSource.COMMANDLINE:
            return f"flag --{flag(param).replace('_', '-')}"
        case ParameterSource.ENVIRONMENT:
            names = [param.envvar] if isinstance(param.envvar, str) else list(param.envvar or ())
            return next((f"environment {name}" for name in names if name in os.environ), "environment")
        case ParameterSource.DEFAULT_MAP:
            return visible(configuration.origin(flag(param)))
    return "default"


def _only_in_files(configuration: Configuration) -> None:
    for id_, change in sorted(configuration.settings.policy.items()):
        said = {"enabled": change.enabled, "severity": change.severity, **change.parameters}
        text = ", ".join(f"{name}={_text(value)}" for name, value in said.items() if value is not None)
        click.echo(f"policy {visible(id_)}: {visible(text)}  # {visible(configuration.origin('policy', id_))}")
    for tracker in configuration.trackers:
        said_ = f"{tracker.location} by {tracker.owner} until {tracker.expires}"
        click.echo(f"tracker {visible(said_)}  # {visible(tracker.origin)}")
    for waiver in configuration.waivers:
        click.echo(f"waiver {visible(waiver.target)} until {waiver.expires}  # {visible(waiver.origin)}")
