"""The mailbox at the county's mail server, by IMAP (RFC 3501): list, fetch, take away, set aside."""

import imaplib
import ssl
from collections.abc import Iterable, Sequence
from contextlib import suppress
from types import TracebackType
from urllib.parse import unquote, urlsplit

HERE = {"127.0.0.1", "::1", "localhost"}
TIMEOUT_S = 10.0
TODO = "UNDELETED UNFLAGGED"


class BoxClosed(Exception):
    """The mailbox could not be opened or went away; says why, never with the password."""


class Box:
    """`imaps://user:password@host:993/INBOX`; `imap://` is raised to TLS, except on this machine.

    Whether somebody has read a letter in a mail program does not matter: only what was taken is gone, only what was
    set aside is flagged.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT_S) -> None:
        self.parts, self.timeout = urlsplit(url), timeout
        if self.parts.scheme not in {"imap", "imaps"} or not self.parts.hostname:
            raise BoxClosed("MINQING_IMAP_URL must read imaps://user:password@host/INBOX")
        self.folder = unquote(self.parts.path.strip("/")) or "INBOX"

    @property
    def place(self) -> str:
        """For messages: where, without the password."""
        return f"{self.parts.hostname}/{self.folder}"

    def __enter__(self) -> "Box":
        host = self.parts.hostname or ""
        try:
            if self.parts.scheme == "imaps":
                safe = ssl.create_default_context()
                self.server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                    host, self.parts.port or 993, ssl_context=safe, timeout=self.timeout
                )
            else:
                self.server = imaplib.IMAP4(host, self.parts.port or 143, timeout=self.timeout)
                if host not in HERE:
                    self.server.starttls(ssl.create_default_context())
            self.server.login(unquote(self.parts.username or ""), unquote(self.parts.password or ""))
            self._ask("SELECT", self.server.select(f'"{self.folder}"'))
        except (OSError, imaplib.IMAP4.error) as error:
            self._hang_up()
            raise BoxClosed(f"{self.place}: {type(error).__name__}") from None
        except BoxClosed:
            self._hang_up()
            raise
        return self

    def _hang_up(self) -> None:
        with suppress(OSError, imaplib.IMAP4.error, AttributeError):
            self.server.shutdown()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.server.logout()
        except (OSError, imaplib.IMAP4.error):
            self._hang_up()

    def _ask(self, what: str, answer: tuple[str, Sequence[object]]) -> Sequence[object]:
        state, data = answer
        if state != "OK":
            raise BoxClosed(f"{self.place}: {what}: {state}")
        return data

    def _uid(self, what: str, *arguments: str) -> Sequence[object]:
        try:
            return self._ask(what, self.server.uid(what, *arguments))
        except (OSError, imaplib.IMAP4.error) as error:
            raise BoxClosed(f"{self.place}: {what}: {type(error).__name__}") from None

    def _search(self, wanted: str) -> list[str]:
        (found, *_) = self._uid("SEARCH", *wanted.split())
        return found.decode().split() if isinstance(found, bytes) else []

    def waiting(self) -> list[str]:
        """Numbers of the letters that nobody has taken, oldest first."""
        return sorted(self._search(TODO), key=int)

    def aside(self) -> int:
        """How many letters were set aside for a person."""
        return len(self._search("UNDELETED FLAGGED"))

    def size(self, uid: str) -> int:
        for line in self._uid("FETCH", uid, "(RFC822.SIZE)"):
            if isinstance(line, bytes) and b"RFC822.SIZE" in line:
                return int(line.rpartition(b"RFC822.SIZE")[2].strip(b" )"))
        return 0

    def fetch(self, uid: str) -> bytes:
        """The letter as it came, without marking it."""
        for line in self._uid("FETCH", uid, "(BODY.PEEK[])"):
            if isinstance(line, tuple):
                return bytes(line[1])
        raise BoxClosed(f"{self.place}: letter {uid} is gone")

    def set_aside(self, uid: str) -> None:
        self._uid("STORE", uid, "+FLAGS.SILENT", r"(\Flagged)")

    def remove(self, uids: Iterable[str]) -> None:
        """What is durable here leaves the server: the words of residents lie in one place only."""
        wanted = ",".join(uids)
        if not wanted:
            return
        self._uid("STORE", wanted, "+FLAGS.SILENT", r"(\Deleted)")
        try:
            self.server.expunge()
        except (OSError, imaplib.IMAP4.error) as error:
            raise BoxClosed(f"{self.place}: EXPUNGE: {type(error).__name__}") from None
