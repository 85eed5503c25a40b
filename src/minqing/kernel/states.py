"""A state machine is a table. One class, no magic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word


class IllegalMove(Refusal):
    code, status, text = "illegal-move", 409, "当前状态（{state}）不能做这一步（{act}）。请刷新后再看。"


@dataclass(frozen=True)
class Machine:
    """`moves[state, act]` is the next state; `acts` gives each act its Chinese word."""

    name: str
    start: Word
    moves: Mapping[tuple[Word, str], Word]
    acts: Mapping[str, str] = field(default_factory=dict)

    def after(self, state: Word, act: str) -> Word:
        try:
            return self.moves[state, act]
        except KeyError:
            raise IllegalMove(state=state.label, act=self.acts.get(act, act)) from None

    def may(self, state: Word, act: str) -> bool:
        return (state, act) in self.moves

    def acts_from(self, state: Word) -> list[str]:
        return [act for (at, act) in self.moves if at == state]

    def states(self) -> set[Word]:
        return {self.start} | {at for at, _ in self.moves} | set(self.moves.values())

    def final(self) -> set[Word]:
        return self.states() - {at for at, _ in self.moves}

    def mermaid(self) -> str:
        arrows = [f"    {a} --> {b}: {act}" for (a, act), b in self.moves.items()]
        return "\n".join(["stateDiagram-v2", f"    [*] --> {self.start}", *arrows])


def every(states: Iterable[Word], act: str, then: Word) -> dict[tuple[Word, str], Word]:
    """The same act from several states, for machines in which it is open all along the way."""
    return {(state, act): then for state in states}
