"""Words that wait in the page until the code has been typed again."""

from dataclasses import dataclass
from uuid import UUID

from minqing.doors.parts.forms import label_of


@dataclass(frozen=True)
class Kept:
    """Words typed into a page whose twenty minutes were over."""

    slug: str
    case_id: UUID
    typed: dict[str, str]

    def hidden(self) -> list[tuple[str, str]]:
        found = [("kept-act", self.slug), ("kept-case", str(self.case_id))]
        return found + [(f"kept-{name}", value) for name, value in self.typed.items()]

    def shown(self) -> list[tuple[str, str]]:
        return [
            (label_of(name), value)
            for name, value in self.typed.items()
            if name in {"text", "reason", "words"}
        ]
