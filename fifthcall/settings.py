"""All settings, read from the environment; docs/reference/settings.md explains each."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from fifthcall import __version__ as VERSION  # noqa: F401

env = Env()
HOME = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
DATA: Path = env.path("FIFTHCALL_DATA", HOME / "fifthcall")
DATA.mkdir(parents=True, exist_ok=True, mode=0o700)


def _secret_key() -> str:
    """The signing key: from the environment, else made once and kept in the data folder, readable by its owner only."""
    if given := env.str("FIFTHCALL_SECRET_KEY", ""):
        return given
    file = DATA / "secret-key"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return file.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = env.bool("FIFTHCALL_DEBUG", False)
HOST: str = env.str("FIFTHCALL_HOST", "127.0.0.1")
PORT: int = env.int("FIFTHCALL_PORT", 8000)
URL: str = env.str("FIFTHCALL_URL", f"http://{HOST}:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("FIFTHCALL_ALLOWED_HOSTS", [URL.split("//")[-1].split(":")[0], "127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = [URL]
#: Whether calendars may be fetched from this machine's own network; by default when only this machine is served.
PRIVATE_HOSTS: bool = env.bool("FIFTHCALL_PRIVATE_HOSTS", URL.startswith(("http://127.", "http://localhost")))
PHONE_API: str = env.str("FIFTHCALL_PHONE_API", "").rstrip("/")
ZONE_OF_MACHINE: str = env.str("FIFTHCALL_ZONE", "")
PRINT_FONTS: list[str] = env.list("FIFTHCALL_PRINT_FONTS", [])
IMPORT_MAX_MB: int = env.int("FIFTHCALL_IMPORT_MAX_MB", 256)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "fifthcall.web",  # before allauth: its templates dress the sign-in pages
    "allauth",
    "allauth.account",
    "django_htmx",
    "template_partials",
    "lucide",
    "fifthcall.journal",
    "fifthcall.teams",
    "fifthcall.calendars",
    "fifthcall.people",
    "fifthcall.pipeline",
    "fifthcall.wording",
    "fifthcall.touches",
    "fifthcall.channels",
    "fifthcall.fairs",
    "fifthcall.syncing",
    "fifthcall.phoning",
    "fifthcall.posting",
    "fifthcall.cues",
    "fifthcall.imports",
    "fifthcall.insights",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "fifthcall.web.access.AccessMiddleware",
]
ROOT_URLCONF = "fifthcall.urls"
WSGI_APPLICATION = "fifthcall.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fifthcall.web.context.member",
            ],
        },
    }
]

DATABASE_URL: str = env.str("DATABASE_URL", "")
if DATABASE_URL:
    DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=None)}
    if "postgresql" not in DATABASES["default"]["ENGINE"]:
        raise ImproperlyConfigured("DATABASE_URL: only postgres:// is supported; leave it empty for SQLite.")
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "fifthcall.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
                # FULL: a committed next step must survive the plug being pulled. Mapped: what the threads read is in
                # memory once, not in each one's cache; a disk that fails ends the process then, not one page.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;"
                f" PRAGMA mmap_size={2**30};",
            },
            "TEST": {"NAME": DATA / "test.sqlite3"},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "fifthcall.teams.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/key,60/15m/ip"}
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"

SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SECURE = URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-fifthcall" if SECURE else "fifthcall"
if SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("FIFTHCALL_HSTS_SECONDS", 31_536_000)
    SECURE_SSL_REDIRECT = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "img-src": ["'self'", "data:"],
    }
}

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
UPLOADS = DATA / "uploads"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname:7} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("FIFTHCALL_LOG_LEVEL", "WARNING")},
}
