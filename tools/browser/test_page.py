#!/usr/bin/env python3
"""Drives the search page of a running server as a person would, in Debian's Chromium.

    test_page.py http://127.0.0.1:3013 [--screenshots FOLDER] [--query TEXT] [--chromium PATH]

Needs PyPI's playwright, Debian's chromium and a catalogue in which the query finds products of at least
three brands and more than one page. Prints a line for each check and a last line with the counts; exits
with 1 if a check failed.
"""

import argparse
import json
import os
import sys

from playwright.sync_api import Error, expect, sync_playwright

CARD = "[data-testid=card]:not(.skeleton)"


class Page:
    """The page under test, in the words of its checks."""

    def __init__(self, browser, url, **context):
        self.context = browser.new_context(**context)
        self.page = self.context.new_page()
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._note)
        self.page.on("request", self._check_origin)
        self.url = url

    def _note(self, message):
        if message.type == "error":
            self.problems.append(message.text)

    def _check_origin(self, request):
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.problems.append(f"loads {request.url}")

    def open(self, address="/"):
        self.page.goto(self.url + address)
        self.page.wait_for_selector(CARD)
        self.settle()
        return self

    def settle(self):
        """Waits for the answer to the last question."""
        self.page.wait_for_timeout(50)
        self.page.wait_for_selector("#results[aria-busy=false]", state="attached")

    def searches(self, action):
        """Does something that asks the server, and waits for the answer."""
        def is_search(response):
            return response.url.endswith("/api/v1/search") and response.request.method == "POST"
        with self.page.expect_response(is_search):
            action()
        self.settle()

    def type(self, text):
        self.page.click("#q")
        self.page.fill("#q", "")
        self.page.keyboard.type(text, delay=30)
        self.page.wait_for_function(
            "text => new URLSearchParams(location.search).get('q') === text", arg=text)
        self.settle()

    def total(self):
        return int(self.page.get_attribute("#summary", "data-total"))

    def cards(self):
        return self.page.query_selector_all(CARD)

    def card_ids(self):
        return [card.get_attribute("data-id") for card in self.cards()]

    def box(self, facet, value):
        quoted = json.dumps(value, ensure_ascii=False)
        return self.page.locator(f"input[data-facet={facet}][data-value={quoted}]")

    def facet(self, facet):
        """Values and counts that a facet shows."""
        boxes = self.page.query_selector_all(f"input[data-facet={facet}]")
        counts = {}
        for each in boxes:
            label = each.evaluate("e => e.closest('label').querySelector('.option-count').textContent")
            digits = "".join(c for c in label if c.isdigit())
            counts[each.get_attribute("data-value")] = int(digits) if digits else None
        return counts

    def toggle(self, facet, value):
        self.searches(lambda: self.box(facet, value).click())


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def run(self, name, check):
        try:
            check()
        except (AssertionError, Error) as error:
            self.failed += 1
            print(f"FAIL {name}: {str(error).strip().splitlines()[0] if str(error).strip() else 'assertion'}")
        else:
            self.passed += 1
            print(f"ok   {name}")


def equal(actual, expected, what):
    assert actual == expected, f"{what}: {actual!r}, expected {expected!r}"


def desktop_checks(checks, site, query):
    page = site.page

    def first_visit():
        equal(page.evaluate("document.documentElement.lang"), "ko", "language")
        assert site.total() > 0 and site.cards(), "the first visit shows no products"

    def typing():
        site.type(query)
        equal(len(site.cards()), min(20, site.total()), "cards")
        assert page.locator("#results mark").count() > 0, "no match is marked"

    def suggestions():
        page.wait_for_selector("[data-testid=suggestion]")
        page.keyboard.press("ArrowDown")
        chosen = page.get_attribute("#q", "aria-activedescendant")
        equal(page.get_attribute(f"#{chosen}", "aria-selected"), "true", "aria-selected")
        page.keyboard.press("Escape")
        expect(page.locator("#suggestions")).to_be_hidden()
        equal(page.input_value("#q"), query, "query after Escape")

    def two_brands():
        before = site.facet("brand")
        first, second = list(before)[:2]
        site.toggle("brand", first)
        equal(site.total(), before[first], f"total of {first}")
        equal(site.facet("brand").get(second), before[second], "count of a brand that is not selected")
        site.toggle("brand", second)
        equal(site.total(), before[first] + before[second], "total of two brands")
        brands = set(page.locator(f"{CARD} .card-brand").all_text_contents())
        assert brands <= {first, second}, f"other brands are shown: {brands}"
        equal(page.locator("#chips .chip:not(.chip-all)").count(), 2, "chips")

    def clearing():
        page.locator("#chips .chip").first.click()
        site.settle()
        expect(page.locator("#chips .chip:not(.chip-all)")).to_have_count(1)
        site.searches(lambda: page.click("#clear-all"))
        expect(page.locator("#chips")).to_be_hidden()
        equal(page.locator("input[data-facet]:checked").count(), 0, "selected filters")

    def price():
        counts = {value: count for value, count in site.facet("price").items() if count}
        value, count = next(iter(counts.items()))
        site.toggle("price", value)
        equal(site.total(), count, f"total of price {value}")
        site.toggle("price", value)

    def category():
        value, count = next(iter(site.facet("category").items()))
        site.toggle("category", value)
        equal(site.total(), count, f"total of {value}")
        opener = page.locator("#facet-category .opener").first
        if opener.count():
            if opener.get_attribute("aria-expanded") != "true":
                opener.click()
            expect(page.locator("#facet-category .branch").first).to_be_visible()
        site.searches(lambda: page.click("#clear-all"))

    def sorting():
        site.searches(lambda: page.select_option("#sort", "price"))
        texts = page.locator(f"{CARD} .card-price strong").all_text_contents()
        prices = [int("".join(c for c in text if c.isdigit())) for text in texts]
        equal(prices, sorted(prices), "prices")
        site.searches(lambda: page.select_option("#sort", "relevance"))

    def paging():
        first = site.card_ids()
        site.searches(lambda: page.click("#pages [data-page='2']"))
        second = site.card_ids()
        assert second and not set(first) & set(second), "the second page repeats the first"
        equal(page.get_attribute("#pages [aria-current=page]", "data-page"), "2", "current page")
        site.searches(page.go_back)
        equal(site.card_ids(), first, "products after going back")

    def reloading():
        site.toggle("brand", next(iter(site.facet("brand"))))
        total, ids = site.total(), site.card_ids()
        page.reload()
        page.wait_for_selector(CARD)
        site.settle()
        equal((site.total(), site.card_ids()), (total, ids), "after a reload")
        site.searches(page.go_back)
        equal(page.locator("input[data-facet]:checked").count(), 0, "filters after going back")

    def language():
        page.click("#language")
        equal(page.evaluate("document.documentElement.lang"), "en", "language")
        assert "product" in page.text_content("#summary"), "the summary is not in English"
        page.click("#language")
        equal(page.evaluate("document.documentElement.lang"), "ko", "language")

    def detail():
        page.locator(f"{CARD} .card-title button").first.click()
        expect(page.locator("#detail")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#detail")).to_be_hidden()

    def labels():
        nameless = page.evaluate("""() => [...document.querySelectorAll('input, select, button')].filter(e =>
            !e.textContent.trim() && !e.getAttribute('aria-label') && !(e.labels?.length))
            .map(e => e.outerHTML)""")
        equal(nameless, [], "controls without a name")

    checks.run("the first visit shows products in the reader's language", first_visit)
    checks.run("results appear while typing, with matches marked", typing)
    checks.run("suggestions can be walked with the arrow keys and closed with Escape", suggestions)
    checks.run("two brands add up, and counts of brands ignore the selection of brands", two_brands)
    checks.run("filters are cleared one by one and all at once", clearing)
    checks.run("the count of a price range is the total it gives", price)
    checks.run("the count of a category is the total it gives, and the tree opens", category)
    checks.run("products are sorted by price", sorting)
    checks.run("the second page has other products, and the back button returns", paging)
    checks.run("a reload keeps the search, and the back button undoes a filter", reloading)
    checks.run("the language can be switched", language)
    checks.run("a product's details open and close", detail)
    checks.run("every control has a name", labels)


def failure_checks(checks, browser, url):
    def stale():
        site = Page(browser, url, locale="ko-KR").open()
        # The answer to the first letter comes after that to the whole word.
        site.page.route("**/api/v1/search", lambda route: (
            site.page.wait_for_timeout(600) if route.request.post_data_json["q"] == "무" else None,
            route.continue_()))
        site.page.fill("#q", "무")
        site.page.wait_for_timeout(250)
        site.page.fill("#q", "무선")
        site.page.wait_for_timeout(1200)
        assert "“무선”" in site.page.text_content("#summary"), site.page.text_content("#summary")
        site.context.close()

    def hostile_text():
        site = Page(browser, url, locale="ko-KR")
        hostile = "<img src=x onerror=alert(1)><mark><b>무선</b></mark>"

        def answer(route):
            response = route.fetch()
            body = response.json()
            for hit in body["hits"]:
                hit["product"]["brand"] = hostile
                hit["highlight"] = {"title": hostile}
            route.fulfill(response=response, json=body)
        site.page.route("**/api/v1/search", answer)
        site.open()
        equal(site.page.locator("#results img, #results b").count(), 0, "elements made from text")
        equal(site.page.locator("#results mark").first.text_content(), "<b>무선</b>", "marked text")
        site.context.close()

    def server_gone():
        site = Page(browser, url, locale="ko-KR").open()
        site.page.route("**/api/v1/search", lambda route: route.abort())
        site.page.fill("#q", "무선")
        site.page.wait_for_selector("#state [role=alert]")
        site.page.unroute("**/api/v1/search")
        # Suggestions come from another address and may lie over the button.
        site.page.keyboard.press("Escape")
        site.page.click("#state button")
        site.page.wait_for_selector(CARD)
        expect(site.page.locator("#state")).to_be_hidden()
        site.context.close()

    def nothing_found():
        site = Page(browser, url, locale="ko-KR")
        empty = {"took_ms": 0.1, "total": 0, "hits": [], "facets": {}, "index": {"seq": 1, "age_ms": 1},
                 "correction": {"from": "dkdlvhs", "to": "아이폰", "kind": "keyboard"}}
        site.page.route("**/api/v1/search", lambda route: route.fulfill(json=empty))
        site.page.goto(url + "/?q=dkdlvhs")
        expect(site.page.locator("#state h2")).to_be_visible()
        assert "아이폰" in site.page.text_content("#correction"), "the correction is not named"
        site.context.close()

    def some_words():
        site = Page(browser, url, locale="ko-KR").open()
        relaxed = site.page.locator("#relaxed")
        expect(relaxed).to_be_hidden()
        site.type("무선 이어폰 가나다라마바사")
        assert site.total() > 0, "the search is not relaxed"
        expect(relaxed).to_have_text("일부 단어만 맞는 상품도 보여드려요.")
        site.page.keyboard.press("Escape")
        site.page.click("#language")
        expect(relaxed).to_have_text("Products that match only some of the words are shown too.")
        site.type("무선 이어폰")
        expect(relaxed).to_be_hidden()
        equal(site.problems, [], "errors")
        site.context.close()

    checks.run("it is said so when only some of the words match", some_words)
    checks.run("an answer that comes too late is dropped", stale)
    checks.run("text of the catalogue is never read as HTML", hostile_text)
    checks.run("a server that is gone is said so, and a retry works", server_gone)
    checks.run("an empty answer and a correction are said so", nothing_found)


def look_checks(checks, browser, url, query, folder):
    def shot(site, name):
        if folder:
            site.page.screenshot(path=os.path.join(folder, name + ".png"))

    def look(name, width, height, scheme, locale):
        viewport = {"width": width, "height": height}
        site = Page(browser, url, viewport=viewport, color_scheme=scheme, locale=locale)
        site.open()
        site.type(query)
        site.page.keyboard.press("Escape")
        overflow = site.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{overflow} pixels wider than the screen"
        shot(site, name)
        ground = site.page.evaluate("getComputedStyle(document.body).backgroundColor")
        is_dark = sum(int(part) for part in ground[4:-1].split(",")) < 200
        equal(is_dark, scheme == "dark", "dark ground")
        if width < 860:
            expect(site.page.locator("#facets")).to_be_hidden()
            site.page.click("#facets-open")
            site.page.wait_for_timeout(250)
            expect(site.page.locator("#facet-brand")).to_be_in_viewport()
            shot(site, name + "-filters")
            site.page.click("#facets-close")
            site.page.wait_for_timeout(250)
            expect(site.page.locator("#facets")).to_be_hidden()
        equal(site.problems, [], "errors")
        site.context.close()

    checks.run("it fits a desk", lambda: look("desk", 1360, 900, "light", "ko-KR"))
    checks.run("it fits a desk in the dark, in English", lambda: look("dark", 1360, 900, "dark", "en-US"))
    checks.run("it fits a phone", lambda: look("phone", 390, 844, "light", "ko-KR"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--screenshots", metavar="FOLDER")
    parser.add_argument("--query", default="무선 이어폰")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    url = options.url.rstrip("/")
    if options.screenshots:
        os.makedirs(options.screenshots, exist_ok=True)
    checks = Checks()
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to root, as which containers run.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=options.chromium, args=arguments)
        site = Page(browser, url, viewport={"width": 1360, "height": 900}, locale="ko-KR")
        site.page.set_default_timeout(10_000)
        checks.run("the page opens", site.open)
        if checks.failed == 0:
            desktop_checks(checks, site, options.query)
            checks.run(
                "nothing failed or was loaded from elsewhere", lambda: equal(site.problems, [], "errors"))
            failure_checks(checks, browser, url)
            look_checks(checks, browser, url, options.query, options.screenshots)
        browser.close()
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
