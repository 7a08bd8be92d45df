"""Skill expressions: read, kept, relaxed. No database."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce.needs import Group, Need, NeedError, Node, Not, Skill, bind, check, need_of, parse

KNOWN = frozenset({"billing", "refunds", "swedish", "trainee", "lang-sv"})


class DescribeParse:
    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            ("swedish", "swedish"),
            ("Swedish>=3", "swedish >= 3"),
            ("swedish >= 1", "swedish"),
            ("swedish and billing or refunds", "(swedish and billing) or refunds"),
            ("swedish and (billing or refunds)", "swedish and (billing or refunds)"),
            ("not trainee and swedish", "not trainee and swedish"),
            ("not (trainee or billing)", "not (trainee or billing)"),
            ("swedish>=4[20s:3,60:0]", "swedish >= 4 [20s: 3, 60s: 0]"),
            ("(billing and refunds) [60s: 0]", "(billing and refunds) [60s: 0]"),
            ("not trainee [30s: 0]", "not trainee [30s: 0]"),
        ],
    )
    def it_reads_what_people_write(self, written: str, kept: str) -> None:
        assert str(parse(written)) == kept

    @pytest.mark.parametrize(
        ("written", "word"),
        [
            ("", "too early"), ("swedish and", "too early"), ("swedish billing", "not expected"),
            ("(swedish", "missing"), ("swedish >= 6", "1 to 5"), ("swedish >= 0", "1 to 5"),
            ("swedish >= high", "number"), ("swedish >= 3 [20s: 4]", "lower"),
            ("swedish >= 3 [20s: 3]", "lower"), ("swedish >= 4 [20s: 3, 10s: 2]", "later"),
            ("swedish [0s: 0]", "later"), ("swedish [99999s: 0]", "later"), ("swedish [20s 0]", "missing"),
            ("not (swedish [20s: 0] or billing)", "cannot change"), ("(a or b) [20s: 1]", "dropped"),
            ("swedish >= ", "number"), ("5 and 6", "skill is expected"), ("a" * 500, "at most"),
            (" or ".join(["a"] * 21), "at most"), ("(" * 390, "nested"), ("not " * 90 + "a", "nested"),
            ("swedish; drop", "not expected"),
        ],
    )  # fmt: skip
    def it_says_what_is_wrong(self, written: str, word: str) -> None:
        with pytest.raises(NeedError, match=word):
            parse(written)

    def it_knows_the_skills_there_are(self) -> None:
        assert check(" swedish and language ", KNOWN) == "swedish and language"
        assert check("  ", KNOWN) == ""
        with pytest.raises(NeedError, match="“norse”"):
            check("swedish or not norse", KNOWN)


class DescribeBind:
    @pytest.mark.parametrize(
        ("text", "language", "bound"),
        [
            ("language >= 3 [30s: 0] and billing", "sv-SE", "lang-sv >= 3 [30s: 0] and billing"),
            ("language and billing", "", "billing"),
            ("language or billing", "", ""),
            ("language", "", ""),
            ("not language", "", ""),
            ("not language", "fi", "not lang-fi"),
            ("billing", "sv", "billing"),
        ],
    )
    def it_puts_the_customers_language(self, text: str, language: str, bound: str) -> None:
        assert bind(text, language) == bound


class DescribeNeed:
    def it_asks_for_less_at_each_step(self) -> None:
        need = Need(parse("swedish >= 4 [20s: 3, 60s: 0] and billing"))
        some, none = {"swedish": 3, "billing": 1}, {"billing": 1}
        assert [need.is_met(some, need.stage(at)) for at in (0, 19.9, 20, 61)] == [False, False, True, True]
        assert [need.is_met(none, need.stage(at)) for at in (0, 20, 59.9, 60)] == [False, False, False, True]

    def it_is_made_once_for_a_text(self) -> None:
        assert need_of("swedish and billing") is need_of("swedish and billing")
        assert need_of("") is None

    def it_counts_levels_in_what_is_wanted(self) -> None:
        need = Need(parse("swedish or (billing and not trainee)"))
        assert need.proficiency({"swedish": 2, "billing": 5, "trainee": 4, "other": 5}) == 7


STEPS = st.sampled_from([(), ((20, 0),)])
LEAVES = st.builds(
    lambda code, level, steps: Skill(code, level, steps),
    code=st.sampled_from(["a", "b", "c"]),
    level=st.integers(1, 5),
    steps=st.sampled_from([(), ((10, 0),), ((40, 0),)]),
)
PLAIN = st.builds(Skill, code=st.sampled_from(["a", "b", "c"]), level=st.integers(1, 5))
NODES: st.SearchStrategy[Node] = st.recursive(
    LEAVES | st.builds(Not, part=PLAIN, steps=STEPS),
    lambda parts: st.builds(
        Group, st.sampled_from(["and", "or"]), st.lists(parts, min_size=2, max_size=3).map(tuple), STEPS
    ),
    max_leaves=8,
)
SKILLS = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(1, 5))


class DescribeProperties:
    @settings(max_examples=300, deadline=None)
    @given(NODES, SKILLS)
    def it_reads_back_what_it_writes(self, node: Node, skills: dict[str, int]) -> None:
        first, second = Need(node), Need(parse(str(node)))
        assert first.stages == second.stages
        for stage in range(len(first.stages) + 1):
            assert first.is_met(skills, stage) == second.is_met(skills, stage)

    @settings(max_examples=300, deadline=None)
    @given(NODES, SKILLS)
    def it_only_ever_opens_with_time(self, node: Node, skills: dict[str, int]) -> None:
        need = Need(node)
        met = [need.is_met(skills, stage) for stage in range(len(need.stages) + 1)]
        assert met == sorted(met)

    @settings(max_examples=200, deadline=None)
    @given(st.text(alphabet="ab not(>=[]:,and or25s", max_size=60))
    def it_reads_or_refuses_whatever_is_written(self, text: str) -> None:
        try:
            need = Need(parse(text))
        except NeedError:
            return
        assert Need(parse(need.text)).text == need.text
