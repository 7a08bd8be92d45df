"""Files of people: what spreadsheets write is read, everything else is refused in words."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.spreadsheet import BOM, csv_text
from workforce.errors import FileRefused
from workforce.staff.parsing import COLUMNS, MOST_BYTES, MOST_LINES, Line, items_of, read_lines

CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters="'"),
    max_size=12,
)


def lines(text: str) -> list[Line]:
    return read_lines(text.encode())


def refusal(data: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        read_lines(data)
    return str(refused.value.message)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def it_reads_what_spreadsheets_write(separator: str, encoding: str) -> None:
    out = StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["mail", "name", "skills"])
    writer.writerow(["ada@example.test", "Ada Bérg", "billing:4;portuguese:3"])
    (line,) = read_lines(out.getvalue().encode(encoding))
    assert line.number == 2
    assert line.cells == {"mail": "ada@example.test", "name": "Ada Bérg", "skills": "billing:4;portuguese:3"}


def it_takes_columns_in_any_order_and_case() -> None:
    (line,) = lines("Employee_No,E-Mail\n H1 ,ada@example.test\n")
    assert line.cells == {"employee number": "H1", "mail": "ada@example.test"}


def it_leaves_out_empty_lines_and_cells_and_keeps_the_numbers() -> None:
    found = lines("\nmail,name\n,,\na@example.test,\n\nb@example.test,B\n")
    assert [(line.number, dict(line.cells)) for line in found] == [
        (4, {"mail": "a@example.test"}),
        (6, {"mail": "b@example.test", "name": "B"}),
    ]


def it_reads_a_file_of_ours_again() -> None:
    (line,) = lines(BOM + csv_text([["mail", "name"], ["a@example.test", "=1+1"]]))
    assert line.cells["name"] == "=1+1"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"mail,name\n", "nobody below"),
        (b"name\nAda\n", "must name the columns"),
        (b"mail,salary\na@b.test,1\n", "Unknown column: salary"),
        (b"mail,mail\na@b.test,1\n", "is there twice"),
        ("mail,name\na@b.test,Bérg".encode("latin-1"), "not in UTF-8"),
        (b"mail,name\na@b.test,\x00", "no text"),
        (b"mail," + b"x" * MOST_BYTES, "larger than 5 MB"),
        (b"mail\n" + b"a@b.test\n" * (MOST_LINES + 1), "20,000"),
        (b'mail,name\na@b.test,"' + b"x" * 200_000, "quotation mark"),
    ],
)
def it_refuses_in_words(data: bytes, words: str) -> None:
    assert words in refusal(data)


@given(st.binary(max_size=400))
def it_reads_or_refuses_whatever_comes(data: bytes) -> None:
    try:
        found = read_lines(data)
    except FileRefused:
        return
    assert all(line.cells for line in found)


@given(st.lists(st.fixed_dictionaries({name: CELL for name in COLUMNS}), min_size=1, max_size=5))
def it_reads_back_what_was_written(rows: list[dict[str, str]]) -> None:
    text = csv_text([COLUMNS, *([row[name] for name in COLUMNS] for row in rows)])
    wanted = [{name: cell for name, cell in row.items() if cell} for row in rows]
    try:
        found = [dict(line.cells) for line in lines(BOM + text)]
    except FileRefused:
        found = []
    assert found == [cells for cells in wanted if cells]


@given(st.lists(st.text(st.characters(exclude_characters=";|", exclude_categories=["Cc", "Z"]), min_size=1)))
def it_reads_lists(items: list[str]) -> None:
    if items == ["-"]:
        assert items_of("-") == []
    else:
        assert items_of(" ; ".join(items)) == list(dict.fromkeys(items))
