"""minqing check --deploy: is this configuration fit for a real county? It looks at settings, files and roles, and starts nothing."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg

from minqing.wiring import grants, home
from minqing.wiring.backups import store
from minqing.wiring.booting import module
from minqing.wiring.home import KEYS, SEALED_OPENED_BY, Home
from minqing.wiring.saying import t

YEAR_S = 31_536_000
LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver", "*"})


@dataclass(frozen=True)
class Finding:
    what: str
    state: str  # ok | warn | bad
    detail: str


def looked(what: str, good: bool, right: str, wrong: str) -> Finding:
    return Finding(what, "ok" if good else "bad", right if good else wrong)


def _frame(_: Home) -> Iterator[Finding]:
    """The framework's own checks for deployment; a warning of theirs is a no of ours."""
    run_checks = module("django.core.checks").run_checks
    heard = [one for one in run_checks(include_deployment_checks=True) if not one.is_silenced()]
    if not heard:
        yield Finding("framework", "ok", t("没有警告", "no warning"))
    for one in heard:
        yield Finding("framework", "bad", f"{one.id}: {one.msg}".splitlines()[0])


def _mode(_: Home) -> Iterator[Finding]:
    settings = module("django.conf").settings
    yield looked(
        "debug",
        not settings.DEBUG,
        t("关", "off"),
        t(
            "开着会把出错的细节给外人看：去掉 MINQING_DEBUG",
            "shows strangers how it fails: unset MINQING_DEBUG",
        ),
    )
    yield looked(
        "demo",
        not home.in_demo(),
        t("不是示范", "not a demo"),
        t("示范里谁都能当任何人：设 MINQING_DEMO=0", "in a demo anybody is anybody: set MINQING_DEMO=0"),
    )
    frozen = [name for name in ("MINQING_NOW", "MINQING_AS_OWNER") if os.environ.get(name)]
    yield looked(
        "clock",
        not frozen,
        t("用真实的时间和应用角色", "the real time and the app's role"),
        t(f"去掉 {'、'.join(frozen)}", f"unset {', '.join(frozen)}"),
    )


def _https(_: Home) -> Iterator[Finding]:
    settings = module("django.conf").settings
    names = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME]
    fit = (
        all(name.startswith("__Host-") for name in names)
        and settings.SESSION_COOKIE_SECURE
        and settings.CSRF_COOKIE_SECURE
        and settings.SESSION_COOKIE_HTTPONLY
    )
    yield looked(
        "https",
        settings.BEHIND_HTTPS,
        t("只走 HTTPS", "HTTPS only"),
        t("设 MINQING_HTTPS=1", "set MINQING_HTTPS=1"),
    )
    yield looked(
        "cookies",
        fit,
        "、".join(names),
        t(
            f"{'、'.join(names)} 不是 __Host-：设 MINQING_HTTPS=1",
            f"{', '.join(names)}: not __Host-; set MINQING_HTTPS=1",
        ),
    )
    strict = settings.SECURE_HSTS_SECONDS >= YEAR_S and settings.SECURE_HSTS_INCLUDE_SUBDOMAINS
    yield looked(
        "hsts",
        strict,
        t(
            f"{settings.SECURE_HSTS_SECONDS // 86400} 天，含子域名",
            f"{settings.SECURE_HSTS_SECONDS // 86400} days, with subdomains",
        ),
        t(
            "浏览器没有被要求只走 HTTPS 一年：设 MINQING_HTTPS=1",
            "browsers are not bound to HTTPS for a year: set MINQING_HTTPS=1",
        ),
    )
    yield looked(
        "proxies",
        "*" not in settings.MINQING_PROXIES and bool(settings.MINQING_PROXIES),
        t(
            f"只信 {'、'.join(sorted(settings.MINQING_PROXIES))}",
            f"only {', '.join(sorted(settings.MINQING_PROXIES))} is believed",
        ),
        t("MINQING_PROXIES 要写明代理的地址", "MINQING_PROXIES must name the proxy's address"),
    )


def _hosts(_: Home) -> Iterator[Finding]:
    settings = module("django.conf").settings
    ours = [one for one in settings.ALLOWED_HOSTS if one not in LOCAL and not one.startswith(".")]
    wide = [one for one in settings.ALLOWED_HOSTS if one == "*" or one.startswith(".")]
    yield looked(
        "hosts",
        bool(ours) and not wide,
        "、".join(ours),
        t(
            "MINQING_HOSTS 要写明本县的网址，不用 * 和通配",
            "MINQING_HOSTS must name this county's hosts, without * or a wildcard",
        ),
    )
    sealed, public = settings.MINQING_SEALED_HOST, set(ours)
    if not settings.MINQING_DROP:
        yield Finding(
            "sealed",
            "warn",
            t(
                "本县没有开检举的门（MINQING_CLUES_URL 未设）",
                "this county has no door for accusations (MINQING_CLUES_URL unset)",
            ),
        )
        return
    same = sealed.partition(":")[0] in public and ":" not in sealed
    yield looked(
        "sealed",
        bool(sealed) and not same,
        sealed,
        t(
            "MINQING_SEALED_HOST 要另写一个网址，不与县里的相同",
            "MINQING_SEALED_HOST must name another host than the county's",
        ),
    )


def _secrets(here: Home) -> Iterator[Finding]:
    """Files under keys/, and the environment file when named: nobody else may read them."""
    handed = os.environ.get("CREDENTIALS_DIRECTORY", "")
    places = [here.path, here.keys, here.server_file, *(here.keys.iterdir() if here.keys.is_dir() else ())]
    loose = [one.name for one in places if one.exists() and stat.S_IMODE(one.stat().st_mode) & 0o077]
    missing = [
        name
        for name in KEYS
        if not (here.keys / name).exists() and not os.path.exists(os.path.join(handed, name))
    ]
    yield looked(
        "secrets",
        not loose and not missing,
        t("只有本用户可读", "readable by this user alone"),
        t(
            f"权限过宽或缺少：{'、'.join(loose + missing)}",
            f"too open or missing: {', '.join(loose + missing)}",
        ),
    )
    yield looked(
        "discipline",
        not (here.keys / SEALED_OPENED_BY).exists(),
        t("检举控告的私钥不在这台机器上", "the key that opens accusations is not on this machine"),
        t(
            f"{SEALED_OPENED_BY} 还在这里：交纪检机关保管后从本机移走",
            f"{SEALED_OPENED_BY} is still here: give it to the discipline office and remove it",
        ),
    )
    yield looked(
        "root",
        os.geteuid() != 0,
        t("不以 root 运行", "does not run as root"),
        t("不要用 root 运行：建一个普通系统账号", "never run as root: make an ordinary system account"),
    )


def _roles(here: Home) -> Iterator[Finding]:
    urls = {"app": here.app_url(), "owner": here.owner_url(), "sealed": here.sealed_url()}
    clues = {
        name: url
        for name in (home.CLUES, home.CLUES_WORKER, home.DROP, home.COURIER)
        if (url := here.side_url(name))
    }
    names = [grants.role_of(url) for url in (*urls.values(), *clues.values())]
    twice = sorted({name for name in names if names.count(name) > 1})
    yield looked(
        "roles",
        not twice,
        t(f"{len(names)} 个数据库角色，各不相同", f"{len(names)} roles of the database, all different"),
        t(
            f"角色 {'、'.join(twice)} 兼了几样：应用、迁移、封存要各用各的（MINQING_OWNER_URL、MINQING_SEALED_URL）",
            f"role {', '.join(twice)} serves twice: app, owner and sealed each need their own (MINQING_OWNER_URL, MINQING_SEALED_URL)",
        ),
    )
    yield looked(
        "server",
        here.external,
        t("县里自己的 PostgreSQL", "the county's own PostgreSQL"),
        t(
            "内置的数据库只供示范和试用：设 DATABASE_URL",
            "the embedded database is for trials: set DATABASE_URL",
        ),
    )
    if not here.external:
        return
    try:
        with psycopg.connect(here.app_url(), connect_timeout=10) as connection:
            row = connection.execute(
                "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR EXISTS ("
                " SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid) FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error as error:
        yield Finding("app-role", "bad", str(error).splitlines()[0])
        return
    yield looked(
        "app-role",
        not (row and row[0]),
        t("应用角色不是超级用户，也不拥有任何表", "the app's role is no superuser and owns no table"),
        t(
            "应用角色权力太大：不能是超级用户，不能拥有表",
            "the app's role may too much: no superuser, no owner of tables",
        ),
    )


def _backup(_: Home) -> Iterator[Finding]:
    folder = store.named()
    yield looked(
        "backup",
        folder is not None,
        str(folder),
        t(
            "没有写明第二块盘：设 MINQING_BACKUP（docs/how-to/backup.md）",
            "no second disk is named: MINQING_BACKUP (docs/how-to/backup.md)",
        ),
    )


LOOKS: tuple[Callable[[Home], Iterator[Finding]], ...] = (
    _frame, _mode, _https, _hosts, _secrets, _roles, _backup,
)  # fmt: skip


def findings(here: Home) -> list[Finding]:
    found: list[Finding] = []
    for look in LOOKS:
        try:
            found += look(here)
        except (OSError, ValueError) as error:
            found.append(Finding(look.__name__.strip("_"), "bad", str(error).splitlines()[0]))
    return found
