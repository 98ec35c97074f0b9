"""People at their browsers, and everything that goes wrong there."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.browser.portal import Portal

PATIENCE_MS = 20_000


class Visitors:
    """Opens the portal for one person after the other, each in a browser context of their own.

    `problems` gathers what no page may have: errors in the console (violations of the content security policy
    among them), exceptions of scripts, and requests to another host.
    """

    def __init__(self, browser: Browser, portal: Portal):
        self.portal = portal
        self.problems: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def open(self, address: str = "/", **options) -> Page:
        """Open an address of the portal as somebody new; `options` are Playwright's for a context."""
        context = self._browser.new_context(
            base_url=self.portal.address, locale="vi-VN", reduced_motion="reduce", **options
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", self._on_console)
        context.on("weberror", lambda event: self.problems.append(f"script: {event.error}"))
        context.on("request", self._on_request)
        page = context.new_page()
        page.goto(address)
        return page

    def sign_in(self, email: str, password: str, address: str = "/", **options) -> Page:
        """Sign in as people do: asked for on the way to the address."""
        page = self.open(address, **options)
        page.get_by_label("Địa chỉ thư điện tử").fill(email)
        page.get_by_label("Mật khẩu").fill(password)
        page.get_by_role("button", name="Đăng nhập").click()
        page.get_by_role("button", name="Đăng xuất").wait_for()
        return page

    @property
    def pages(self) -> list[Page]:
        """Return the pages that are open, in the order of their opening."""
        return [page for context in self._contexts for page in context.pages]

    def forgive(self, *signs: str) -> None:
        """Forget the problems that a test has made itself; there must be some."""
        others = [problem for problem in self.problems if not any(sign in problem for sign in signs)]
        assert others != self.problems, f"nothing of the kind happened: {signs}"
        self.problems = others

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.page.url if message.page else 'no page'})")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme != "data" and f"{address.scheme}://{address.netloc}" != self.portal.address:
            self.problems.append(f"request to another host: {request.url}")
