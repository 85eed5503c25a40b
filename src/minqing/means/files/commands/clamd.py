"""A client for clamd's INSTREAM, where a county runs one. Without it files are kept and marked 未查毒."""

import socket
import struct
from contextlib import closing

from minqing.means.files.rules import FileState

CHUNK = 256 * 1024
PATIENCE = 10.0


def _call(address: str) -> socket.socket:
    """`unix:/run/clamav/clamd.ctl` or `host:port`."""
    if not address.startswith("unix:"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=PATIENCE)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(PATIENCE)
        line.connect(address.removeprefix("unix:"))
    except OSError:
        line.close()
        raise
    return line


def scan(address: str, content: bytes | bytearray | memoryview) -> FileState:
    """CLEAN or QUARANTINED when clamd says so; UNSCANNED when it is off, busy or finds the file too large."""
    if not address:
        return FileState.UNSCANNED
    view = memoryview(content)
    try:
        with closing(_call(address)) as line:
            line.sendall(b"zINSTREAM\0")
            for at in range(0, len(view), CHUNK):
                part = view[at : at + CHUNK]
                line.sendall(struct.pack(">I", len(part)))
                line.sendall(part)
            line.sendall(struct.pack(">I", 0))
            said = b""
            while not said.endswith(b"\0") and (more := line.recv(4096)):
                said += more
    except (OSError, ValueError):
        return FileState.UNSCANNED
    if said.rstrip(b"\0\n").endswith(b" FOUND"):
        return FileState.QUARANTINED
    return FileState.CLEAN if said.rstrip(b"\0\n").endswith(b": OK") else FileState.UNSCANNED
