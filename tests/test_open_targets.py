"""Expressions that may leave out what they refer to: coverage follows only from what is certain."""

from datetime import date
from typing import Any

import pytest
from handmade import CRN, GUID, OTHER, PlanBuilder, constant, refers
from recordings import plan_document

from iaccheck import pipeline
from iaccheck.model import Document, Phase, Report

LOGS = refers("ibm_atracker_target.logs.id", "ibm_atracker_target.logs")
TARGET_ID = "11111111-1111-4111-8111-111111111111"
TARGET = {"id": TARGET_ID, "target_type": "cloud_logs", "region": "us-south"}
ROUTE = {
    "id": "22222222-1111-4111-8111-111111111111",
    "rules": [{"locations": ["ca-tor", "global"], "target_ids": [TARGET_ID]}],
}
SETTINGS = {"id": "us-south", "metadata_region_primary": "us-south", "default_targets": [TARGET_ID]}
INSTANCE = {
    "id": CRN,
    "crn": CRN,
    "guid": GUID,
    "service": "secrets-manager",
    "location": "ca-tor",
    "plan": "standard",
}
SECRET = {"id": f"ca-tor/{GUID}/cccccccc-1111-4222-8333-444444444444", "instance_id": GUID, "region": "ca-tor"}
HOSTED_CRN = CRN.replace("secrets-manager", "logdnaat").replace(GUID, OTHER)
HOSTED = {
    "id": HOSTED_CRN,
    "crn": HOSTED_CRN,
    "guid": OTHER,
    "service": "logdnaat",
    "location": "ca-tor",
    "plan": "7-day",
}


def kept() -> PlanBuilder:
    """A plan that keeps an instance in ca-tor and changes a secret of it."""
    plan = PlanBuilder(constant("ca-tor")).add("ibm_resource_instance.sm", ("no-op",), INSTANCE, INSTANCE)
    sm = refers("ibm_resource_instance.sm.guid", "ibm_resource_instance.sm")
    before, after = {**SECRET, "labels": ["a"]}, {**SECRET, "labels": ["b"]}
    return plan.add("ibm_sm_arbitrary_secret.s", ("update",), before, after, instance_id=sm)


def seen(plan: PlanBuilder, address: str, values: dict[str, Any]) -> PlanBuilder:
    """The plan, with a data source's object in its prior state."""
    type_name, name = address.split(".")
    known = {"address": f"data.{address}", "mode": "data", "type": type_name, "name": name}
    plan.prior.append({**known, "values": values})
    return plan


def report_on(plan: PlanBuilder, *evidence: PlanBuilder, as_of: str | None = None) -> Report:
    shown = [Document(f"evidence-{at}.json", plan_document(each.json()).data) for at, each in enumerate(evidence)]
    options = pipeline.Options(as_of=date.fromisoformat(as_of) if as_of else None)
    return pipeline.check([plan_document(plan.json())], options, shown)


def coverage(report: Report) -> dict[str, str]:
    return {at.location: at.after.value for at in report.locations}


def ordered(report: Report) -> set[bool | None]:
    applied = [item for item in report.coverage if item.event.phase is Phase.APPLY]
    return {item.ordered for item in applied if item.event.address == "ibm_sm_arbitrary_secret.s"}


def keyed(plan: PlanBuilder, key: str | int, for_each: dict[str, Any] | None = None) -> PlanBuilder:
    """Gives the block added last an instance key; without `for_each` its block is there already."""
    change = plan.changes[-1]
    change["address"] += f'["{key}"]' if isinstance(key, str) else f"[{key}]"
    change["index"] = key
    if for_each is None:
        plan.blocks.pop()
    else:
        plan.blocks[-1]["for_each_expression"] = for_each
    return plan


def one_unknown_target(plan: PlanBuilder, *locations: str, target_ids: dict[str, Any], name: str = "r") -> PlanBuilder:
    """A route that is made with a list of exactly one target, which isn't known."""
    plan.route(target_ids, *locations, name=name)
    unknown = {"locations": [False] * len(locations), "target_ids": [True]}
    plan.changes[-1]["change"]["after_unknown"]["rules"] = [unknown]
    plan.changes[-1]["change"]["after"]["rules"] = [{"locations": list(locations), "target_ids": [None]}]
    return plan


# --- targets -------------------------------------------------------------------------------------------------------


def test_one_of_several_targets_picked_by_an_expression_may_be_the_one_that_keeps_nothing() -> None:
    plan = PlanBuilder(constant("us-south")).instance().secret()
    keyed(plan.target("t"), "a", constant({"a": 1, "b": 1}))
    keyed(plan.target("t", "app_config"), "b")
    one_unknown_target(plan, "us-south", "global", target_ids=refers("ibm_atracker_target.t"))

    assert coverage(report_on(plan)) == {"us-south": "unknown", "global": "unknown"}


def test_an_index_that_is_computed_is_not_the_index_of_the_route() -> None:
    plan = PlanBuilder(constant("us-south")).instance().secret()
    keyed(plan.target("t"), 0, constant(2))
    keyed(plan.target("t", "app_config"), 1)
    computed = refers("ibm_atracker_target.t", "count.index")
    keyed(one_unknown_target(plan, "us-south", "global", target_ids=computed), 0, constant(1))

    assert coverage(report_on(plan)) == {"us-south": "unknown", "global": "unknown"}


def test_equal_keys_of_two_routes_lead_each_to_its_own_target() -> None:
    plan = kept().target("good").target("bad", "app_config")
    for name, target, locations in (("a", "good", ("eu-de",)), ("b", "bad", ("ca-tor", "global"))):
        one_unknown_target(plan, *locations, target_ids=refers("each.value"), name=name)
        keyed(plan, "k", refers(f"ibm_atracker_target.{target}.id", f"ibm_atracker_target.{target}"))

    assert coverage(report_on(plan)) == {"ca-tor": "uncovered"}


def test_a_choice_of_default_targets_may_be_the_one_that_keeps_nothing() -> None:
    either = refers("var.x", "ibm_atracker_target.a.id", "ibm_atracker_target.a", "ibm_atracker_target.b.id")
    plan = PlanBuilder(constant("us-south")).instance().secret().target("a").target("b", "app_config")
    plan.variables["x"] = {"value": False}
    after = {"metadata_region_primary": "us-south", "default_targets": [None]}
    unknown = {"id": True, "default_targets": [True]}
    plan.add("ibm_atracker_settings.s", ("create",), None, after, unknown, default_targets=either)

    assert coverage(report_on(plan)) == {"us-south": "unknown", "global": "unknown"}


@pytest.mark.parametrize("after", [{"default_targets": []}, {"default_targets": None}])
def test_default_targets_that_are_emptied_receive_nothing(after: dict[str, Any]) -> None:
    plan = kept().add("ibm_atracker_target.t", ("no-op",), TARGET, TARGET)
    plan.add("ibm_atracker_settings.s", ("update",), SETTINGS, {**SETTINGS, **after})

    found = {at.location: (at.before.value, at.after.value) for at in report_on(plan).locations}

    assert found == {"ca-tor": ("defaulted", "uncovered")}


# --- what isn't known yet ------------------------------------------------------------------------------------------


def test_a_hosted_tracker_whose_location_is_not_known_may_be_anywhere() -> None:
    plan = PlanBuilder(constant("us-south")).instance().secret()
    unknown = ("id", "guid", "crn", "location")
    plan.add("ibm_resource_instance.at", ("create",), None, {"service": "logdnaat", "plan": "7-day"}, unknown)

    assert coverage(report_on(plan, as_of="2023-04-18"))["us-south"] == "unknown"


def test_instances_that_are_all_elsewhere_leave_the_location_open() -> None:
    both = ("ibm_resource_instance.a.guid", "ibm_resource_instance.a", "ibm_resource_instance.b.guid")
    plan = PlanBuilder(constant("jp-tok")).instance("a", "us-south").instance("b", "eu-de")
    plan.secret(instance_id=refers(*both, "ibm_resource_instance.b"))

    report = report_on(plan)

    secret = {i.event.location for i in report.coverage if i.event.address == "ibm_sm_arbitrary_secret.s"}
    assert secret == {None}


def test_a_region_behind_a_variable_that_names_none_is_not_taken_from_it_and_never_printed() -> None:
    plan = PlanBuilder(constant("us-south"))
    plan.variables["environment"] = {"value": "CANARY-environment"}
    plan.secret(instance_id=constant(GUID), region=refers("var.environment"))

    report = report_on(plan)

    assert {i.event.location for i in report.coverage} == {None}
    assert "CANARY" not in repr(report)


# --- order ---------------------------------------------------------------------------------------------------------


def test_a_drop_route_that_is_deleted_may_go_after_the_event() -> None:
    plan = kept().add("ibm_atracker_target.t", ("no-op",), TARGET, TARGET)
    plan.add("ibm_atracker_settings.s", ("no-op",), SETTINGS, SETTINGS)
    plan.add("ibm_atracker_route.r", ("delete",), {**ROUTE, "rules": [{"locations": ["ca-tor"], "target_ids": []}]})

    assert ordered(report_on(plan)) == {False}


def test_a_drop_route_that_is_made_may_come_before_the_event() -> None:
    plan = kept().add("ibm_atracker_target.t", ("no-op",), TARGET, TARGET)
    plan.add("ibm_atracker_settings.s", ("no-op",), SETTINGS, SETTINGS)
    rules = [{"locations": ["ca-tor"], "target_ids": []}]
    written = [{"locations": constant(["ca-tor"]), "target_ids": constant([])}]
    plan.add("ibm_atracker_route.r", ("create",), None, {"rules": rules}, {"id": True}, rules=written)

    assert ordered(report_on(plan)) == {False}


def test_a_tracker_made_by_another_plan_is_never_sure_to_be_there_first() -> None:
    logging = PlanBuilder(constant("ca-tor")).target().route(LOGS, "ca-tor", "global")
    documents = [Document(name, plan_document(plan.json()).data) for name, plan in (("a", kept()), ("b", logging))]

    report = pipeline.check(documents, pipeline.Options())

    assert ordered(report) == {False}


# --- several files -------------------------------------------------------------------------------------------------


def test_a_tracker_that_another_workspaces_plan_deletes_is_believed_gone() -> None:
    elsewhere = PlanBuilder().add("ibm_resource_instance.at", ("delete",), HOSTED)

    report = report_on(seen(kept(), "ibm_resource_instance.at2", HOSTED), elsewhere, as_of="2024-03-01")

    assert coverage(report)["ca-tor"] == "uncovered"


def test_routing_that_another_workspaces_plan_deletes_is_believed_gone() -> None:
    plan = seen(kept(), "ibm_atracker_routes.r", {"routes": [ROUTE]})
    seen(plan, "ibm_atracker_targets.t", {"targets": [TARGET]})
    elsewhere = PlanBuilder().add("ibm_atracker_target.t", ("delete",), TARGET)
    elsewhere.add("ibm_atracker_route.r", ("delete",), ROUTE)

    assert coverage(report_on(plan)) == {"ca-tor": "covered"}
    assert coverage(report_on(plan, elsewhere)) == {"ca-tor": "uncovered"}


def test_a_route_that_is_forgotten_and_made_anew_still_delivers() -> None:
    plan = kept().add("ibm_atracker_target.t", ("no-op",), TARGET, TARGET)
    rules = [{"locations": ["eu-de"], "target_ids": [TARGET_ID]}]
    written = [{"locations": constant(["eu-de"]), "target_ids": constant([TARGET_ID])}]
    plan.add("ibm_atracker_route.r", ("forget", "create"), ROUTE, {"rules": rules}, {"id": True}, rules=written)

    assert coverage(report_on(plan)) == {"ca-tor": "covered"}


def test_a_moved_tracker_is_the_one_of_its_old_address() -> None:
    plan = kept()
    after = {"service": "logdnaat", "plan": "7-day", "location": "eu-de"}
    moved = "ibm_resource_instance.old"
    plan.add("ibm_resource_instance.new", ("delete", "create"), HOSTED, after, ("id", "guid", "crn"), previous=moved)
    plan.prior[-1]["address"] = moved

    assert coverage(report_on(plan, as_of="2024-03-01"))["ca-tor"] == "uncovered"


def test_a_moved_route_that_is_narrowed_loses_what_its_old_address_covered() -> None:
    plan = kept().add("ibm_atracker_target.t", ("no-op",), TARGET, TARGET)
    narrowed = {**ROUTE, "rules": [{"locations": ["eu-de"], "target_ids": [TARGET_ID]}]}
    plan.add("ibm_atracker_route.new", ("update",), ROUTE, narrowed, previous="ibm_atracker_route.old")
    plan.prior[-1]["address"] = "ibm_atracker_route.old"

    found = {at.location: (at.before.value, at.after.value) for at in report_on(plan).locations}

    assert found == {"ca-tor": ("covered", "uncovered")}


# --- keys of other services ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("crn", "actions"),
    [
        (CRN.replace(GUID, OTHER), {"secrets-manager.key.create"}),
        (CRN.replace("secrets-manager", "logs"), set()),
    ],
)
def test_a_key_belongs_to_the_service_of_its_crn(crn: str, actions: set[str]) -> None:
    plan = kept().add("ibm_resource_key.k", ("create",), None, {"name": "k", "resource_instance_id": crn}, ("id",))

    report = report_on(plan)

    assert {i.event.action for i in report.coverage if i.event.address == "ibm_resource_key.k"} == actions
