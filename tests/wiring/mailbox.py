"""A small mail server on this machine that speaks as much IMAP as the poller asks for, and letters to put into it."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message


class Mailbox(socketserver.ThreadingTCPServer):
    """Letters by number, each with its flags. `refuse` answers NO to a login."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.letters: dict[int, bytes] = {}
        self.flags: dict[int, set[str]] = {}
        self.refuse, self.asked = False, list[str]()

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
            done = getattr(self, f"do_{word.lower()}")(rest)
            self.say(f"{tag} {done or 'OK done'}")
            if word.upper() == "LOGOUT":
                return

    def do_capability(self, _: str) -> None:
        self.say("* CAPABILITY IMAP4rev1")

    def do_login(self, rest: str) -> str | None:
        right = rest.replace('"', "") == "post@county geheim"
        return "NO wrong" if self.server.refuse or not right else None

    def do_select(self, rest: str) -> str | None:
        self.say(f"* {len(self.server.letters)} EXISTS")
        return None if "INBOX" in rest else "NO no such folder"

    def do_search(self, rest: str) -> None:
        flagged = "UNFLAGGED" not in rest
        found = [
            n
            for n, flags in self.server.flags.items()
            if ("\\Flagged" in flags) == flagged and "\\Deleted" not in flags
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
            self.server.flags[int(number)] |= set(re.findall(r"\\\w+", rest))

    def do_expunge(self, _: str) -> None:
        for number in [n for n, flags in self.server.flags.items() if "\\Deleted" in flags]:
            del self.server.letters[number], self.server.flags[number]

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
