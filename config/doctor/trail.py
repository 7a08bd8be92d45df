"""The audit trail: whether its sealer keeps up, and whether a restored dump has begun a new era."""

from datetime import timedelta

from django.db.models import Q

from config.doctor.registry import Ill, question
from config.doctor.servers import row
from core.clock import now
from tenants.models import AuditRow
from tenants.scope import labour_scope
from tenants.trail.sealing import place

PATIENCE = timedelta(minutes=1)


@question("audit trail", needs="public tables")
def audit_trail() -> str:
    with labour_scope():
        era, txid, row_id = place()
        beyond = Q(era__gt=era) | Q(era=era, txid__gt=txid) | Q(era=era, txid=txid, pk__gt=row_id)
        waiting = AuditRow.objects.filter(beyond, at__lt=now() - PATIENCE).count()
    (current,) = row("SELECT txid_current()")
    if txid > current:
        mend = f"Begin era {era + 1}: raise the default of `era` in every log, see docs/tenancy.md."
        raise Ill(f"it is sealed up to transaction {txid}, the server is at {current}", mend=mend)
    if waiting:
        mend = "A worker with a beat seals each two seconds: bin/up, or once: manage.py audit seal."
        raise Ill(f"{waiting} rows have waited for their seal for more than a minute", mend=mend)
    return f"sealed up to row {row_id}" if row_id else "nothing to seal"
