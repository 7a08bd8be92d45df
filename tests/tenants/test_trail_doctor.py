"""The doctor says when nobody seals the audit trail, and when a dump came into another cluster."""

from typing import Any

import pytest
from django.db import transaction

from config.doctor.registry import Ill
from config.doctor.trail import audit_trail
from tenants.cards import BrandCard
from tests.tenants.trail import sealed, write

pytestmark = pytest.mark.django_db(transaction=True)


def it_is_well_when_all_is_sealed(acme: BrandCard) -> None:
    assert audit_trail() == "nothing to seal"
    rows = sealed(acme)
    assert audit_trail() == f"sealed up to row {rows[-1]}"


def it_leaves_the_sealer_a_minute(acme: BrandCard) -> None:
    write(acme)
    assert audit_trail() == "nothing to seal"


def it_says_that_nobody_seals(acme: BrandCard, boss: Any) -> None:
    with transaction.atomic():
        write(acme, 3)
    boss.execute("UPDATE tenants_auditrow SET at = at - interval '2 minutes'")
    with pytest.raises(Ill, match="3 rows have waited") as found:
        audit_trail()
    assert "manage.py audit seal" in found.value.mend


def it_says_that_a_new_era_is_due(acme: BrandCard, boss: Any) -> None:
    sealed(acme)
    boss.execute("UPDATE tenants_auditseal SET txid = txid + 1000000000")
    with pytest.raises(Ill, match="the server is at") as found:
        audit_trail()
    assert "Begin era 2" in found.value.mend
