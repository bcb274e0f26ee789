"""The name of the one window of a journal, and a look whether there may be one, without loading QtNetwork (14 ms)."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QCryptographicHash, QDir


def server_name(journal: Path) -> str:
    """A name for the socket: one for each user and journal, telling nothing about either."""
    user = str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    plain = f"{user}\0{journal.expanduser().resolve()}".encode()
    # Qt's own hash is loaded already; hashlib would bring OpenSSL before the first paint.
    digest = bytes(QCryptographicHash.hash(plain, QCryptographicHash.Algorithm.Sha256).toHex().data()).decode()
    return f"dreamjournal-{digest[:20]}"


def may_be_open(journal: Path) -> bool:
    """Whether a window of this journal may be there: its socket's file is, where sockets are files."""
    return os.name != "posix" or Path(QDir.tempPath(), server_name(journal)).exists()
