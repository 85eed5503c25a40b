"""Many posts from one place are made slow, never refused: a sum that the browser does, or else some seconds of waiting.

A page carries a signed ticket of the moment it was made. Whoever wrote for longer than the wait has waited already.
"""

import hmac
import time
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid4

from django.http import HttpRequest

from minqing.doors.parts.web import client_of
from minqing.ground.law.queries import now
from minqing.kernel.keys import secret
from minqing.watch.clues.commands import tries

BITS = 16
OLDEST_S = 12 * 3600


@dataclass(frozen=True)
class Ticket:
    """`form_key`: by which a form sent twice is known. The text is what the browser's sum is about."""

    form_key: str
    made: int

    @property
    def text(self) -> str:
        said = f"{self.form_key}.{self.made}"
        return f"{said}.{_mac(said)}"

    @property
    def bits(self) -> int:
        return BITS


def new_ticket() -> Ticket:
    return Ticket(uuid4().hex, int(time.time()))


def read_ticket(text: str) -> Ticket:
    """The ticket a page carried; a new one for what nobody signed, or for yesterday's."""
    key, _, rest = text.partition(".")
    made, _, mac = rest.partition(".")
    try:
        found = Ticket(UUID(key).hex, int(made[:12]))
    except ValueError:
        return new_ticket()
    fresh = 0 <= time.time() - found.made <= OLDEST_S
    return found if fresh and hmac.compare_digest(_mac(f"{found.form_key}.{made}"), mac) else new_ticket()


def wait_for(request: HttpRequest, ticket: Ticket) -> int:
    """Counts this post; the seconds its sender has still to wait, none for who did the sum."""
    n = tries.count(tries.shared("post", client_of(request)), at=now())
    owed = tries.wait_of(n)
    if not owed or solved(ticket, request.POST.get("sum", "")):
        return 0
    return max(0, owed - (int(time.time()) - ticket.made))


def solved(ticket: Ticket, found: str) -> bool:
    """Whether the SHA-256 of ticket and number begins with enough noughts."""
    if not (found.isascii() and found.isdigit() and len(found) <= 16):
        return False
    digest = sha256(f"{ticket.text}:{found}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - BITS) == 0


def _mac(said: str) -> str:
    return hmac.digest(secret("pepper"), b"ticket/v1|" + said.encode(), "sha256").hex()[:32]
