"""The tools behind one door: each with its keys."""

from __future__ import annotations

from core import config
from signing.meetings import dingtalk, feishu, tencent, zoom
from signing.meetings import keys as meeting_keys
from signing.meetings.rules import LONGEST_ID, Made, NotMade, Tool, Why, Wish, check_way, line

# Asked twice with one id they make one meeting; of the others a question that was perhaps heard is not asked again.
BEARS_REPEATS = frozenset({Tool.DINGTALK})


def list_ready() -> list[Tool]:
    """The tools whose keys are set; none where the file is not right (the doctor says why)."""
    try:
        return meeting_keys.list_tools(meeting_keys.load())
    except config.ConfigError:
        return []


def make(tool: Tool, wish: Wish) -> Made:
    """A meeting by this tool. Raises NotMade."""
    keys = _keys()
    made: Made | None = None
    if tool is Tool.DINGTALK and keys.dingtalk:
        made = dingtalk.make(keys.dingtalk, wish)
    elif tool is Tool.TENCENT and keys.tencent:
        made = tencent.make(keys.tencent, wish)
    elif tool is Tool.ZOOM and keys.zoom:
        made = zoom.make(keys.zoom, wish)
    elif tool is Tool.FEISHU and keys.feishu:
        made = feishu.make(keys.feishu, wish)
    if made is None:
        raise NotMade(Why.KEYS)
    return Made(line(made.remote_id, LONGEST_ID), check_way(made.way))


def cancel(tool: Tool, remote_id: str) -> None:
    """Call a meeting off that this tool made. Raises NotMade."""
    keys = _keys()
    if tool is Tool.DINGTALK and keys.dingtalk:
        dingtalk.cancel(keys.dingtalk, remote_id)
    elif tool is Tool.TENCENT and keys.tencent:
        tencent.cancel(keys.tencent, remote_id)
    elif tool is Tool.ZOOM and keys.zoom:
        zoom.cancel(keys.zoom, remote_id)
    elif tool is Tool.FEISHU and keys.feishu:
        feishu.cancel(keys.feishu, remote_id)
    else:
        raise NotMade(Why.KEYS)


def _keys() -> meeting_keys.MeetingKeys:
    try:
        return meeting_keys.load()
    except config.ConfigError:
        raise NotMade(Why.KEYS) from None
