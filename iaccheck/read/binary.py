"""binary: a saved plan (`terraform plan -out`) -> its JSON, by the Terraform or OpenTofu that is at hand.

The file is a zip: `tfplan` (a message of Terraform's own), the states, and the configuration of every module
(https://github.com/hashicorp/terraform/tree/main/internal/plans/planfile). Only Terraform can turn it into JSON, as
that needs the providers' schemas. It is run without a shell and without checking for updates, in the folder of the
plan, for a limited time; nothing is ever unpacked.
"""

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from iaccheck.errors import InputError

PROGRAMS = ("terraform", "tofu")
SECONDS = 120

_MEMBERS = ("tfplan", "tfstate", "tfstate-prev", ".terraform.lock.hcl")
_CONFIGURATION = "tfconfig/"
_MOST_MEMBERS = 20_000
_MOST_BYTES = 2 << 30
_MOST_RATIO = 250
_SMALL = 16 << 20


def show(path: Path, data: bytes, program: str | None, environment: Mapping[str, str]) -> bytes:
    """The JSON of a saved plan. `program`: the Terraform to run, else the first that is on PATH and can show it.

    Raises InputError for a zip that is no plan, and where no program can show it, with the command to run.
    """
    _check(path, data)
    found = [program] if program else [name for name in PROGRAMS if shutil.which(name)]
    if not found:
        raise InputError(
            f"{path}: this is a binary plan, and there is no terraform or tofu on PATH to show it",
            f"run where it was made: {_command(path)} (or name the program: --terraform PATH)",
        )
    said = []
    for name in found:
        shown, error = _run([name, "show", "-json", str(path.resolve())], path.resolve().parent, environment)
        if shown is not None:
            return shown
        said.append(f"{os.path.basename(name)}: {error}")
    raise InputError(f"{path}: {'; '.join(said)}", _hint(path, " ".join(said)))


def _command(path: Path) -> str:
    return f"terraform show -json {path.name} > plan.json"


def _hint(path: Path, said: str) -> str:
    if "plugin" in said or "provider" in said.lower() or "init" in said:
        return f"run in {path.parent}: terraform init && {_command(path)}"
    return f"run it yourself to see more: {_command(path)}"


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[bytes | None, str]:
    quiet = {**environment, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_CLI_ARGS": "", "TF_LOG": ""}
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell, a path of the user's own
            command, cwd=folder, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
    except FileNotFoundError:
        return None, "there is no such program"
    except PermissionError:
        return None, "this program may not be run"
    except subprocess.TimeoutExpired:
        return None, f"it did not end within {SECONDS} seconds"
    except OSError as error:
        return None, f"it cannot be run ({error.strerror})"
    if done.returncode == 0 and done.stdout.lstrip()[:1] == b"{":
        return done.stdout, ""
    return None, _first_words(done.stderr.decode("utf-8", "replace")) or f"it ended with {done.returncode}"


def _first_words(text: str) -> str:
    """The message of an error without its box and colours; Terraform's errors about a plan hold no values of it."""
    import re

    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    lines = [line.strip(" │╷╵\t") for line in plain.splitlines()]
    return " ".join(line for line in lines if line)[:400]


# --- what a saved plan looks like ----------------------------------------------------------------------------------


def _check(path: Path, data: bytes) -> None:
    """Refuse zips that no `terraform plan` wrote: before a program opens them, and without unpacking them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise InputError(
            f"{path}: this zip file is damaged", "make the plan again: terraform plan -out=tfplan"
        ) from None
    problem = _problem(members, len(data))
    if problem:
        raise InputError(f"{path}: {problem}", "hand over what terraform plan -out=FILE wrote")


def _problem(members: Sequence[zipfile.ZipInfo], size: int) -> str | None:
    names = [member.filename for member in members]
    if "tfplan" not in names:
        return "this is a zip file, but no saved plan (it holds no member `tfplan`)"
    if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
        return "a member of this zip leads out of it"
    if any(name not in _MEMBERS and not name.startswith(_CONFIGURATION) for name in names):
        return "this zip holds members that no saved plan has"
    total = sum(member.file_size for member in members)
    if len(members) > _MOST_MEMBERS or total > _MOST_BYTES or total > max(_SMALL, size * _MOST_RATIO):
        return "this zip unpacks to more than any saved plan"
    return None
