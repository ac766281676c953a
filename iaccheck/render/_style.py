"""style: how a report is to look where it is looked at; formats that machines read don't ask."""

from msgspec import Struct


class Style(Struct, frozen=True):
    """`detail`: -1 the verdict alone, 0 as usual, 1 with the events of each resource.

    `waived`: whether formats whose readers take each finding for an open one hold waived findings too.
    """

    width: int = 80
    color: bool = False
    detail: int = 0
    waived: bool = False


PLAIN = Style()
