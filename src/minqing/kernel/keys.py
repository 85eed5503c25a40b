"""The county's secrets: files of raw bytes in one folder, read once a process, never in the database."""

import os
from functools import cache
from pathlib import Path


@cache
def secret(name: str) -> bytes:
    """The bytes of `$MINQING_KEYS/<name>`; raises FileNotFoundError when the folder has no such key."""
    return (Path(os.environ["MINQING_KEYS"]) / name).read_bytes()
