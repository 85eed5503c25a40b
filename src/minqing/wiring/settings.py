"""The one settings file. What an office may choose lives in tables; what the law says lives in ground/law."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF

from minqing.wiring import home

HERE = Path(__file__).resolve().parent.parent
HOME = home.current()


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


AS_OWNER = flag("MINQING_AS_OWNER")


def database(url: str, *, migrating: bool = False) -> dict[str, object]:
    """A Django DATABASES entry from postgresql://user:password@host:port/name?options."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "minqing.wiring.engine",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # Migrations send several statements at once, which cannot be prepared; everything else is prepared at first use.
        "OPTIONS": {
            "server_side_binding": not migrating,
            "prepare_threshold": None if migrating else 0,
            **query,
        },
    }


MINQING_DEMO = home.in_demo()
MINQING_COUNTY = os.environ.get("MINQING_COUNTY", "990101")
MINQING_COUNTY_NAME = os.environ.get("MINQING_COUNTY_NAME", "棠川县")
MINQING_COUNTY_NAME_EN = os.environ.get("MINQING_COUNTY_NAME_EN", "Tangchuan County")
MINQING_HOTLINE = os.environ.get("MINQING_HOTLINE", "12345")
MINQING_FILES = Path(HOME.files)
MINQING_PUBLIC_HOST = os.environ.get("MINQING_PUBLIC_HOST", "")
MINQING_DOC_PREFIX = os.environ.get(
    "MINQING_DOC_PREFIX", MINQING_COUNTY_NAME[:1] + "信"
)  # 棠信处〔2026〕17号
MINQING_CLAMD = os.environ.get(
    "MINQING_CLAMD", ""
)  # unix:/run/clamav/clamd.ctl or host:port; empty: no scanner
MINQING_MAIL = os.environ.get("MINQING_MAIL", "console")  # console | smtp
MINQING_MAIL_DOMAIN = os.environ.get("MINQING_MAIL_DOMAIN", "minqing.invalid")
MINQING_IMAP_URL = os.environ.get(
    "MINQING_IMAP_URL", ""
)  # imaps://user:password@host:993/INBOX; empty: no mail in
MINQING_IMAP_TAKEN = os.environ.get(
    "MINQING_IMAP_TAKEN", "Minqing"
)  # taken letters: a folder of the mail server (made when missing), delete, or flag
MINQING_IMAP_OWN = [
    one.lower() for one in listed("MINQING_IMAP_OWN")
]  # other addresses this county writes from
os.environ.setdefault("MINQING_KEYS", str(HOME.keys))
MINQING_LOG_ORIGIN = HOME.log_origin() or os.environ.get("MINQING_LOG_ORIGIN", f"{MINQING_MAIL_DOMAIN}/log")
MINQING_SIGNER = str(HOME.path / "signer")
MINQING_LOG_POLICY = os.environ.get(
    "MINQING_LOG_POLICY", str(HOME.path / "log.policy")
)  # C2SP tlog-policy: the witnesses and how many of them must have signed; no file: none

SIDE = os.environ.get("MINQING_SIDE", "county")
"""county | sealed: which side this process stands on; each has its own host, roles and addresses ("both": tests)."""
WORKS = flag(
    "MINQING_WORKS"
)  # the sealed side's worker: its role sees every row, the pages' role only their own
MINQING_DROP = HOME.side_url(home.DROP) if flag("MINQING_CLUES", default=True) else ""
"""Where what is sealed leaves the county; empty: a county without the clues' side."""
MINQING_SEALED_HOST = os.environ.get("MINQING_SEALED_HOST", "")
"""Where the sealed side answers, and nobody else: host, or host:port; empty: this county has none."""
MINQING_HIGHER = os.environ.get("MINQING_HIGHER", "")
"""Where matters of the level above are brought: an address, printed on the sealed side's first page beside 12388."""
MINQING_LEAVES = int(os.environ.get("MINQING_LEAVES", "12"))
"""How many leaves an hour the sealed side hands to the log, day and night, whatever happens there."""
MINQING_CLUES_LOGGED = flag("MINQING_CLUES_LOGGED", default=bool(MINQING_DROP))
"""Those leaves are in the log: only then do slips carry proofs, all of them."""

SECRET_KEY = home.secret_text("django.secret")
DEBUG = flag("MINQING_DEBUG")
ALLOWED_HOSTS = listed("MINQING_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = listed("MINQING_ORIGINS")
BEHIND_HTTPS = flag("MINQING_HTTPS")
MINQING_PROXIES = frozenset(listed("MINQING_PROXIES", "127.0.0.1,::1"))
"""Behind HTTPS: whose X-Forwarded-For and X-Forwarded-Proto count. From anybody else, and without HTTPS, none does."""

INSTALLED_APPS = [
    "minqing.record.log",
    "minqing.record.facts",
    "minqing.record.inbox",
    "minqing.ground.places",
    "minqing.ground.law",
    "minqing.ground.offices",
    "minqing.ground.people",
    "minqing.means.files",
    "minqing.means.search",
    "minqing.means.documents",
    "minqing.means.notify",
    "minqing.work.duties",
    "minqing.work.judgement",
    "minqing.work.promises",
    "minqing.work.intake",
    "minqing.work.cases",
    "minqing.work.visits",
    "minqing.work.erasing",
    "minqing.work.monitor",
    "minqing.watch.clues",
    "minqing.doors.parts",
    "minqing.wiring",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "minqing.wiring.sides.OwnProxy",
    "minqing.wiring.sides.OneHost",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "minqing.doors.parts.policy.PolicyMiddleware",
    "minqing.doors.parts.language.LanguageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "minqing.doors.parts.stay.StayMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "minqing.doors.desk.acted.ActedMiddleware",
    "minqing.doors.parts.refusals.RefusalMiddleware",
]
# The API knows its callers by token: nothing here reads a cookie but the language.
API_MIDDLEWARE = [
    "minqing.wiring.sides.OwnProxy",
    "minqing.wiring.sides.OneHost",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "minqing.doors.parts.policy.PolicyMiddleware",
    "minqing.doors.parts.language.LanguageMiddleware",
    "minqing.doors.parts.refusals.RefusalMiddleware",
]
ROOT_URLCONF = "minqing.wiring.urls"
if SIDE == "sealed":
    ROOT_URLCONF = "minqing.wiring.sealed_urls"
    for theirs in ("minqing.doors.desk.acted.ActedMiddleware", "minqing.doors.parts.stay.StayMiddleware"):
        MIDDLEWARE.remove(theirs)  # officers have sessions of another kind there: doors/sealed/signing.py
WSGI_APPLICATION = "minqing.wiring.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "minqing.doors.parts.context.county",
            ],
        },
    }
]


DATABASES = {"default": database(HOME.owner_url() if AS_OWNER else HOME.app_url(), migrating=AS_OWNER)}
if SIDE == "sealed":
    DATABASES["default"] = database(HOME.side_url(home.COURIER))
if SIDE != "county" or (AS_OWNER and HOME.side_url(home.CLUES_OWNER)):
    CLUES_ROLE = home.CLUES_OWNER if AS_OWNER else home.CLUES_WORKER if WORKS else home.CLUES
    DATABASES["clues"] = database(HOME.side_url(CLUES_ROLE), migrating=AS_OWNER) | {
        "TEST": {"DEPENDENCIES": []}
    }
DATABASE_ROUTERS = ["minqing.wiring.sides.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

AUTH_USER_MODEL = "offices.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "minqing.doors.parts.accounts.StaffAdapter"
MFA_ADAPTER = "minqing.doors.parts.accounts.StaffMfaAdapter"
MFA_FORMS = {
    "authenticate": "minqing.doors.parts.codes.CodeForm",
    "reauthenticate": "minqing.doors.parts.codes.AgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Minqing"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "lang"
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = Path(HOME.path) / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": os.environ.get("MINQING_STATIC", "whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = (
    1000  # a person who chooses too many reads how many, with every word still there
)
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "minqing.doors.parts.uploads.BoundedHandler",
]
DEFAULT_FROM_EMAIL = os.environ.get("MINQING_MAIL_FROM", f"minqing@{MINQING_MAIL_DOMAIN}")
EMAIL_BACKEND = os.environ.get("MINQING_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")

CSRF_FAILURE_VIEW = "minqing.doors.parts.refusals.csrf_failure"
SESSION_ENGINE = "minqing.doors.parts.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if SIDE == "sealed":
    CSRF_COOKIE_AGE = None  # a browser that is closed remembers nothing of that side
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if BEHIND_HTTPS:
    # A cookie of this name is taken from this host alone, for every path, over HTTPS: browsers see to it.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SILENCED_SYSTEM_CHECKS = [
        "security.W021"
    ]  # preloading binds the whole domain: not a county's to decide alone
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "blob:", "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "report-uri": ["/csp-report"],
    }
}

LOG_LEVEL = os.environ.get("MINQING_LOG", "WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "minqing.wiring.logs.Discreet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL},  # one way out: Django's own handlers are not discreet
        "PIL": {"level": "INFO"},  # below, it writes down what a photo says of its place and maker
    },
}
