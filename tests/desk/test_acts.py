"""The registry of acts: what is legal is shown, with its key, and no act is registered twice."""

from dataclasses import replace

import pytest

from accounts.actor import Actor
from desk.acts import ACTS, all_acts, register
from tenants.cards import BrandCard
from tests.desk.conftest import Day, Desk


def it_shows_what_is_legal_with_its_key(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    assert 'data-key="e"' in desk.get(f"/desk/acme/{ref}/").content.decode()
    part = desk.act(f"/desk/acme/{ref}/wrap-up/").content.decode()
    assert 'id="acts"' in part
    assert 'data-key="e"' not in part


def it_lists_every_key_in_the_dialog_of_keys(desk: Desk) -> None:
    page = desk.get("/desk/").content.decode()
    for act in all_acts():
        mine = act.key and not act.needs
        assert not mine or f"<kbd>{act.key.upper()}</kbd></dt><dd>{act.title}</dd>" in page


def it_takes_no_act_twice() -> None:
    wrap_up = ACTS["wrap_up"]
    with pytest.raises(ValueError, match="there already"):
        register(replace(wrap_up, key=""))
    assert ACTS["wrap_up"] is wrap_up
