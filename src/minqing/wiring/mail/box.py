"""The mailbox at the county's mail server, by IMAP (RFC 3501): list, fetch, put away, set aside, erase."""

import imaplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from urllib.parse import unquote, urlsplit

HERE = {"127.0.0.1", "::1", "localhost"}
TIMEOUT_S = 10.0
TAKEN = "$MinqingTaken"
TODO = f"UNDELETED UNFLAGGED UNKEYWORD {TAKEN}"
FOLDER, DELETE, FLAG = "Minqing", "delete", "flag"
"""What becomes of a letter that was taken: into this folder, or one of another name; or gone; or marked where it lies."""


class BoxClosed(Exception):
    """The mailbox could not be opened or went away; says why, never with the password."""


class Box:
    """`imaps://user:password@host:993/INBOX`; `imap://` is raised to TLS, except on this machine.

    Whether somebody has read a letter in a mail program does not matter: only what was taken lies elsewhere or bears
    our mark, only what was set aside is flagged. `taken`: a folder, `delete` or `flag`.
    """

    def __init__(self, url: str, *, taken: str = FOLDER, timeout: float = TIMEOUT_S) -> None:
        self.parts, self.timeout, self.taken = urlsplit(url), timeout, taken.strip() or FOLDER
        if not self.taken.isascii() or '"' in self.taken or not self.taken.isprintable():
            raise BoxClosed("MINQING_IMAP_TAKEN must name a folder in plain ASCII, or be delete or flag")
        if self.parts.scheme not in {"imap", "imaps"} or not self.parts.hostname:
            raise BoxClosed("MINQING_IMAP_URL must read imaps://user:password@host/INBOX")
        self.folder = unquote(self.parts.path.strip("/")) or "INBOX"
        self._abilities: set[str] = set()
        self._marks = ""

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
            marks = self.server.response("PERMANENTFLAGS")[1] or []
            self._marks = " ".join(one.decode(errors="replace") for one in marks if isinstance(one, bytes))
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

    def put_away(self, uid: str) -> None:
        """A letter that is durable here, kept by the server as the county wishes and as far as the server can."""
        if self.taken == DELETE:
            self.erase(uid)
        elif self.taken == FLAG or not self._moved(uid):
            self._mark(uid)

    def _moved(self, uid: str) -> bool:
        """Into the folder, which is made when it is missing; False when this server lets us have none."""
        moves = "MOVE" in self._can()
        for again in (False, True):
            if self._tried("MOVE" if moves else "COPY", uid, f'"{self.taken}"'):
                break
            if again or not self._made(self.taken):
                return False
        if not moves:
            self._uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
            if "UIDPLUS" in self._can():  # else it stays, marked: a bare EXPUNGE takes others' letters too
                self._uid("EXPUNGE", uid)
        return True

    def _mark(self, uid: str) -> None:
        """Where the server keeps no marks of ours it is marked as deleted, and nothing is ever expunged."""
        ours = r"\*" in self._marks or TAKEN in self._marks
        self._uid("STORE", uid, "+FLAGS.SILENT", f"({TAKEN})" if ours else r"(\Deleted)")

    def erase(self, uid: str) -> None:
        """Off the server for good: what is sealed here may lie open nowhere else."""
        self._uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self._can():
            self._uid("EXPUNGE", uid)
            return
        try:
            self.server.expunge()
        except (OSError, imaplib.IMAP4.error) as error:
            raise BoxClosed(f"{self.place}: EXPUNGE: {type(error).__name__}") from None

    def _can(self) -> set[str]:
        """What the server can now, after the login."""
        if not self._abilities:
            (said, *_) = self._ask("CAPABILITY", self.server.capability())
            self._abilities = set(said.decode().upper().split()) if isinstance(said, bytes) else {"IMAP4REV1"}
        return self._abilities

    def _tried(self, what: str, *arguments: str) -> bool:
        try:
            return self.server.uid(what, *arguments)[0] == "OK"
        except (OSError, imaplib.IMAP4.abort) as error:
            raise BoxClosed(f"{self.place}: {what}: {type(error).__name__}") from None
        except imaplib.IMAP4.error:  # BAD: not on this server
            return False

    def _made(self, folder: str) -> bool:
        try:
            return self.server.create(f'"{folder}"')[0] == "OK"
        except (OSError, imaplib.IMAP4.abort) as error:
            raise BoxClosed(f"{self.place}: CREATE: {type(error).__name__}") from None
        except imaplib.IMAP4.error:
            return False
