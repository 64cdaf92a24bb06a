"""Captions as interpreters say them and as screens show them, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from core import audit, clock, jobs, live, tokens
from core.db import db
from core.errors import Conflict
from core.live import LiveUpdate
from signing.captions import queries, rules, service
from signing.captions.models import CaptionLine
from signing.captions.rules import Spoken
from signing.ceremonies import editing, observing, stage
from signing.ceremonies import service as ceremonies
from signing.cues import leading
from signing.cues import queries as cues
from signing.cues import service as cue_service
from signing.cues.rules import Act, Verb
from signing.evidence import forgetting
from signing.screens import link_service
from signing.screens.link_service import Screen
from tests.support import ceremony
from tests.support.ceremony import HOST
from tests.support.quick import Quick

_count = iter(range(1, 10_000))


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    """The clock stands, and goes on by hand (`later`)."""
    with clock.frozen(clock.now()):
        yield


@contextmanager
def later(seconds: float) -> Iterator[None]:
    with clock.frozen(clock.now() + timedelta(seconds=seconds)):
        yield


def link(world: Quick, language: str = "en") -> str:
    return service.make_link(world.id, language, by=HOST)


def spoken(text: str, replaces: int | None = None) -> Spoken:
    return Spoken(f"client-{next(_count):06}", text, clock.now(), replaces)


def say(link_id: str, text: str, replaces: int | None = None) -> Spoken:
    line = spoken(text, replaces)
    service.say(link_id, line)
    return line


def shown(world: Quick, language: str = "en") -> list[str]:
    db.session.remove()
    return [line["text"] for line in queries.public(world.id)["lines"].get(language, [])]


def refusal(act: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(Conflict) as refused:
        act(*args, **more)
    db.session.rollback()
    return refused.value.code


def last_number(link_id: str) -> int:
    return rules.standing(queries.list_lines(link_id))[-1].number


def test_two_lines_stand_and_each_goes_by_itself(invited: Quick) -> None:
    made = link(invited)
    for text in ("one", "two", "three"):
        say(made, text)
    assert shown(invited) == ["two", "three"]
    with later(5):
        assert shown(invited) == ["two", "three"]
    with later(25):
        assert shown(invited) == []


def test_a_line_that_is_sent_twice_is_said_once(invited: Quick) -> None:
    made = link(invited)
    line = say(made, "hello")
    before = live.find_seq(queries.channel(invited.id))
    service.say(made, line)
    with later(300):
        service.say(made, line)
    assert db.session.query(CaptionLine).count() == 1
    assert live.find_seq(queries.channel(invited.id)) == before


def test_the_last_line_is_corrected_or_withdrawn_and_an_earlier_one_is_not(invited: Quick) -> None:
    made = link(invited)
    say(made, "one")
    first = last_number(made)
    say(made, "tow")
    say(made, "two", replaces=last_number(made))
    assert shown(invited) == ["one", "two"]
    assert refusal(say, made, "eins", replaces=first) == "caption_not_last"
    say(made, "", replaces=last_number(made))
    assert shown(invited) == ["one"]
    assert queries.get_link(made).said == 2


def test_nobody_corrects_what_another_interpreter_said(invited: Quick) -> None:
    one, other = link(invited), link(invited)
    say(one, "from one")
    theirs = last_number(one)
    assert refusal(say, other, "forged", replaces=theirs) == "caption_not_last"
    say(other, "from the other")
    assert shown(invited) == ["from one", "from the other"]


def test_several_languages_stand_beside_each_other_and_the_host_chooses_one_for_the_stage(invited: Quick) -> None:
    english, chinese = link(invited), link(invited, "zh-CN")
    say(english, "Good morning")
    say(chinese, "早上好")
    told = queries.public(invited.id)
    assert told["stage"] == "en"
    assert [each["code"] for each in told["languages"]] == ["en", "zh-CN"]
    assert (shown(invited), shown(invited, "zh-CN")) == (["Good morning"], ["早上好"])
    for language in ("zh-CN", ""):
        service.choose_stage(invited.id, language, by=HOST)
        assert stage.state(invited.id)["captions"]["stage"] == language
    assert refusal(service.choose_stage, invited.id, "ja", by=HOST) == "captions_no_language"


def test_a_link_that_was_taken_back_says_nothing_and_its_lines_are_gone(invited: Quick) -> None:
    made = link(invited)
    say(made, "rubbish")
    service.take_back(invited.id, made, by=HOST)
    service.take_back(invited.id, made, by=HOST)
    assert tokens.find_newest("interpreter", made) is None
    assert refusal(say, made, "more") == "captions_over"
    assert stage.state(invited.id)["captions"] == {"stage": "", "languages": [], "lines": {}}
    assert db.session.query(CaptionLine).count() == 0


def test_what_was_typed_long_ago_is_refused_and_leaves_nothing(invited: Quick) -> None:
    made, line = link(invited), spoken("old")
    with later(121):
        assert refusal(service.say, made, line) == "caption_late"
    assert db.session.query(CaptionLine).count() == 0


def test_a_ceremony_has_a_bounded_number_of_interpreters_and_lines(
    invited: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = [link(invited, language) for language in ("en", "zh-CN", "ja", "ko", "fr", "de", "es", "ru")]
    assert refusal(link, invited) == "too_many_interpreters"
    monkeypatch.setattr(rules, "KEPT", 5)
    for number in range(12):
        say(links[0], f"line {number}")
    say(links[1], "第一行")
    kept = [each.text for each in queries.list_lines(links[0])]
    assert kept == [f"line {number}" for number in range(7, 12)]
    assert db.session.query(CaptionLine).count() == 6


def test_what_is_said_is_in_no_entry_of_the_trail(invited: Quick) -> None:
    made = link(invited)
    say(made, "secret words")
    service.choose_stage(invited.id, "", by=HOST)
    service.take_back(invited.id, made, by=HOST)
    told = "\n".join(audit.list_lines(invited.id))
    assert "secret" not in told
    for action in ("captions.link_made", "captions.stage_chosen", "captions.link_taken_back"):
        assert action in told


def test_what_is_said_is_on_one_channel_that_forgets_within_a_minute(invited: Quick) -> None:
    say(link(invited), "secret words")
    with_words = [row.channel for row in db.session.query(LiveUpdate) if "secret" in str(row.data)]
    assert with_words == [queries.channel(invited.id)]
    assert live.is_fleeting(queries.channel(invited.id))


def test_words_go_with_the_personal_values_and_after_a_day_by_themselves(invited: Quick) -> None:
    made = link(invited)
    say(made, "one")
    forgetting.forget(invited.id, by=HOST)
    assert db.session.query(CaptionLine).count() == 0
    say(made, "two")
    for hours, left in ((23, 1), (25, 0)):
        with later(hours * 3600):
            jobs.ask_periodic()
            ceremony.do_jobs(kinds=("captions.forget",))
        assert db.session.query(CaptionLine).count() == left


def test_a_draft_that_is_discarded_ends_its_interpreters(drafted: Quick) -> None:
    made = link(drafted)
    say(made, "a try")
    editing.discard(drafted.id, by=HOST)
    assert tokens.find_newest("interpreter", made) is None
    assert refusal(say, made, "more") == "captions_over"
    assert db.session.query(CaptionLine).count() == 0


def test_when_all_is_over_nothing_more_is_taken_but_the_closing_words_are(invited: Quick) -> None:
    made = link(invited)
    cue_service.make_sheet(invited.id, by=HOST)
    sheet = cues.get_sheet(invited.id)
    leading.lead(invited.id, Act(Verb.STAND_BY, sheet.seq, sheet.cues[0].id), by=HOST)
    leading.lead(invited.id, Act(Verb.GO, cues.get_sheet(invited.id).seq), by=HOST)
    ceremonies.cancel(invited.id, by=HOST, reason="")
    assert refusal(say, made, "called off") == "captions_over"
    assert refusal(link, invited) == "captions_over"


def test_an_observer_reads_the_words_as_late_as_the_picture_and_not_a_second_before(invited: Quick) -> None:
    made = link(invited)
    link_service.make_link(invited.id, Screen.OBSERVE_TWO_MINUTES, by=HOST)
    observing.keep_moments()

    def seen() -> list[str]:
        db.session.remove()
        state = observing.find_state(invited.id, 120)
        assert state is not None
        return [line["text"] for line in state["captions"]["lines"].get("en", [])]

    with later(200):
        say(made, "one")
        say(made, "tow")
        with later(3):
            say(made, "two", replaces=last_number(made))
            assert shown(invited) == ["one", "two"]
        for seconds, told in ((119, []), (121, ["one", "tow"]), (124, ["one", "two"]), (150, [])):
            with later(seconds):
                assert seen() == told, seconds
        kept = db.session.query(observing.StageMoment).all()
        assert not any("one" in str(moment.state.get("captions")) for moment in kept)
        service.take_back(invited.id, made, by=HOST)
        with later(122):
            assert seen() == []
