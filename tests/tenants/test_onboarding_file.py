"""One file, one client: the same shapes as the wizard, every error at once, nothing twice."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.actor import Actor
from tenants.choices import LogoKind
from tenants.look.logos import read_logo
from tenants.look.models import BrandLogo
from tenants.models import AuditRow, Brand
from tenants.onboarding.blueprints import blueprints
from tenants.onboarding.files import read_file, read_yaml
from tenants.onboarding.shapes import Invalid
from tests.factories import make_agent
from tests.white.test_logos import bitmap

GOOD = """
key: initech-2026
blueprint: saas
brand:
  name: Initech
  slug: initech
  timezone: Europe/Oslo
  locales: [en, sv]
webchat:
  origins: [https://shop.initech.example]
people:
  agents: [one@example.test]
manager:
  managers: [cy@example.test]
"""
PYTHON = "key: !!python/object:os.system x"
BAD = """
key: ""
blueprint: nonsense
colour: red
brand:
  name: [a, b]
  slug: www
  timezone: Europe/Oslo
  locales: en
  hue: blue
  logo: x.svg
queues:
  lines:
    - {name: One, target_seconds: soon}
  reasons: yes
webchat:
  origins: [ftp://x]
people:
  agents: [nobody@example.test]
"""


@pytest.fixture
def people(db: None, cy: Actor) -> Actor:
    return make_agent("one@example.test")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "client.yaml"
    path.write_text(GOOD)
    return path


def run(path: Path, *words: str) -> str:
    said = StringIO()
    call_command("onboard", str(path), *words, stdout=said)
    return said.getvalue()


def errors_of(text: str) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        read_file(text)
    return caught.value.errors


class DescribeOnboardCommand:
    def it_makes_the_client_and_prints_what_was_made(self, people: Actor, file: Path) -> None:
        said = run(file)
        assert "Initech was set up." in said
        assert "initech.localhost" in said
        assert Brand.objects.get(slug="initech").state == "onboarding"
        assert AuditRow.objects.filter(verb="onboarding.built", actor="system:onboard").count() == 1

    def it_makes_nothing_twice(self, people: Actor, file: Path) -> None:
        run(file)
        assert "stands already" in run(file)
        assert Brand.objects.filter(slug="initech").count() == 1

    def it_refuses_another_file_of_the_same_key(self, people: Actor, file: Path) -> None:
        run(file)
        file.write_text(GOOD.replace("slug: initech", "slug: vandelay"))
        with pytest.raises(CommandError, match="key of its own") as caught:
            run(file)
        assert caught.value.returncode == 3
        assert not Brand.objects.filter(slug="vandelay").exists()

    def it_makes_nothing_on_a_dry_run(self, people: Actor, file: Path) -> None:
        assert "The file is good" in run(file, "--dry-run")
        assert not Brand.objects.filter(slug="initech").exists()

    def it_prints_every_error_with_its_path(self, db: None, file: Path) -> None:
        file.write_text(BAD)
        with pytest.raises(CommandError) as caught:
            run(file)
        assert caught.value.returncode == 2
        for path in ("brand.slug", "queues.lines.0.target_seconds", "people.agents.0"):
            assert f"  {path}: " in str(caught.value)

    def it_says_that_there_is_no_file(self, db: None, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="cannot be read"):
            run(tmp_path / "absent.yaml")


class DescribeReadFile:
    def it_names_the_path_of_every_error(self, db: None) -> None:
        assert set(errors_of(BAD)) == {
            "key", "blueprint", "colour",
            "brand.name", "brand.slug", "brand.locales", "brand.hue", "brand.logo",
            "queues.lines.0.target_seconds", "queues.reasons", "queues.outcomes", "webchat.origins.0",
            "people.agents.0",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "text",
        ["", "just words", "- a\n- b", "a: b: c", "[" * 3000, "\x00", "key: !!python/object:os.system x"],
    )
    def it_refuses_what_is_no_onboarding(self, db: None, text: str) -> None:
        assert errors_of(text)

    def it_finds_what_refers_to_itself(self, db: None) -> None:
        found = errors_of(GOOD + "queues: &q\n  lines: *q\n  reasons: &r [a, *r]\n")
        assert found["queues.lines"] == ["This refers to itself."]
        assert found["queues.reasons.1"][0] == "This refers to itself."

    def it_takes_no_alias_that_doubles(self) -> None:
        text = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
        assert set(read_yaml(text)[1]) == {"b.0", "b.1", "c.0", "c.1"}

    def it_sees_a_key_that_stands_twice(self, db: None, people: Actor) -> None:
        assert list(errors_of(GOOD + "brand: {name: Other}\n")) == ["brand"]

    @pytest.mark.parametrize("name", [one.name for one in blueprints()])
    def it_completes_any_blueprint_with_a_name(self, db: None, name: str) -> None:
        said: Any = read_file(
            f"key: k\nblueprint: {name}\nbrand: {{name: A, slug: vandelay, timezone: UTC, locales: [en]}}"
        )
        assert said.steps["queues"]["lines"]


class DescribeLogo:
    """The picture lies beside the file; it is looked at as one that is uploaded."""

    def with_logo(self, file: Path, name: str) -> Path:
        file.write_text(GOOD.replace("  slug: initech\n", f"  slug: initech\n  logo: {name}\n"))
        return file

    def it_is_the_clients_from_the_moment_it_is_made(self, people: Actor, file: Path) -> None:
        (file.parent / "pictures").mkdir()
        (file.parent / "pictures" / "logo.png").write_bytes(bitmap())
        run(self.with_logo(file, "pictures/logo.png"))
        brand = Brand.objects.get(slug="initech")
        assert brand.logo == read_logo(bitmap()).digest
        assert BrandLogo.objects.get(brand=brand).kind == LogoKind.PNG
        assert "stands already" in run(file)

    def it_is_another_file_with_another_picture(self, people: Actor, file: Path) -> None:
        picture = file.parent / "logo.png"
        picture.write_bytes(bitmap())
        run(self.with_logo(file, "logo.png"))
        picture.write_bytes(bitmap(size=(30, 30)))
        with pytest.raises(CommandError, match="short name is taken"):
            run(file)

    @pytest.mark.parametrize(
        ("name", "data", "words"),
        [
            ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "script"),
            ("logo.png", b"x" * 600_000, "512 KB"),
            ("logo.png", b"no picture", ""),
            ("absent.png", None, "no such file"),
            ("../logo.png", None, "beside"),
            ("/etc/hostname", None, "beside"),
            ("[1, 2]", None, "no such file"),
        ],
    )
    def it_says_what_is_wrong_by_its_path(
        self, people: Actor, file: Path, name: str, data: bytes | None, words: str
    ) -> None:
        if data is not None:
            (file.parent / name).write_bytes(data)
        with pytest.raises(CommandError) as caught:
            run(self.with_logo(file, name))
        (line,) = [one for one in str(caught.value).splitlines() if "brand.logo" in one]
        assert words in line
        assert not Brand.objects.filter(slug="initech").exists()
