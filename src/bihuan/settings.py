"""Settings from the environment: one machine with SQLite by default, PostgreSQL by `DATABASE_URL`.

`BIHUAN_HOME` (default `./var`) holds everything the program writes; `BIHUAN_SECRET_KEY` the secret (made
and kept in `BIHUAN_HOME` on first use when not given); `BIHUAN_INSTITUTIONS` more folders of institutions.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from bihuan.loop import rooms

PACKAGE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("BIHUAN_HOME", "var")).resolve()
HOME.mkdir(parents=True, exist_ok=True)


def _secret() -> str:
    given = os.environ.get("BIHUAN_SECRET_KEY")
    if given:
        return given
    kept = HOME / "secret.key"
    if not kept.exists():
        partial = kept.with_suffix(f".{os.getpid()}")
        partial.touch(mode=0o600)
        partial.write_text(secrets.token_urlsafe(48))
        partial.replace(kept)
    return kept.read_text().strip()


def _origin(address: str) -> list[str]:
    """Scheme and host of an address, as a policy names them; nothing of none."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


def _switch(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


SECRET_KEY = _secret()
DEBUG = _switch("BIHUAN_DEBUG")
DEMO = _switch("BIHUAN_DEMO") or (HOME / "demo").exists()
ALLOWED_HOSTS = os.environ.get("BIHUAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("BIHUAN_ORIGINS", "").split(",") if o]

INSTITUTION_FOLDERS = [
    PACKAGE / "institutions",
    *(Path(folder) for folder in os.environ.get("BIHUAN_INSTITUTIONS", "").split(":") if folder),
]
INSTITUTION_PACKAGES = rooms.packages(INSTITUTION_FOLDERS)
"""Those of the institutions that bring models and screens of their own."""
CALENDAR_FOLDER = Path(os.environ.get("BIHUAN_CALENDAR", PACKAGE.parent.parent / "calendar"))
FILES_FOLDER = HOME / "files"
BALLOT_KEYS_FOLDER = HOME / "ballots"
"""Keys of urns while a secret ballot runs. Destroyed at closing; never part of a backup."""
API_PER_MINUTE = int(os.environ.get("BIHUAN_API_PER_MINUTE", "600"))
OPEN_PER_MINUTE = int(os.environ.get("BIHUAN_OPEN_PER_MINUTE", "120"))
"""Requests a minute: for each token, and for each address that reads open data without one."""
HOOK_HOSTS = [host for host in os.environ.get("BIHUAN_HOOK_HOSTS", "").split(",") if host]
"""Hosts (`name` or `name:port`) inside the own network that notices may be sent to, also without https."""
SITE_ADDRESS = os.environ.get("BIHUAN_ADDRESS", "").rstrip("/")
"""Where people open the program (https://…): what messages sent outside link to. Empty: they carry no link."""
MAIL_GATEWAY = os.environ.get("BIHUAN_MAIL", "")
SMS_GATEWAY = os.environ.get("BIHUAN_SMS", "")
"""The house's gateways as Apprise writes them (`mailtos://user:password@host?from=…`, `forms://…{phone}…`)."""
SMS_ANSWER = os.environ.get("BIHUAN_SMS_ANSWER", "")
"""A regular expression that a text-message gateway's answer meets when it took the message."""
ROBOT_ADDRESSES = {
    "wecom": os.environ.get(
        "BIHUAN_WECOM", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}"
    ),
    "dingtalk": os.environ.get(
        "BIHUAN_DINGTALK", "https://oapi.dingtalk.com/robot/send?access_token={key}"
    ),
    "feishu": os.environ.get("BIHUAN_FEISHU", "https://open.feishu.cn/open-apis/bot/v2/hook/{key}"),
}
"""Where robots are spoken to; a messenger that a government runs itself stands elsewhere."""
VIRUS_SCAN_COMMAND = os.environ.get("BIHUAN_VIRUS_SCAN", "")
"""A command that reads a file named as its last argument and exits 0 when it is clean (clamdscan …)."""

INSTALLED_APPS = [
    "bihuan.people",
    "bihuan.matters",
    "bihuan.jobs",
    "bihuan.reminders",
    "bihuan.measures",
    "bihuan.exchange",
    "bihuan.letters",
    "bihuan.ballots",
    "bihuan.findings",
    "bihuan.draws",
    "bihuan.web",
    "bihuan.api",
    *INSTITUTION_PACKAGES,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

MIDDLEWARE = [
    "bihuan.web.journal.Journal",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bihuan.web.middleware.ChangePasswordFirst",
    "bihuan.web.middleware.SecondFactorFirst",
    "bihuan.web.middleware.Unkeepable",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "bihuan.web.urls"
WSGI_APPLICATION = "bihuan.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "bihuan.web.contexts.house",
            ]
        },
    }
]

SQLITE_OPTIONS = {
    # A transaction that reads and then writes must take the write lock at once: a deferred one is refused
    # as soon as another writer came between, whatever the timeout. FULL: an act once shown is on disk.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-20000;"
        "PRAGMA mmap_size=134217728;PRAGMA temp_store=MEMORY;"
    ),
}
POSTGRESQL_OPTIONS = "-c jit=off -c random_page_cost=1.1"
"""Pages ask many short questions: compiling one takes longer than answering it, and disks no longer turn."""
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{HOME / 'bihuan.sqlite3'}", conn_max_age=None
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"].setdefault("OPTIONS", {}).update(SQLITE_OPTIONS)
else:
    postgres = DATABASES["default"].setdefault("OPTIONS", {})
    postgres.setdefault("options", POSTGRESQL_OPTIONS)
    if _switch("BIHUAN_PREPARED", default=True):
        # The few statements of an act are prepared once for each connection (matters/rows.py); Django's own never
        # are. To be switched off behind a pooler that gives every transaction another connection (PgBouncer).
        postgres.setdefault("prepare_threshold", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "sign-in"
CSRF_FAILURE_VIEW = "bihuan.web.views.session.csrf_failure"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours: a quarter of an hour
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "bihuan.web.views.session.locked_out"
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "bihuan.web.events.address_of"
SECOND_FACTOR_ROLES = [
    role for role in os.environ.get("BIHUAN_SECOND_FACTOR", "").split(",") if role
]
"""Roles (people/models.py) that must sign in with a second factor; everybody else may."""
OTP_TOTP_ISSUER = "闭环"
OIDC_ISSUER = os.environ.get("BIHUAN_OIDC_ISSUER", "").rstrip("/")
OIDC_CLIENT = os.environ.get("BIHUAN_OIDC_CLIENT", "")
OIDC_SECRET = os.environ.get("BIHUAN_OIDC_SECRET", "")
OIDC_CLAIM = os.environ.get("BIHUAN_OIDC_CLAIM", "sub")
OIDC_NAME = os.environ.get("BIHUAN_OIDC_NAME", "统一身份认证")
"""Sign-in by the area's identity provider (OpenID Connect); off without an issuer. The claim is what links."""
PROXIES = int(os.environ.get("BIHUAN_PROXIES", "0"))
"""How many reverse proxies of the house stand before the program: whose word on the caller's address counts."""
METRICS_TOKEN = os.environ.get("BIHUAN_METRICS_TOKEN", "")
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = _switch("BIHUAN_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
if SECURE_COOKIES:  # a browser takes these names only from this very host, over HTTPS
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Signing out leads on to the provider that signed one in.
        "form-action": [SELF, *_origin(OIDC_ISSUER)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "bihuan.web.json_line.JsonLine"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if _switch("BIHUAN_LOG_JSON") else "line",
        },
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "bihuan.requests": {"level": "INFO" if _switch("BIHUAN_LOG_JSON") else "WARNING"},
        # It writes addresses with their passwords: read where it is used (reminders/gateways.py), kept nowhere.
        "apprise": {"handlers": ["nowhere"], "level": "DEBUG", "propagate": False},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []

JOB_LEASE_SECONDS = int(os.environ.get("BIHUAN_JOB_LEASE", "60"))
"""How long a worker may give no sign of life before another takes up its job."""
JOBS: dict[str, dict[str, Any]] = {
    "sweep": {"title": "记下到期的时限", "path": "bihuan.jobs.nightly.sweep_all", "whole": False},
    "seal": {"title": "封存当天的动作", "path": "bihuan.jobs.nightly.seal_all", "whole": False},
    "clear_jobs": {"title": "清理旧任务", "path": "bihuan.jobs.nightly.clear_jobs"},
    "tidy_rooms": {"title": "删去到期的答卷", "path": "bihuan.jobs.nightly.tidy_rooms"},
    "import": {
        "title": "导入台账",
        "path": "bihuan.exchange.background.import_ledger",
        "tries": 3,
    },
    "letters": {
        "title": "批量生成公文",
        "path": "bihuan.letters.background.issue_many",
        "whole": False,
    },
    "notices": {
        "title": "发送通知",
        "path": "bihuan.api.working.send_notices",
        "whole": False,
    },
    "findings": {
        "title": "运行自查规则",
        "path": "bihuan.findings.run.run_all",
        "whole": False,
    },
    "keys": {"title": "销毁用过的票箱钥匙", "path": "bihuan.ballots.working.forget_keys"},
    "reminders": {
        "title": "生成提醒",
        "path": "bihuan.reminders.working.gather_all",
        "whole": False,
    },
    "messages": {
        "title": "发送提醒",
        "path": "bihuan.reminders.working.send_all",
        "whole": False,
    },
    "clear_messages": {"title": "清理发送记录", "path": "bihuan.reminders.working.clear"},
    "count": {
        "title": "更新汇总数",
        "path": "bihuan.measures.totals.count_all",
        "whole": False,
    },
}
"""What may be done in the background: a title, the function, whether it is one transaction (jobs/kinds.py)."""
SCHEDULE: list[dict[str, Any]] = [
    {"kind": "sweep", "daily": "00:10"},
    {"kind": "seal", "daily": "00:40"},
    {"kind": "findings", "daily": "01:30"},
    {"kind": "clear_jobs", "daily": "03:30"},
    {"kind": "tidy_rooms", "daily": "03:40"},
    {"kind": "notices", "minutes": 5},
    {"kind": "keys", "minutes": 5},
    {"kind": "reminders", "minutes": 5},
    {"kind": "messages", "minutes": 5},
    {"kind": "clear_messages", "daily": "03:40"},
    {"kind": "count", "minutes": 2},
]
"""What comes round by itself, in local time."""
