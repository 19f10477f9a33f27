"""Settings, all of them, read from the environment; what cannot be used stops the program with a sentence.

Everything the product keeps lives in one folder, ``JIZHUN_HOME``.
"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from jizhun.kernel.bilingual import Refused

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parents[1]


def folder_beside(name: str) -> Path:
    """``name`` inside the installed package, or at the top of the repository; raises Refused if in neither."""
    for folder in (PACKAGE / name, CHECKOUT / name):
        if folder.is_dir():
            return folder
    raise Refused(zh=f"安装不完整：找不到“{name}”文件夹。", en=f"The installation lacks its “{name}” folder.")


def switch(name: str, default: bool) -> bool:
    """A yes-or-no variable; raises Refused for any other word."""
    text = os.environ.get(name, str(int(default))).lower()
    if text not in ("0", "1", "true", "false", "yes", "no"):
        raise Refused(zh=f"环境变量 {name} 应为 0 或 1，现为“{text}”。", en=f"{name} must be 0 or 1, not “{text}”.")
    return text in ("1", "true", "yes")


def one_of(name: str, known: Sequence[str]) -> str:
    """A variable that is one of the ``known`` words, the first where it is not set; raises Refused for any other."""
    word = os.environ.get(name) or known[0]
    if word not in known:
        raise Refused(zh=f"环境变量 {name} 应为 {'、'.join(known)} 之一，现为“{word}”。",
                      en=f"{name} must be one of {', '.join(known)}, not “{word}”.")
    return word


def words(name: str, default: str) -> list[str]:
    """A comma-separated variable as a list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def number(name: str, default: int) -> int:
    """A variable that holds a whole number from 0 on; raises Refused for anything else."""
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Refused(zh=f"环境变量 {name} 应为 0 或正整数，现为“{text}”。",
                      en=f"{name} must be a whole number from 0 on, not “{text}”.")
    return int(text)


HOME = Path(os.environ.get("JIZHUN_HOME") or "var").expanduser().resolve()
LAKE = HOME / "lake"
LAKE_ADDRESS = os.environ.get("JIZHUN_LAKE", "")
"""Where the tables of cases lie: another folder, or s3://bucket/prefix. Work in progress stays in ``LAKE``."""
LAKE_ENDPOINT = os.environ.get("JIZHUN_LAKE_ENDPOINT", "")
LAKE_REGION = os.environ.get("JIZHUN_LAKE_REGION", "")
KEEP_VERSIONS = number("JIZHUN_KEEP_VERSIONS", 30)
"""For how many days an older version of the cases can still be read."""
KEEP_MONTHS = number("JIZHUN_KEEP_MONTHS", 0)
"""How many whole months of cases are kept beside the present one; 0: all."""
KEEP_NOTICE = number("JIZHUN_KEEP_NOTICE", 30)
"""How many days before months leave the lake that is announced."""
FILES = HOME / "files"
KEYS = HOME / "keys"
DATA_DIR = folder_beside("data")
ENGINE = one_of("JIZHUN_ENGINE", ("auto", "duckdb", "compiled", "spark"))
SPARK_MASTER = os.environ.get("JIZHUN_SPARK_MASTER", "local[2]")
DEBUG = switch("JIZHUN_DEBUG", False)


def made(folder: Path, mode: int = 0o755) -> Path:
    """``folder``, made if need be; raises Refused when it cannot be."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            zh=f"无法建立文件夹 {folder}（{error.strerror}）；请检查 JIZHUN_HOME。",
            en=f"Cannot make the folder {folder} ({error.strerror}); check JIZHUN_HOME.",
        ) from None
    return folder


def kept_key(name: str) -> str:
    """The random key kept in ``keys/``: made at first use, readable by its owner only."""
    path = made(KEYS, 0o700) / name
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    if key := path.read_text().strip():
        return key
    raise Refused(zh=f"密钥文件 {path} 是空的。", en=f"The key file {path} is empty.")


SECRET_KEY = os.environ.get("JIZHUN_SECRET_KEY") or kept_key("secret.key")


def sqlite(file: Path) -> dict[str, Any]:
    """SQLite for a server: readers never wait (WAL), and a writer takes its lock at once instead of failing later."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": made(file.parent) / file.name,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; "
            "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;",
        },
    }


def database(address: str) -> dict[str, Any]:
    """The database at ``postgresql://user:password@host:port/name``; SQLite in the home when the address is empty."""
    if not address:
        return sqlite(HOME / "jizhun.sqlite3")
    if urlsplit(address).scheme not in ("postgresql", "postgres", "psql"):
        raise Refused(
            zh="JIZHUN_DATABASE_URL 应写成 postgresql://用户:口令@主机:端口/库名。",
            en="JIZHUN_DATABASE_URL must read postgresql://user:password@host:port/name.",
        )
    return {**environ.Env.db_url_config(address), "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 60}


DATABASES = {"default": database(os.environ.get("JIZHUN_DATABASE_URL", ""))}

ALLOWED_HOSTS = words("JIZHUN_HOSTS", "localhost,127.0.0.1,[::1]")
HTTPS = switch("JIZHUN_HTTPS", False)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and host != "*"]

INSTALLED_APPS = [
    "jizhun",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jizhun.frame.surround.Surround",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jizhun.frame.surround.surround",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "jizhun.frame.tags",
            ],
        },
    }
]

ROOT_URLCONF = "jizhun.urls"
WSGI_APPLICATION = "jizhun.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "jizhun.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
# WhiteNoise serves the package's own static folders: nothing to collect, so an installed wheel is complete.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

MEDIA_ROOT = FILES
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a decision table in a form has a field a cell
FILE_UPLOAD_TEMP_DIR = made(FILES / "incoming")

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LEARNED_FROM = {"certificate": "jizhun.training.actions.worth.qualified"}
"""What a qualification rests on -> who tells what it is worth on a day. Rights are read below the room that knows."""

EMAIL_CONFIGURED = bool(os.environ.get("JIZHUN_EMAIL_URL"))
if EMAIL_CONFIGURED:
    globals().update(environ.Env.email_url_config(os.environ["JIZHUN_EMAIL_URL"]))
DEFAULT_FROM_EMAIL = os.environ.get("JIZHUN_EMAIL_FROM", "jizhun@localhost")
PUBLIC_ADDRESS = os.environ.get("JIZHUN_ADDRESS", "").rstrip("/")
"""Where the public reaches this instance, for links in mails; empty: mails carry no links."""

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"

LOG_LEVEL = os.environ.get("JIZHUN_LOG_LEVEL", "WARNING").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "level": LOG_LEVEL}},
    # A request for another host's name is somebody's scanner, not an error of ours: it is answered 400.
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}

# A program that looks for viruses in files that are handed in as evidence: see evaluation/scanning.py. "": none.
SCANNER = os.environ.get("JIZHUN_SCANNER", "")
