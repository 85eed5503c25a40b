"""Four tours of ten minutes: what to click, and what to notice."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Step:
    """One step: what to do, where it is, as whom (a demo role, or nobody), and what to notice."""

    do: object
    url: str
    role: str
    notice: object


@dataclass(frozen=True)
class Tour:
    title: object
    line: object
    steps: tuple[Step, ...]


TOURS: dict[str, Tour] = {
    "resident": Tour(_("居民：说一件事，跟到底，自己评"), _("不登录，一句话就行"), (
        Step(_("打开首页，点“我要反映”，写一句话，直接交上去。"), "/report", "", _("只有一格必填。回执上三行：谁在办、最迟哪天、不满意怎么办。")),
        Step(_("在回执页设一个4位口令，抄下查询码。"), "/report", "", _("查询码不在网址里；没有口令，凭码只看得到日期和谁在办。")),
        Step(_("点“查进度”，输查询码和口令。"), "/status", "", _("每个日子都能点开“为什么是这一天”。")),
        Step(_("等单位答复后，点“没解决”。"), "/status", "", _("同一刻重新办，期限重新算；办结和您认可是两回事。")),
        Step(_("页脚看“谁看过您的联系方式”。"), "/status", "", _("哪个单位、为什么看，都写着。")),
    )),
    "cadre": Tour(_("干部：分办、受理、要时间、答复"), _("全程可用键盘：j k 上下，a 接下来办"), (
        Step(_("以派办员登录，打开“等待分办”，把居民那件立为一件事。"), "/desk/waiting/", "dispatcher",
             _("可能是同一件事的列在旁边，并不并由人定。")),
        Step(_("转给能办的单位。"), "/desk/cases/", "dispatcher", _("部门的事派不到村；退回两次，只能裁定。")),
        Step(_("以承办人登录，按 a 接下来办。"), "/desk/cases/", "handler", _("别的单位接手以前，首接单位一直负责。")),
        Step(_("请求延期，再以单位负责人登录批准。"), "/desk/cases/", "office_head", _("只能延一次，最多30日，理由当事人看得到。")),
        Step(_("写处理意见书，送达。"), "/desk/cases/", "handler", _("缺请求、事实理由、依据、救济哪一样都发不出去。")),
    )),
    "official": Tour(_("领导：哪里超期、为什么、群众怎么说"), _("没有排名，只有自己的过去和同类"), (
        Step(_("以县领导登录，看第一句话。"), "/desk/leader/", "leader", _("今天几件到期、几件超期、最久几日。")),
        Step(_("点开一个单位的超期件，督办。"), "/desk/cases/?light=red", "leader", _("督办函有自己的期限；办完了也不会从“晚办完”里消失。")),
        Step(_("看“本人说解决了”。"), "/desk/leader/", "leader", _("每个比例都有人数、回答率和范围；不足30人不算比例。")),
        Step(_("把示范时间拨快15天再看。"), "/demo/", "", _("该到期的自己到期，没有人能拖住钟。")),
    )),
    "engineer": Tour(_("工程师：接口、存证、坏输入"), _("接口说明在 /api/v1/openapi.json"), (
        Step(_("用命令登记一件：curl -X POST /api/v1/demands。"), "/api/v1/openapi.json", "", _("同一个 Idempotency-Key 再发一次，得到同一个回答。")),
        Step(_("看健康页。"), "/healthz", "", _("数据库、后台进程、排队时间。")),
        Step(_("在本机运行 minqing clock --rule xf.handle --from 2026-03-02。"), "/help", "", _("每一步怎么算的都在 steps 里。")),
        Step(_("kill -9 所有进程，再 make run。"), "/healthz", "", _("一句话也不会丢。")),
        Step(_("看部件一览。"), "/gallery", "", _("每个部件的空、等待、出错、长文、英文、大字样子。")),
    )),
}  # fmt: skip
