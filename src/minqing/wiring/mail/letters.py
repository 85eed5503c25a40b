"""Signs and words of a letter: charsets as they are really used, encoded headers, HTML as text. Pure."""

import codecs
import re
from binascii import Error as NotBase64
from email.header import decode_header
from email.message import Message
from html.parser import HTMLParser

AS_USED = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030",
    "hz-gb-2312": "hz", "big5": "big5hkscs", "big-5": "big5hkscs", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs",
    "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8",
    "iso-8859-1": "", "latin1": "", "x-unknown": "", "unknown-8bit": "", "default": "",
}  # fmt: skip
"""What a mail says it is written in, and what it is read as: the wider set that contains it, or "" for: says nothing."""
GUESSES = ("utf-8", "gb18030", "big5hkscs")
ENCODED = re.compile(r"=\?[^?\s]+\?[bqBQ]\?[^?]*\?=")
BETWEEN = re.compile(r"(\?=)\s+(=\?)")


def in_words(raw: bytes, charset: str | None = None) -> str:
    """Bytes as text: the named charset if it fits, else what they most likely are; at worst with U+FFFD, never cut."""
    named = (charset or "").strip().strip("\"'").lower()
    named = AS_USED.get(named, named)
    for one in (named, *(("cp950",) if named == "big5hkscs" else ()), *GUESSES):
        try:
            return raw.decode(codecs.lookup(one).name)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    try:
        return raw.decode(named, "replace")
    except (
        LookupError,
        ValueError,
    ):  # no such charset, or one that can only refuse, like Python's "undefined"
        return raw.decode("utf-8", "replace")


def header(message: Message, name: str) -> str:
    """One header in words: RFC 2047, or the bare 8-bit signs that some senders put there."""
    return next(iter(headers(message, name)), "")


def headers(message: Message, name: str) -> list[str]:
    found = [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    return [_line(value) for value in found]


def _line(value: str) -> str:
    raw = value.encode("utf-8", "surrogateescape")
    plain = raw.decode("ascii") if raw.isascii() else in_words(raw)
    plain = " ".join(plain.split())
    if not ENCODED.search(plain):
        return plain
    try:
        # A sign may be broken across two encoded words: their bytes are joined before they are read.
        pieces: list[tuple[bytes, str | None]] = []
        for part, charset in decode_header(BETWEEN.sub(r"\1 \2", plain)):
            piece = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
            if pieces and charset and pieces[-1][1] == charset:
                pieces[-1] = (pieces[-1][0] + piece, charset)
            else:
                pieces.append((piece, charset))
        return " ".join("".join(in_words(piece, charset) for piece, charset in pieces).split())
    except (NotBase64, ValueError, LookupError):
        return plain


class _Text(HTMLParser):
    """What a reader of an HTML letter would see, line by line."""

    HIDDEN = frozenset({"script", "style", "head", "title", "template", "svg"})
    LINES = frozenset({
        "p", "div", "br", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "pre",
        "section", "article", "header", "footer", "dl", "dt", "dd",
    })  # fmt: skip
    ALONE = frozenset({"br", "hr", "img", "meta", "link", "input", "area", "base", "col", "wbr"})
    UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        unseen = tag in self.HIDDEN or self.UNSEEN.search(dict(attrs).get("style") or "")
        if (self.hidden or unseen) and tag not in self.ALONE:
            self.hidden.append(tag)
        elif tag in self.LINES:
            self.said.append("\n- " if tag == "li" else "\n")
        elif tag in {"td", "th"}:
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            # Unclosed tags inside something hidden end with it.
            if tag in self.hidden:
                del self.hidden[len(self.hidden) - 1 - self.hidden[::-1].index(tag) :]
        elif tag in self.LINES and tag not in self.ALONE:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(re.sub(r"[ \t\r\n\f\xa0]+", " ", data))


def text_of_html(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = [line.strip() for line in "".join(parser.said).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


BY_MAIL = re.compile(
    r"(?:发|用|通过|以)\s?(?:电子)?(?:邮件|邮箱|e-?mail).{0,6}(?:回复|答复|回信|告诉|告知|通知|联系)|"
    r"(?:回复|答复|回信|通知|告知).{0,8}(?:邮件|邮箱|e-?mail)|(?:邮件|邮箱|e-?mail)(?:回复|答复|回信|通知|告知)|"
    r"(?:reply|answer|respond|write|let me know|inform me|contact me).{0,40}\b(?:by|via|through|per|to this|at this)\s+e-?mail",
    re.IGNORECASE,
)
NOT_BY_MAIL = re.compile(
    r"(?:不要|不用|不必|别|勿|\b(?:don.?t|not|no)\b)\s?.{0,6}(?:邮件|邮箱|e-?mail|reply|answer|回复|答复)",
    re.IGNORECASE,
)


def asks_for_mail(text: str) -> bool:
    """Does the writer ask, in words, to be answered by mail? Rather too seldom yes: who is in doubt looks by the code."""
    asked = BY_MAIL.search(text)
    return asked is not None and not NOT_BY_MAIL.search(text[max(0, asked.start() - 8) : asked.end()])


QUOTED = re.compile(
    r"^\s*(?:-{2,}\s*(?:原始邮件|原邮件|回复的原邮件|转发的邮件|Original Message|Forwarded message)|_{10,}\s*$"
    r"|在\s?.{4,80}写道[:：]\s*$|On .{4,120} wrote:\s*$|发件人[:：].*@|From:.*@)",
    re.IGNORECASE | re.MULTILINE,
)


def newly_said(text: str) -> str:
    """The answer without the letter it quotes; the whole when nothing else would be left."""
    first = QUOTED.search(text)
    own = text[: first.start()] if first else text
    own = "\n".join(line for line in own.split("\n") if not line.lstrip().startswith(">")).strip()
    return own or text.strip()
