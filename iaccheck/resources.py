"""resources: where the files that ship with iaccheck lie."""

import os
from pathlib import Path

_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def data(*parts: str) -> str:
    """The path of a file or folder of `iaccheck/data/`."""
    return os.path.join(_PACKAGE, "data", *parts)


def policies() -> Path:
    """The shipped packs: inside the wheel, or at the top level of a checkout."""
    shipped = Path(data("policies"))
    return shipped if shipped.is_dir() else Path(_PACKAGE).parent / "policies"


def stems(*parts: str, ending: str = ".yaml") -> tuple[str, ...]:
    """Names of the files in a folder of `data/`, without their ending, sorted."""
    folder = data(*parts)
    return tuple(sorted(name[: -len(ending)] for name in os.listdir(folder) if name.endswith(ending)))
