"""A cue sheet follows what is changed in the plan after it was made."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.db import db
from core.errors import Conflict
from core.values import Texts
from signing.agreements import queries as agreements
from signing.ceremonies import arranging
from signing.ceremonies.rules import AgreementChange
from signing.cues import following, leading, queries, service
from signing.cues.rules import Act, CueKind, Verb
from tests.support.ceremony import HOST
from tests.support.quick import Quick

PAIR = ("party_a", "party_b")


@pytest.fixture
def planned(drafted: Quick) -> Quick:
    service.make_sheet(drafted.id, by=HOST)
    return drafted


def wish(title: Texts, *after: str) -> AgreementChange:
    return AgreementChange(title=title, kind="cooperation", money=None, between=PAIR, after=after)


def add(world: Quick, key: str, *after: str) -> str:
    return arranging.add_agreement(world.id, key, wish({"zh-CN": f"新增{key}"}, *after), by=HOST)


def sheet(world: Quick) -> queries.SheetView:
    db.session.remove()
    return queries.get_sheet(world.id)


def astray(world: Quick) -> following.Astray:
    return following.astray(sheet(world).cues, agreements.list_agreements(world.id))


def signing(world: Quick) -> list[tuple[str, Sequence[str]]]:
    """The signing cues: title in Chinese, keys of what is called."""
    keys = {each.id: each.key for each in agreements.list_agreements(world.id)}
    found = [cue for cue in sheet(world).cues if cue.kind is CueKind.SIGNING]
    return [(cue.title["zh-CN"], [keys[each] for each in cue.agreements]) for cue in found]


def put_right(world: Quick) -> None:
    service.put_right(world.id, looked_at=sheet(world).seq, by=HOST)


def test_a_sheet_that_was_made_by_itself_is_at_one_with_its_plan(planned: Quick) -> None:
    before = sheet(planned)
    assert astray(planned) == following.Astray((), (), 0)
    put_right(planned)
    assert sheet(planned) == before


def test_a_new_agreement_is_called_beside_those_of_its_row_and_the_cue_says_so(planned: Quick) -> None:
    add(planned, "more", "main")
    assert [each.key for each in astray(planned).uncalled] == ["more"]
    put_right(planned)
    assert signing(planned) == [("样例主协议", ["main"]), ("签署后续2份协议", ["next_0", "more"])]
    assert astray(planned) == following.Astray((), (), 0)


def test_a_new_row_of_the_cascade_becomes_a_cue_behind_what_it_comes_after(planned: Quick) -> None:
    add(planned, "last", "next_0")
    put_right(planned)
    assert signing(planned)[-1] == ("新增last", ["last"])
    assert [str(cue.kind) for cue in sheet(planned).cues][-3:] == ["signing", "photograph", "closing"]


def test_a_cue_whose_agreement_left_the_plan_goes_and_others_keep_their_words(planned: Quick) -> None:
    add(planned, "more", "main")
    put_right(planned)
    arranging.remove_agreement(planned.id, planned.agreements["next_0"], by=HOST)
    assert astray(planned).gone == 1
    put_right(planned)
    assert signing(planned) == [("样例主协议", ["main"]), ("新增more", ["more"])]
    arranging.remove_agreement(planned.id, planned.agreements["main"], by=HOST)
    put_right(planned)
    assert signing(planned) == [("新增more", ["more"])]


def test_what_is_called_too_early_is_called_where_it_can_be_signed(planned: Quick) -> None:
    first = add(planned, "first")
    put_right(planned)
    assert signing(planned)[0][1] == ["main", "first"]
    arranging.change_agreement(planned.id, first, wish({"zh-CN": "新增first"}, "next_0"), by=HOST)
    assert [each.key for each in astray(planned).early] == ["first"]
    put_right(planned)
    assert [keys for _, keys in signing(planned)] == [["main"], ["next_0"], ["first"]]
    assert signing(planned)[0][0] == "样例主协议"


def test_only_what_is_to_come_follows_and_only_who_looked_may_say_so(invited: Quick) -> None:
    service.make_sheet(invited.id, by=HOST)
    cues = sheet(invited).cues
    signing_cue = next(cue for cue in cues if cue.kind is CueKind.SIGNING)
    service.remove_cue(invited.id, cues[4].id, looked_at=0, by=HOST)
    for number, cue in enumerate((cues[0], signing_cue)):
        leading.lead(invited.id, Act(Verb.STAND_BY, 1 + 2 * number, cue.id), by=HOST)
        leading.lead(invited.id, Act(Verb.GO, 2 + 2 * number), by=HOST)
    with pytest.raises(Conflict) as refused:
        service.put_right(invited.id, looked_at=0, by=HOST)
    assert refused.value.code == "cue_sheet_moved"
    db.session.rollback()
    put_right(invited)
    assert [str(cue.kind) for cue in sheet(invited).cues[3:5]] == ["signing", "signing"]
    assert [str(cue.state) for cue in sheet(invited).cues[3:5]] == ["live", "planned"]
