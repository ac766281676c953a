"""__main__: the command line: finds subcommands by their files, and lets no exception out.

Python ends a crash with 1, the status that CI reads as «findings»: so every exception is turned into a status here.
"""

import gc
import importlib
import os
import sys

import click

from iaccheck import __version__
from iaccheck.errors import IaccheckError

CLEAN, FINDINGS, BAD_INPUT, BUG = 0, 1, 2, 3
DEFAULT = "check"


class Commands(click.Group):
    """Subcommands by the files of commands/; what is none of them is a plan to check."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "commands")
        names = (name[:-3] for name in os.listdir(folder) if name.endswith(".py") and not name.startswith("_"))
        return sorted(names)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"iaccheck.commands.{name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {*self.list_commands(ctx), "--help", "-h", "--version"}
        if args and args[0] not in known:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="\b\nExamples:\n  iaccheck plan.json\n  iaccheck plan.json -f markdown\n  iaccheck actions --verb create\n",
)
@click.version_option(__version__, prog_name="iaccheck")
def cli() -> None:
    """Which audit events a Terraform plan causes in IBM Cloud Secrets Manager, and whether a tracker receives each.

    `iaccheck PLAN` is `iaccheck check PLAN`.
    """


def main() -> None:
    """Run the command line and exit: 0 clean, 1 findings, 2 bad input or usage, 3 a bug of iaccheck."""
    # A run is short and what it makes has no cycles: looking for garbage took a fifth of a large plan's time.
    gc.disable()
    try:
        cli.main(prog_name="iaccheck", standalone_mode=False)
    except IaccheckError as error:
        _say(f"error: {error.problem}")
        if error.hint:
            _say(f" hint: {error.hint}")
        sys.exit(BAD_INPUT)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show(sys.stderr)
        sys.exit(BAD_INPUT)
    except BrokenPipeError:
        # The reader (`head`) has what it wanted.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CLEAN)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        _report_bug(error)
        sys.exit(BUG)


def _say(text: str) -> None:
    from iaccheck.render._escape import visible

    click.echo(visible(text, 2000), err=True)


def _report_bug(error: Exception) -> None:
    """Where it happened, without the message and the values of the exception: they may hold a secret."""
    import traceback

    for frame in traceback.extract_tb(error.__traceback__)[-6:]:
        click.echo(f"  {os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}", err=True)
    click.echo(f"{type(error).__name__}: this is a bug in iaccheck, not in your plan", err=True)
    click.echo(
        "please report it with the lines above and `iaccheck --version`; they hold nothing of your plan", err=True
    )


if __name__ == "__main__":
    main()
