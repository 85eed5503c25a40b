"""What a 处理意见书 must hold (信访工作条例 art. 32, 35). Pure."""

from minqing.work.cases.rules.refusals import OpinionIncomplete
from minqing.work.cases.rules.words import Outcome

PARTS = {
    "request": "本人的请求",
    "reasons": "事实和理由",
    "basis": "依据（哪部法规第几条，或哪份文件）",
    "remedy": "不服怎么办（向哪个机关请求复查）",
}


def opinion_lacks(*, outcome: Outcome | None, **parts: str) -> None:
    """Refuses an incomplete opinion and names every part that is missing."""
    missing = [label for name, label in PARTS.items() if not parts.get(name, "").strip()]
    if outcome is None:
        missing.append("处理结论")
    if missing:
        raise OpinionIncomplete(missing="、".join(missing))
