"""Sites, teams and skills are changed by one at a time."""

from threading import Thread

from django.db import transaction

from tenants.scope import labour_scope
from tests.api.test_limits import at_once
from tests.factories import NOW
from tests.routing.test_leaving_kill import somebody_waits, until
from workforce.models import Site
from workforce.staff import places


def it_does_not_bring_back_what_is_archived_meanwhile(transactional_db: None) -> None:
    site = places.save_site(name="Old", timezone="UTC", actor="test", now=NOW)
    naming = Thread(
        target=at_once,
        args=(lambda: places.save_site(site.pk, name="New", timezone="UTC", actor="test", now=NOW),),
    )
    with labour_scope(), transaction.atomic():
        places.archive_site(site.pk, archived=True, actor="test", now=NOW)
        naming.start()
        until(lambda: somebody_waits() or not naming.is_alive())
    naming.join()
    row = Site.objects.get(pk=site.pk)
    assert (row.name, row.archived_at) == ("New", NOW)
