"""Why a day is the day it is, and what a reading was, in words."""

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from minqing.ground.law import queries as law
from minqing.methods.clock import due_of, explain, term_of
from minqing.watch.clues.rules import STATE_DUTY

OWN_TERMS = {rule: term for rule, term in STATE_DUTY.values() if term}
OWES = {
    "clue.open": _("拆封来看"),
    "jj.tell": _("告诉本人收没收、怎么办"),
    "jj.up": _("报送上一级"),
    "jj.forward": _("转给该管的机关"),
    "clue.progress": _("告诉本人办到哪一步"),
    "jj.result": _("把结果告诉本人"),
    "clue.hear": _("听本人的意见"),
}
READ = {
    "words": _("看了您写的原话"),
    "told": _("看了转述和来往的话"),
    "file": _("看了您交的照片或文件"),
    "who": _("看了是谁写的"),
}
ACTS = {
    "arrive": _("收到"), "talk": _("说话"), "refund": _("定了退钱"), "refund-paid": _("报已退"), "recuse": _("重新算了谁要回避"),
    "refund-set-aside": _("说明依法不退"), "ask-opening": _("提出看是谁"), "allow-opening": _("同意看是谁"),
}  # fmt: skip


def why(rule: str, from_on: date | None) -> str:
    """The sentence beside a day. A county's own terms run like those of the law."""
    if not rule or from_on is None:
        return ""
    lang = "en" if (get_language() or "").startswith("en") else "zh-hans"
    if rule in OWN_TERMS:
        return explain(due_of(term_of(OWN_TERMS[rule]), from_on, law.calendar()), lang)
    return str(law.clock_of(law.due(rule, from_on), lang)["explanation"])
