"""What the style guide is filled with: invented people and figures; words are in templates."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

SCREENS = ("components", "desk", "report", "entrance")
HUES = (148, 62, 255, 352)

BRANDS = {
    "northwind": {
        "name": "Northwind Outdoors",
        "short": "Northwind",
        "hue": 148,
        "tone": "warm, first names",
    },
    "lumen": {"name": "Lumen Energy", "short": "Lumen Energy", "hue": 62, "tone": "plain, no slang"},
    "aerolith": {"name": "Aerolith", "short": "Aerolith", "hue": 255, "tone": "brief"},
    "petal": {"name": "Petal & Co", "short": "Petal & Co", "hue": 352, "tone": "cheerful"},
}


def context(screen: str) -> dict[str, Any]:
    """Return what the screen of the guide shows."""
    return {"hues": HUES, "screens": SCREENS, "screen": screen, **_desk(), **_report()}


def _row(name: str, brand: str, preview: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "brand": BRANDS[brand], "preview": preview} | more


def _desk() -> dict[str, Any]:
    now = timezone.now()
    return {
        "me": "Amara Koné",
        "since": now - timedelta(minutes=102),
        "until": now + timedelta(seconds=14),
        "northwind": BRANDS["northwind"],
        "lumen": BRANDS["lumen"],
        "brands": list(BRANDS.values()),
        "customer": "Maya Lindqvist",
        "needs": NEEDS,
        "waiting": WAITING,
        "stream": STREAM,
        "written": "Good news, Maya. I’ve arranged",
        "caller": "Rui Fonseca",
        "asked": "Moving house, meter reading disputed",
        "masked": "•••• 1234",
        "dos": ("Use the first name", "Name the next step and when it happens"),
        "donts": ("Blame the carrier",),
        "earlier": (("Size advice, rain jacket", "28 Oct"), ("Delivery to a neighbour", "3 Sep")),
        "address": "maya@lindqvist.example",
        "page": "northwind.example/tents/fjell-3",
    }


NEEDS = (
    _row("Inès Caradec", "lumen", "Le code promo ne marche pas sur…", ago=5, left=38, sla="bad", unread=3),
    _row(
        "Maya Lindqvist",
        "northwind",
        "Delivery to Umeå would be perfect",
        ago=60,
        left=72,
        sla="warn",
        open=True,
    ),
    _row("Tomás Herrera", "aerolith", "Invoice 20418 shows the old VAT number", ago=840, left=605, sla=""),
    _row("Oke Adeyemi", "northwind", "Return label, size 44", ago=1080, left=24, sla="good", wrap=True),
)
WAITING = (
    _row("Hana Sato", "petal", "Can I change the delivery address?", ago=1560, paused=True),
    _row("Peter Volkov", "lumen", "Technician did not show up", ago=2460, paused=True),
    _row(
        "Grace Whitfield", "aerolith", "Hi Grace, I have checked with our…", ago=3600, draft=True, paused=True
    ),
)
STREAM = (
    {"kind": "in", "by": "Maya Lindqvist", "at": "14:06",
     "body": "Hi! The left pole snapped the first night we used it. We leave for Abisko on Friday "
             "so I’m a bit stressed."},
    {"kind": "note", "by": "Jonas", "at": "14:07",
     "body": "Pole batch 24-B is a known defect. Replace without return, no photo review needed."},
    {"kind": "out", "by": "", "at": "14:08",
     "body": "That’s a rotten start to a trip, Maya. Let me check what I can get to you before Friday."},
    {"kind": "in", "by": "Maya Lindqvist", "at": "14:09",
     "body": "Thank you!! Delivery to Umeå would be perfect."},
)  # fmt: skip


def _kpi(key: str, *values: Any) -> dict[str, Any]:
    names = ("value", "unit", "delta", "way", "target", "met", "points")
    return {"id": key} | dict(zip(names, values, strict=True))


def _queue(name: str, *values: Any) -> dict[str, Any]:
    names = ("handled", "level", "kind", "asa", "abandoned", "aht")
    return {"name": name} | dict(zip(names, values, strict=True))


def _report() -> dict[str, Any]:
    return {
        "kpis": KPIS,
        "queues": QUEUES,
        "heat": [(day, [(hour, _heat(day, hour)) for hour in range(8, 20)]) for day in range(7)],
        "hours": range(8, 20),
        "head": ("Handled", "ASA"),
        "chart": CHART,
    }


def _heat(day: int, hour: int) -> dict[str, int]:
    count = max(9, int((130 - 14 * day) * (1 - abs(hour - 13.5) / 8)))
    return {"count": count, "step": min(9, count // 13)}


KPIS = (
    _kpi(
        "service-level", "86.4", "%", "+2.1 pt", "up", "80%", True, (80, 82, 81, 84, 83, 85, 84, 86, 85, 87)
    ),
    _kpi("speed", "0:17", "", "−4 s", "up", "0:25", True, (25, 24, 22, 23, 21, 20, 20, 18, 19, 17)),
    _kpi("abandoned", "3.1", "%", "−0.6 pt", "up", "5%", True, (44, 41, 42, 39, 37, 38, 35, 34, 33, 32)),
    _kpi("resolved", "74.8", "%", "−0.9 pt", "dn", "76%", False, (78, 76, 77, 75, 74, 72, 73, 71, 70)),
    _kpi("handle", "6:12", "", "±0", "fl", "", None, (4, 2, 5, 4, 6, 7, 4, 6, 5, 6)),
    _kpi("handled", "9,318", "", "+6.2%", "fl", "", None, (3, 6, 5, 9, 11, 8, 13, 15, 14, 17)),
)
QUEUES = (
    _queue("Orders · Chat", "2,684", 91.0, "good", 11, "1.9%", 461),
    _queue("Warranty · English", "1,048", 76.3, "bad", 31, "5.6%", 500),
    _queue("Social", "564", 80.4, "warn", 245, "–", 237),
)
RATES = (96, 93, 91, 88, 86, 84, 81, 83, 87, 89, 85, 76, 71, 78, 84, 87, 90, 88, 83, 85, 90, 93, 95, 97)
COUNTS = (13, 21, 32, 43, 50, 55, 57, 54, 48, 44, 50, 58, 62, 55, 50, 47, 45, 46, 52, 48, 37, 28, 20, 14)


def _bar(index: int, rate: int, count: int) -> dict[str, Any]:
    """Geometry of one interval: `x`, the dot's `cy`, and the three rects as (class, y, height)."""
    late, lost = count * (100 - rate) // 110, 1 if rate < 84 else 0
    rects, y = [], 246.0
    for name, amount in (("b1", count - late - lost), ("b2", late), ("b3", lost)):
        height = round(amount * 1.3, 1)
        y = round(y - height - 0.8, 1)
        rects.append((name, y, height))
    x = round(38 + index * 29.6, 1)
    cy = round(18 + (100 - rate) * 2.5, 1)
    return {"x": x, "mid": x + 9.5, "cy": cy, "rects": rects, "miss": rate < 80, "hour": 8 + index / 2}


CHART = [_bar(i, rate, count) for i, (rate, count) in enumerate(zip(RATES, COUNTS, strict=True))]
