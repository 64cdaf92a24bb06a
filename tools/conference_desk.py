"""Who leads the conference in the pictures, and what they do without looking at a page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from events.registration import demo
from tests.journeys.conference import Installation
from tests.journeys.people import Host, World

_STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


@dataclass
class Desk:
    """A session of the team; `base` is the conference's id."""

    world: World
    host: Host
    base: str = ""

    def ask(self, path: str, data: object = None) -> Any:
        """POST as a program does; what is answered."""
        page = self.host.page
        token = page.locator("input[name=csrf_token]").first.get_attribute("value") or ""
        answer = page.request.post(
            f"{self.world.url}/api/conferences{path}", data=json.dumps(data or {}), headers=_headers(token)
        )
        if not answer.ok:
            raise RuntimeError(f"{path}: {answer.status} {answer.text()}")
        return answer.json()

    def code(self) -> str:
        """Of the public page."""
        answer = self.host.page.request.get(f"{self.world.url}/api/conferences/{self.base}")
        return str(answer.json()["code"])

    def register(self, number: int, venue: str) -> str:
        """A made-up person of a made-up company; returns the id."""
        company = demo.companies(number + 1)[-1]
        person = {"name": name_of(number), "email": f"guest{number}@guests.example", "job_title": "经理"}
        made = self.ask(
            f"/{self.base}/registrations",
            {**person, "company_name": company.name["zh-CN"], "venue": venue, "audience": "company"},
        )
        return str(made["id"])


def name_of(number: int) -> str:
    """Of the guest with this number: nobody is called so."""
    return f"样例{_STEMS[number]}"


def _headers(token: str) -> dict[str, str]:
    return {"X-CSRFToken": token, "Content-Type": "application/json"}


def signed_in(world: World, installation: Installation, **options: Any) -> Host:
    """Somebody of the team at a machine of their own."""
    host = Host(world, **options, script=installation.clock())
    host.sign_in()
    return host


def publish(page: Page, base: str) -> None:
    """Publish the draft as it is, clashes or not."""
    page.goto(f"{base}/publish")
    if (clashes := page.locator("#accept-clashes")).count():
        clashes.check()
    page.click("form[action$='/publish'] .btn-primary")
    page.wait_for_url(base)


def mailed_link(page: Page, url: str, address: str, kind: str) -> str:
    """The link of this kind (`r`, `survey`) in the newest mail to the address that has one; empty without."""
    found = page.request.get(f"{url}/demo/mailbox.json?to={address}").json()["messages"]
    links = [link[0] for each in found if (link := re.search(rf"https?://\S+/{kind}/[\w.-]+", each["text"]))]
    return links[0] if links else ""
