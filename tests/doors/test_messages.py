"""Every word that the product says exists in Chinese."""

import re

import polib
import pytest

import messages

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.fixture(scope="module")
def kept() -> dict[messages.Message, polib.POEntry]:
    return {messages.key(entry): entry for entry in messages.catalogue()}


def test_every_message_is_translated(kept):
    missing = [message.text for message in messages.all_messages()
               if message not in kept or not messages.translated(kept[message])]
    assert missing == []


def test_nothing_is_kept_that_nobody_says(kept):
    assert kept.keys() - messages.all_messages().keys() == set()


def test_translations_fill_the_same_gaps(kept):
    wrong = [entry.msgid for entry in kept.values() for text in [entry.msgstr, *entry.msgstr_plural.values()]
             if text and set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))]
    assert wrong == []


@pytest.mark.parametrize(("source", "expected"), [
    ('{% translate "Day" %}', messages.Message("Day")),
    ('<a title="{% translate \'Day\' %}">', messages.Message("Day")),
    ("{% blocktranslate count n=x %}{{ n }} item{% plural %}{{ n }} items{% endblocktranslate %}",
     messages.Message("%(n)s item", "%(n)s items")),
    ('{% translate "Free" context "fee" %}', messages.Message("Free", "", "fee")),
])
def test_templates_are_read(source, expected):
    assert list(messages.in_template(source, "x.html")) == [expected]


def test_python_is_read():
    assert list(messages.in_python('f(_("One"), pgettext("fee", "Free"), other("no"))')) == [
        messages.Message("One"), messages.Message("Free", "", "fee")]
