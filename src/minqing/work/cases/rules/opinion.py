"""What a 处理意见书 must hold (信访工作条例 art. 32, 35). Pure."""

from minqing.kernel.words import Word
from minqing.work.cases.rules.refusals import OpinionIncomplete
from minqing.work.cases.rules.words import Outcome


class OpinionPart(Word):
    REQUEST = "request", "本人的请求"
    REASONS = "reasons", "事实和理由"
    BASIS = "basis", "依据（哪部法规第几条，或哪份文件）"
    REMEDY = "remedy", "不服怎么办（还可以找哪个机关）"
    OUTCOME = "outcome", "处理结论"


class Named(tuple[str, ...]):
    """Labels of what is missing; a door translates each, here they stand joined in Chinese."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return "、".join(self)


def opinion_lacks(*, outcome: Outcome | None, paper: str = "处理意见书", **parts: str) -> None:
    """Refuses an incomplete opinion, names the paper and every part that is missing."""
    given = {**parts, OpinionPart.OUTCOME.value: outcome.value if outcome else ""}
    missing = Named(part.label for part in OpinionPart if not given.get(part.value, "").strip())
    if missing:
        raise OpinionIncomplete(paper=paper, missing=missing)
