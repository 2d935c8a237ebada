"""A real IMAP server (Dovecot) on loopback, with its own folder, mailboxes and switches for the tests.

It runs without privileges: as us, or for root as `nobody`. Users sign in with PASSWORD, or with TOKEN by XOAUTH2.
"""

from __future__ import annotations

import contextlib
import imaplib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from imap_tools.utils import encode_folder

from tests.smtp_sink import closed_port

PASSWORD, TOKEN = "let me in", "a-token-that-lasts"
USERS = ("ada", "ben")
BINARY = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin") or ""

CONFIG = """
protocols = imap
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
instance_name = tests
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_uid = {user}
mail_gid = {group}
mail_home = {home}/mail/%n
mail_location = maildir:~/Maildir
mail_fsync = never
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
mail_max_userip_connections = 200
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
ssl_dh =
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%n {home}/users
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%n {home}/tokens
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%n
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Trash {{
    special_use = \\Trash
  }}
  mailbox Drafts {{
    auto = create
    special_use = \\Drafts
  }}
}}
"""


class Dovecot:
    """One server; `host`, `port` (plain and STARTTLS), `tls_port`, `certificate`."""

    def __init__(self) -> None:
        self.as_user: dict[str, Any] = {}
        self.user, self.group = _names()
        if os.geteuid() == 0:
            self.as_user = {"user": self.user, "group": self.group, "extra_groups": []}
        self.home = Path(tempfile.mkdtemp(prefix="fifthcall_imap_", dir="/tmp"))
        self.host, self.port, self.tls_port = "127.0.0.1", closed_port(), closed_port()
        self.certificate = self.home / "cert.pem"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Write the configuration and wait until the server answers."""
        _certificate(self.home)
        self.password(PASSWORD)
        (self.home / "tokens").write_text("".join(f"{user}:{TOKEN}\n" for user in USERS))
        (self.home / "mail").mkdir()
        values = {name: getattr(self, name) for name in ("home", "user", "group", "port", "tls_port")}
        (self.home / "dovecot.conf").write_text(CONFIG.format(**values))
        if self.as_user:
            for path in (self.home, *self.home.rglob("*")):
                shutil.chown(path, self.user, self.group)
        self._launch()

    def _launch(self) -> None:
        command = [BINARY, "-F", "-c", str(self.home / "dovecot.conf")]
        with (self.home / "said").open("wb") as said:
            self.process = subprocess.Popen(
                command,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                **self.as_user,
            )
        for _ in range(200):
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                imaplib.IMAP4(self.host, self.port, timeout=2).logout()
                return
            time.sleep(0.05)
        log = self.home / "log"
        raise RuntimeError(
            f"Dovecot did not start: {(self.home / 'said').read_text()}{log.read_text() if log.exists() else ''}"
        )

    def stop(self) -> None:
        """End every process of the server; the mail stays."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)  # its children too; asked kindly, they take a second
            self.process.wait(10)
            (self.home / "run" / "master.pid").unlink(missing_ok=True)
            self.process = None

    def again(self) -> None:
        """Start once more on the same ports, after `stop`."""
        self._launch()

    def password(self, new: str) -> None:
        """What the users sign in with from now on."""
        self.secret = new
        (self.home / "users").write_text("".join(f"{user}:{new}\n" for user in USERS))

    @contextlib.contextmanager
    def as_client(self, user: str = "ada") -> Iterator[imaplib.IMAP4]:
        """Signed in, as a user's own mail program would be."""
        client = imaplib.IMAP4(self.host, self.port, timeout=10)
        client.login(user, self.secret)
        try:
            yield client
        finally:
            client.logout()

    def drop(self, raw: bytes, folder: str = "INBOX", user: str = "ada", at: datetime | None = None) -> None:
        """A mail arrives in the folder, at `at` by the server's own date."""
        self.drop_all([raw], folder, user, at)

    def drop_all(
        self, mails: list[bytes], folder: str = "INBOX", user: str = "ada", at: datetime | None = None
    ) -> None:
        """Several mails arrive, over one line."""
        when = imaplib.Time2Internaldate(at) if at else ""
        with self.as_client(user) as client:
            client.create(encode_folder(folder).decode())
            for raw in mails:
                answer = client.append(encode_folder(folder).decode(), "", when, raw)
                assert answer[0] == "OK", answer

    def flags(self, folder: str = "INBOX", user: str = "ada") -> list[str]:
        """The flags of each mail in the folder."""
        with self.as_client(user) as client:
            client.select(f'"{folder}"', readonly=True)
            found = client.fetch("1:*", "(FLAGS)")[1]
        return [re.findall(r"FLAGS \(([^)]*)\)", item.decode())[0] for item in found if isinstance(item, bytes)]

    def count(self, folder: str = "INBOX", user: str = "ada") -> int:
        """How many mails the folder holds."""
        with self.as_client(user) as client:
            return int(client.select(f'"{folder}"', readonly=True)[1][0] or 0)

    def renumber(self, folder: str = "INBOX", user: str = "ada", up: int = 1000) -> None:
        """Give the folder another UIDVALIDITY, and so its mails other UIDs, as after a restored backup."""
        maildir = self.home / "mail" / user / "Maildir"
        place = maildir if folder == "INBOX" else maildir / f".{folder.replace('/', '.')}"
        listed = place / "dovecot-uidlist"
        old = int(re.findall(r"V(\d+)", listed.read_text())[0])
        for index in place.glob("dovecot.index*"):
            index.unlink()
        listed.write_text(f"3 V{old + up} N1\n")
        if self.as_user:
            shutil.chown(listed, self.user, self.group)


def _names() -> tuple[str, str]:
    import grp
    import pwd

    found = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return found.pw_name, grp.getgrgid(found.pw_gid).gr_name


def _certificate(folder: Path) -> None:
    """A key and a certificate for localhost that nobody has signed but itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    from fifthcall import clock

    key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = (
        builder.not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextlib.contextmanager
def running() -> Iterator[Dovecot]:
    """A server that lives as long as the block. Without Dovecot the test fails: `bin/setup test` installs it."""
    if not BINARY:
        pytest.fail("Dovecot is missing: `bin/setup test` installs it (Debian: dovecot-imapd).", pytrace=False)
    server = Dovecot()
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.home, ignore_errors=True)
