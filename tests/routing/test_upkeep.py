"""What runs beside the router: old items go, numbers are served to a scraper on the machine."""

import urllib.error
import urllib.request

import pytest
from django.test import override_settings

from accounts.actor import Actor
from config.checks import keeps_a_month_of_work
from routing import actions, metrics, tasks
from routing.models import AgentCapacity, Decision, Offer, WorkItem
from routing.router import Router, step
from tenants.cards import BrandCard
from tenants.models import AuditRow, LabourEvent
from tests.routing.conftest import at, close, go_available, ring, stay, write_in
from workforce.models import Engagement

DAY = 86_400


def worked(card: BrandCard, actor: Actor, *, second: float) -> WorkItem:
    item = write_in(card, now=at(second))
    stay(item)
    step(at(second + 1))
    actions.accept_offer(ring(item).ref, actor=actor, now=at(second + 2))
    close(card, actor, item.interaction_ref, now=at(second + 60))
    return item


@pytest.mark.usefixtures("queues")
class DescribePurge:
    def it_lets_go_of_what_ended_long_ago_and_of_nothing_else(
        self, acme: BrandCard, globex: BrandCard, ada: Actor
    ) -> None:
        go_available(ada)
        old, later = worked(acme, ada, second=0), worked(globex, ada, second=200)
        waiting = write_in(acme, now=at(-80 * DAY))
        events, hours = LabourEvent.objects.count(), Engagement.objects.count()
        assert actions.purge(at(60 + 35 * DAY + 1)) == 1
        assert set(WorkItem.objects.values_list("pk", flat=True)) == {later.pk, waiting.pk}
        assert not Offer.objects.filter(work_item_id=old.pk).exists()
        assert not Decision.objects.filter(work_item_id=old.pk).exists()
        assert (LabourEvent.objects.count(), Engagement.objects.count()) == (events, hours)
        row = AuditRow.objects.get(verb="routing.purged")
        assert row.diff["items"] == [None, 1]

    def it_goes_on_the_next_time(self, acme: BrandCard, ada: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("routing.actions.purging.BATCH", 1)
        go_available(ada)
        for second in (0, 100, 200):
            worked(acme, ada, second=second)
        assert actions.purge(at(40 * DAY), batches=2) == 2
        assert actions.purge(at(40 * DAY), batches=2) == 1
        assert actions.purge(at(40 * DAY)) == 0
        assert AuditRow.objects.filter(verb="routing.purged").count() == 2

    def it_is_sent_by_beat(self, acme: BrandCard, ada: Actor) -> None:
        assert tasks.BEAT["routing.purge"]["task"] == "routing.tasks.purge"
        tasks.purge()
        assert not AuditRow.objects.filter(verb="routing.purged").exists()

    def it_keeps_what_a_monthly_contract_is_counted_from(self) -> None:
        assert keeps_a_month_of_work(None) == []
        with override_settings(ROUTING_KEEP_DAYS=31):
            (wrong,) = keeps_a_month_of_work(None)
        assert "ROUTING_KEEP_DAYS" in str(wrong.hint)


@pytest.mark.usefixtures("queues")
class DescribeMetrics:
    def it_counts_lines_agents_and_offers(self, acme: BrandCard, globex: BrandCard, ada: Actor) -> None:
        go_available(ada)
        AgentCapacity.objects.update_or_create(agent_id=ada.user_id, defaults={"cap": 34})
        first, second, third = (write_in(card, now=at(n)) for n, card in enumerate((acme, acme, globex)))
        WorkItem.objects.filter(pk=third.pk).update(is_test=True)
        step(at(4))
        said = metrics.render(at(10), leading=True)
        queue = f'{{brand="{acme.id}",queue="{first.queue_id}"}}'
        assert f"trunkline_waiting_items{queue} 2\n" in said
        assert f"trunkline_waiting_oldest_seconds{queue} 10\n" in said
        assert "trunkline_router_leading 1\n" in said
        assert 'trunkline_agents{availability="available",connected="true"} 1\n' in said
        assert "trunkline_units_used 34\n" in said
        assert 'trunkline_offers_5m{state="pending"} 1\n' in said
        assert "trunkline_offered_after_seconds_5m 4\n" in said
        assert second.brand_id == acme.id
        assert f'brand="{globex.id}"' not in said

    def it_names_nobody(self, acme: BrandCard, ada: Actor) -> None:
        go_available(ada)
        step(at(1))
        said = metrics.render(at(10), leading=False)
        assert not any(word in said for word in (ada.name, ada.email, acme.name, acme.slug))

    def it_is_well_formed(self) -> None:
        lines = metrics.render(at(0), leading=False).splitlines()
        for line in lines:
            assert line.startswith(("# HELP trunkline_", "# TYPE trunkline_", "trunkline_"))
        assert len([line for line in lines if line.startswith("# TYPE")]) == 9


@pytest.mark.django_db(transaction=True)
def it_serves_them_on_the_loopback_address_alone() -> None:
    router = Router()
    server = metrics.serve(0, lambda: router.leading)
    base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        with urllib.request.urlopen(f"{base}/metrics") as answer:
            assert answer.headers["Content-Type"] == metrics.TYPE
            assert b"trunkline_router_leading 0" in answer.read()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{base}/")
        assert server.server_address[0] == "127.0.0.1"
    finally:
        server.shutdown()
        server.server_close()
