"""A policy file is checked as it is read: what is broken is an error with file, key and line, and soon."""

from pathlib import Path

import pytest
from cases import ALL, SECRET, secret
from cli import run
from plans import create, found, plan

from iaccheck.errors import ConfigError
from iaccheck.judge.policies import Adjustment, Selection, load

GOOD = """\
title: t
severity: error
over: event
forbid: {status: uncovered}
message: "{actions}"
help: h
"""
BROKEN = {
    "unknown key": (GOOD + "sverity: x\n", "ACME001.yaml:7: sverity: there is no such key; did you mean severity?"),
    "missing key": (GOOD.replace("title: t\n", ""), "ACME001.yaml:1: object missing required field `title`"),
    "unknown name": (GOOD.replace("{actions}", "{acions}"), "ACME001.yaml:5: message: there is no name {acions}"),
    "name in help": (GOOD.replace("help: h", 'help: "{x}"'), "ACME001.yaml:6: help: there is no name {x}"),
    "unknown field": (GOOD.replace("status", "statuz"), "ACME001.yaml:4: forbid.statuz: there is no such field"),
    "unknown word": (GOOD.replace("uncovered", "uncoverd"), "ACME001.yaml:4: forbid.status: 'uncoverd' is none of"),
    "wrong form": (GOOD.replace("uncovered", "true"), "ACME001.yaml:4: forbid.status: 'True' cannot be"),
    "wrong type": (GOOD.replace("error", "3"), "ACME001.yaml:2: severity: expected `str`, got `int`"),
    "severity": (GOOD.replace("error", "eror"), "ACME001.yaml:2: severity: invalid enum value 'eror'"),
    "kind": (GOOD.replace("event", "evnt"), "ACME001.yaml:3: over: 'evnt' is none of"),
    "no kind": (GOOD.replace("event", "[]"), "ACME001.yaml:3: over: it is empty"),
    "comparison": (GOOD.replace("uncovered", "{abov: 3}"), "ACME001.yaml:4: forbid.status.abov: there is no such"),
    "no number": (GOOD.replace("uncovered", "{above: 3}"), "ACME001.yaml:4: forbid.status.above: the field is no"),
    "not in not": (GOOD.replace("uncovered", "{not: {not: x}}"), "ACME001.yaml:4: forbid.status.not: it takes"),
    "both": (GOOD + "require: {status: covered}\n", "ACME001.yaml:7: require: there is a forbid already"),
    "neither": (GOOD.replace("forbid: {status: uncovered}\n", ""), "ACME001.yaml:1: one of forbid, require and when"),
    "twice": (GOOD + "title: u\n", "ACME001.yaml:7: 'title' is there twice"),
    "own id": (GOOD + "id: X\n", "id: there is no such key"),
    "no day": (GOOD + "since: 2026-02-30\n", "ACME001.yaml:7: 2026-02-30 is no day"),
    "until": (GOOD + "since: 2026-02-02\nuntil: 2026-02-01\n", "ACME001.yaml:8: until: it is before since"),
    "message of a kind": (GOOD.replace('"{actions}"', "{evnt: x}"), "ACME001.yaml:5: message: there is none for event"),
    "CEL": (GOOD + 'when: "1 +"\n', "ACME001.yaml:7: when: this is not CEL"),
    "CEL field": (GOOD + 'when: "statuz == 1"\n', "when: there is no field 'statuz'; did you mean status?"),
    "CEL type": (GOOD + 'when: "action > 3"\n', "ACME001.yaml:7: when: it cannot be evaluated"),
    "CEL value": (GOOD + 'when: "size(action)"\n', "ACME001.yaml:7: when: it is neither true nor false"),
    "CEL length": (GOOD + f'when: "{"true && " * 200}true"\n', "when: it is longer than 1000 characters"),
    "CEL loops": (GOOD + 'when: "[1].all(x, [x].all(y, true))"\n', "when: a loop"),
    "CEL counts": (GOOD + "when: 'action.matches(\"(a{99}){99}\")'\n", "when: a regular expression may not count"),
    "CEL depth": (GOOD + f'when: "{"(" * 400}1{")" * 400}"\n', "ACME001.yaml:7: when: this is not CEL"),
    "alias bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "ACME001.yaml:1: anchors"),
    "recursion": ("&a [*a]", "ACME001.yaml:1: anchors"),
    "tag": ("a: !!python/object/apply:os.system [x]", "ACME001.yaml:1: tags"),
    "deep flow": ("[" * 60_000, "ACME001.yaml:1: it is nested too deeply"),
    "deep block": ("- " * 30_000, "ACME001.yaml:1: it is nested too deeply"),
    "giant": ("x: " + "a" * 300_000, "ACME001.yaml: the file is larger than 64 kB"),
    "giant number": (GOOD + f"parameters: {{a: {'9' * 50_000}}}\n", "ACME001.yaml:7: parameters: expected `int`"),
    "base 60": (GOOD + f"parameters: {{a: 1{':59' * 15_000}}}\n", "ACME001.yaml:7: parameters: expected `int`"),
    "many values": ("[" + "[]," * 20_000 + "]", "ACME001.yaml"),
    "binary": ("\x00\x01", "ACME001.yaml: this is not valid YAML"),
    "empty": ("", "ACME001.yaml: expected `object`, got `null`"),
    "list": ("- a\n", "ACME001.yaml:1: expected `object`, got `array`"),
    "two documents": (GOOD + "---\n" + GOOD, "ACME001.yaml:7: there is a second document"),
}


def write(folder: Path, text: str, name: str = "ACME001.yaml") -> str:
    (folder / name).write_text(text)
    return str(folder)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_an_error_with_file_key_and_line(name: str, tmp_path: Path) -> None:
    text, message = BROKEN[name]
    folder = write(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load(Selection(folders=(folder,)))

    assert message in error.value.problem


def test_the_command_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(plan([create(SECRET, secret())]))
    (tmp_path / "own").mkdir()
    folder = write(tmp_path / "own", GOOD + "x: 1\n")

    result = run(str(tmp_path / "plan.json"), "--policies", folder)

    assert (result.status, result.out) == (2, "")
    assert "ACME001.yaml:7: x: there is no such key" in result.err


def test_an_endless_glob_ends(tmp_path: Path) -> None:
    select = f'select: {{address: "{"*a" * 200}b"}}\n'
    folder = write(tmp_path, GOOD + select)
    data = plan([create(f"ibm_sm_arbitrary_secret.{'a' * 5000}", secret())])
    assert found(data, "ACME", policies=Selection(folders=(folder,))) == set()


def test_an_expression_that_cannot_be_evaluated_is_an_error(tmp_path: Path) -> None:
    folder = write(tmp_path, GOOD + "when: 'instance.startsWith(\"x\")'\n")
    data = plan([create("ibm_sm_arbitrary_secret.s", {"name": "n", "region": "us-south"}, {"instance_id": True})])

    with pytest.raises(ConfigError, match=r"ACME001.yaml: when: it cannot be evaluated"):
        found(data, policies=Selection(folders=(folder,)))


def test_a_policy_with_all_its_parts_judges(tmp_path: Path) -> None:
    text = """\
title: t
severity: warning
over: [event, location]
select: {kind: event, address: ["*.s", "other"], location: {not: eu-de}}
require: {verb: [read, delete]}
when: status == "covered" && location in ["us-south"]
message: {event: "{actions} {type} {instance}", location: "{location}"}
help: "{location}"
references: [x]
waivable: false
"""
    folder = write(tmp_path, text)
    data = plan([*ALL, create(SECRET, secret()), create("ibm_sm_arbitrary_secret.t", secret())])

    report_of = Selection(folders=(folder,))

    assert found(data, "ACME", policies=report_of) == {("ACME001", SECRET, "us-south")}


@pytest.mark.parametrize("name", ["acme.yaml", "ACME1.yaml", "ACME001.more.yaml", "README.yml"])
def test_a_file_whose_name_is_no_id_is_an_error(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path, GOOD, name)

    with pytest.raises(ConfigError, match="is no policy id"):
        load(Selection(folders=(folder,)))


def test_an_id_that_ships_is_taken(tmp_path: Path) -> None:
    folder = write(tmp_path, GOOD, "COV001.yaml")

    with pytest.raises(ConfigError, match="there is another policy COV001"):
        load(Selection(folders=(folder,)))


def test_a_folder_without_policies_is_an_error(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(ConfigError):
            load(Selection(folders=(str(folder),)))


def test_only_and_skip_choose() -> None:
    policies = load(Selection(only=("SMG*", "VLT001"), skip=("SMG003",)))

    assert [policy.id for policy in policies if policy.enabled] == [
        "SMG001",
        "SMG002",
        "VLT001",
    ]
    for selection in (Selection(only=("NONE*",)), Selection(skip=("COV01",))):
        with pytest.raises(ConfigError, match="there is no such policy"):
            load(selection)


def test_a_configuration_adjusts() -> None:
    changes = {"SMG003": Adjustment(parameters={"threshold": 3}), "TRK016": Adjustment(enabled=True)}

    policies = {policy.id: policy for policy in load(Selection(adjustments=changes))}

    assert policies["SMG003"].parameters == {"threshold": 3}
    assert policies["TRK016"].enabled


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SMG03": Adjustment()}, "there is no policy 'SMG03'; did you mean SMG003"),
        ({"SMG003": Adjustment(parameters={"treshold": 3})}, "there is no 'treshold'; did you mean threshold"),
    ],
)
def test_an_adjustment_of_nothing_is_an_error(changes: dict[str, Adjustment], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(Selection(adjustments=changes))


@pytest.mark.parametrize("to", ["/dev/zero", "/dev/full", "."])
def test_what_is_no_plain_file_is_an_error(to: str, tmp_path: Path) -> None:
    (tmp_path / "ACME001.yaml").symlink_to(to)
    (tmp_path / "ACME002.yaml").write_text(GOOD)

    if to == ".":  # a folder with the name of a policy holds none
        assert "ACME002" in {policy.id for policy in load(Selection(folders=(str(tmp_path),)))}
        return
    with pytest.raises(ConfigError, match="this is no plain file"):
        load(Selection(folders=(str(tmp_path),)))
