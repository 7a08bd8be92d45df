"""What a client reads of a conversation: every code that is said has its words, for each who reads it."""

import re

from config.launch.layout import PROJECT
from desk import lines as desk
from interactions.connectors.webchat.texts import panel_words
from portal import lines

SAID = re.compile(r'(?:say|wait_again|_abandon|start_wrap_up)\(\s*row[^)]*?"(\w+)"')
OWN = {"callback_promised", "callback_changed", "nudged", "warned"}
"""Those that have a body, in the customer's language."""


def it_has_words_for_what_agents_read_of() -> None:
    assert set(lines.EVENTS) == set(desk.EVENTS)


def it_has_words_for_the_customer_too() -> None:
    assert {f"event_{code}" for code in set(lines.EVENTS) - OWN} <= set(panel_words())


def it_has_words_for_every_code_that_the_verbs_say() -> None:
    texts = [path.read_text() for path in (PROJECT / "interactions" / "actions").glob("*.py")]
    said = {code for text in texts for code in SAID.findall(text)} - {"name", "text"}  # keys, not codes
    assert {"held", "resumed", "transferred", "requeued", "joined"} <= said
    assert said <= set(lines.EVENTS)
