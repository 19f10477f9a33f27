"""Somebody who asks what he is entitled to: on the pages, as a browser without pictures would, and as a machine."""

import json
import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.test import Client

SHANGHAI, ZHEJIANG, JIANGSU, DAY = "310000", "330000", "320000", "2026-11-23"
API = "/api/v1/entitlements"
Sent = dict[str, list[str]]


@dataclass
class Form:
    """A form as a browser sees it: where it leads, what it sends unasked, and the names of its fields."""

    action: str
    id: str
    sends: Sent = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", ""), given.get("id", "")))
        elif tag == "input" and self.found:
            form = self.found[-1]
            form.names.append(given.get("name", ""))
            if given.get("type") == "hidden" or "checked" in given:
                form.sends.setdefault(given["name"], []).append(given["value"])


class Walk:
    """Somebody who goes through the pages in one language."""

    def __init__(self, client: Client, language: str = "en") -> None:
        self.client, self.language = client, language
        self.response: Any = None

    @property
    def html(self) -> str:
        return str(self.response.content.decode())

    @property
    def text(self) -> str:
        """What the content says, in one line."""
        main = self.html[self.html.index("<main"):self.html.index("</main>")]
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))).strip()

    @property
    def title(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.html, re.S)
        assert found, self.html
        return unescape(re.sub(r"<[^>]+>", "", found[1])).strip()

    def form(self, having: str) -> Form:
        """The form with this id, or with a field of this name."""
        return next(one for one in Forms(self.html).found if having in (one.id, *one.names))

    def open(self, region: str, *about: str) -> "Walk":
        """Open the start page."""
        self.response = self.client.get(f"/{self.language}/entitled/", {"region": region, "on": DAY, "about": about})
        return self

    def start(self, *about: str, region: str = SHANGHAI, **typed: str) -> "Walk":
        """Open it and press Start."""
        return self.open(region, *about).send("begin", **typed)

    def send(self, having: str, **typed: str) -> "Walk":
        """Send a form with what is typed and the button that is pressed; _ stands for - in names of fields."""
        form = self.form(having)
        self.response = self.client.post(form.action, form.sends | {
            name.replace("answer_", "answer-").replace("words_", "words-"): value for name, value in typed.items()})
        return self

    def in_chinese(self, **typed: str) -> "Walk":
        """Change the language of a page with something typed into its form."""
        button = re.search(r'<button [^>]*form="typed" formaction="(/zh/[^"]*)" name="(turn)" value="(1)"', self.html)
        assert button, self.html
        form = self.form("typed")
        self.response = self.client.post(unescape(button[1]), form.sends | {button[2]: button[3]} | {
            name.replace("answer_", "answer-").replace("words_", "words-"): value for name, value in typed.items()})
        return self

    def answer(self, *texts: str) -> "Walk":
        """Answer the questions, one after the other."""
        for text in texts:
            self.send("question", answer=text)
        return self

    def skip(self) -> "Walk":
        return self.send("question", skip="1")

    def press(self, **button: str) -> "Walk":
        """Press a button that sends all that was said and nothing else."""
        return self.send("answers", **button)

    @property
    def carried(self) -> Sent:
        """What travels with the page."""
        return self.form("answers").sends

    def card(self, code: str) -> str:
        """What the card of an entitlement says."""
        end = r'(<article class="entitlement|<section|<p class="honest)'
        found = re.search(rf'<article class="entitlement \w+" id="{code}">(.*?){end}', self.html, re.S)
        assert found, self.text
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))).strip()


def likely(reader: Client, language: str = "en") -> Walk:
    """Somebody to whom the benefit is likely due, at the result."""
    return Walk(reader, language).start("t_benefit").answer("130", "true", "1")


def ask(client: Client, content: Any) -> Any:
    """The answer of the API to what is sent."""
    text = content if isinstance(content, str) else json.dumps(content)
    return client.post(API, text, content_type="application/json")
