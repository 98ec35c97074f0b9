"""What the other tests rely on: that nothing which goes wrong in a page is overlooked."""

import pytest
from playwright.sync_api import Error

from tests.browser.visitors import Visitors


def test_what_goes_wrong_in_a_page_is_a_problem(browser, portal):
    visitors = Visitors(browser, portal)
    page = visitors.open("/")

    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("setTimeout(() => { throw new Error('broken'); })")
    page.goto("/khong-co-trang-nay.css")
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://other.example/")
    visitors.close()

    assert [problem.split(" ")[0] for problem in visitors.problems] == ["console:", "script:", "console:", "request"]
