from __future__ import annotations

import stat
from pathlib import Path

import pytest

from core import config
from core.config import ConfigError


def problems_of(**env: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config.load(env)
    return caught.value.problems


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    problems = problems_of(
        YUNQIAN_DATA_DIR=str(tmp_path),
        YUNQIAN_PROXY_DEPTH="nine",
        YUNQIAN_BASE_URL="sign.example.cn",
        YUNQIAN_SECRET_KEY="short",
        YUNQIAN_TSA_URLS="https://tsa.example.cn, ftp://x",
        YUNQIAN_COLOUR="red",
    )
    assert [problem.split(" ")[0].rstrip(":") for problem in problems] == [
        "YUNQIAN_COLOUR",
        "YUNQIAN_SECRET_KEY",
        "YUNQIAN_BASE_URL",
        "YUNQIAN_PROXY_DEPTH",
        "YUNQIAN_TSA_URLS",
    ]


def test_no_problem_repeats_the_secret(tmp_path: Path) -> None:
    problems = problems_of(YUNQIAN_DATA_DIR=str(tmp_path), YUNQIAN_SECRET_KEY="hunter2")
    assert "hunter2" not in str(problems)


def test_a_folder_that_cannot_be_made_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    [problem] = problems_of(YUNQIAN_DATA_DIR=str(tmp_path / "file" / "var"))
    assert problem.startswith("YUNQIAN_DATA_DIR")


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example.cn",
        "smtp://",
        "smtp://mail.example.cn:mail",
        "smtp://mail.example.cn?tls=perhaps",
        "smtp://user:word@mail.example.cn",
        "smtp://user:word@mail.example.cn?tls=none",
    ],
)
def test_a_mail_server_that_cannot_be_used_is_refused(tmp_path: Path, url: str) -> None:
    [problem] = problems_of(YUNQIAN_DATA_DIR=str(tmp_path), YUNQIAN_SMTP_URL=url)
    assert problem.startswith("YUNQIAN_SMTP_URL")


@pytest.mark.parametrize(
    "url", ["smtp://127.0.0.1:2525", "smtp://u:p@mail.example.cn:587?tls=starttls", "smtps://u:p@mail.example.cn"]
)
def test_a_mail_server_is_taken_as_given(tmp_path: Path, url: str) -> None:
    assert config.load({"YUNQIAN_DATA_DIR": str(tmp_path), "YUNQIAN_SMTP_URL": url}).smtp_url == url


@pytest.mark.parametrize("sender", ["nobody", "A <a@b>\r\nBcc: c@d.example", ""])
def test_a_sender_is_one_address(tmp_path: Path, sender: str) -> None:
    env = {"YUNQIAN_DATA_DIR": str(tmp_path), "YUNQIAN_MAIL_FROM": sender}
    if not sender:
        assert config.load(env).mail_from.endswith("<no-reply@localhost>")
    else:
        assert problems_of(**env)[0].startswith("YUNQIAN_MAIL_FROM")


def test_what_holds_a_password_is_not_printed(tmp_path: Path) -> None:
    settings = config.load(
        {
            "YUNQIAN_DATA_DIR": str(tmp_path),
            "YUNQIAN_DATABASE_URL": "postgresql://u:swordfish@h/d",
            "YUNQIAN_SMTP_URL": "smtps://u:swordfish@h",
            "YUNQIAN_SECRET_KEY": "swordfish" * 4,
        }
    )
    assert "swordfish" not in repr(settings)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_is_understood(tmp_path: Path, scheme: str) -> None:
    settings = config.load({"YUNQIAN_DATA_DIR": str(tmp_path), "YUNQIAN_DATABASE_URL": f"{scheme}://u@h/d"})
    assert settings.sqlalchemy_url == "postgresql+psycopg://u@h/d"


def test_another_database_is_refused(tmp_path: Path) -> None:
    [problem] = problems_of(YUNQIAN_DATA_DIR=str(tmp_path), YUNQIAN_DATABASE_URL="mysql://h/d")
    assert problem.startswith("YUNQIAN_DATABASE_URL")


def test_the_embedded_database_lies_in_the_data_folder(tmp_path: Path) -> None:
    settings = config.load({"YUNQIAN_DATA_DIR": str(tmp_path / "var")})
    assert settings.is_sqlite
    assert settings.sqlalchemy_url == f"sqlite:///{tmp_path}/var/yunqian.db"
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_the_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    env = {"YUNQIAN_DATA_DIR": str(tmp_path)}
    first, second = config.load(env).secret, config.load(env).secret
    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_secret_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    settings = config.load({"YUNQIAN_DATA_DIR": str(tmp_path)})
    (tmp_path / "secret_key").write_text("s" * 40)
    (tmp_path / "secret_key").chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        _ = settings.secret


def test_a_cut_secret_stops_the_start(tmp_path: Path) -> None:
    settings = config.load({"YUNQIAN_DATA_DIR": str(tmp_path)})
    (tmp_path / "secret_key").touch(mode=0o600)
    with pytest.raises(ConfigError, match="too short"):
        _ = settings.secret


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"TSA_URLS": "http://127.0.0.1/tsa"}, "YUNQIAN_TSA_ANCHORS"),
        ({"PKCS11_MODULE": "/usr/lib/hsm.so"}, "YUNQIAN_PKCS11_TOKEN"),
        ({"TSA_POLICY": "hope"}, "YUNQIAN_TSA_POLICY"),
        ({"TSA_TIMEOUT_SECONDS": "0"}, "YUNQIAN_TSA_TIMEOUT_SECONDS"),
    ],
)
def test_settings_of_keys_and_timestamps_that_lead_nowhere_stop_the_start(
    tmp_path: Path, values: dict[str, str], told: str
) -> None:
    given = {f"YUNQIAN_{name}": value for name, value in values.items()}
    with pytest.raises(ConfigError, match=told):
        config.load({"YUNQIAN_DATA_DIR": str(tmp_path), **given})


def test_hosts_are_taken_as_certificates_write_them(tmp_path: Path) -> None:
    env = {"YUNQIAN_DATA_DIR": str(tmp_path), "YUNQIAN_EXTERNAL_HOSTS": "CA.gov.example, 10.1.2.3:8080,[fd00::1]:81"}
    assert config.load(env).external_hosts == ("ca.gov.example", "10.1.2.3:8080", "[fd00::1]:81")


@pytest.mark.parametrize(
    "host", ["http://ca.example.cn", "ca.example.cn/x", "a@b", "a:0", "a:70000", "fd00::1", "10.0.0.0/8", "*"]
)
@pytest.mark.parametrize("setting", ["YUNQIAN_EXTERNAL_HOSTS", "YUNQIAN_TSA_REVOCATION_HOSTS"])
def test_a_host_that_is_none_stops_the_start(tmp_path: Path, setting: str, host: str) -> None:
    [problem] = problems_of(YUNQIAN_DATA_DIR=str(tmp_path), **{setting: host})
    assert problem.startswith(setting)
