"""Settings from the environment. A bad value stops the start, with every problem listed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from core.setting_values import BaseUrl, Comma, DatabaseUrl, Host, HttpAddress, Sender, SmtpUrl

PREFIX = "YUNQIAN_"
APART: Final = "apart"


class ConfigError(Exception):
    """One or more settings are wrong; `problems` has a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("Settings are wrong:\n" + "\n".join(f"  - {problem}" for problem in problems))


class Settings(BaseModel):
    """Everything that an installation may set; the environment variable is the field's name with YUNQIAN_ before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(default=Path("var"), description="Where the embedded database, files and keys live")
    # repr=False: what holds a password must not be printed with the settings.
    database_url: DatabaseUrl = Field(
        default="", repr=False, description="postgresql://… ; empty: SQLite inside data_dir"
    )
    secret_key: SecretStr = Field(default=SecretStr(""), description="Empty means one made and kept in data_dir")
    key_passphrase: SecretStr = Field(default=SecretStr(""), description="Encrypts the signing keys at rest")
    key_passphrase_file: Path | None = Field(
        default=None, description="File with that passphrase, for its owner alone; none of both: made in data_dir"
    )
    sm2_key_file: Path | None = Field(
        default=None, description="SM2 key that signs audit trails, PEM; without it keys/trail-sm2.key if it is there"
    )
    pkcs11_module: Path | None = Field(
        default=None, description="PKCS#11 library: new signing keys are made in its token"
    )
    pkcs11_token: str = Field(default="", description="Label of the token")
    pkcs11_pin: SecretStr = Field(default=SecretStr(""), description="The token's user PIN")
    pkcs11_pin_file: Path | None = Field(default=None, description="File with that PIN, for its owner alone")
    base_url: BaseUrl = Field(default="http://127.0.0.1:8600", description="How people reach this installation")
    proxy_depth: int = Field(default=0, ge=0, le=5, description="How many proxies of ours stand in front")
    smtp_url: SmtpUrl = Field(
        default="",
        repr=False,
        description="smtp://user:password@host:587?tls=starttls or smtps://… ; empty keeps mail here",
    )
    max_mail_bytes: int = Field(
        default=15_000_000, ge=0, le=100_000_000, description="Longest mail: signed files go along where they fit"
    )
    mail_from: Sender = Field(default="云签 Yunqian <no-reply@localhost>")
    tsa_urls: Annotated[tuple[HttpAddress, ...], Comma] = Field(
        default=(), description="RFC 3161 services, comma between"
    )
    tsa_policy: str = Field(
        default="wait",
        pattern="^(fallback|wait|refuse)$",
        description="Where no service answers: fallback, the built-in clock, marked; wait, stamped later; refuse",
    )
    tsa_oids: Annotated[tuple[str, ...], Comma] = Field(
        default=(), description="Policies that a token may state; empty: any"
    )
    tsa_revocation_hosts: Annotated[tuple[Host, ...], Comma] = Field(
        default=(), description="Hosts that may be asked whether those services' certificates are revoked"
    )
    tsa_timeout_seconds: float = Field(default=8.0, ge=0.5, le=60, description="For one service's whole answer")
    tsa_anchors: Path | None = Field(
        default=None, description="PEM file: roots that a timestamp authority must chain to"
    )
    external_anchors: Path | None = Field(default=None, description="PEM: authorities of signers' own certificates")
    external_lists: Path | None = Field(default=None, description="Those authorities' revocation lists, PEM or DER")
    external_revocation: str = Field(
        default="offline",
        pattern="^(offline|ask|require)$",
        description="offline: those lists alone; ask: also OCSP and lists over the network; require: refuse if unknown",
    )
    external_hosts: Annotated[tuple[Host, ...], Comma] = Field(
        default=(), description="Hosts of theirs inside private networks, or at other ports, that may be asked"
    )
    robot_hosts: Annotated[tuple[Host, ...], Comma] = Field(
        default=(), description="Hosts of chat robots and webhooks inside private networks, or at other ports"
    )
    meeting_keys: Path | None = Field(default=None, description="Keys of meeting services, TOML, for its owner alone")
    wallet_apple_certificate: Path | None = Field(
        default=None, description="Pass Type ID certificate, PEM or DER: offers tickets for Apple Wallet"
    )
    wallet_apple_key: Path | None = Field(default=None, description="Its private key, PEM, for its owner alone")
    wallet_apple_key_password: SecretStr = Field(
        default=SecretStr(""), description="That key's password, if it has one"
    )
    wallet_apple_wwdr: Path | None = Field(
        default=None, description="The certificate of Apple's that issued it (WWDR), PEM or DER"
    )
    wallet_google_account: Path | None = Field(
        default=None, description="Service account's key, JSON, for its owner alone: offers Google Wallet"
    )
    wallet_google_issuer: str = Field(default="", pattern="^[0-9]*$", description="Issuer ID that it issues passes for")
    ocsp_in_certificates: bool = Field(
        default=False, description="Write the OCSP responder into certificates: NSS then rejects them without it"
    )
    demo: bool = Field(default=False, description="Marks all as demo and lets everybody in: no real data")
    organisation: str = Field(
        default="云签 Yunqian", max_length=120, description="Who runs this; named in certificates"
    )
    max_upload_bytes: int = Field(default=20_000_000, ge=100_000, le=500_000_000)
    max_upload_pages: int = Field(default=300, ge=1, le=300, description="Most pages of an uploaded paper")
    prove_hours: int = Field(
        default=72,
        ge=0,
        le=720,
        description="How long a registration stands whose mail address nobody proved; 0: for good",
    )
    max_unclaimed_bytes: int = Field(
        default=200_000_000, ge=0, description="Most bytes of files whose registration form did not go through"
    )
    office_path: Path | None = Field(default=None, description="LibreOffice's program; empty: looked for on the PATH")
    second_reader: str = Field(
        default="auto",
        pattern="^(auto|required|off)$",
        description="Whether poppler must show an uploaded paper alike: auto, where it is installed; required; off",
    )
    max_body_bytes: int = Field(default=1_000_000, ge=10_000, le=50_000_000)
    session_hours: int = Field(default=12, ge=1, le=168)
    web_threads: int = Field(default=4, ge=1, le=64)
    max_viewers: int = Field(default=10_000, ge=1, le=100_000, description="Open live streams in one process")
    run_jobs: Literal["apart"] | bool = Field(
        default=APART, description="Work: in a process apart, among pages, or none"
    )
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 32:
            raise ValueError("must have at least 32 characters")
        return value

    @model_validator(mode="after")
    def _whole_token(self) -> Settings:
        if self.pkcs11_module and not self.pkcs11_token:
            raise ValueError("YUNQIAN_PKCS11_MODULE needs YUNQIAN_PKCS11_TOKEN")
        return self

    @model_validator(mode="after")
    def _whole_wallets(self) -> Settings:
        apple = (self.wallet_apple_certificate, self.wallet_apple_key, self.wallet_apple_wwdr)
        if any(apple) and not all(apple):
            raise ValueError(
                "YUNQIAN_WALLET_APPLE_CERTIFICATE, YUNQIAN_WALLET_APPLE_KEY and YUNQIAN_WALLET_APPLE_WWDR go together"
            )
        if bool(self.wallet_google_account) != bool(self.wallet_google_issuer):
            raise ValueError("YUNQIAN_WALLET_GOOGLE_ACCOUNT and YUNQIAN_WALLET_GOOGLE_ISSUER go together")
        return self

    @model_validator(mode="after")
    def _checkable_stamps(self) -> Settings:
        if self.tsa_urls and not self.tsa_anchors:
            raise ValueError("YUNQIAN_TSA_URLS needs YUNQIAN_TSA_ANCHORS: a token without an anchor cannot be checked")
        return self

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def offers_apple_wallet(self) -> bool:
        """Whether tickets may be kept in Apple Wallet."""
        return self.wallet_apple_certificate is not None

    @property
    def offers_google_wallet(self) -> bool:
        """Whether tickets may be kept in Google Wallet."""
        return self.wallet_google_account is not None

    @property
    def is_tls(self) -> bool:
        return self.base_url.startswith("https://")

    @cached_property
    def sqlalchemy_url(self) -> str:
        """The URL for SQLAlchemy, driver named."""
        return self.database_url or f"sqlite:///{self.data_dir / 'yunqian.db'}"

    @property
    def is_sqlite(self) -> bool:
        return self.sqlalchemy_url.startswith("sqlite")

    @cached_property
    def secret(self) -> str:
        """The secret that links and sessions are signed with; made once and kept readable by its owner alone."""
        given = self.secret_key.get_secret_value()
        if given:
            return given
        path = self.data_dir / "secret_key"
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(48))
        return read_secret(path, shortest=32)

    @cached_property
    def key_secret(self) -> str:
        """What the signing keys are encrypted with: as it is set, or made once and kept beside the data."""
        given = self.key_passphrase.get_secret_value()
        if given:
            return given
        if self.key_passphrase_file:
            return read_secret(self.key_passphrase_file)
        path = self.data_dir / "key_passphrase"
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(48))
        return read_secret(path)

    @cached_property
    def token_pin(self) -> str:
        """The user PIN of the token; empty where none is set."""
        given = self.pkcs11_pin.get_secret_value()
        return read_secret(self.pkcs11_pin_file) if not given and self.pkcs11_pin_file else given


def _write_once(path: Path, text: str) -> None:
    """Write a file whole or not at all; of several processes that start together, the first one's text stays."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(temporary, path)
    temporary.unlink()


def read_secret(path: Path, *, shortest: int = 1) -> str:
    """A secret's text; raises ConfigError for a file that is missing, short, or not its owner's (us, root) alone."""
    try:
        status = path.stat()
        text = path.read_text().strip()
    except OSError as error:
        raise ConfigError([f"{path} cannot be read: {error.strerror}"]) from None
    if status.st_mode & 0o077:
        raise ConfigError([f"{path} can be read by others: run chmod 600 {path}"])
    if status.st_uid not in {os.geteuid(), 0}:
        raise ConfigError([f"{path} belongs to somebody else: run chown {os.geteuid()} {path}"])
    if len(text) < shortest:
        raise ConfigError([f"{path} is too short to be a secret: delete it to have a new one made"])
    return text


_current: list[Settings] = []


def load(env: Mapping[str, str] | None = None) -> Settings:
    """Settings from `env` (default: the process environment); raises ConfigError with all problems at once."""
    source = dict(os.environ if env is None else env)
    problems = [
        f"{name} is not a setting of Yunqian"
        for name in sorted(source)
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() not in Settings.model_fields
    ]
    values = {
        name: source[PREFIX + name.upper()]
        for name in Settings.model_fields
        if source.get(PREFIX + name.upper(), "") != ""
    }
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        problems += [
            f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" if e["loc"] else e["msg"] for e in error.errors()
        ]
        raise ConfigError(problems) from None
    if problems:
        raise ConfigError(problems)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError([f"{PREFIX}DATA_DIR: {settings.data_dir} cannot be made: {error.strerror}"]) from None
    return settings


def use(settings: Settings) -> None:
    """Make these the settings of this process."""
    _current[:] = [settings]


def settings() -> Settings:
    """The settings of this process; loads them from the environment at first use."""
    if not _current:
        use(load())
    return _current[0]
