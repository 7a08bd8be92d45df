"""Whose host is this: a brand's, the provider's bare base, or a stranger's, who is told no name."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.test import RequestFactory

from tenants import actions, cards, hosts
from tenants.cards import BrandCard, card_by_slug, card_for_host, endpoint_by_key
from tenants.choices import BrandState, DomainKind
from tenants.middleware import HostMiddleware
from tenants.models import Brand, Domain
from tenants.scope import WrongScope, labour_scope
from tests.factories import NOW

Answer = Any


@pytest.fixture
def ask() -> Any:
    """Send a request for this host through the middleware; returns what the view saw, or the answer."""
    seen: list[Any] = []

    def view(request: Any) -> str:
        seen.append(request)
        return "seen"

    def send(host: str) -> Any:
        answer: Any = HostMiddleware(view)(RequestFactory().get("/", headers={"host": host}))  # type: ignore[arg-type]
        return seen.pop() if answer == "seen" else answer

    return send


class DescribeHost:
    def it_serves_a_brand_at_its_own(self, db: None, acme: BrandCard, ask: Any, settings: Any) -> None:
        for host in ("acme.localhost:8000", "acme.localhost", "ACME.Localhost:8000", "acme.localhost.:80"):
            request = ask(host)
            assert request.brand == acme
            assert request.urlconf == settings.BRAND_URLCONF

    def it_serves_the_provider_at_the_bare_base(self, db: None, ask: Any, settings: Any) -> None:
        request = ask("localhost:8000")
        assert request.brand is None
        assert request.urlconf == settings.PUBLIC_URLCONF

    @pytest.mark.parametrize(
        "host",
        [
            "nobody.localhost",
            "acme.localhost.evil.test",
            "acme.evil.test",
            "x.acme.localhost",
            "127.0.0.1",
            "[::1]:8000",
            "acme.localhost/../",
            "a" * 300 + ".localhost",
            "ac\u00adme.localhost",
            "s_abc.localhost",
        ],
    )
    def it_shows_a_stranger_a_page_that_names_nobody(self, db: None, ask: Any, host: str) -> None:
        answer = ask(host)
        assert answer.status_code == 404
        page = answer.content.decode().lower()
        assert not any(name in page for name in ("acme", "globex", "trunkline", "localhost"))

    def it_serves_a_clients_own_name_once_it_is_verified(self, db: None, acme: BrandCard, ask: Any) -> None:
        row = Domain.objects.create(host="help.acme.example", brand_id=acme.id, kind=DomainKind.CUSTOM)
        assert ask("help.acme.example").status_code == 404
        row.verified_at = NOW
        row.save()
        assert ask("help.acme.example").brand == acme

    def it_knows_a_brand_that_is_gone_no_more(self, db: None, acme: BrandCard, ask: Any) -> None:
        Brand.objects.filter(pk=acme.id).update(state=BrandState.GONE)
        assert ask("acme.localhost").status_code == 404

    def it_refuses_to_begin_inside_a_scope(self, db: None, ask: Any) -> None:
        with labour_scope(), pytest.raises(WrongScope):
            ask("localhost")


class DescribeSockets:
    def scope(self, host: str, origin: str | None = None) -> dict[str, Any]:
        headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin else [])
        return {"headers": headers}

    def it_knows_the_brand(self, db: None, acme: BrandCard) -> None:
        assert hosts.brand_for_socket(self.scope("acme.localhost:8001")) == acme
        assert hosts.brand_for_socket(self.scope("localhost:8001")) is None
        with pytest.raises(hosts.UnknownHost):
            hosts.brand_for_socket(self.scope("nobody.localhost"))

    @pytest.mark.parametrize(
        ("origin", "allowed"),
        [
            ("http://acme.localhost:8000", True),
            ("https://ACME.localhost", True),
            ("http://globex.localhost:8000", False),
            ("http://localhost:8000", False),
            ("http://acme.localhost.evil.test", False),
            ("https://shop.example", True),
            ("https://shop.example:444", False),
            ("http://shop.example", False),
            ("null", False),
            ("nonsense", False),
        ],
    )
    def it_opens_to_pages_of_the_brand(self, db: None, acme: BrandCard, origin: str, allowed: bool) -> None:
        scope = self.scope("acme.localhost:8001", origin)
        assert hosts.origin_allowed(scope, acme, origins=["https://shop.example/"]) is allowed

    def it_opens_the_providers_to_its_own(self, db: None) -> None:
        assert hosts.origin_allowed(self.scope("localhost", "http://localhost:8000"), None)
        assert not hosts.origin_allowed(self.scope("localhost", "http://acme.localhost:8000"), None)

    def it_asks_no_origin_of_what_is_no_browser(self, db: None, acme: BrandCard) -> None:
        assert hosts.origin_allowed(self.scope("acme.localhost"), acme)


class DescribeCards:
    def it_asks_the_database_once(
        self, transactional_db: None, acme: BrandCard, django_assert_num_queries: Any
    ) -> None:
        card_for_host("acme.localhost")
        card_for_host("nobody.localhost")
        with django_assert_num_queries(0):
            for _ in range(3):
                assert card_for_host("acme.localhost") == acme
                assert card_for_host("nobody.localhost") is None

    def it_shows_the_writer_a_change_at_once(self, transactional_db: None, acme: BrandCard) -> None:
        assert card_by_slug("acme") == acme
        Brand.objects.filter(pk=acme.id).update(hue=7)
        cards.changed()
        found = card_by_slug("acme")
        assert found
        assert found.hue == 7

    def it_shows_everybody_else_a_change_within_a_second(
        self, transactional_db: None, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        elsewhere = cards._Shelf()
        here = cards._shelf
        clock = [1000.0]
        monkeypatch.setattr("tenants.cards.time", SimpleNamespace(monotonic=lambda: clock[0]))
        monkeypatch.setattr(cards, "_shelf", elsewhere)
        assert card_by_slug("acme") == acme
        monkeypatch.setattr(cards, "_shelf", here)
        Brand.objects.filter(pk=acme.id).update(hue=7)
        cards.changed()
        monkeypatch.setattr(cards, "_shelf", elsewhere)
        assert card_by_slug("acme") == acme
        clock[0] += cards.LOOK_SECONDS + 0.1
        found = card_by_slug("acme")
        assert found
        assert found.hue == 7

    def it_believes_a_card_for_two_seconds_without_valkey(
        self, transactional_db: None, acme: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def lost(*args: Any, **kwargs: Any) -> None:
            raise redis.ConnectionError

        clock = [1000.0]
        monkeypatch.setattr("tenants.cards.cache.get", lost)
        monkeypatch.setattr("tenants.cards.time", SimpleNamespace(monotonic=lambda: clock[0]))
        monkeypatch.setattr(cards, "_shelf", cards._Shelf())
        assert card_by_slug("acme") == acme
        Brand.objects.filter(pk=acme.id).update(hue=7)
        clock[0] += 2.1
        found = card_by_slug("acme")
        assert found
        assert found.hue == 7

    def it_keeps_nothing_seen_in_a_transaction_that_may_be_undone(self, db: None, acme: BrandCard) -> None:
        Brand.objects.filter(pk=acme.id).update(hue=7)
        card_by_slug("acme")
        assert cards._shelf.items == {}

    def it_lists_live_brands_by_name(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        assert cards.all_cards() == [acme, globex]
        Brand.objects.filter(pk=acme.id).update(state=BrandState.PAUSED)
        assert cards.all_cards() == [globex]
        assert cards.card_by_id(acme.id) is not None


class DescribeEndpoints:
    def it_leads_from_a_key_to_an_inbox(self, db: None, acme: BrandCard) -> None:
        inbox = uuid4()
        actions.open_endpoint(acme.id, key="pk_1", inbox_ref=inbox, origins=["https://shop.example"])
        found = endpoint_by_key("pk_1")
        assert found
        assert (found.brand_id, found.inbox_ref, found.origins, found.is_active) == (
            acme.id,
            inbox,
            ("https://shop.example",),
            True,
        )
        assert endpoint_by_key("pk_2") is None

    def it_is_closed_while_its_brand_is_not_live(self, db: None, acme: BrandCard) -> None:
        actions.open_endpoint(acme.id, key="pk_1", inbox_ref=uuid4())
        Brand.objects.filter(pk=acme.id).update(state=BrandState.PAUSED)
        found = endpoint_by_key("pk_1")
        assert found
        assert not found.is_active
