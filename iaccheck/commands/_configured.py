"""configured: commands whose options a configuration and the environment can give: flags over IACCHECK_* over file."""

import os
from collections.abc import Collection, Mapping
from typing import Any

import click
from click.core import ParameterSource

from iaccheck import settings
from iaccheck.errors import ConfigError
from iaccheck.settings import Configuration

_KEY = "iaccheck.configuration"
_NOT_SETTINGS = ("config", "help")


class Configured(click.Command):
    """A command that looks for its configuration before it reads its options.

    `own`: options that only share their name with a setting.
    """

    def __init__(self, *args: Any, own: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._settings = {
            flag(param): param
            for param in self.params
            if isinstance(param, click.Option) and flag(param) not in (*own, *_NOT_SETTINGS)
        }
        for name, param in self._settings.items():
            if param.envvar is None and any(option.startswith("--") for option in param.opts):
                param.envvar = settings.PREFIX + name.upper()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        flags = self._settings
        settings.check_environment(os.environ, {*settings.Settings.__struct_fields__, *flags})
        configuration = _found(given)
        ctx.meta[_KEY] = configuration
        ctx.default_map = {
            str(flags[name].name): [value] if flags[name].multiple and not isinstance(value, list) else value
            for name, value in configuration.values().items()
            if name in flags
        }
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            param = error.param
            if param is None or ctx.get_parameter_source(str(param.name)) is not ParameterSource.DEFAULT_MAP:
                raise
            problem = f"{configuration.origin(flag(param))}: {flag(param)}: {error.message}"
            raise ConfigError(problem, "compare it with `iaccheck schema config`") from None


def flag(param: click.Parameter) -> str:
    """The name of an option in a configuration: `fail_on` of `--fail-on`."""
    long = next((name for name in param.opts if name.startswith("--")), param.name or "")
    return long.removeprefix("--").replace("-", "_")


def _found(given: Mapping[str, Any]) -> Configuration:
    """The configuration that a command line means: the named one, none, or the nearest to its first plan."""
    named = given.get("config")
    if isinstance(named, str):
        return settings.read(named) if named else Configuration()
    labelled = [name.rpartition("=")[2] for name in _words(given.get("names"))]
    plans = [*_words(given.get("plans")), *_words(given.get("plan")), *labelled]
    first = next((plan for plan in plans if plan and plan != "-"), "")
    return settings.find((first if os.path.isdir(first) else os.path.dirname(first)) or ".")


def _words(given: object) -> list[str]:
    """What was given for an argument or option; click marks what wasn't with a value of its own."""
    if isinstance(given, str):
        return [given]
    return [word for word in given if isinstance(word, str)] if isinstance(given, (list, tuple)) else []


def configuration_of(ctx: click.Context) -> Configuration:
    found: Configuration = ctx.meta.get(_KEY, Configuration())
    return found
