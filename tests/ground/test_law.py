"""The law as shipped: rows that a lawyer can check."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from minqing.ground.law import rules
from minqing.ground.law.rules import Mark, RuleBook
from minqing.methods.clock import festival_days, term_of

TODAY = date(2026, 6, 30)
MASTER = Path(__file__).resolve().parents[3] / "shared" / "data" / "workdays_2004_2026.csv"


def shipped(key: str, on: date = TODAY) -> rules.Rule:
    return rules.shipped_book().find(key, on)


@pytest.mark.parametrize(
    ("key", "term", "extend", "cited"),
    [
        ("xf.triage", "15D", 0, "《信访工作条例》第二十二条"),
        ("xf.tell", "15D", 0, "《信访工作条例》第二十三条"),
        ("xf.object", "5WD", 0, "《信访工作条例》第二十三条"),
        ("xf.handle", "60D", 30, "《信访工作条例》第三十四条"),
        ("xf.review.ask", "30D", 0, "《信访工作条例》第三十五条"),
        ("xf.review", "30D", 0, "《信访工作条例》第三十五条"),
        ("xf.rereview.ask", "30D", 0, "《信访工作条例》第三十六条"),
        ("xf.rereview", "30D", 0, "《信访工作条例》第三十六条"),
        ("xf.urgent", "0D", 0, "本系统设定的期限，参照《信访工作条例》第二十五条"),
        ("xf.withdraw", "7D", 0, "本系统设定的期限"),
        ("pr.record", "3WD", 0, "本系统设定的期限"),
        ("jj.tell", "15WD", 0, "《纪检监察机关处理检举控告工作规则》"),
        ("jj.result", "15WD", 0, "《纪检监察机关处理检举控告工作规则》"),
        ("jj.up", "5WD", 0, "《纪检监察机关处理检举控告工作规则》第十五条"),
        ("jj.forward", "5WD", 0, "《纪检监察机关处理检举控告工作规则》第十六条"),
        ("hl.answer", "15S", 0, "《GB/T 33358-2016 政府热线服务规范》"),
        ("hl.box", "24H", 0, "《GB/T 33358-2016 政府热线服务规范》"),
        ("hl.consult", "2WD", 5, "《广东省12345热线管理办法（2022年）》"),
        ("hl.complain", "15WD", 5, "《广东省12345热线管理办法（2022年）》"),
        ("hl.help@jn", "5WD", 5, "《济南、潍坊12345热线条例》"),
        ("hl.danger@bj", "2H", 0, "地方做法（待核对）"),
        ("hl.complain@common", "72H", 0, "地方规定"),
        ("db.assign", "10WD", 0, "《重庆市人民代表大会代表建议批评和意见工作条例》第十三条"),
        ("db.return", "10WD", 0, "《重庆市人民代表大会代表建议批评和意见工作条例》第十六条"),
        ("db.contact", "20WD", 0, "《重庆市人民代表大会代表建议批评和意见工作条例》第十八条"),
        ("db.co", "30WD", 0, "《重庆市人民代表大会代表建议批评和意见工作条例》第二十条"),
        ("db.reply", "3M", 3, "《全国人民代表大会和地方各级人民代表大会代表法》第五十一条"),
        ("db.rate", "20WD", 0, "《重庆市人民代表大会代表建议批评和意见工作条例》第二十七条"),
        ("db.redo", "2M", 0, "《重庆市人民代表大会代表建议批评和意见工作条例》第二十七条"),
        ("rd.report", "-20D", 0, "《各级人民代表大会常务委员会监督法》第十五条"),
        ("rd.report.send", "-10D", 0, "《各级人民代表大会常务委员会监督法》第十五条"),
        ("rd.report.members", "-7D", 0, "《各级人民代表大会常务委员会监督法》第十五条"),
        ("rd.feedback", "3M", 0, "《浙江省各级人民代表大会常务委员会监督条例（2008年）》第四十四条"),
        ("jz.notice", "7D", 0, "《重庆市城乡居民最低生活保障条例》第十八条"),
        ("jz.renotice", "3D", 0, "《重庆市城乡居民最低生活保障条例》第十八条"),
        ("jz.total", "30WD", 15, "《最低生活保障审核确认办法（民发〔2021〕57号）》（待核对）"),
        ("gk.reply", "20WD", 20, "《政府信息公开条例》第三十三条"),
        ("fy.apply", "60D", 0, "《行政复议法》第二十条"),
        ("hcp.fix", "15WD", 0, "《政务服务“好差评”制度》"),
        ("pi.breach", "0D", 0, "本系统设定的期限，参照《个人信息保护法》第五十七条"),
    ],
)
def test_each_deadline_of_the_master_table_stands_with_its_article(
    key: str, term: str, extend: int, cited: str
) -> None:
    rule = shipped(key)
    assert (str(rule.term), rule.extend, rule.basis()) == (term, extend, cited)


def test_only_what_a_rule_leaves_out_can_be_paused() -> None:
    assert {rule.key for rule in rules.shipped_rules() if rule.pausable} == {
        "xf.rereview",
        "jz.total",
        "gk.reply",
    }
    hearing = [(date(2026, 3, 10), date(2026, 3, 14))]
    paused = rules.due_by(shipped("xf.rereview"), date(2026, 3, 2), rules.shipped_calendar(), pauses=hearing)
    assert paused.statutory == date(2026, 4, 6)
    with pytest.raises(rules.PauseNotAllowed):
        rules.due_by(shipped("xf.handle"), date(2026, 3, 2), rules.shipped_calendar(), pauses=hearing)


def test_an_extension_never_goes_beyond_the_rule() -> None:
    due = rules.due_by(shipped("xf.handle"), date(2026, 3, 2), rules.shipped_calendar(), extra=30)
    assert due.due == date(2026, 6, 1)
    with pytest.raises(rules.ExtensionTooLong):
        rules.due_by(shipped("xf.handle"), date(2026, 3, 2), rules.shipped_calendar(), extra=31)


def test_an_old_case_keeps_its_old_rule_and_what_is_older_still_says_so() -> None:
    old = shipped("xf.handle", date(2015, 6, 1))
    assert (old.law, old.article, old.earliest) == ("xf2005", "33", False)
    assert shipped("xf.handle", date(2022, 4, 30)).law == "xf2005"
    assert shipped("xf.handle", date(2022, 5, 1)).law == "xf"
    oldest = shipped("xf.handle", date(2001, 1, 1))
    assert (oldest.law, oldest.earliest) == ("xf2005", True)
    assert shipped("xf.object", date(2015, 6, 1)).earliest, "no such rule is known before 2022"
    due = rules.due_by(oldest, date(2001, 1, 1), rules.shipped_calendar())
    assert "按已知最早的规定计算" in rules.explain(due)
    assert [step.code for step in due.steps][:2] == ["rule", "rule.earliest"]


def test_unknown_and_ended_rules_are_refused_by_name() -> None:
    with pytest.raises(rules.UnknownRule):
        shipped("xf.nothing")
    with pytest.raises(rules.UnknownRule):
        shipped("hl.consult@mars")
    ended = RuleBook([row for row in rules.shipped_rules() if row.law == "xf2005"])
    with pytest.raises(rules.RuleEnded):
        ended.find("xf.handle", TODAY)


def test_the_shipped_rows_are_whole() -> None:
    seen = set()
    for rule in rules.shipped_rules():
        assert (rule.key, rule.scheme, rule.valid_from) not in seen
        seen.add((rule.key, rule.scheme, rule.valid_from))
        assert rule.law == "" or rule.law in rules.laws(), rule.key
        assert rule.mark is not Mark.LAW or rule.law, f"{rule.key} claims a law without naming it"
        assert all((rule.name_zh, rule.name_en, rule.trigger_zh, rule.trigger_en)), rule.key
        assert rule.name_en.isascii(), rule.key
        assert rule.trigger_en.isascii(), rule.key
        rules.explain(rules.due_by(rule, date(2026, 3, 2), rules.shipped_calendar()), "en").encode("ascii")
    grades = {
        "consult",
        "help",
        "suggest",
        "complain",
        "report",
        "praise",
        "danger",
        "utility",
        "normal",
        "complex",
    }
    for scheme in rules.SCHEMES["hl"]:
        assert {r.key for r in rules.shipped_rules() if r.scheme == scheme} == {
            f"hl.{grade}" for grade in grades
        }


def test_mailbox_letter_before_spring_festival() -> None:
    letter = date(2026, 2, 13)
    book, calendar = rules.shipped_book(), rules.shipped_calendar()
    assert rules.due_by(book.find("hl.box", letter), letter, calendar).due_on == date(2026, 2, 14)
    assert rules.due_by(book.find("xf.object", letter), letter, calendar).due == date(2026, 2, 27)
    assert rules.due_by(book.find("xf.triage", letter), letter, calendar).due == date(2026, 2, 28)
    handle = rules.due_by(book.find("xf.handle", date(2026, 3, 2)), date(2026, 3, 2), calendar)
    assert (handle.statutory, handle.due) == (date(2026, 5, 1), date(2026, 5, 6))


def test_articles_are_in_plain_words_in_both_languages() -> None:
    numbers = {a.number for a in rules.shipped_articles() if a.law == "xf"}
    assert {str(n) for n in (*range(17, 38), 39, 40, 41, *range(43, 47))} <= numbers
    for article in rules.shipped_articles():
        assert 10 < len(article.plain_zh) < 120, article.cited()
        assert article.plain_en.isascii(), article.cited()
        assert article.title("en").isascii()
        assert article.law in rules.laws()
    cited = {(rule.law, number) for rule in rules.shipped_rules() if rule.mark is Mark.LAW and rule.valid_to is None
             for number in rule.article.split(",") if number}  # fmt: skip
    known = {(article.law, article.number) for article in rules.shipped_articles()}
    assert cited <= known, "each article that a legal deadline cites is explained"
    assert [a.number for a in rules.pick(rules.shipped_articles(), words="复查 上一级 书面答复")] == ["35"]
    assert rules.pick(rules.shipped_articles(), law="xf", on=date(2020, 1, 1)) == []


def test_citations_read_as_lawyers_write_them() -> None:
    assert rules.cite("xf", "22") == "《信访工作条例》第二十二条"
    assert rules.cite("mf", "201-203") == "《民法典》第二百零一条至第二百零三条"
    assert rules.cite("mf", "201-203", "en") == "Civil Code, art. 201–203"
    assert rules.cite("《棠川县信访办法》", "3") == "《棠川县信访办法》第三条"
    assert [rules.numeral(n) for n in (1, 10, 11, 20, 105, 110, 1001, 1260)] == [
        "一", "十", "十一", "二十", "一百零五", "一百一十", "一千零一", "一千二百六十",
    ]  # fmt: skip


def test_department_work_is_never_sent_to_a_village() -> None:
    catalogue = rules.Catalogue(rules.shipped_entries())
    led = [entry.code for entry in catalogue if entry.lead == rules.VILLAGE]
    assert led == ["village.self", "village.community"], "only what villagers govern themselves"
    for entry in catalogue:
        assert entry.may_go_to(rules.VILLAGE) is (entry.code in led)
        assert entry.lead in rules.offices()
        assert set(entry.assist) <= rules.offices().keys()
        assert entry.topic in rules.topics()
        assert entry.basis, entry.code
        assert entry.name_en.isascii()
        for part in entry.basis.split():
            assert part.partition(":")[0] in rules.laws()
    assert not catalogue.get("land.expropriation").may_go_to("village")
    assert not catalogue.get("labour.wages").may_go_to("village", assisting=True)
    assert catalogue.get("housing.danger").may_go_to("village", assisting=True)
    assert catalogue.get("labour.wages").may_go_to("department")
    assert catalogue.get("relief.allowance").cited() == "《社会救助暂行办法》第十一条、第十二条"
    with pytest.raises(rules.UnknownMatter):
        catalogue.get("moon.cheese")
    used = {entry.lead for entry in catalogue} | {code for entry in catalogue for code in entry.assist}
    assert used == set(rules.offices()), "every office of the county has its business"


def test_the_shipped_calendar_holds_the_holidays_of_every_year() -> None:
    calendar = rules.shipped_calendar()
    for year in range(2004, 2027):
        for day, name in festival_days(year).items():
            since = {"spring": 2004, "new-year": 2004, "national": 2004, "labour": 2025}.get(name, 2008)
            eve = name == "spring" and festival_days(year).get(day - timedelta(days=1)) != "spring"
            if year >= since and not eve:
                assert not calendar.is_workday(day), (day, name)
    assert all(day.weekday() >= 5 for day in calendar.makeup)
    assert 247 <= calendar.workdays_between(date(2026, 1, 1), date(2026, 12, 31)) <= 252


@pytest.mark.skipif(not MASTER.exists(), reason="the published list of workdays is not here")
def test_the_shipped_calendar_is_the_published_one() -> None:
    lines = [line.split(",") for line in MASTER.read_text(encoding="utf-8").splitlines()[1:]]
    off = {date.fromisoformat(day) for day, kind, _ in lines if kind != "adjusted_workday"}
    makeup = {date.fromisoformat(day) for day, kind, _ in lines if kind == "adjusted_workday"}
    assert (rules.shipped_calendar().off, rules.shipped_calendar().makeup) == (off, makeup)


def test_what_is_marked_as_checked_says_which_articles_were_read() -> None:
    read = {code: law.read for code, law in rules.laws().items() if law.read}
    assert all(rules.laws()[code].checked for code in read)
    for rule in rules.shipped_rules():
        if rule.law in read and rule.mark is not Mark.MEMORY:
            first, last = map(int, read[rule.law].split("-"))
            assert all(first <= int(n) <= last for n in rule.article.split(",") if n), rule.key


def test_a_row_from_memory_says_so_wherever_it_is_shown() -> None:
    for rule in rules.shipped_rules():
        assert (
            (rule.mark is Mark.MEMORY) is ("待核对" in rule.basis()) is ("to be checked" in rule.basis("en"))
        )


def test_a_new_version_of_a_law_changes_the_catalogue_from_its_day_on() -> None:
    old = {entry.code: entry for entry in rules.entries_on(rules.shipped_entries(), date(2025, 12, 31))}
    new = {entry.code: entry for entry in rules.entries_on(rules.shipped_entries(), date(2026, 1, 1))}
    assert old.keys() == new.keys()
    assert old["village.affairs"].cited() == "《村民委员会组织法（2018年修正）》第三十条"
    assert new["village.affairs"].cited() == "《村民委员会组织法（2025年修正）》"


def test_a_rule_of_the_table_prints_its_own_term() -> None:
    for rule in rules.shipped_rules():
        assert term_of(str(rule.term)) == rule.term
