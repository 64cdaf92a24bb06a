"""The keys of meeting services, from the file that the installation names: nobody else's to read, printed nowhere."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError

from core import config
from core.config import ConfigError, Settings
from core.setting_values import HttpAddress
from signing.meetings.rules import Tool

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _covered(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise ValueError("would send keys in the clear: use https://")
    if parts.username or parts.query or parts.fragment:
        raise ValueError("is more than the address of a server")
    return value


Server = Annotated[HttpAddress, AfterValidator(_covered)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=500)]


class _Keys(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DingTalkKeys(_Keys):
    """An app of the organisation, and the person in whose name meetings are made."""

    app_key: Word
    app_secret: Secret
    union_id: Word
    url: Server = "https://api.dingtalk.com"


class TencentKeys(_Keys):
    app_id: Word
    secret_id: Word
    secret_key: Secret
    user_id: Word
    sdk_id: str = Field(default="", max_length=200)
    url: Server = "https://api.meeting.qq.com"


class ZoomKeys(_Keys):
    """A server-to-server OAuth app; `user` is whose meetings they are."""

    account_id: Word
    client_id: Word
    client_secret: Secret
    user: Word = "me"
    url: Server = "https://api.zoom.us"
    token_url: Server = "https://zoom.us"  # noqa: S105  an address


class FeishuKeys(_Keys):
    """An app of the organisation; `owner_id` is the open_id of the person whose meetings they are."""

    app_id: Word
    app_secret: Secret
    owner_id: Word
    url: Server = "https://open.feishu.cn"


class MeetingKeys(_Keys):
    """What the file may hold: one table for each tool."""

    dingtalk: DingTalkKeys | None = None
    tencent: TencentKeys | None = None
    zoom: ZoomKeys | None = None
    feishu: FeishuKeys | None = None


def load(settings: Settings | None = None) -> MeetingKeys:
    """The keys that are set; none where no file is named. Raises ConfigError for a file that is not right."""
    path = (settings or config.settings()).meeting_keys
    if path is None:
        return MeetingKeys()
    try:
        return MeetingKeys.model_validate(tomllib.loads(config.read_secret(path)))
    except tomllib.TOMLDecodeError:
        raise ConfigError([f"{path} is no TOML"]) from None
    except ValidationError as error:
        # Never the value: it may be a secret that stands in the wrong place.
        problems = [f"{path}: {'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()]
        raise ConfigError(problems) from None


def list_tools(keys: MeetingKeys) -> list[Tool]:
    """The tools through which meetings can be made, in their order."""
    held: Mapping[str, object] = dict(keys)
    return [tool for tool in Tool if held.get(tool) is not None]
