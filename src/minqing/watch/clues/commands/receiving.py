"""An accusation written on the sealed side's own page: closed to the discipline office's key before it is kept anywhere.

Exactly as the county closes one (methods/letters), so that a clue tells by nothing where it was written; its slip is
answered by the county too.
"""

import hmac
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import connections

from minqing.ground.offices.queries.finding import people_named
from minqing.kernel.ids import uuid7
from minqing.kernel.keys import secret, shut, unshut
from minqing.methods import codes, seal
from minqing.methods.clock import day_of
from minqing.methods.letters import ACCUSATION_AAD, CLUE_KIND, DROP, SLIP_AAD, Moment, padded
from minqing.record.log.rules import leaf_hash
from minqing.watch.clues.queries import AT_ONCE, DATABASE
from minqing.watch.clues.rules import MOST_NAMED, ClueClass, NothingWritten, TooManyNamed, Type, leaf_of

KEEP = f"SELECT verify_no, slip, fresh FROM {DROP}"  # noqa: S608  a constant
WORD = "SELECT clues_word(%s, %s, %s, %s)"


@dataclass(frozen=True)
class Accused:
    """What somebody wrote. `boxes`: their files, sealed one by one already."""

    text: str
    stands: ClueClass
    lang: str
    form_key: str
    place: str = ""
    about: str = ""
    keep_out: Sequence[str] = ()
    name: str = ""
    phone: str = ""
    word: str = ""
    boxes: Sequence[bytes] = field(default=(), repr=False)


@dataclass(frozen=True)
class Given:
    """What a slip tells. `code` is empty for the same form sent twice: it is told once."""

    code: str
    verify_no: str
    at: datetime
    leaf: bytes


def receive(said: Accused, *, at: datetime) -> Given:
    """Seal it and keep it for good. Nobody is refused for how often they write: doors may only make them wait."""
    if not said.text.strip():
        raise NothingWritten()
    if len(said.keep_out) > MOST_NAMED:
        raise TooManyNamed(limit=MOST_NAMED)
    pepper, code, verify_no = secret("pepper"), codes.new_code(), codes.verify_number(uuid4())
    leaf, opening = _leaf(said.text, at)
    boxes = [(uuid4(), box) for box in said.boxes]
    told = _told(said) | {
        "at": at.isoformat(), "verify_no": verify_no, "log": opening,
        "files": [{"id": str(pk), "sha256": sha256(box).hexdigest()} for pk, box in boxes],
    }  # fmt: skip
    slip_kept = shut(SLIP_AAD, bytes(Moment(at, leaf_hash(leaf), leaf)))
    row: list[Any] = [
        uuid4(), seal.seal_to(secret("discipline.pub"), ACCUSATION_AAD, padded(told)), _once(said.form_key),
        codes.lookup_key(pepper, code), None, codes.word_key(pepper, code, said.word) if said.word else None, None,
        verify_no, day_of(at), slip_kept, said.lang, [pk for pk, _ in boxes], [box for _, box in boxes],
    ]  # fmt: skip
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(KEEP, row)
        number, slip, fresh = cursor.fetchone()
    if fresh:
        return Given(code, verify_no, at, leaf_hash(leaf))
    first = Moment.read(unshut(SLIP_AAD, bytes(slip)))
    return Given("", number, first.at, first.promised)


def _told(said: Accused) -> dict[str, Any]:
    """Who is accused and who must keep out, by name: an account that bears it is kept from the first reading already."""
    who = (
        {} if said.stands is ClueClass.ANONYMOUS else {"name": said.name.strip(), "phone": said.phone.strip()}
    )
    told: dict[str, Any] = {
        "text": said.text, "anonymity": str(said.stands), "channel": "web", "kind": "report", "lang": said.lang,
        "place": said.place, "about": said.about.strip(), "keep_out": [one.strip() for one in said.keep_out], **who,
        "accused": _ids(said.about.replace("、", " ").replace("，", " ").replace(",", " ").split()),
        "named": _ids(said.keep_out)[:MOST_NAMED],
    }  # fmt: skip
    return {name: value for name, value in told.items() if value not in ("", [], None)}


def _ids(names: Iterable[str]) -> list[str]:
    return [str(one) for one in people_named(names)]


def _leaf(text: str, at: datetime) -> tuple[bytes, dict[str, str]]:
    """The leaf its slip promises, of the shape of all leaves, and what opens it: both lie with the sealed words alone."""
    key, fact_id = os.urandom(32), uuid7()
    body = json.dumps(
        {"text": hmac.digest(key, b"text" + text.encode(), "sha256").hex()}, separators=(",", ":")
    )
    leaf = leaf_of(
        key=key, fact_id=fact_id, kind=CLUE_KIND, at=at, body=body, n=0, type_=Type.OPEN, day=day_of(at), previous=None
    )  # fmt: skip
    return leaf, {
        "key": key.hex(),
        "id": str(fact_id),
        "kind": CLUE_KIND,
        "body": body,
        "leaf": leaf.decode(),
    }


def _once(form_key: str) -> bytes:
    return hmac.digest(secret("pepper"), f"once/v1\nsealed\n{form_key}".encode(), "sha256")


def choose_word(*, code: str, word: str) -> None:
    """The four digits that open the texts of a slip, chosen by whoever has just been given its code."""
    pepper = secret("pepper")
    fast, typed = (
        codes.lookup_key(pepper, codes.read_code(code)),
        codes.word_key(pepper, code, codes.read_word(word)),
    )
    with AT_ONCE:
        slow = codes.slow_keys(pepper, fast)
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(WORD, [fast, slow.tag, typed, codes.slow_word(slow.inner, typed)])
