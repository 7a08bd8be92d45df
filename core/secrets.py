"""One encrypted column: `password = SecretField()` keeps its text sealed with AES-256-GCM.

A stored value is `v1.<key id>.<base64 of nonce and ciphertext>`. It is bound to its table and column, so that
a value that was moved to another column does not open. The first of FIELD_KEYS seals, every one opens: a new
key is put in front, `manage.py rotate_secrets` seals everything anew, then the old key can go.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

from core.lazy import LazyModule

aead = LazyModule("cryptography.hazmat.primitives.ciphers.aead")
exceptions = LazyModule("cryptography.exceptions")
VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D section 8.2.2: random, far below 2^32 values for one key


class BadKeys(ValueError):
    """FIELD_KEYS is empty or holds something that is no key; the message says which."""


class SecretError(RuntimeError):
    """A stored value does not open; the message says what to do, never what was stored."""


class UnknownKey(SecretError):
    def __init__(self, key_id: str, place: str) -> None:
        super().__init__(
            f"{place} was sealed with key {key_id}, which is not in FIELD_KEYS: put that key back behind the"
            " others, run `manage.py rotate_secrets`, then remove it."
        )


def new_key() -> str:
    """Return a fresh key as FIELD_KEYS spells it: 32 random bytes in base64, without padding."""
    return _encode(os.urandom(KEY_BYTES))


def key_id_of(key: bytes) -> str:
    """Name a key without telling it: the first eight digits of its digest."""
    return hashlib.sha256(b"field key " + key).hexdigest()[:8]


def key_ring() -> dict[str, bytes]:
    """Return the keys by their id, the one that seals first. Raises BadKeys."""
    return _ring(tuple(settings.FIELD_KEYS))


@lru_cache(maxsize=8)
def _ring(texts: Sequence[str]) -> dict[str, bytes]:
    if not texts:
        raise BadKeys("FIELD_KEYS is empty: nothing can be sealed.")
    keys = [_key(text, place) for place, text in enumerate(texts, 1)]
    return {key_id_of(key): key for key in keys}


def _key(text: str, place: int) -> bytes:
    try:
        key = _decode(text)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise BadKeys(f"Key {place} of FIELD_KEYS is not {KEY_BYTES} bytes in base64.")
    return key


def seal(text: str, *, place: str) -> str:
    """Return the stored form of the text under the first key, bound to `place` ("table.column")."""
    key_id, key = next(iter(key_ring().items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = aead.AESGCM(key).encrypt(nonce, text.encode(), _bound_to(place, key_id))
    return f"{VERSION}.{key_id}.{_encode(nonce + sealed)}"


def unseal(stored: str, *, place: str) -> str:
    """Return the text. Raises UnknownKey, or SecretError for a value that was changed or moved."""
    version, _, rest = stored.partition(".")
    key_id, _, body = rest.partition(".")
    if version != VERSION or not body:
        raise SecretError(f"{place} holds something that was never sealed.")
    key = key_ring().get(key_id)
    if key is None:
        raise UnknownKey(key_id, place)
    try:
        raw = _decode(body)
        opened = aead.AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound_to(place, key_id))
    except (exceptions.InvalidTag, binascii.Error, ValueError):
        raise SecretError(f"{place} holds a value that was changed, or moved from another column.") from None
    return str(opened.decode())


def is_current(stored: str) -> bool:
    """Tell whether the value is sealed with the first key."""
    return stored.startswith(current_prefix())


def current_prefix() -> str:
    """How every value that the first key sealed begins."""
    return f"{VERSION}.{next(iter(key_ring()))}."


def _bound_to(place: str, key_id: str) -> bytes:
    return f"{VERSION} {key_id} {place}".encode()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


class SecretField(models.TextField):  # type: ignore[type-arg]
    """Text that is sealed in the table and open in the row. Empty stays empty; nothing can be searched."""

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return seal(text, place=self.place) if text else text

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return unseal(value, place=self.place) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.place} is sealed: it cannot be looked up.")
