"""A folder without a plan gives what the plan of making everything would give, or says that it isn't known."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iaccheck.cover import cover
from iaccheck.errors import InputError
from iaccheck.facts import Facts
from iaccheck.model import Document, Event, Phase, Plan, Resolution
from iaccheck.predict import predict
from iaccheck.read import read
from iaccheck.read.source.plan import SourcePlan, plan_from_source
from iaccheck.resolve import resolve

FIXTURES = Path(__file__).parents[2] / "fixtures"
SCENARIOS = sorted(path.parent for path in FIXTURES.glob("*/main.tf"))
DAYS = (date(2023, 4, 18), date(2026, 7, 2))
SM = 'resource "ibm_resource_instance" "{name}" {{\n  service = "secrets-manager"\n  location = {location}\n{more}}}\n'
SECRET = 'resource "ibm_sm_arbitrary_secret" "{name}" {{\n  instance_id = {instance}\n  name = "s"\n{more}}}\n'


def sm(name: str = "sm", location: str = '"eu-de"', more: str = "") -> str:
    return SM.format(name=name, location=location, more=more)


def secret(name: str = "s", instance: str = "ibm_resource_instance.sm.guid", more: str = "") -> str:
    return SECRET.format(name=name, instance=instance, more=more)


def planned(root: Path, files: dict[str, str] | str, variable_files: Sequence[Path] = ()) -> SourcePlan:
    for name, text in ({"main.tf": files} if isinstance(files, str) else files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return plan_from_source(root, Facts(), variable_files)


def resolved(source: SourcePlan, facts: Facts) -> tuple[Resolution, tuple[Event, ...]]:
    resolution = resolve([source.plan], facts, local_values=[source.local_values])
    return resolution, predict(resolution.operations, facts).events


def locations(source: SourcePlan) -> dict[str, set[str | None]]:
    """Where the events of each address fall."""
    found: dict[str, set[str | None]] = {}
    for event in resolved(source, Facts())[1]:
        found.setdefault(event.address, set()).add(event.location)
    return found


def addresses(plan: Plan) -> set[str]:
    return {change.address for change in plan.changes}


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_the_source_gives_what_the_first_plan_gives(scenario: Path, day: date) -> None:
    facts = Facts(day)
    step = json.loads((scenario / "steps.json").read_text())[0]["name"]
    plan = read(Document("plan.json", (scenario / step / "plan.json").read_bytes()), facts)
    theirs = resolve([plan], facts)
    their_events = predict(theirs.operations, facts).events

    source = plan_from_source(scenario, facts)
    ours, our_events = resolved(source, facts)

    expected = {(e.address, e.location, e.action) for e in their_events if e.phase is Phase.APPLY}
    assert {(e.address, e.location, e.action) for e in our_events if e.phase is Phase.APPLY} == expected
    assert source.notes == ()
    assert source.repeated == frozenset()
    their_coverage = {c.location: c.after for c in cover(their_events, theirs, facts).locations}
    known = {c.location: c.after for c in cover(our_events, ours, facts).locations if c.after.value != "unknown"}
    assert known.items() <= their_coverage.items()


def test_variables_come_from_their_files_in_order(tmp_path: Path) -> None:
    files = {
        "main.tf": "".join(f'variable "{n}" {{ default = "default" }}\n' for n in "abcdef") + 'variable "none" {}\n',
        "terraform.tfvars": 'b = "tfvars"\nc = "tfvars"\nd = "tfvars"\ne = "tfvars"\nf = "tfvars"\n',
        "terraform.tfvars.json": '{"c": "json", "d": "json", "e": "json", "f": "json"}',
        "a.auto.tfvars": 'd = "auto"\ne = "auto"\nf = "auto"\n',
        "b.auto.tfvars.json": '{"e": "later", "f": "later"}',
        "other.tfvars": 'f = "named"\nundeclared = "x"\n',
    }

    source = planned(tmp_path, files, [tmp_path / "other.tfvars"])

    values = {name: json.loads(bytes(raw)) for name, raw in source.plan.variables.items()}
    assert values == {"a": "default", "b": "tfvars", "c": "json", "d": "auto", "e": "later", "f": "named"}


def test_a_variable_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.tfvars: the variables can't be read"):
        planned(tmp_path, sm(), [tmp_path / "none.tfvars"])


@pytest.mark.parametrize(
    ("repetition", "instances"),
    [
        ("count = 2", {"[0]", "[1]"}),
        ("count = 0", set()),
        ("count = var.on ? 1 : 0", {"[0]"}),
        ("count = var.stage > 1 ? 1 : 0", set()),
        ("count = !var.on || var.stage == 1 ? 1 : 0", {"[0]"}),
        ('for_each = toset(["a", "b"])', {'["a"]', '["b"]'}),
        ('for_each = { "a.b/c" = 1 }', {'["a.b/c"]'}),
        ("for_each = local.nested", {'["x"]'}),
        ('for_each = { for k, v in local.nested : "${k}-${v.n}" => v if v.on }', {'["x-1"]'}),
        ("for_each = var.typed", {'["t"]'}),
        ("for_each = { for t in var.typed : t => t }", {'["t"]'}),
    ],
)
def test_known_repetitions_are_expanded(tmp_path: Path, repetition: str, instances: set[str]) -> None:
    text = """
variable "on" { default = true }
variable "stage" { default = 1 }
variable "typed" {
  type    = set(string)
  default = ["t"]
}
locals { nested = { x = { n = 1, on = var.on }, } }
"""

    source = planned(tmp_path, text + sm(more=f"  {repetition}\n"))

    assert addresses(source.plan) == {f"ibm_resource_instance.sm{key}" for key in instances}
    assert source.repeated == frozenset()


@pytest.mark.parametrize(
    ("repetition", "key"),
    [
        ("count = length(var.names)", "[0]"),
        ("count = var.missing ? 1 : 0", "[0]"),
        ("for_each = toset(var.missing)", ""),
        ("for_each = merge(var.a, var.b)", ""),
    ],
)
def test_an_unknown_repetition_is_one_that_stands_for_all(tmp_path: Path, repetition: str, key: str) -> None:
    text = 'variable "missing" {}\nvariable "names" { default = ["a", "b"] }\n'

    source = planned(tmp_path, text + sm(more=f"  {repetition}\n"))

    assert source.repeated == {f"ibm_resource_instance.sm{key}"}
    assert locations(source) == {f"ibm_resource_instance.sm{key}": {"global"}}


def test_locations_are_followed_through_modules_and_locals(tmp_path: Path) -> None:
    main = """
locals {
  regions = { a = { region = "eu-de" }, b = { region = "us-south" } }
  guids   = { for k, m in module.sm : k => m.guid }
}
module "sm" {
  source   = "./sm"
  for_each = local.regions
  region   = each.value.region
}
module "secret" {
  source      = "./secret"
  for_each    = local.regions
  instance_id = module.sm[each.key].guid
}
"""
    module = 'variable "region" {}\n' + sm(location="var.region")
    module += 'output "guid" { value = ibm_resource_instance.sm.guid }\n'
    inner = 'variable "instance_id" {}\n' + secret(instance="var.instance_id")

    source = planned(tmp_path, {"main.tf": main, "sm/main.tf": module, "secret/main.tf": inner})

    assert {k: v for k, v in locations(source).items() if "arbitrary" in k} == {
        'module.secret["a"].ibm_sm_arbitrary_secret.s': {"eu-de"},
        'module.secret["b"].ibm_sm_arbitrary_secret.s': {"us-south"},
    }


@pytest.mark.parametrize(
    "region",
    ["lower(var.region)", 'format("%s", var.region)', "var.missing", "var.regions[var.missing]", "file(var.region)"],
)
def test_what_a_function_would_compute_is_unknown(tmp_path: Path, region: str) -> None:
    text = 'variable "region" { default = "eu-de" }\nvariable "missing" {}\nvariable "regions" { default = {} }\n'
    text += secret(instance="var.missing", more=f"  region = {region}\n")

    assert locations(planned(tmp_path, text)) == {"ibm_sm_arbitrary_secret.s": {None}}


@pytest.mark.parametrize("region", ["lower(var.region)", '"${var.missing}-de"', 'upper("eu-de")'])
def test_a_function_between_modules_is_unknown(tmp_path: Path, region: str) -> None:
    text = 'variable "region" { default = "EU-DE" }\nvariable "missing" { }\n'
    text += f'module "m" {{\n  source = "./m"\n  region = {region}\n}}\n'
    module = 'variable "region" {}\nvariable "id" { default = null }\n' + secret(instance="", more="").replace(
        "instance_id = ", "instance_id = var.id\n  region = var.region"
    )

    found = locations(planned(tmp_path, {"main.tf": text, "m/main.tf": module}))

    assert found == {"module.m.ibm_sm_arbitrary_secret.s": {None}}


def test_templates_and_conditions_of_known_values_are_known(tmp_path: Path) -> None:
    text = 'variable "eu" { default = true }\nvariable "area" { default = "eu" }\nvariable "id" {}\n'
    text += 'provider "ibm" { region = var.eu ? "${var.area}-de" : "us-south" }\n'
    text += secret(instance="var.id") + secret("t", "var.id", '  region = "${var.area}-gb"\n')

    assert locations(planned(tmp_path, text)) == {
        "ibm_sm_arbitrary_secret.s": {"eu-de"},
        "ibm_sm_arbitrary_secret.t": {"eu-gb"},
    }


def test_providers_are_passed_to_modules(tmp_path: Path) -> None:
    main = """
provider "ibm" { region = "us-south" }
provider "ibm" {
  alias  = "eu"
  region = "eu-de"
}
module "passed" {
  source    = "./m"
  providers = { ibm = ibm.eu }
}
module "inherited" { source = "./m" }
module "own" { source = "./own" }
"""
    inner = 'variable "id" {}\n' + secret(instance="var.id")
    own = 'provider "ibm" { region = "jp-tok" }\n' + inner

    found = locations(planned(tmp_path, {"main.tf": main, "m/main.tf": inner, "own/main.tf": own}))

    assert found == {
        "module.passed.ibm_sm_arbitrary_secret.s": {"eu-de"},
        "module.inherited.ibm_sm_arbitrary_secret.s": {"us-south"},
        "module.own.ibm_sm_arbitrary_secret.s": {"jp-tok"},
    }


def test_dynamic_blocks_are_made(tmp_path: Path) -> None:
    text = """
locals { rules = [{ locations = ["eu-de"], target_ids = [ibm_atracker_target.t.id] }] }
resource "ibm_resource_instance" "logs" {
  service  = "logs"
  location = "eu-de"
}
resource "ibm_atracker_target" "t" {
  target_type = "cloud_logs"
  region      = "eu-de"
  cloudlogs_endpoint { target_crn = ibm_resource_instance.logs.crn }
}
resource "ibm_atracker_route" "r" {
  dynamic "rules" {
    for_each = local.rules
    content {
      locations  = rules.value.locations
      target_ids = rules.value.target_ids
    }
  }
}
"""
    source = planned(tmp_path, text + sm() + secret())

    resolution, events = resolved(source, Facts())

    after = {c.location: c.after.value for c in cover(events, resolution, Facts()).locations}
    assert after["eu-de"] == "covered"


def test_a_data_source_is_read(tmp_path: Path) -> None:
    text = sm() + 'data "ibm_sm_secret_groups" "g" { instance_id = ibm_resource_instance.sm.guid }\n'

    source = planned(tmp_path, text)

    assert [(c.address, c.actions) for c in source.plan.changes if c.mode == "data"] == [
        ("data.ibm_sm_secret_groups.g", ("read",))
    ]
    assert locations(source)["data.ibm_sm_secret_groups.g"] == {"eu-de"}


def test_an_instance_of_an_unknown_service_is_noted(tmp_path: Path) -> None:
    source = planned(tmp_path, 'variable "s" {}\n' + sm().replace('"secrets-manager"', "var.s"))

    assert source.notes == ("ibm_resource_instance.sm: service can't be known from the source, so it is left out",)


def test_values_that_are_not_on_the_list_stay_out(tmp_path: Path) -> None:
    text = sm() + secret(more='  payload = "CANARY-1"\n  custom_metadata = { a = "CANARY-2" }\n')

    plan = planned(tmp_path, text).plan

    assert "CANARY" not in repr(plan)


BOMBS = {
    "strings": 'locals {\n  a0 = "xxxxxxxxxx"\n'
    + "".join(f'  a{n + 1} = "${{local.a{n}}}${{local.a{n}}}"\n' for n in range(60)),
    "lists": "locals {\n  a0 = [1]\n" + "".join(f"  a{n + 1} = [local.a{n}, local.a{n}]\n" for n in range(60)),
    "loops": "locals {\n  l = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n  a60 = "
    + "[for a in local.l : " * 9
    + "1"
    + "]" * 9
    + "\n",
    "chain": "locals {\n  a0 = 1\n" + "".join(f"  a{n + 1} = [local.a{n}]\n" for n in range(3000)),
    "circle": "locals {\n  a60 = local.b\n  b = local.a60\n",
    "numbers": "locals {\n  a0 = 99\n" + "".join(f"  a{n + 1} = local.a{n} * local.a{n}\n" for n in range(60)),
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_values_that_grow_without_bound_are_given_up(tmp_path: Path, text: str) -> None:
    last = "local.a3000" if "a3000 " in text else "local.a60"

    source = planned(tmp_path, text + "}\n" + sm() + secret(more=f"  region = {last}\n"))
    assert locations(source)["ibm_sm_arbitrary_secret.s"] == {"eu-de"}


@given(
    data=st.binary(max_size=200), name=st.sampled_from(["a.tf", "a.tf.json", "terraform.tfvars", "a.auto.tfvars.json"])
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_give_a_plan(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    root = tmp_path_factory.mktemp("any")
    (root / "main.tf").write_text('variable "a" {}\n' + sm())
    (root / name).write_bytes(data)

    plan_from_source(root, Facts())


WHOLE = """
variable "r" { default = "eu-de" }
locals { regions = { a = var.r, b = "us-south" } }
resource "ibm_resource_instance" "sm" {
  for_each = local.regions
  service  = "secrets-manager"
  location = each.value
}
resource "ibm_atracker_route" "x" {
  dynamic "rules" {
    for_each = [{ l = [var.r] }]
    content { locations = rules.value.l }
  }
}
module "m" { source = "./m" }
"""


@given(length=st.integers(min_value=0, max_value=len(WHOLE)))
@settings(max_examples=100, deadline=None)
def test_a_file_that_is_cut_off_gives_a_plan(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    root = tmp_path_factory.mktemp("cut")
    (root / "main.tf").write_text(WHOLE[:length])

    whole = {'ibm_resource_instance.sm["a"]', 'ibm_resource_instance.sm["b"]', "ibm_atracker_route.x"}
    assert addresses(plan_from_source(root, Facts()).plan) <= {*whole, "ibm_resource_instance.sm"}
