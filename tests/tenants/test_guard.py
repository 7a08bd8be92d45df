"""Rows and querysets know the brand they came from. Each misuse is refused by name, before the database is
asked.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When

from interactions.models import Inbox, Interaction, Message, Queue
from tenants.cards import BrandCard
from tenants.guard import WrongScope
from tenants.scope import labour_scope, tenant_scope
from tests.factories import NOW, TESTS
from tests.tenants.rows import Rows, make_rows, new_message


class InboxForm(forms.ModelForm):  # type: ignore[type-arg]
    queue = forms.ModelChoiceField(queryset=Queue.objects.all())  # made while nothing is bound

    class Meta:
        model = Inbox
        fields = ("name", "queue")


NameForm = forms.modelform_factory(Inbox, fields=["name"])
CLASS_LEVEL = Queue.objects.filter(name__contains="")

Use = Callable[[Rows, Any], Any]
OWN: dict[str, Use] = {
    "form with a class-level queryset": lambda r, qs: InboxForm(
        {"name": "x", "queue": r.queue.pk}
    ).is_valid(),
    "class-level queryset": lambda r, qs: len(CLASS_LEVEL.all()) == 1,
    "select_related": lambda r, qs: Inbox.objects.select_related("queue").get().queue.name == "Acme orders",
    "prefetch": lambda r, qs: [len(i.messages.all()) for i in qs.prefetch_related("messages")] == [1],
    "prefetch with a queryset": lambda r, qs: (
        len(
            qs.prefetch_related(Prefetch("messages", queryset=Message.objects.filter(seq=1)))[
                0
            ].messages.all()
        )
        == 1
    ),
    "reverse": lambda r, qs: r.interaction.messages.count() == 1,
    "forward": lambda r, qs: Message.objects.get().interaction.queue == r.queue,
    "in a queryset": lambda r, qs: Message.objects.filter(interaction__in=qs).count() == 1,
    "Exists": lambda r, qs: qs.filter(Exists(Message.objects.filter(interaction=OuterRef("pk")))).exists(),
    "get_or_create": lambda r, qs: not Queue.objects.get_or_create(name="Acme orders")[1],
    "update with F": lambda r, qs: qs.update(unread=F("unread") + 1) == 1,
    "aggregate": lambda r, qs: qs.aggregate(n=Count("messages"))["n"] == 1,
    "union": lambda r, qs: len(qs.union(Interaction.objects.all())) == 1,
    "iterator": lambda r, qs: [row.pk for row in qs.iterator()] == [r.interaction.pk],
    "bulk_create": lambda r, qs: len(Message.objects.bulk_create([new_message(r.interaction, 5, "x")])) == 1,
    "refresh": lambda r, qs: not r.interaction.refresh_from_db(),  # type: ignore[func-returns-value]
    "values": lambda r, qs: list(qs.values_list("pk", flat=True)) == [r.interaction.pk],
    "or": lambda r, qs: (qs | Interaction.objects.none()).count() == 1,
    "contains": lambda r, qs: qs.contains(r.interaction),
    "delete": lambda r, qs: r.interaction.messages.all().delete()[0] == 1,
}

MISUSES: dict[str, Use] = {
    "evaluate": lambda r, qs: list(qs),
    "count": lambda r, qs: qs.count(),
    "exists": lambda r, qs: qs.exists(),
    "first": lambda r, qs: qs.first(),
    "get": lambda r, qs: qs.get(),
    "last": lambda r, qs: qs.last(),
    "latest": lambda r, qs: qs.latest("pk"),
    "slice": lambda r, qs: list(qs[:1]),
    "bool": lambda r, qs: bool(qs),
    "len": lambda r, qs: len(qs),
    "values_list": lambda r, qs: list(qs.values_list("pk")),
    "aggregate": lambda r, qs: qs.aggregate(Count("pk")),
    "in_bulk": lambda r, qs: qs.in_bulk(),
    "iterator": lambda r, qs: list(qs.iterator()),
    "contains": lambda r, qs: qs.contains(r.interaction),
    "contains, fresh queryset": lambda r, qs: Interaction.objects.all().contains(r.interaction),
    "explain": lambda r, qs: qs.explain(),
    "str of the query": lambda r, qs: str(qs.query),
    "update": lambda r, qs: qs.update(state="held"),
    "update with a row": lambda r, qs: Inbox.objects.update(queue=r.queue),
    "delete": lambda r, qs: qs.delete(),
    "clone, then evaluate": lambda r, qs: list(qs.filter(state="new").order_by("pk")),
    "union": lambda r, qs: list(qs.union(Interaction.objects.all())),
    "union, other side": lambda r, qs: list(Interaction.objects.all().union(qs)),
    "and": lambda r, qs: list(Interaction.objects.all() & qs),
    "or": lambda r, qs: list(Interaction.objects.all() | qs),
    "reverse related": lambda r, qs: list(r.interaction.messages.all()),
    "reverse related count": lambda r, qs: r.interaction.messages.count(),
    "reverse related add": lambda r, qs: r.interaction.messages.create(seq=9),
    "forward, not loaded": lambda r, qs: r.message.inbox,
    "row as a lookup": lambda r, qs: Message.objects.filter(interaction=r.interaction).count(),
    "row excluded": lambda r, qs: Message.objects.exclude(interaction=r.interaction).count(),
    "row in a list": lambda r, qs: Message.objects.filter(interaction__in=[r.interaction]).count(),
    "row in a Q": lambda r, qs: Message.objects.filter(Q(seq=1) & Q(interaction=r.interaction)).count(),
    "row in a Q in a Q": lambda r, qs: Message.objects.filter(~Q(Q(interaction=r.interaction))).count(),
    "queryset in __in": lambda r, qs: Message.objects.filter(interaction__in=qs).count(),
    "values queryset in __in": lambda r, qs: Message.objects.filter(interaction__in=qs.values("pk")).count(),
    "Subquery": lambda r, qs: Message.objects.annotate(x=Subquery(qs.values("pk")[:1])).count(),
    "Subquery, evaluated": lambda r, qs: list(Message.objects.annotate(x=Subquery(qs.values("pk")[:1]))),
    "Exists": lambda r, qs: Message.objects.filter(Exists(qs)).count(),
    "Exists in a Case": lambda r, qs: list(
        Message.objects.annotate(x=Case(When(Exists(qs), then=Value(1)), default=Value(0)))
    ),
    "Prefetch": lambda r, qs: list(Inbox.objects.prefetch_related(Prefetch("interaction_set", queryset=qs))),
    "assign and save": lambda r, qs: new_message(r.interaction, 9, "A into B").save(),
    "create": lambda r, qs: Message.objects.create(interaction=r.interaction, seq=9, body="A", at=NOW),
    "get_or_create": lambda r, qs: Message.objects.get_or_create(interaction=r.interaction, seq=9),
    "update_or_create": lambda r, qs: Message.objects.update_or_create(interaction=r.interaction, seq=9),
    "bulk_create": lambda r, qs: Message.objects.bulk_create([new_message(r.interaction, 8, "A into B")]),
    "bulk_create of a row": lambda r, qs: Message.objects.bulk_create([r.message]),
    "bulk_update": lambda r, qs: Message.objects.bulk_update([r.message], ["body"]),
    "save": lambda r, qs: r.interaction.save(),
    "save some fields": lambda r, qs: r.interaction.save(update_fields=["state"]),
    "delete a row": lambda r, qs: r.interaction.delete(),
    "refresh": lambda r, qs: r.interaction.refresh_from_db(),
    "deferred field": lambda r, qs: _deferred(r),
    "form of a row": lambda r, qs: NameForm({"name": "x"}, instance=r.inbox).save(),
    "raw": lambda r, qs: list(Interaction.objects.raw("SELECT * FROM interactions_interaction")),
    "pickled": lambda r, qs: _pickled(qs),
}


def _deferred(rows: Rows) -> Any:
    rows.interaction.__dict__.pop("state", None)
    return rows.interaction.state


def _pickled(queryset: Any) -> Any:
    import pickle

    copy = Interaction.objects.all()
    copy.query = pickle.loads(pickle.dumps(queryset.query))
    return list(copy)


@pytest.fixture
def made_in_a(acme: BrandCard, db: None) -> tuple[Rows, Any]:
    with tenant_scope(acme, TESTS):
        rows = make_rows("secret of Acme", name="Acme orders")
        rows.message = Message.objects.get()  # its foreign keys not loaded
        return rows, Interaction.objects.filter(state="new")


@pytest.mark.parametrize("name", OWN)
def it_does_not_stand_in_the_way_at_home(name: str, acme: BrandCard, made_in_a: tuple[Rows, Any]) -> None:
    with tenant_scope(acme, TESTS):
        assert OWN[name](*made_in_a)


@pytest.mark.parametrize("name", MISUSES)
def it_refuses_in_another_brand(
    name: str, globex: BrandCard, made_in_a: tuple[Rows, Any], b_rows: Rows
) -> None:
    with tenant_scope(globex, TESTS), pytest.raises(WrongScope):
        MISUSES[name](*made_in_a)


@pytest.mark.parametrize("name", MISUSES)
def it_refuses_where_no_brand_is_bound(name: str, made_in_a: tuple[Rows, Any]) -> None:
    with pytest.raises(WrongScope):
        MISUSES[name](*made_in_a)
    with labour_scope(), pytest.raises(WrongScope):
        MISUSES[name](*made_in_a)


def it_finds_nothing_behind_a_bare_number(
    globex: BrandCard, made_in_a: tuple[Rows, Any], b_rows: Rows
) -> None:
    """What no guard can see, the ids answer: those of one brand exist in no other."""
    rows, _ = made_in_a
    with tenant_scope(globex, TESTS):
        assert not Interaction.objects.filter(pk=rows.interaction.pk).exists()
        assert not Message.objects.filter(interaction_id=rows.interaction.pk).exists()


def it_gives_a_class_level_queryset_to_its_first_user(
    acme: BrandCard, globex: BrandCard, a_rows: Rows, b_rows: Rows
) -> None:
    fresh = Queue.objects.all()
    with tenant_scope(acme, TESTS):
        assert [queue.name for queue in fresh] == ["Acme orders"]
    with tenant_scope(globex, TESTS):
        with pytest.raises(WrongScope):
            list(fresh)
        assert [q.name for q in InboxForm().fields["queue"].queryset] == ["Globex bills"]  # type: ignore[attr-defined]
    with tenant_scope(acme, TESTS):
        assert [q.name for q in InboxForm().fields["queue"].queryset] == ["Acme orders"]  # type: ignore[attr-defined]


def it_lets_a_row_made_outside_be_saved_where_it_is_first_used(
    acme: BrandCard, globex: BrandCard, db: None
) -> None:
    queue = Queue(name="made outside")
    with tenant_scope(acme, TESTS):
        queue.save()
    with tenant_scope(globex, TESTS), pytest.raises(WrongScope):
        queue.save()
