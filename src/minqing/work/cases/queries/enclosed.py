"""Files that came with the words of a case: who may read the words there may see the clean copies; the originals stay sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from minqing.charter import Actor, Verb
from minqing.kernel.errors import NotFound
from minqing.means.files.queries import FileLine, Opened, files_of, open_file
from minqing.means.files.rules import FileClass, FileState
from minqing.work.cases.models import Link
from minqing.work.cases.queries.gate import case_for
from minqing.work.intake.queries import DemandLine, demand_line, demands_for
from minqing.work.intake.rules import Anonymity, Channel


@dataclass(frozen=True)
class Enclosed:
    """What came with one word. `hand_hidden`: a letter of who did not want to be known shows the hand that wrote it."""

    files: list[FileLine]
    hand_hidden: bool = False


def enclosed_in(by: Actor, said: Mapping[UUID, DemandLine]) -> dict[UUID, Enclosed]:
    """The files of every word, in one query; the caller has passed the gate of the case."""
    hidden = _hidden(by, said)
    owners = {f"demand:{pk}": pk for pk in said if pk not in hidden}
    found: dict[UUID, list[FileLine]] = {pk: [] for pk in said}
    for file in files_of(owners, classes=FileClass):
        # An infected file has no clean copy: it is named, so that nobody thinks that nothing came.
        if file.file_class is not FileClass.SEALED or file.state is FileState.QUARANTINED:
            found[owners[file.owner]].append(file)
    return {pk: Enclosed(files, pk in hidden) for pk, files in found.items()}


def _hidden(by: Actor, said: Mapping[UUID, DemandLine]) -> set[UUID]:
    """Letters of the unnamed are open only to who may open the word's own page: there the identity is known anyway."""
    letters = {pk for pk, line in said.items() if _shows_a_hand(line)}
    return (
        letters - set(demands_for(by).filter(pk__in=letters).values_list("pk", flat=True))
        if letters
        else set()
    )


def _shows_a_hand(line: DemandLine) -> bool:
    return line.channel is Channel.LETTER and line.anonymity is not Anonymity.NAMED


def open_enclosed(by: Actor, case_id: UUID, demand_id: UUID, blob_id: UUID) -> Opened:
    """One clean copy, through the gate of the case and only while the word speaks in it."""
    case = case_for(by, Verb.CASE_VIEW, case_id)
    if not Link.objects.filter(case=case, demand_id=demand_id, left_at__isnull=True).exists():
        raise NotFound()
    if _hidden(by, {demand_id: demand_line(demand_id)}):
        raise NotFound()
    return open_file(owner=f"demand:{demand_id}", blob_id=blob_id)
