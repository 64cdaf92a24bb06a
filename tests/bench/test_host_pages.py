"""The host's pages hold no more after many updates than before: the soak of the benchmark, shortened."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from bench import bench_host_pages
from tests.web.browsing import CHROMIUM

UPDATES = 40


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
def test_the_pages_of_a_host_hold_no_more_after_many_updates(browser: Browser) -> None:
    for each in bench_host_pages.soak(UPDATES, browser):
        assert each.after.megabytes < bench_host_pages.MOST_MEGABYTES, each
        assert each.after.megabytes - each.before.megabytes < 3, each
        # What each reading parses is a document of its own, which must not stay.
        assert each.after.documents <= each.before.documents + 2, each
        assert each.after.nodes < each.before.nodes * 3, each
