"""Every kind of mail: registered, whole, in every language, and in nobody else's clothes."""

import ast
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings

from config.launch.layout import PROJECT
from core.context import PRODUCT
from tenants.cards import BrandCard
from tenants.mail.identity import sender_of
from tenants.mail.kinds import MailKind, all_kinds
from tenants.mail.look import styles
from tenants.mail.writing import Written, WrongClothes, write
from tests.architecture.test_banned import sources
from tests.design.colour import contrast

PARTS = ("subject.txt", "txt", "html")
NAMES = [kind.name for kind in all_kinds()]
ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


def rendered(kind: MailKind, brand: BrandCard | None, language: str) -> Written:
    sample = kind.sample(brand)
    return write(kind, sample, brand=brand, sender=sender_of(brand), language=language)


def worn_by(kind: MailKind, brand: BrandCard) -> BrandCard | None:
    """The brand if such a mail may wear it, else the provider."""
    return brand if kind.may_wear(brand) else None


@pytest.fixture(params=NAMES)
def kind(request: pytest.FixtureRequest) -> MailKind:
    return next(one for one in all_kinds() if one.name == request.param)


@pytest.fixture(params=settings.MAIL_LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class DescribeRegister:
    def it_knows_every_template_of_a_mail(self) -> None:
        """A mail without a registered kind is one that no test here looks at."""
        found = {
            (path.parts[-3], path.name.removesuffix(".subject.txt"))
            for path in (PROJECT / "templates").glob("*/email/*.subject.txt")
        }
        assert found == {(kind.folder, kind.name) for kind in all_kinds()}

    def it_has_three_parts_of_each(self, kind: MailKind) -> None:
        missing = [part for part in PARTS if not (PROJECT / "templates" / kind.template(part)).is_file()]
        assert missing == []

    def it_is_asked_for_registered_kinds_alone(self) -> None:
        """Every call of queue_mail names its kind in words, and that kind is registered."""
        asked = {name for path in sources() for name in kinds_asked(path.read_text())}
        assert asked == set(NAMES)


class DescribeMail:
    def it_has_words_in_every_language(
        self, db: None, kind: MailKind, language: str, acme: BrandCard
    ) -> None:
        for brand in filter(kind.may_wear, (acme, None)):
            mail = rendered(kind, brand, language)
            assert mail.subject
            assert "\n" not in mail.subject
            assert f'lang="{language}"' in mail.html
            assert "{{" not in mail.text + mail.html
            assert "{%" not in mail.text + mail.html

    def it_never_names_the_product_in_a_brands_clothes(
        self, db: None, kind: MailKind, language: str, acme: BrandCard
    ) -> None:
        if not kind.may_wear(acme):
            pytest.skip("the provider's own people read it")
        mail = rendered(kind, acme, language)
        assert PRODUCT.lower() not in (mail.subject + mail.text + mail.html).lower()
        assert acme.name in mail.text
        assert acme.name in mail.html

    def it_has_a_plain_twin_that_leads_where_it_leads(
        self, db: None, kind: MailKind, language: str, acme: BrandCard
    ) -> None:
        mail = rendered(kind, worn_by(kind, acme), language)
        assert set(ADDRESS.findall(mail.text)) == set(ADDRESS.findall(mail.html))
        assert "<" not in mail.text
        assert "&" not in ADDRESS.sub("", mail.text)

    def it_loads_and_runs_nothing(self, db: None, kind: MailKind, acme: BrandCard) -> None:
        reader = Reader()
        reader.feed(rendered(kind, worn_by(kind, acme), "en").html)
        assert not reader.tags & {"script", "img", "link", "iframe", "form", "style", "video"}
        assert not [name for name in reader.attributes if name.startswith("on")]

    def it_says_what_may_not_wear_it(self, db: None, acme: BrandCard) -> None:
        kind = MailKind("x", "x", folder="tenants", wears="provider", sample=lambda brand: {})  # type: ignore[arg-type]
        with pytest.raises(WrongClothes):
            rendered(kind, acme, "en")


def it_can_be_read_in_every_hue() -> None:
    white = (1.0, 1.0, 1.0)
    for hue in range(360):
        button = re.search(r"background:(#[0-9a-f]{6})", styles(hue)["button"])
        assert button
        assert contrast(linear(button[1]), white) >= 4.5, hue


def linear(code: str) -> tuple[float, float, float]:
    red, green, blue = (int(code[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def kinds_asked(source: str) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [
        call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) == "queue_mail"
    ]
    return [str(getattr(call.args[0], "value", "not a word")) for call in named]


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
