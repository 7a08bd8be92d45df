"""A pool is ended while another one ceases to serve the same queue: somebody goes on serving it."""

from contextlib import suppress
from threading import Thread

from django.db import connection, transaction

from core.errors import RoomError
from routing import actions
from routing.models import PoolQueue
from tenants.cards import BrandCard
from tenants.scope import labour_scope
from tests.factories import NOW
from tests.routing.conftest import queue_of, set_up
from tests.routing.test_leaving_kill import somebody_waits, until


def retire(pool_id: int) -> None:
    try:
        with suppress(RoomError):
            actions.retire_pool(pool_id, actor="user:1", now=NOW)
    finally:
        connection.close()


def it_leaves_no_queue_to_nobody(transactional_db: None, acme: BrandCard) -> None:
    set_up(acme)
    queue_id = queue_of(acme).pk
    pool = actions.save_pool(name="Night", kind="burst", brand_id=None, actor="user:1", now=NOW)
    actions.serve(pool.pk, queue_id, actor="user:1", now=NOW)
    retiring = Thread(target=retire, args=(pool.pk,))
    with labour_scope(), transaction.atomic():
        actions.stop_serving(actions.shared_pool().pk, queue_id, actor="user:1", now=NOW)
        retiring.start()
        until(lambda: somebody_waits() or not retiring.is_alive())
    retiring.join()
    assert list(PoolQueue.objects.filter(plan_id=queue_id).values_list("pool_id", flat=True)) == [pool.pk]
