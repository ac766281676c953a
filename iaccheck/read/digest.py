"""digest: the SHA-256 of a file, worked out beside the decoding where the file is large.

Hashing takes as long as decoding does, and lets go of the interpreter while it works.
"""

import hashlib
from threading import Thread

_LARGE = 1 << 20


class Digest:
    """Begins at once; `hex` waits for it."""

    def __init__(self, data: bytes) -> None:
        self._hex = ""
        self._data = data
        self._thread = Thread(target=self._work, daemon=True) if len(data) > _LARGE else None
        if self._thread is not None:
            self._thread.start()

    def hex(self) -> str:
        if self._thread is not None:
            self._thread.join()
        elif not self._hex:
            self._work()
        return self._hex

    def _work(self) -> None:
        self._hex = hashlib.sha256(self._data).hexdigest()
