"""Whom to trust: C2SP tlog-policy (2026). Which logs, which witnesses, and how many of these must have seen a checkpoint.

log minqing.example/log2026+2bf12377+AQOh…
witness npc county-npc.example/w1+3b9cd308+BCms…
group seen 2 npc audit notary
quorum seen
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from minqing.methods.tree.notes import (
    COSIGNED,
    COSIGNED_ML_DSA_44,
    ED25519,
    BadNote,
    Key,
    Note,
    Verified,
    read_key,
    verified,
)

NONE = "none"


@dataclass(frozen=True)
class Policy:
    """`groups`: name → (how many, of whom). `quorum` is a witness, a group, or none."""

    logs: tuple[Key, ...] = ()
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    quorum: str = NONE
    urls: dict[str, str] = field(default_factory=dict)
    """Where a witness is asked, by its name; those that say where."""

    def __str__(self) -> str:
        lines = [f"log {key}" for key in self.logs]
        lines += [
            f"witness {name} {key} {self.urls.get(name, '')}".rstrip() for name, key in self.witnesses.items()
        ]
        lines += [f"group {name} {count} {' '.join(whom)}" for name, (count, whom) in self.groups.items()]
        return "".join(f"{line}\n" for line in (*lines, f"quorum {self.quorum}"))

    def met(self, keys: Iterable[Key], name: str | None = None) -> bool:
        """Whether those who cosigned are enough for the quorum (or for the named group)."""
        keys, name = list(keys), self.quorum if name is None else name
        if name in self.groups:
            count, whom = self.groups[name]
            return sum(self.met(keys, one) for one in whom) >= count
        return name == NONE or self.witnesses[name] in keys

    def check(self, note: Note, origin: str) -> list[Verified]:
        """The good signatures on a checkpoint of `origin`: by its log and by as many witnesses as the quorum asks.

        Raises BadNote: unknown log, no or a bad signature of it, too few witnesses.
        """
        logs = [key for key in self.logs if key.name == origin]
        if not logs:
            raise BadNote("unknown log")
        found = verified(note, [*logs, *self.witnesses.values()])
        if not any(one.key in logs for one in found):
            raise BadNote("not signed by its log")
        if not self.met(one.key for one in found):
            raise BadNote("too few witnesses")
        return found


def read_policy(text: str) -> Policy:
    """Raises BadNote naming the line that breaks the rules."""
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    groups: dict[str, tuple[int, tuple[str, ...]]] = {}
    used: set[str] = set()
    urls: dict[str, str] = {}
    quorum: str | None = None
    for number, line in enumerate(text.split("\n"), 1):
        wrong = BadNote(f"policy, line {number}")
        match line.split():
            case []:
                pass
            case [word, *_] if word.startswith("#"):
                pass
            case ["log", coded, *url] if len(url) < 2:
                logs.append(_key(coded, wrong, [ED25519], logs))
            case ["witness", name, coded, *url] if len(url) < 2 and name not in {NONE, *witnesses, *groups}:
                kinds = [COSIGNED, COSIGNED_ML_DSA_44]
                witnesses[name] = _key(coded, wrong, kinds, witnesses.values())
                if url:
                    urls[name] = url[0]
            case ["group", name, count, *whom] if name not in {NONE, *witnesses, *groups}:
                known = {*witnesses, *groups}
                if not set(whom) <= known - used or len(set(whom)) != len(whom):
                    raise wrong
                groups[name] = (_count(count, len(whom), wrong), tuple(whom))
                used |= set(whom)
            case ["quorum", name] if quorum is None and name in {NONE, *witnesses, *groups}:
                quorum = name
            case _:
                raise wrong
    if quorum is None:
        raise BadNote("policy without a quorum")
    return Policy(tuple(logs), witnesses, groups, quorum, urls)


def _key(coded: str, wrong: BadNote, kinds: list[int], known: Iterable[Key]) -> Key:
    key = read_key(coded)
    if key.kind not in kinds or any(key.public == one.public for one in known):
        raise wrong
    return key


def _count(text: str, of: int, wrong: BadNote) -> int:
    count = {"any": 1, "all": of}.get(text) or (int(text) if text.isascii() and text.isdigit() else 0)
    if not 1 <= count <= of:
        raise wrong
    return count
