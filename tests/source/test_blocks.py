"""The scanner cuts files into blocks at the right lines, whatever stands in them, and never raises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iaccheck.read.source.blocks import Waiver, blocks


def found(text: str) -> list[tuple[str, tuple[str, ...], int, int]]:
    return [(block.type, block.labels, block.line, block.end_line) for block in blocks(text).blocks]


def test_blocks_have_type_labels_and_lines() -> None:
    text = 'terraform {}\n\nresource "a" "b" {\n  x = 1\n}\nmodule m { source = "./m" }\n'

    assert found(text) == [("terraform", (), 1, 1), ("resource", ("a", "b"), 3, 5), ("module", ("m",), 6, 6)]


@pytest.mark.parametrize(
    "value",
    [
        '"}"',
        '"\\"}"',
        '"${f("}")}"',
        '"%{ if x }}%{ endif }"',
        '"$${"',
        '"%%{ } {"',
        '"${"${"}"}"}"',
        '<<EOT\n}\n  EOT2\n${f("}"\n)}\nEOT',
        '<<-EOT\n    }\n    resource "x" "y" {\n    EOT',
        "<<EOT\nEOT",
        "[{}, (1), # }\n2 /* } */]",
        "f(<<A\n}\nA\n, <<B\n{\nB\n)",
        "1 // }",
        '"é${"ü}"}"',
    ],
)
def test_braces_in_text_and_comments_close_nothing(value: str) -> None:
    text = f'a "b" {{\n  x = {value}\n}}\nc "d" {{}}\n'

    lines = text.count("\n")
    assert found(text) == [("a", ("b",), 1, lines - 1), ("c", ("d",), lines, lines)]


def test_carriage_returns_are_no_part_of_markers() -> None:
    text = "a {\r\n  x = <<EOT\r\n}\r\nEOT\r\n}\r\nb {}\r\n"

    assert found(text) == [("a", (), 1, 5), ("b", (), 6, 6)]


def test_a_block_without_end_costs_itself_and_what_follows() -> None:
    result = blocks('a {}\nb {\n  x = "\n}\nc {}\n')

    assert [block.type for block in result.blocks] == ["a"]
    assert result.broken == "line 2: not valid HCL"


def test_a_line_that_is_no_block_costs_that_line() -> None:
    result = blocks("a {}\n<<<<<<< HEAD\nb {}\n")

    assert [block.type for block in result.blocks] == ["a", "b"]
    assert result.broken == "line 2: not valid HCL"


def test_waivers_are_real_comments() -> None:
    text = "\n".join(
        [
            "# iaccheck:ignore COV001 until 2030-01-01: why",
            "a {",
            '  x = "# iaccheck:ignore A"',
            "  y = <<EOT",
            "# iaccheck:ignore B",
            "EOT",
            "  z = 1 // iaccheck:ignore C",
            "  # see iaccheck:ignore D",
            "  #iaccheck:ignored E",
            "}",
        ]
    )

    assert blocks(text).waivers == (
        Waiver(1, "iaccheck:ignore COV001 until 2030-01-01: why"),
        Waiver(7, "iaccheck:ignore C"),
    )


HOSTILE = {
    "open braces": "a {" * 10_000,
    "nested blocks": "a {\n" * 10_000 + "}\n" * 10_000,
    "nested templates": 'a = "' + '${"' * 50_000,
    "long heredoc": "a {\n x = <<EOT\n" + 'line ${a.b} " {\n' * 70_000 + "EOT\n}\n",
    "blank heredoc": "a {\n x = <<EOT\n" + "\n" * 1_000_000 + "EOT\n}\n",
    "many heredocs": "a {\n" + "x = <<Q\nQ\n" * 100_000 + "}",
    "signs": 'a = "' + "$" * 1_000_000,
    "percents": "a = <<E\n" + "%" * 1_000_000,
    "backslashes": 'a = "' + "\\" * 1_000_000,
    "quotes": '"' * 1_000_000,
    "one name": "a" * 1_000_000,
    "labels": 'a "b" ' * 150_000,
    "open comments": "/*\n" * 300_000,
    "blank": " " * 1_000_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_cut_or_said_to_be_broken(text: str) -> None:
    found = blocks(text)

    last = text.count("\n") + 1
    assert all(1 <= block.line <= block.end_line <= last for block in found.blocks)
    assert found.blocks or found.broken or not text.strip("/*\n ")


def test_two_megabytes_are_cut() -> None:
    block = 'resource "a" "b" {\n  x = "${var.y}-1"\n  z = [1, { c = "d" }] # why\n}\n'
    text = block * (2_000_000 // len(block))
    assert len(blocks(text).blocks) == 2_000_000 // len(block)


@given(st.text(alphabet=st.sampled_from('ab "\\${}%[]()#/*<->EOT=\n\r\t'), max_size=200))
@settings(max_examples=500, deadline=None)
def test_any_text_is_cut_without_an_error(text: str) -> None:
    result = blocks(text)

    assert all(1 <= block.line <= block.end_line <= text.count("\n") + 1 for block in result.blocks)
    assert all(text[block.start : block.end].endswith("}") for block in result.blocks)


@given(st.integers(min_value=0, max_value=400))
@settings(max_examples=200, deadline=None)
def test_a_file_that_is_cut_off_keeps_its_first_blocks(length: int) -> None:
    text = 'a "b" {\n  x = <<EOT\n  ${f({ a = "}" })}\nEOT\n}\nc {\n  y = "%{ if z }}%{ endif }"\n}\nd { e {} }\n' * 3
    whole = blocks(text).blocks

    cut = blocks(text[:length]).blocks

    assert cut == whole[: len(cut)]
