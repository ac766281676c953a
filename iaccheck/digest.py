"""digest: the SHA-256 of a file, worked out when somebody asks for it: hashing takes longer than decoding does."""

from functools import cached_property


class Digest:
    """Shown as 64 hexadecimal digits."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _hex(self) -> str:
        import hashlib

        return hashlib.sha256(self._data).hexdigest()

    def __str__(self) -> str:
        return self._hex

    def __repr__(self) -> str:
        return f"Digest({self._hex})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, (Digest, str)) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._hex)
