"""The table of measurements: asked, written and read back."""

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glorot_repro.measure.curves import WHOLE_NETWORK, Curves, Row

ROWS = st.lists(
    st.tuples(
        st.integers(0, 10**12),
        st.integers(WHOLE_NETWORK, 50),
        st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=20),
        st.floats(allow_nan=True, allow_infinity=True),
    )
)


def columns(curves: Curves) -> tuple[list[int], list[int], list[str], list[str]]:
    """All that is in it; values in hexadecimal, so that NaN equals NaN and -0.0 is not 0.0."""
    shown = [value.hex() for value in curves.value.tolist()]
    return curves.update.tolist(), curves.layer.tolist(), curves.quantity.tolist(), shown


@pytest.fixture
def curves() -> Curves:
    table = Curves([(0, 1, "std", 0.5), (0, 2, "std", 0.25)])
    table.add(0, WHOLE_NETWORK, "cost", 2.0)
    table.add(10, 2, "std", 0.125)
    table.add(10, 1, "std", float(np.float32(0.1)))
    table.add(10, 1, "mean", math.nan)
    return table


def test_series_is_one_quantity_of_one_layer_in_order_of_time(curves: Curves) -> None:
    updates, values = curves.series("std", 2)
    assert updates.tolist() == [0, 10]
    assert values.tolist() == [0.25, 0.125]
    assert curves.series("cost")[1].tolist() == [2.0]
    assert curves.series("std")[1].size == 0
    assert curves.series("std", 3)[0].dtype == np.int64


def test_rows_come_in_the_order_in_which_they_were_measured() -> None:
    rows: list[Row] = [(10, 1, "std", 0.5), (0, WHOLE_NETWORK, "cost", 2.0), (10, 1, "std", 0.25)]
    assert list(Curves(rows)) == rows


def test_contents_are_listed(curves: Curves) -> None:
    assert curves.quantities == ["cost", "mean", "std"]
    assert curves.layers("std") == [1, 2]
    assert curves.layers("cost") == [WHOLE_NETWORK]
    assert len(curves) == 6
    assert curves.last("std", 2) == 0.125
    assert curves.last("cost") == 2.0
    assert curves.last("std") is None


def test_file_leaves_layer_and_value_empty_where_there_is_none(curves: Curves) -> None:
    assert curves.to_csv().decode().splitlines() == [
        "update,layer,quantity,value",
        "0,1,std,0.5",
        "0,2,std,0.25",
        "0,,cost,2.0",
        "10,2,std,0.125",
        "10,1,std,0.10000000149011612",
        "10,1,mean,",
    ]


@settings(max_examples=100)
@given(rows=ROWS)
def test_file_reads_back_to_the_last_bit(rows: list[Row]) -> None:
    curves = Curves(rows)
    data = curves.to_csv()
    assert columns(Curves.from_csv(data)) == columns(curves)
    assert Curves.from_csv(data).to_csv() == data
    # Another reader sees the same table.
    others = list(csv.DictReader(io.StringIO(data.decode())))
    assert [row["quantity"] for row in others] == [row[2] for row in rows]
    assert [int(row["layer"] or 0) for row in others] == [row[1] for row in rows]


def test_file_with_line_ends_of_windows_is_read(curves: Curves) -> None:
    data = curves.to_csv().replace(b"\n", b"\r\n")
    assert columns(Curves.from_csv(data)) == columns(curves)


def test_file_with_a_byte_order_mark_is_read(curves: Curves) -> None:
    """Editors on Windows put one: it read that the first line should be what it was."""
    assert columns(Curves.from_csv(curves.to_csv().decode().encode("utf-8-sig"))) == columns(curves)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("1,2,std,0.5,7", "found 5 fields"),
        ("", "found 0 fields"),
        ("1.0,2,std,0.5", "1.0"),
        ("1,2,std,much", "much"),
    ],
)
def test_the_line_that_is_damaged_is_named(line: str, what: str) -> None:
    """A column too many read "too many values to unpack (expected 4)"."""
    data = f"update,layer,quantity,value\n0,2,std,0.5\n{line}\n".encode()
    where = r"line 3 should hold update,layer,quantity,value: "
    with pytest.raises(ValueError, match=f"{where}.*{what}"):
        Curves.from_csv(data)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\xff\xfe",
        b"step,layer,quantity,value\n",
        b"update,layer,quantity,value\n1,2,std\n",
        b"update,layer,quantity,value\n1,2,std,0.5,7\n",
        b"update,layer,quantity,value\n1,2,std,much\n",
        b"update,layer,quantity,value\none,2,std,0.5\n",
        b"update,layer,quantity,value\n\n",
        b"update,layer,quantity,value\n99999999999999999999999,2,std,0.5\n",
        b"update,layer,quantity,value\n1,-99999999999999999999999,std,0.5\n",
        b"update,layer,quantity,value\n1,2,s\rtd,0.5\n",
        b'update,layer,quantity,value\n1,2,"' + b"x" * 200_000 + b'",0.5\n',
    ],
)
def test_damaged_file_is_a_value_error(damaged: bytes) -> None:
    """Each was a traceback once: a lone carriage return, a field without end, a huge number."""
    with pytest.raises(ValueError, match=r"."):
        Curves.from_csv(damaged)


def test_replaced_rows_are_forgotten(curves: Curves) -> None:
    curves.replace([(3, 1, "std", 1.0)])
    assert columns(curves) == ([3], [1], ["std"], [(1.0).hex()])


def test_each_curve_is_what_a_search_of_all_rows_finds() -> None:
    rows = [(u, layer, name, u + layer / 8) for u in (0, 5) for layer in (2, 1, 0) for name in "ba"]
    curves = Curves([(9, 9, "forgotten", 0.0)])
    curves.replace(rows[:7])
    for row in rows[7:]:
        curves.add(*row)
    assert list(curves) == rows
    for name in "ab":
        assert curves.layers(name) == [0, 1, 2]
        for layer in (0, 1, 2, 3):
            updates, values = curves.series(name, layer)
            found = [row for row in rows if row[1:3] == (layer, name)]
            assert list(zip(updates.tolist(), values.tolist(), strict=True)) == [
                (row[0], row[3]) for row in found
            ]
    assert curves.quantities == ["a", "b"]
