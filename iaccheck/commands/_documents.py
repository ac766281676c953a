"""documents: what the command line names -> the files it stands for."""

import sys
from collections.abc import Iterable
from pathlib import Path

from iaccheck.errors import InputError, UsageError
from iaccheck.model import Document


def labelled(text: str) -> tuple[str | None, str]:
    """`dev=plans/dev.json` -> its label and its path; a path that exists is a path."""
    label, equals, path = text.partition("=")
    if equals and label and path and not Path(text).exists():
        return label, path
    return None, text


def documents(plans: Iterable[str], names: Iterable[str]) -> list[Document]:
    """The plans, those with a label first as they were given."""
    found = [_document(path, label) for label, path in map(labelled, names)]
    for document, text in zip(found, names, strict=True):
        if document.label is None:
            raise UsageError(f"--name {text}: there is no label", f"write --name LABEL={text}")
    found += [_document(path, None) for path in plans]
    if not found:
        raise UsageError("there is no plan to check", "iaccheck plan.json (made with: terraform show -json tfplan)")
    return found


def evidence(files: Iterable[str]) -> list[Document]:
    """Files that are only looked at."""
    return [_document(path, label) for label, path in map(labelled, files)]


def _document(path: str, label: str | None) -> Document:
    if path == "-":
        return Document("<stdin>", sys.stdin.buffer.read(), label)
    try:
        return Document(path, Path(path).read_bytes(), label)
    except IsADirectoryError:
        raise InputError(
            f"{path}: this is a directory, not a plan", "terraform show -json tfplan > plan.json"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or 'cannot be read'}", "check the path of the file") from None
    except ValueError:
        raise InputError(f"{path}: this is no path", "check the path of the file") from None
