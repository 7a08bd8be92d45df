"""Host names as people type them."""

import pytest

from tenants.domains.names import BadHost, is_registered, normal, shown


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("help.acme.example", "help.acme.example"),
        ("  HELP.Acme.Example. ", "help.acme.example"),
        ("hjälp.räksmörgås.se", "xn--hjlp-moa.xn--rksmrgs-5wao1o.se"),
        ("ＨＥＬＰ.acme.example", "help.acme.example"),
        ("straße.de", "xn--strae-oqa.de"),
        ("a.co.uk", "a.co.uk"),
        ("acme.github.io", "acme.github.io"),
        ("1.acme.example", "1.acme.example"),
    ],
)
def it_takes_a_name_as_the_name_service_knows_it(typed: str, host: str) -> None:
    assert normal(typed) == host


def it_shows_it_in_its_letters() -> None:
    assert shown("xn--strae-oqa.de") == "straße.de"
    assert shown("help.acme.example") == "help.acme.example"
    assert shown("xn--.de") == "xn--.de"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Write a host name"),
        (" . ", "Write a host name"),
        ("https://help.acme.example/x", "A host name alone"),
        ("help.acme.example:8000", "A host name alone"),
        ("*.acme.example", "A host name alone"),
        ("_x.acme.example", "A host name alone"),
        ("help acme.example", "A host name alone"),
        ("me@acme.example", "A host name alone"),
        ("127.0.0.1", "IP address"),
        ("::1", "IP address"),
        ("[2001:db8::1]", "IP address"),
        ("0x7f.1", "IP address"),
        ("2130706433", "IP address"),
        ("acme", "No public name service"),
        ("acme.local", "No public name service"),
        ("printer.internal", "No public name service"),
        ("co.uk", "Many people"),
        ("com.au", "Many people"),
        ("github.io", "Many people"),
        ("k12.ma.us", "Many people"),
        ("pages.dev", "Many people"),
        ("xn--55qx5d.cn", "Many people"),
        ("-a.example", "no host name"),
        ("a..example", "no host name"),
        (f"{'a' * 64}.example", "no host name"),
        (".".join(["a" * 60] * 5), "no host name"),
        ("a\u202eb.example", "no host name"),
        ("a\x00.example", "no host name"),
        ("xn--zzzzzz99999.example", "no host name"),
        ("acme.7", "no host name"),
    ],
)
def it_refuses_what_can_be_no_clients(typed: str, words: str) -> None:
    with pytest.raises(BadHost, match=words):
        normal(typed)


@pytest.mark.parametrize(
    ("host", "registered"),
    [
        ("acme.co.uk", True),
        ("acme.github.io", True),
        ("acme.se", True),
        ("help.acme.se", False),
        ("help.acme.co.uk", False),
    ],
)
def it_knows_where_no_cname_can_stand(host: str, registered: bool) -> None:
    assert is_registered(host) is registered


@pytest.mark.parametrize(
    "typed", ["desk.bpo.example", "acme.desk.bpo.example", "DESK.bpo.example.", "bpo.example"]
)
def it_refuses_what_is_ours(typed: str, settings: pytest.FixtureRequest) -> None:
    settings.BASE_HOST = "desk.bpo.example"  # type: ignore[attr-defined]
    with pytest.raises(BadHost, match="This name is ours"):
        normal(typed)
