"""docs/law/: the table of terms, the articles, and whose business each matter is, as shipped.

    python -m minqing.wiring.law_pages             write them
    python -m minqing.wiring.law_pages --check     exit 1 when a page says something else

Part of `python -m minqing.wiring.reference`; alone it needs neither Django nor a database.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from minqing.ground.law import rules
from minqing.ground.law.rules import Rule

DOCS = Path(__file__).resolve().parents[3] / "docs"
FAMILIES = {
    "xf": ("信访", "Petitions"),
    "jj": ("检举控告", "Accusations"),
    "hl": ("12345热线", "12345 hotline"),
    "cb": ("回访", "Callbacks"),
    "md": ("调解", "Mediation"),
    "pr": ("承诺", "Promises"),
    "rc": ("领导接访", "Reception days"),
    "db": ("代表建议", "Deputies' suggestions"),
    "rd": ("人大监督", "Oversight by the congress"),
    "jz": ("社会救助", "Social assistance"),
    "gk": ("信息公开", "Open information"),
    "fy": ("行政复议", "Reconsideration"),
    "hcp": ("好差评", "Service grades"),
    "pi": ("个人信息", "Personal data"),
    "so": ("年终认可", "Year-end sign-off"),
}
NOTE = "<!-- Written by `python -m minqing.wiring.law_pages`. Change src/minqing/ground/law/data instead. -->"


def pages() -> Mapping[str, str]:
    return {
        "law/rules.md": rules_page(),
        "law/articles.md": articles_page(),
        "law/catalogue.md": catalogue_page(),
        "law/read.md": read_page(),
    }


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |" for row in rows]


def page(title: str, intro: str, parts: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", NOTE, "", intro, "", *parts]).rstrip() + "\n"


def rules_page() -> str:
    intro = (
        "出厂的期限规则 · the terms as shipped. D 日（遇休息日顺延）· WD 工作日 · M 月 · H 小时 · MIN 分 · S 秒；"
        "负数往前倒数（-20D：会议20日前）；‖ 可以中止计算。来源：law 法律明文 · local 地方规定，可改 · memory 凭记忆，待核对 · "
        "design 本系统设定。本县自己的规则经两人（一人提出、另一人批准）后优先；旧件按当时的规则。\n\n"
        "D days (rolled off days off) · WD working days · M months · H hours · MIN minutes · S seconds; a negative "
        "number counts back from a fixed day; ‖ may be paused. Source: law · local (may be changed) · memory (to be checked) · design "
        "(ours). A county's own row, proposed by one person and approved by another, goes first; an old case keeps "
        "its old rule."
    )
    parts: list[str] = []
    rows = rules.shipped_rules()
    for family, (zh, en) in FAMILIES.items():
        inside = [rule for rule in rows if rule.key.partition(".")[0] == family]
        parts += [f"## {zh} · {en}", ""]
        parts += table(("key", "期限 term", "延长 extend", "什么 what", "从何时起 from", "依据 basis", "有效 in force", "来源 source"),
                       (_rule(rule) for rule in inside))  # fmt: skip
        parts += [""]
    missing = {rule.key.partition(".")[0] for rule in rows} - FAMILIES.keys()
    assert not missing, f"no heading for {missing}"
    parts += ["## 可选方案 · schemes to choose from", ""]
    chosen = [
        (f"`{family}` `{name}`", zh, en, "✓" if rules.DEFAULT_SCHEMES.get(family) == name else "")
        for family, schemes in rules.SCHEMES.items()
        for name, (zh, en) in schemes.items()
    ]
    parts += table(("方案 scheme", "内容", "what", "默认 default"), chosen)
    return page("期限规则 · Deadlines", intro, parts)


def _rule(rule: Rule) -> Sequence[object]:
    key = f"`{rule.key}`" + (f" @{rule.scheme}" if rule.scheme else "")
    term = f"{rule.term}" + (" ‖" if rule.pausable else "")
    until = rule.valid_to.isoformat() if rule.valid_to else ""
    return (
        key, term, f"+{rule.extend}" if rule.extend else "", f"{rule.name_zh}<br>{rule.name_en}",
        f"{rule.trigger_zh}<br>{rule.trigger_en}", f"{rule.basis()}<br>{rule.basis('en')}",
        f"{rule.valid_from.isoformat()} – {until}", rule.mark.value,
    )  # fmt: skip


def articles_page() -> str:
    rows = (
        (a.cited(), f"{a.title_zh}<br>{a.title_en}", a.plain_zh, a.plain_en) for a in rules.shipped_articles()
    )
    parts = table(("条文 article", "题 title", "大白话", "in plain words"), rows)
    intro = (
        "用我们自己的话说明，不是法条原文；办件以原文为准。\n\n"
        "In our own words, not the text of the law; the text itself decides."
    )
    return page("政策条文 · Articles", intro, parts)


def catalogue_page() -> str:
    intro = (
        "哪类事归谁主办、谁协办、依据什么。部门的事不派给村：只有主办一栏写着村（社区）的才可以。\n\n"
        "Who leads, who assists, and by which law. Department work is never sent to a village: only where the lead "
        "itself is the village."
    )
    parts: list[str] = []
    for topic, (zh, en) in rules.topics().items():
        rows = (
            (
                f"`{entry.code}`" + _dated(entry), f"{entry.name_zh}<br>{entry.name_en}", _office(entry.lead),
                "<br>".join(_office(code) for code in entry.assist), f"{entry.cited()}<br>{entry.cited('en')}",
            )
            for entry in rules.shipped_entries()
            if entry.topic == topic
        )  # fmt: skip
        parts += [
            f"## {zh} · {en}",
            "",
            *table(("code", "事项 matter", "主办 lead", "协办 assist", "依据 basis"), rows),
            "",
        ]
    return page("派单目录 · Dispatch catalogue", intro, parts)


def _dated(entry: rules.Entry) -> str:
    """When an entry is no longer, or has not always been, what the catalogue says."""
    versions = [one for one in rules.shipped_entries() if one.code == entry.code]
    until = entry.valid_to.isoformat() if entry.valid_to else ""
    return f"<br>{entry.valid_from.isoformat()} – {until}" if len(versions) > 1 else ""


def read_page() -> str:
    """Which articles were compared with the text, and which rows still wait for it."""
    intro = (
        "哪些条文和原文核对过：读的是哪部法规的哪几条。没有列在这里的依据，以及下面标着“待核对”的期限，用以前请法制部门核对。\n\n"
        "Which articles were compared with the text of the law. What is not listed here, and the terms below, should be "
        "checked by a lawyer before they are relied on."
    )
    read = [(law.name(), law.name("en"), law.read) for law in rules.laws().values() if law.read]
    waiting = [
        (
            f"`{rule.key}`" + (f" @{rule.scheme}" if rule.scheme else ""),
            rule.term,
            f"{rule.basis()}<br>{rule.basis('en')}",
        )
        for rule in rules.shipped_rules()
        if rule.mark is rules.Mark.MEMORY and rule.valid_to is None
    ]
    parts = ["## 读过的 · Read", "", *table(("法规", "law", "条 articles"), read), ""]
    parts += [
        "## 待核对的期限 · Terms to be checked",
        "",
        *table(("key", "期限 term", "依据 basis"), waiting),
    ]
    return page("核对过的条文 · Articles read", intro, parts)


def _office(code: str) -> str:
    return f"{rules.office_name(code)} · {rules.office_name(code, 'en')}"


def main(check: bool) -> int:
    """Write the pages, or only say which are stale."""
    stale = [name for name, text in pages().items() if _read(DOCS / name) != text]
    for name in stale:
        print(f"docs/{name}", file=sys.stderr)
        if not check:
            (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
            (DOCS / name).write_text(pages()[name], encoding="utf-8")
    return 1 if check and stale else 0


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8") if page.exists() else ""


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
