"""A pool with two sites, three teams and two skills."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.factories import NOW
from workforce.models import Site, Skill, Team
from workforce.staff import places


@dataclass(frozen=True)
class Pool:
    malmo: Site
    porto: Site
    nordic: Team
    southern: Team
    night: Team
    billing: Skill
    portuguese: Skill


@pytest.fixture
def pool(db: None) -> Pool:
    by: dict[str, Any] = {"actor": "test", "now": NOW}
    malmo = places.save_site(name="Malmö", timezone="Europe/Stockholm", **by)
    porto = places.save_site(name="Porto", timezone="Europe/Lisbon", **by)
    return Pool(
        malmo,
        porto,
        places.save_team(name="Nordic desk", site_id=malmo.pk, **by),
        places.save_team(name="Night", site_id=malmo.pk, **by),
        places.save_team(name="Night", site_id=porto.pk, **by),
        places.save_skill(name="Billing", **by),
        places.save_skill(name="Portuguese", **by),
    )
