"""Blocks are found where they stand, through modules, and nothing outside of the folder is read."""

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iaccheck.read.source import Ignore, Place, Source, Target, read_source

SCENARIOS = sorted(path.parent for path in (Path(__file__).parents[2] / "fixtures").glob("*/main.tf"))


def written(root: Path, files: dict[str, str]) -> Source:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")
    return read_source(root)


def test_blocks_are_found_through_modules(tmp_path: Path) -> None:
    source = written(
        tmp_path,
        {
            "main.tf": '\nmodule "app" {\n  source = "./modules/app"\n}\n',
            "modules/app/main.tf": 'module "inner" { source = "../inner" }\n',
            "modules/inner/x.tf": 'provider "ibm" {}\nresource "t" "n" {\n}\ndata "t" "n" {}\n',
        },
    )

    chain = ("main.tf:2", "modules/app/main.tf:1")
    path = ("app", "inner")
    assert source.locate(path, "managed", "t", "n") == Place("modules/inner/x.tf", 2, 3, chain)
    assert source.locate(path, "data", "t", "n") == Place("modules/inner/x.tf", 4, 4, chain)
    assert source.locate_provider(path, "ibm") == Place("modules/inner/x.tf", 1, 1, chain)
    assert source.locate_module(path) == Place("modules/app/main.tf", 1, 1, chain[:1])
    assert source.notes == ()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_every_block_of_a_scenario_is_found_at_its_line(scenario: Path) -> None:
    source = read_source(scenario)
    lines = (scenario / "main.tf").read_text().splitlines()

    for number, line in enumerate(lines, 1):
        match = re.match(r'(resource|data) "(\w+)" "(\w+)" *{(.*})?', line)
        if match:
            end = number if match[4] else next(n for n in range(number, len(lines) + 1) if lines[n - 1] == "}")
            mode = "data" if match[1] == "data" else "managed"
            assert source.locate((), mode, match[2], match[3]) == Place("main.tf", number, end)


def test_what_is_not_there_has_no_place(tmp_path: Path) -> None:
    source = written(tmp_path, {"main.tf": 'resource "t" "n" {}\n'})

    assert source.locate((), "managed", "t", "other") is None
    assert source.locate((), "data", "t", "n") is None
    assert source.locate(("m",), "managed", "t", "n") is None
    assert source.locate_module(()) is None
    assert source.locate_module(("m", "n")) is None
    assert source.locate_provider((), "ibm", "x") is None
    assert source.local((), "x") is None
    assert source.expression_of((), "managed", "t", "n", "x") is None


def test_installed_modules_are_found_by_their_calls(tmp_path: Path) -> None:
    manifest = {
        "Modules": [
            {"Key": "", "Dir": "."},
            {"Key": "a", "Source": "registry/a/b", "Dir": ".terraform/modules/a"},
            {"Key": "a.b", "Source": "git::x", "Dir": ".terraform/modules/a.b/sub"},
            {"Key": "c", "Source": "registry/c", "Dir": "/etc"},
        ]
    }
    source = written(
        tmp_path,
        {
            "main.tf": 'module "a" { source = "registry/a/b" }\nmodule "c" { source = "registry/c" }\n',
            ".terraform/modules/modules.json": json.dumps(manifest),
            ".terraform/modules/a/main.tf": 'module "b" { source = "git::x" }\n',
            ".terraform/modules/a.b/sub/main.tf": 'resource "t" "n" {}\n',
        },
    )

    chain = ("main.tf:1", ".terraform/modules/a/main.tf:1")
    assert source.locate(("a", "b"), "managed", "t", "n") == Place(".terraform/modules/a.b/sub/main.tf", 1, 1, chain)
    assert source.notes == ("main.tf:2: module c leads out of the folder; not followed",)


def test_json_blocks_have_their_lines(tmp_path: Path) -> None:
    text = """{
  "//": "a comment",
  "resource": {
    "t": {
      "n": {
        "region": "${var.r}",
        "rules": [{"locations": ["eu-de"], "target_ids": ["${t.a.id}"]}]
      },
      "listed": [
        {"region": "eu-de"}
      ]
    }
  },
  "module": {"m": {"source": "./m"}},
  "provider": {"ibm": [{"region": "a"}, {"alias": "x", "region": "b"}]},
  "locals": {"l": {"k": "$${no} ${t.n.id}"}}
}
"""
    source = written(tmp_path, {"main.tf.json": text, "m/a.tofu.json": '{"output": {"o": {"value": "x"}}}'})

    assert source.locate((), "managed", "t", "n") == Place("main.tf.json", 5, 8)
    assert source.locate((), "managed", "t", "listed") == Place("main.tf.json", 10, 10)
    assert source.locate_module(("m",)) == Place("main.tf.json", 14, 14)
    assert source.locate_provider((), "ibm", "x") == Place("main.tf.json", 15, 15)
    assert source.expression_of((), "managed", "t", "n", "region") == {"references": ["var.r"]}
    assert source.expression_of((), "managed", "t", "n", "rules") == [
        {"locations": {"constant_value": ["eu-de"]}, "target_ids": {"references": ["t.a.id", "t.a"]}}
    ]
    assert source.local((), "l") == {"object": {"k": {"references": ["t.n.id", "t.n"]}}}
    assert source.paths == ((), ("m",))


def test_override_files_override_attributes(tmp_path: Path) -> None:
    source = written(
        tmp_path,
        {
            "a_override.tf": 'resource "t" "n" {\n  x = 2\n  rules { a = 3 }\n}\nlocals { l = 2 }\n',
            "main.tf": '\nresource "t" "n" {\n  x = 1\n  y = 1\n  rules { a = 1 }\n  rules { a = 2 }\n}\n',
            "more.tf": "locals { l = 1 }\n",
        },
    )

    assert source.locate((), "managed", "t", "n") == Place("main.tf", 2, 7)
    assert source.expression_of((), "managed", "t", "n", "x") == {"constant_value": 2}
    assert source.expression_of((), "managed", "t", "n", "y") == {"constant_value": 1}
    assert source.expression_of((), "managed", "t", "n", "rules") == [{"a": {"constant_value": 3}}]
    assert source.local((), "l") == {"constant_value": 2}


def test_tofu_files_beat_those_of_the_same_stem(tmp_path: Path) -> None:
    source = written(
        tmp_path,
        {"a.tf": 'resource "t" "old" {}\n', "a.tofu": 'resource "t" "new" {}\n', "b.tf": 'resource "t" "b" {}\n'},
    )

    assert source.locate((), "managed", "t", "old") is None
    assert source.locate((), "managed", "t", "new") == Place("a.tofu", 1, 1)
    assert source.locate((), "managed", "t", "b") == Place("b.tf", 1, 1)


def test_no_path_leaves_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.tf").write_text('resource "t" "secret" {}\n')
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.tf").symlink_to(outside / "x.tf")
    (root / "linked").symlink_to(outside)
    (root / "loop.tf").symlink_to(root / "loop.tf")
    (root / "inside.tf").symlink_to(root / "real.txt")
    (root / "real.txt").write_text('resource "t" "inside" {}\n')
    text = "".join(
        f'module "{name}" {{ source = "{place}" }}\n'
        for name, place in {"a": "../outside", "b": "./linked", "c": str(outside), "d": "./../root/../outside"}.items()
    )
    source = written(root, {"main.tf": text})

    assert source.paths == ((),)
    assert source.locate((), "managed", "t", "secret") is None
    assert source.locate((), "managed", "t", "inside") == Place("inside.tf", 1, 1)
    assert set(source.notes) == {
        "link.tf: leads out of the folder; not read",
        "loop.tf: can't be read (OSError)",
        "main.tf:1: module a leads out of the folder; not followed",
        "main.tf:2: module b leads out of the folder; not followed",
        "main.tf:3: module c isn't in the folder; `terraform init` puts it there",
        "main.tf:4: module d leads out of the folder; not followed",
    }


def test_what_cannot_be_read_costs_that_file(tmp_path: Path) -> None:
    (tmp_path / "bytes.tf").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder.tf").mkdir()
    os.mkfifo(tmp_path / "pipe.tf")
    with (tmp_path / "giant.tf").open("wb") as giant:
        giant.truncate(9 * 1024 * 1024)
    source = written(
        tmp_path,
        {
            "broken.tf": 'resource "t" "first" {}\nresource "t" "open" {\n',
            "broken.tf.json": "{",
            "main.tf": 'resource "t" "n" {}\nmodule "m" { source = "./none" }\nmodule "v" { source = var.x }\n',
            ".terraform/modules/modules.json": "[]",
        },
    )

    assert source.locate((), "managed", "t", "n") == Place("main.tf", 1, 1)
    assert source.locate((), "managed", "t", "first") == Place("broken.tf", 1, 1)
    assert set(source.notes) == {
        ".terraform/modules/modules.json: not a list of modules; not read",
        "bytes.tf: not UTF-8; not read",
        "broken.tf.json: not valid JSON; not read",
        "broken.tf: line 2: not valid HCL; what stands there isn't read",
        "folder.tf: not a file; not read",
        "giant.tf: larger than 8 MB; not read",
        "main.tf:2: the folder of module m doesn't exist",
        "main.tf:3: the source of module v isn't a plain string; not followed",
        "pipe.tf: not a file; not read",
    }


def test_modules_that_call_each_other_end(tmp_path: Path) -> None:
    source = written(
        tmp_path,
        {
            "main.tf": 'module "a" { source = "./a" }\n',
            "a/main.tf": 'module "b" { source = "../b" }\nmodule "self" { source = "./" }\n',
            "b/main.tf": 'module "a" { source = "../a" }\nmodule "root" { source = "../" }\n',
        },
    )

    assert source.paths == ((), ("a",), ("a", "b"))
    assert set(source.notes) == {
        "a/main.tf:2: module self calls itself; not followed",
        "b/main.tf:1: module a calls itself; not followed",
        "b/main.tf:2: module root calls itself; not followed",
    }


def test_a_tree_that_doubles_at_every_level_ends(tmp_path: Path) -> None:
    files = {
        f"{n}/main.tf": f'module "a" {{ source = "../{n + 1}" }}\nmodule "b" {{ source = "../{n + 1}" }}\n'
        for n in range(40)
    }
    source = written(tmp_path, files | {"main.tf": 'module "a" { source = "./0" }\n'})

    assert "more than 10000 modules; the rest isn't read" in source.notes


def test_a_folder_that_is_not_there_is_a_note(tmp_path: Path) -> None:
    source = read_source(tmp_path / "none")

    assert source.empty
    assert source.notes == (".: can't be listed (FileNotFoundError)",)


def test_waivers_are_on_the_block_they_stand_on_or_above(tmp_path: Path) -> None:
    main = "\n".join(
        [
            "# iaccheck:ignore A",
            "// iaccheck:ignore B",
            "# and a remark",
            'resource "t" "n" {',
            "  # iaccheck:ignore C",
            "} # iaccheck:ignore D",
            "",
            "# iaccheck:ignore E",
            "",
            'data "t" "n" {} // iaccheck:ignore F',
            "# iaccheck:ignore G",
            'module "m" { source = "./m" }',
            "# iaccheck:ignore H",
            'provider "ibm" {',
            '  alias = "x"',
            "}",
            "# iaccheck:ignore I",
            'variable "v" {}',
            "# iaccheck:ignore J",
        ]
    )
    source = written(tmp_path, {"main.tf": main, "m/a.tf": 'resource "t" "n" {} # iaccheck:ignore K\n'})

    resource = Target(kind="resource", mode="managed", type="t", name="n")
    inner = Target(kind="resource", mode="managed", type="t", name="n", paths=(("m",),))
    assert source.ignores() == (
        Ignore("m/a.tf", 1, "iaccheck:ignore K", inner),
        Ignore("main.tf", 1, "iaccheck:ignore A", resource),
        Ignore("main.tf", 2, "iaccheck:ignore B", resource),
        Ignore("main.tf", 5, "iaccheck:ignore C", resource),
        Ignore("main.tf", 6, "iaccheck:ignore D", resource),
        Ignore("main.tf", 8, "iaccheck:ignore E", None),
        Ignore("main.tf", 10, "iaccheck:ignore F", Target(kind="data", mode="data", type="t", name="n")),
        Ignore("main.tf", 11, "iaccheck:ignore G", Target(kind="module", name="m")),
        Ignore("main.tf", 13, "iaccheck:ignore H", Target(kind="provider", name="ibm", alias="x")),
        Ignore("main.tf", 17, "iaccheck:ignore I", None),
        Ignore("main.tf", 19, "iaccheck:ignore J", None),
    )


def test_two_megabytes_with_fifty_blocks_that_matter_are_read(tmp_path: Path) -> None:
    filler = 'resource "null_resource" "n" {\n  triggers = { a = "${var.x}", b = jsonencode({ c = [1, 2] }) }\n}\n'
    block = (
        'resource "ibm_sm_arbitrary_secret" "s{n}" {{\n  instance_id = module.x[each.key].guid\n'
        "  region = lower(var.r)\n"
        "  labels = [for l in var.labels : l.x]\n  payload = jsonencode({{ a = {{ b = var.c }} }})\n}}\n"
    )
    text = filler * (2_000_000 // len(filler)) + "".join(block.format(n=n) for n in range(50))
    source = written(tmp_path, {"main.tf": text})
    found = [source.expression_of((), "managed", "ibm_sm_arbitrary_secret", f"s{n}", "instance_id") for n in range(50)]

    assert found == [{"references": ["module.x", "each.key"]}] * 50


@given(data=st.binary(max_size=300), name=st.sampled_from(["a.tf", "a.tf.json", "a_override.tf", "a.tofu"]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_without_an_error(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    root = tmp_path_factory.mktemp("any")
    (root / name).write_bytes(data)

    read_source(root).ignores()
