"""project: a pyproject.toml -> its [tool.iaccheck] and the lines of that table's keys."""

import re
from typing import Any

from iaccheck.errors import ConfigError
from iaccheck.userfile import Path

_TABLE = re.compile(r"\s*\[+\s*([^\]]*?)\s*\]+")
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_.-]+)["']?\s*=""")
_OWN = "tool.iaccheck"


def table(name: str, data: bytes) -> Any:
    """What the table holds; nothing where it isn't there."""
    import tomllib

    hint = "compare it with `iaccheck schema config`"
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: this is not valid TOML ({error})", hint) from None
    except (UnicodeError, ValueError, RecursionError):
        raise ConfigError(f"{name}: this is not valid TOML", hint) from None
    tool = document.get("tool")
    return tool.get("iaccheck") if isinstance(tool, dict) else None


def lines(data: bytes) -> dict[Path, int]:
    """The line of each key and table, as far as plain reading tells; tables in double brackets are numbered."""
    found: dict[Path, int] = {}
    here: Path | None = None
    numbers: dict[Path, int] = {}
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        if (opened := _TABLE.match(line)) and not _KEY.match(line):
            here = _own(opened[1])
            if here and line.lstrip().startswith("[["):
                index = numbers[here] = numbers.get(here, -1) + 1
                found.setdefault(here, number)
                here = (*here, index)
            if here:
                found.setdefault(here, number)
        elif here is not None and (key := _KEY.match(line)):
            found.setdefault((*here, *key[1].split(".")), number)
    return found


def _own(header: str) -> Path | None:
    if header != _OWN and not header.startswith(_OWN + "."):
        return None
    rest = header[len(_OWN) :].strip(".")
    return tuple(part.strip("\"'") for part in rest.split(".")) if rest else ()
