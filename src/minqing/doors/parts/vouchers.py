"""What proves a registration without us: the promise, the proof once it may be given, and both as the slip's file.

An accusation's slip must look like every other: the same parts, the same lengths, from the same moment on. So a proof
is given when the slowest leaf would have one (`record.log.rules.proved_from`), and never a second earlier.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.utils.safestring import SafeString

from minqing.ground.law.queries import now
from minqing.kernel.errors import Refusal
from minqing.means.documents.queries import qr_svg
from minqing.methods import tree
from minqing.methods.tree.spoken import spoken
from minqing.record.facts.queries import moments
from minqing.record.log import queries as log
from minqing.record.log.commands import promise
from minqing.record.log.rules import may_prove, proved_from


class NoVoucher(Refusal):
    code, status, text = "slip.no-voucher", 409, "这张回执现在还没有凭据文件。请过几个小时再来取。"


@dataclass(frozen=True)
class Voucher:
    """`proof` is None until `proved_from`, or while the leaf has no place; `short` and `signs` tell the printed head."""

    promise: str
    proof: str | None
    checkpoint: str
    until: datetime
    proved_from: datetime
    short: str
    signs: str

    @property
    def file(self) -> str:
        """The slip's file, `verify.py slip` and /log/check read it."""
        return tree.slip(self.promise, self.proof, self.checkpoint)

    @property
    def qr(self) -> SafeString:
        """The same without proof and witnesses, in ASCII, so that it can be photographed: 81 × 81 modules."""
        return SafeString(qr_svg(self.printed, error="l"))

    @property
    def printed(self) -> str:
        note = tree.read_note(self.checkpoint)
        alone = str(tree.Note(note.text, note.signatures[:1]))
        told = {"receipt_promise": self.promise, "tlog_proof": None, "checkpoint": alone}
        return json.dumps(told, separators=(",", ":"))


def with_proof() -> bool:
    """Whether slips carry promise and proof: only where those of accusations do too."""
    return bool(settings.MINQING_CLUES_LOGGED)


def promise_for(leaf_hash: bytes, at: datetime) -> str:
    """The receipt promise over any leaf hash (32 octets) given at `at`: a signed note, the same each time."""
    return promise(leaf_hash, at=at)


def voucher_of(leaf_hash: bytes, at: datetime) -> Voucher | None:
    """What proves the word registered at `at` under this leaf; None while slips carry no proof, or before the first head."""
    if not with_proof() or not leaf_hash:
        return None
    head = log.released_head(at=now())
    if head is None:
        return None
    proof = None if now() < proved_from(at) else proof_of(leaf_hash)
    until = at + timedelta(seconds=tree.slips.WITHIN)
    return Voucher(
        promise_for(leaf_hash, at), proof, head.note, until, proved_from(at), head.short, spoken(head.root)
    )


def voucher_file(voucher: Voucher | None, verify_no: str) -> HttpResponse:
    """To be kept: the same name and type whatever it is of."""
    if voucher is None:
        raise NoVoucher()
    answer = HttpResponse(voucher.file, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="slip-{verify_no}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


def proof_of(leaf_hash: bytes) -> str | None:
    """A leaf's .tlog-proof under the head that is published, if its hour has come."""
    place, head = log.place_of(leaf_hash), log.released_head(at=now())
    if place is None or head is None or place >= head.size:
        return None
    (line,) = log.leaves(place, place + 1)
    told_at = None if log.without_fact(line.leaf) else moments([line.id]).get(line.id)
    if not may_prove(at=now(), told_at=told_at, put_at=line.put_at):
        return None
    return str(log.proof_of(place, head))
