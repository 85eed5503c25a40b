"""A small mail server on this machine that speaks as much IMAP as the poller asks for, and letters to put into it."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message


class Mailbox(socketserver.ThreadingTCPServer):
    """Letters by number, each with its flags; other folders by name. `refuse` answers NO to a login.

    `can`: what the server announces and does beyond RFC 3501; `fixed` lets nobody make a folder; `marks`: flags it keeps.
    """

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.letters: dict[int, bytes] = {}
        self.flags: dict[int, set[str]] = {}
        self.refuse, self.asked = False, list[str]()
        self.folders: dict[str, list[bytes]] = {}
        self.can, self.fixed, self.marks = "MOVE UIDPLUS", False, r"\Deleted \Flagged \*"

    def put(self, *letters: bytes) -> None:
        for letter in letters:
            number = max(self.letters, default=0) + 1
            self.letters[number], self.flags[number] = letter, set()

    @property
    def url(self) -> str:
        return f"imap://post%40county:geheim@127.0.0.1:{self.server_address[1]}/INBOX"


class Session(socketserver.StreamRequestHandler):
    server: Mailbox

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            word, _, rest = rest.partition(" ")
            if word.upper() == "UID":
                word, _, rest = rest.partition(" ")
            self.server.asked.append(f"{word} {rest}")
            act = getattr(self, f"do_{word.lower()}", None)
            done = act(rest) if act else "BAD not here"
            self.say(f"{tag} {done or 'OK done'}")
            if word.upper() == "LOGOUT":
                return

    def do_capability(self, _: str) -> None:
        self.say(f"* CAPABILITY IMAP4rev1 {self.server.can}".rstrip())

    def do_login(self, rest: str) -> str | None:
        right = rest.replace('"', "") == "post@county geheim"
        return "NO wrong" if self.server.refuse or not right else None

    def do_select(self, rest: str) -> str | None:
        self.say(f"* {len(self.server.letters)} EXISTS")
        self.say(f"* OK [PERMANENTFLAGS ({self.server.marks})] kept")
        return None if "INBOX" in rest else "NO no such folder"

    def do_search(self, rest: str) -> None:
        flagged = "UNFLAGGED" not in rest
        found = [
            n
            for n, flags in self.server.flags.items()
            if ("\\Flagged" in flags) == flagged
            and "\\Deleted" not in flags
            and ("UNKEYWORD $MinqingTaken" not in rest or "$MinqingTaken" not in flags)
        ]
        self.say("* SEARCH " + " ".join(map(str, found)))

    def do_fetch(self, rest: str) -> None:
        number = int(rest.split()[0])
        letter = self.server.letters[number]
        if "RFC822.SIZE" in rest:
            self.say(f"* {number} FETCH (UID {number} RFC822.SIZE {len(letter)})")
            return
        self.wfile.write(
            f"* {number} FETCH (UID {number} BODY[] {{{len(letter)}}}\r\n".encode() + letter + b")\r\n"
        )

    def do_store(self, rest: str) -> None:
        numbers, _, rest = rest.partition(" ")
        for number in numbers.split(","):
            self.server.flags[int(number)] |= set(re.findall(r"[\\$]\w+", rest.partition("(")[2]))

    def do_expunge(self, rest: str) -> str | None:
        if rest and "UIDPLUS" not in self.server.can:
            return "BAD no such command"
        for number in [n for n, flags in self.server.flags.items() if "\\Deleted" in flags]:
            if not rest or str(number) in rest.split(","):
                del self.server.letters[number], self.server.flags[number]
        return None

    def do_create(self, rest: str) -> str | None:
        if self.server.fixed:
            return "NO not allowed"
        self.server.folders.setdefault(rest.strip('"'), [])
        return None

    def do_copy(self, rest: str) -> str | None:
        number, _, folder = rest.partition(" ")
        if folder.strip('"') not in self.server.folders:
            return "NO [TRYCREATE] no such folder"
        self.server.folders[folder.strip('"')].append(self.server.letters[int(number)])
        return None

    def do_move(self, rest: str) -> str | None:
        if "MOVE" not in self.server.can:
            return "BAD no such command"
        refused = self.do_copy(rest)
        if refused is None:
            number = int(rest.partition(" ")[0])
            del self.server.letters[number], self.server.flags[number]
        return refused

    def do_logout(self, _: str) -> None:
        self.say("* BYE")


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as box:
        thread = threading.Thread(target=box.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            box.shutdown()
            thread.join(5)


def letter(
    text: str = "上湾村三组的自来水停了两天，请派人看看。", *, subject: str = "停水", sender: str = "林小满 <lin@example.invalid>",
    charset: str = "utf-8", message_id: str = "<1@example.invalid>", **headers: str,
) -> bytes:  # fmt: skip
    """A plain letter; headers are named with _ for -."""
    mail = Message()
    mail["From"], mail["Subject"] = _encoded(sender, charset), _encoded(subject, charset)
    if message_id:
        mail["Message-ID"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_payload(text.encode(charset), charset)
    return mail.as_bytes()


def _encoded(words: str, charset: str) -> str:
    if words.isascii():
        return words
    name, bracket, address = words.partition(" <")
    coded = "".join(f"={byte:02X}" for byte in name.encode(charset))
    return f"=?{charset}?Q?{coded}?={bracket}{address}"
