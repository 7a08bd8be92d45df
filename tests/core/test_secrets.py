"""Sealed text: what opens it, what does not, and what is said then."""

from typing import Any

import pytest
from django.core.exceptions import FieldError

from core import secrets
from core.secrets import BadKeys, SecretError, SecretField, UnknownKey, seal, unseal

PLACE = "some_table.some_column"


class DescribeSealing:
    def it_opens_what_it_sealed(self) -> None:
        for text in ("a", "välkommen", "x" * 100_000):
            assert unseal(seal(text, place=PLACE), place=PLACE) == text

    def it_never_writes_the_same_twice(self) -> None:
        assert seal("a", place=PLACE) != seal("a", place=PLACE)

    def it_shows_nothing_of_the_text(self) -> None:
        assert "correct horse" not in seal("correct horse", place=PLACE)

    def it_names_its_key(self, settings: Any) -> None:
        key = next(iter(secrets.key_ring()))
        assert seal("a", place=PLACE).startswith(f"v1.{key}.")

    def it_does_not_open_in_another_column(self) -> None:
        with pytest.raises(SecretError, match="moved"):
            unseal(seal("a", place="users.password"), place=PLACE)

    def it_does_not_open_when_a_byte_was_changed(self) -> None:
        stored = seal("correct horse", place=PLACE)
        for place in range(len("v1.12345678."), len(stored), 7):
            changed = stored[:place] + ("A" if stored[place] != "A" else "B") + stored[place + 1 :]
            with pytest.raises(SecretError):
                unseal(changed, place=PLACE)

    @pytest.mark.parametrize("stored", ["plain", "v1.", "v1.abc", "v2.abc.def", "v1..x"])
    def it_does_not_take_what_was_never_sealed(self, stored: str) -> None:
        with pytest.raises(SecretError):
            unseal(stored, place=PLACE)


class DescribeRotation:
    def it_opens_with_every_key_and_seals_with_the_first(self, settings: Any) -> None:
        old, new = secrets.new_key(), secrets.new_key()
        settings.FIELD_KEYS = [old]
        stored = seal("a", place=PLACE)
        settings.FIELD_KEYS = [new, old]
        assert unseal(stored, place=PLACE) == "a"
        assert not secrets.is_current(stored)
        assert secrets.is_current(seal("a", place=PLACE))

    def it_names_the_key_that_is_missing_and_not_the_text(self, settings: Any) -> None:
        stored = seal("correct horse", place=PLACE)
        settings.FIELD_KEYS = [secrets.new_key()]
        with pytest.raises(UnknownKey) as error:
            unseal(stored, place=PLACE)
        assert stored.split(".")[1] in str(error.value)
        assert "FIELD_KEYS" in str(error.value)
        assert "horse" not in str(error.value)


class DescribeKeys:
    @pytest.mark.parametrize("keys", [[], ["short"], ["not base64 ***"], [secrets.new_key() + "AAAA"]])
    def it_refuses_what_is_no_key(self, settings: Any, keys: list[str]) -> None:
        settings.FIELD_KEYS = keys
        with pytest.raises(BadKeys, match="FIELD_KEYS"):
            secrets.key_ring()

    def it_says_which_one_is_wrong_without_quoting_it(self, settings: Any) -> None:
        settings.FIELD_KEYS = [secrets.new_key(), "hunter2"]
        with pytest.raises(BadKeys, match="Key 2") as error:
            secrets.key_ring()
        assert "hunter2" not in str(error.value)


def it_cannot_be_looked_up() -> None:
    with pytest.raises(FieldError, match="sealed"):
        made().get_lookup("exact")


def it_leaves_nothing_as_nothing() -> None:
    assert made().get_prep_value("") == ""
    assert made().get_prep_value(None) is None
    assert made().from_db_value("") == ""


def made() -> SecretField:
    """The field as it stands in a table."""
    from tenants.mail.models import MailIdentity

    field = MailIdentity._meta.get_field("smtp_password")
    assert isinstance(field, SecretField)
    return field
