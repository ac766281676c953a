"""style: how a report is to look where it is looked at; formats that machines read don't ask."""

from msgspec import Struct


class Style(Struct, frozen=True):
    """`detail`: -1 the verdict alone, 0 as usual, 1 with the events of each resource."""

    width: int = 80
    color: bool = False
    detail: int = 0


PLAIN = Style()
