"""C2SP tlog-witness over HTTP: POST /add-checkpoint; GET / shows what was seen last, as JSON.

Nobody who calls can make it hold more than `AT_ONCE` connections, one for longer than `LONGEST_S`, or a body over
`judging.LONGEST`. No address of a caller is written down.
"""

import contextlib
import json
import socket
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from minqing.wiring.witness.judging import LONGEST, PLAIN, Reply, Witness

AT_ONCE: Final = 32
QUIET_S: Final = 10
LONGEST_S: Final = 30.0
BUSY: Final = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Server(ThreadingHTTPServer):
    """`serve_forever`, and `shutdown` from another thread. It may be killed at any instant."""

    request_queue_size = 64
    daemon_threads = True

    def __init__(
        self, host: str, port: int, witness: Witness, *, at_once: int = AT_ONCE, longest_s: float = LONGEST_S
    ) -> None:
        self.witness, self.longest_s = witness, longest_s
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.room = threading.BoundedSemaphore(at_once)
        self.since: dict[Any, float] = {}
        super().__init__((host, port), Handler)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer would ask the name service who we are
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self.room.acquire(blocking=False):
            with contextlib.suppress(OSError):
                request.settimeout(1)
                request.sendall(BUSY)
            self.shutdown_request(request)
            return
        self.since[request] = time.monotonic()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._leave(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._leave(request)

    def _leave(self, request: Any) -> None:
        self.since.pop(request, None)
        self.room.release()

    def service_actions(self) -> None:
        """Who sends one octet at a time is let go in the end."""
        moment = time.monotonic()
        for request, since in list(self.since.items()):
            if moment - since > self.longest_s:
                with contextlib.suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        kind = sys.exc_info()[0]
        if kind is not None and not issubclass(kind, OSError):
            print(f"error {kind.__name__}", file=sys.stderr, flush=True)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "minqing-witness", ""
    timeout = QUIET_S
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._close(404, "POST /add-checkpoint\n")
        elif "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self._close(411, "say how long it is\n")
        elif len(length) > 9 or int(length) > LONGEST:
            self._close(413, "too long\n")
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                self._tell(self.server.witness.take(body))
            else:
                self.close_connection = True

    def do_GET(self) -> None:
        if self.path != "/":
            self._close(404, "GET /\n")
            return
        told = json.dumps(self.server.witness.status(), ensure_ascii=False, indent=1) + "\n"
        self._tell(Reply(200, told, "application/json"))

    def _close(self, status: int, text: str) -> None:
        self.close_connection = True  # what else was sent is not read
        self._tell(Reply(status, text))

    def _tell(self, reply: Reply) -> None:
        data = reply.text.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind or PLAIN)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)
        if reply.about or reply.status >= 400:
            self._note(f"{reply.status} {reply.about} {reply.evidence.name if reply.evidence else ''}")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing of the caller."""

    def _note(self, text: str) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        shown = "".join(sign if sign.isprintable() else "?" for sign in text.strip())
        print(f"{at} {shown[:200]}", file=sys.stderr, flush=True)
