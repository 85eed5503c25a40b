"""One raw mail as a letter: who wrote, what, with which attachments, in answer to what; and whether a person wrote. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from hashlib import sha256
from uuid import UUID

from minqing.doors.parts.text import clean
from minqing.methods.codes import BadNumber, is_code, read_verify_number
from minqing.wiring.mail.letters import header, headers, in_words, text_of_html

ADDRESS = re.compile(r"[^@\s<>\",;:()\[\]\\]{1,64}@[^@\s<>\",;:()\[\]\\]{1,130}")
OURS = re.compile(r"<([0-9a-fA-F]{8}-[0-9a-fA-F-]{27})@([^>\s]+)>")
VERIFY = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Za-z]{4}[-－—– ]?[0-9A-Za-z]{4}[-－—– ]?[0-9A-Za-z]{4}(?![0-9A-Za-z])"
)
SIXTEEN = re.compile(r"(?<!\d)\d(?:[ \-－—]?\d){15}(?!\d)")
MACHINES = ("bulk", "junk", "list", "auto_reply", "auto-reply")
FORWARDED = "—— 转来的信 ——"
DEEPEST = 8


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes


@dataclass(frozen=True)
class Bounce:
    """A letter of ours came back: which ones it names, and why."""

    messages: tuple[UUID, ...]
    why: str


@dataclass(frozen=True)
class Letter:
    """`machine` says why no person is behind it; `quiet` asks that nothing answers by itself."""

    key: str
    sender: str
    name: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    answers: tuple[UUID, ...] = ()
    verify_numbers: tuple[str, ...] = ()
    machine: str = ""
    quiet: bool = False
    doubtful: bool = False
    bounce: Bounce | None = None

    @property
    def lang(self) -> str:
        return (
            "zh-hans"
            if re.search(r"[\u3400-\u9fff]", self.subject + self.text) or not self.text.strip()
            else "en"
        )


def read(raw: bytes, *, domain: str, own: frozenset[str] = frozenset()) -> Letter:
    """`domain` is that of our own Message-IDs, `own` the addresses the county itself writes from."""
    mail = message_from_bytes(raw)
    said = list(_parts(mail))
    text = "\n\n".join(part for part in (words for words, _ in said) if part)
    name, address = parseaddr(header(mail, "From"))
    address = address.strip().lower()
    address = address if ADDRESS.fullmatch(address) else ""
    subject = unseen_codes(clean(header(mail, "Subject")).text.replace("\n", " ").strip())
    answered = " ".join([*headers(mail, "In-Reply-To"), *headers(mail, "References")])
    text = unseen_codes(clean(text).text.strip())
    return Letter(
        key=_key(header(mail, "Message-ID"), address, subject, text, raw), sender=address,
        name="" if ADDRESS.fullmatch(name.strip()) else clean(name).text.strip()[:100],
        subject=subject, text=text, attachments=tuple(file for _, file in said if file is not None),
        answers=_ours(answered, domain), verify_numbers=_numbers(subject),
        machine=_machine(mail, address, own), quiet=_quiet(mail), doubtful=_doubtful(mail), bounce=_bounce(mail, raw, domain),
    )  # fmt: skip


def unseen_codes(text: str) -> str:
    """A query code that somebody writes into a letter is not kept in the clear: with it anybody could read the slip."""
    return SIXTEEN.sub(lambda found: "〔查询码〕" if is_code(found[0]) else found[0], text)


def _key(message_id: str, address: str, subject: str, text: str, raw: bytes) -> str:
    """The same letter on two ways is one; other words under a Message-ID used before are another letter.

    Hashed, since programs put names and addresses into a Message-ID.
    """
    if not message_id:
        return "raw:" + sha256(raw).hexdigest()
    return (
        "mid:"
        + sha256("\0".join((message_id, address, subject, text)).encode("utf-8", "replace")).hexdigest()
    )


def _parts(mail: Message, deep: int = 0) -> Iterator[tuple[str, Attachment | None]]:
    """(words, file) of every leaf, in order; of alternatives the plain one, or else the HTML one."""
    if deep > DEEPEST:
        return
    kind, whole = mail.get_content_type(), mail.get_payload()
    inner = [part for part in whole if isinstance(part, Message)] if isinstance(whole, list) else None
    if kind == "multipart/alternative" and inner is not None:
        kinds = [list(_parts(part, deep + 1)) for part in inner]
        spoken = [one for one in kinds if any(words.strip() for words, _ in one)]
        yield from spoken[0] if spoken else []
        yield from (pair for one in kinds if one not in spoken[:1] for pair in one if pair[1] is not None)
    elif kind == "message/rfc822" and inner:
        yield FORWARDED, None
        yield from _parts(inner[0], deep + 1)
    elif inner is not None:
        for part in inner:
            yield from _parts(part, deep + 1)
    else:
        yield _leaf(mail, kind)


def _leaf(part: Message, kind: str) -> tuple[str, Attachment | None]:
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    name = _file_name(part)
    shown = "attachment" not in header(part, "Content-Disposition").lower()
    if kind in {"text/plain", "text/html"} and shown and not name:
        words = in_words(content, part.get_param("charset", failobj=None, header="content-type"))  # type: ignore[arg-type]
        return (text_of_html(words) if kind == "text/html" else words).strip(), None
    if kind.startswith(("message/", "text/rfc822-headers")) or not content:
        return "", None
    return "", Attachment(name or f"file.{part.get_content_subtype()[:10]}", content)


def _file_name(part: Message) -> str:
    for field, name in (("content-disposition", "filename"), ("content-type", "name")):
        found = part.get_param(name, failobj=None, header=field)
        if isinstance(found, tuple):  # RFC 2231: charset, language, percent-decoded signs
            return clean(in_words(found[2].encode("latin-1", "replace"), found[0])).text[:200]
        if found:
            holder = Message()
            holder["X"] = str(found)
            return clean(header(holder, "X")).text[:200]
    return ""


def _machine(mail: Message, address: str, own: frozenset[str]) -> str:
    """RFC 3834: what a machine sent is neither registered nor answered, or two machines write to each other for ever."""
    if header(mail, "Auto-Submitted").partition(";")[0].strip().lower() not in {"", "no"}:
        return "auto-submitted"
    if any(value.strip() == "<>" for value in headers(mail, "Return-Path")):
        return "null-sender"
    if address in own:
        return "own-address"
    if (
        header(mail, "Precedence").strip().lower() in MACHINES
        or header(mail, "X-Autoreply")
        or header(mail, "X-Autorespond")
    ):
        return "bulk"
    if header(mail, "List-Id") or header(mail, "List-Unsubscribe"):
        return "list"
    if address.partition("@")[0] in {"mailer-daemon", "postmaster"}:
        return "daemon"
    return ""


def _quiet(mail: Message) -> bool:
    wanted = header(mail, "X-Auto-Response-Suppress").lower()
    return any(word in wanted for word in ("all", "autoreply", "oof")) or header(
        mail, "From"
    ).lower().startswith("noreply")


def _doubtful(mail: Message) -> bool:
    """Our own server (the first to be named) says that the sender's address is not the sender's."""
    checked = next(iter(headers(mail, "Authentication-Results")), "").lower()
    return "dmarc=fail" in checked or ("spf=fail" in checked and "dkim=pass" not in checked)


def _ours(text: str, domain: str) -> tuple[UUID, ...]:
    found = []
    for number, host in OURS.findall(text):
        if host.lower() == domain.lower():
            try:
                found.append(UUID(number))
            except ValueError:
                continue
    return tuple(dict.fromkeys(found))


def _numbers(subject: str) -> tuple[str, ...]:
    found = []
    for typed in VERIFY.findall(subject):
        try:
            found.append(read_verify_number(typed))
        except BadNumber:
            continue
    return tuple(dict.fromkeys(found))


def _bounce(mail: Message, raw: bytes, domain: str) -> Bounce | None:
    """RFC 3464: the report of a failed delivery. A delay is no failure."""
    reports = [part for part in mail.walk() if part.get_content_type() == "message/delivery-status"]
    if not reports and not (
        header(mail, "X-Failed-Recipients") or _machine(mail, "", frozenset()) == "null-sender"
    ):
        return None
    said = "\n".join(str(part) for part in reports).lower()
    if reports and "action: failed" not in said:
        return None
    messages = _ours(raw.decode("latin-1"), domain)
    status = re.search(r"^status:\s*([0-9.]{3,12})", said, re.MULTILINE)
    return Bounce(messages, f"came back {status[1] if status else ''}".strip()) if messages else None
