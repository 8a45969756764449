"""Settings, read from the environment only here; documented in docs/reference/settings.md.

Settings never start a server: `yimaqing db start` does, and writes the addresses into
``$YIMAQING_HOME/yimaqing.env``, which is read first (the real environment wins).
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from yimaqing.config.domains import enabled
from yimaqing.kit.visitors import networks

REPOSITORY = Path(__file__).resolve().parents[3]
HOME = Path(os.environ.get("YIMAQING_HOME", str(Path.cwd() / "var"))).resolve()


def _load_env_file(path: Path) -> None:
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        key, found, value = line.strip().partition("=")
        if found and not key.startswith("#"):
            os.environ.setdefault(key, value)


TIME_ZONE = "Asia/Shanghai"


def _database(url: str) -> dict[str, object]:
    """A Django database entry from ``postgresql://user:password@host:port/name?host=/socket``."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    host = query.get("host", [unquote(parts.hostname or "")])[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(query.get("port", [parts.port or ""])[0]),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # What the database calls today is today here: in UTC it is yesterday until eight o'clock.
        "TIME_ZONE": TIME_ZONE,
        "OPTIONS": {"connect_timeout": 10},
    }


_load_env_file(HOME / "yimaqing.env")

SECRET_KEY = os.environ.get("YIMAQING_SECRET_KEY", "")
DATA_KEYS = os.environ.get("YIMAQING_DATA_KEY", "")
DATABASE_URL = os.environ.get("YIMAQING_DATABASE_URL", "postgresql:///yimaqing")
OWNER_DATABASE_URL = os.environ.get("YIMAQING_OWNER_DATABASE_URL", DATABASE_URL)
PUBLIC_URL = os.environ.get("YIMAQING_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
DEMO = os.environ.get("YIMAQING_DEMO", "0") == "1"
DEBUG = os.environ.get("YIMAQING_DEBUG", "0") == "1"
ANALYTICS = os.environ.get("YIMAQING_ANALYTICS", "duckdb")
SNAPSHOT_DAYS = int(os.environ.get("YIMAQING_SNAPSHOT_DAYS", "31"))
REGION_NAME = os.environ.get("YIMAQING_REGION_NAME", "")
DOMAINS = enabled(os.environ.get("YIMAQING_DOMAINS_OFF", ""))
LAKE = HOME / "lake"
FILES = HOME / "files"

ALLOWED_HOSTS = [h for h in os.environ.get("YIMAQING_HOSTS", "").split(",") if h] or [
    urlsplit(PUBLIC_URL).hostname or "127.0.0.1",
    "127.0.0.1",
    "localhost",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = networks(os.environ.get("YIMAQING_TRUSTED_PROXIES", "127.0.0.0/8,::1"))
_secure = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "yimaqing.ui",
    *(f"yimaqing.domains.{name}" for name in DOMAINS),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yimaqing.domains.accounts.middleware.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "yimaqing.ui.middleware.RefuseNul",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "yimaqing.domains.accounts.middleware.RequestScope",
    "yimaqing.ui.middleware.SayWhatToDo",
]
ROOT_URLCONF = "yimaqing.config.urls"
WSGI_APPLICATION = "yimaqing.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yimaqing.ui.context.ui",
            ],
        },
    },
]

DATABASES = {"default": _database(DATABASE_URL), "owner": _database(OWNER_DATABASE_URL)}
DATABASES["owner"]["CONN_MAX_AGE"] = 0
DATABASE_ROUTERS = ["yimaqing.kit.rowscope.OneSchemaTwoRoles"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["yimaqing.domains.accounts.login.LockingBackend"]
SESSION_ENGINE = "yimaqing.domains.accounts.sessions"
SESSION_COOKIE_NAME = "yimaqing_session"
SESSION_COOKIE_AGE = 12 * 3600
LOGIN_URL = "accounts:login"
CSRF_FAILURE_VIEW = "yimaqing.domains.accounts.views.session.stale_form"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [
    REPOSITORY / "src/yimaqing/ui/locale",
    REPOSITORY / "src/yimaqing/config/locale",
]
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Vite's names carry a hash of the content: such a file never changes.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/build/assets/.+-[\w-]{8,}\.\w+$"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

PROCRASTINATE_ON_APP_READY = None
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # uniqueness of user names is enforced by accounts_user's own constraint
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "yimaqing.config.logs.Discreet",
            "fmt": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "filters": {"brief": {"()": "yimaqing.config.logs.Brief"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["brief"]}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"yimaqing": {"level": "INFO"}},
}
