"""Cases met in real configurations: what a plan only refers to is right, or unknown with its reason."""

from collections.abc import Sequence
from typing import Any

import pytest
from handmade import CRN, GUID, OTHER, PlanBuilder, constant, refers
from recordings import check, plan_document

from iaccheck import pipeline
from iaccheck.model import Document, Report

LOGS = refers("ibm_atracker_target.logs.id", "ibm_atracker_target.logs")


def report_on(plan: PlanBuilder, **options: Any) -> Report:
    return check(plan_document(plan.json()), **options)


def locations(report: Report, address: str) -> set[str | None]:
    return {item.event.location for item in report.coverage if item.event.address == address}


def instances(report: Report, address: str) -> set[str | None]:
    return {item.event.instance for item in report.coverage if item.event.address == address}


def policies(report: Report) -> set[str]:
    return {finding.policy for finding in report.findings}


# --- the region of the provider ------------------------------------------------------------------------------------


def test_a_region_that_contradicts_the_instance_is_an_error_and_its_events_may_not_happen() -> None:
    report = report_on(PlanBuilder().instance(location="eu-de").secret(region=constant("us-south")))

    assert locations(report, "ibm_sm_arbitrary_secret.s") == {"eu-de"}
    assert {item.event.min for item in report.coverage if item.event.location == "eu-de"} == {0}
    assert "COV011" in policies(report)


def test_the_provider_contradicts_an_instance_known_only_by_another_objects_id() -> None:
    plan = PlanBuilder(region=constant("us-south"))
    state = {"id": f"ca-tor/{GUID}/x", "instance_id": GUID, "region": "ca-tor"}
    plan.add("ibm_sm_secret_group.g", ("no-op",), state, state)

    report = report_on(plan.secret(instance_id=constant(GUID)))

    assert locations(report, "ibm_sm_arbitrary_secret.s") == {"ca-tor"}
    assert "COV011" in policies(report)


def test_a_crn_in_a_variable_says_where_an_instance_is() -> None:
    plan = PlanBuilder(region=constant("us-south"))
    plan.variables["existing_crn"] = {"value": CRN}

    report = report_on(plan.secret(instance_id=constant(GUID), region=constant("ca-tor")))

    assert locations(report, "ibm_sm_arbitrary_secret.s") == {"ca-tor"}
    assert "COV011" not in policies(report)


@pytest.mark.parametrize("name", ["IC_REGION", "IBMCLOUD_REGION", "BM_REGION", "BLUEMIX_REGION"])
def test_without_a_region_the_environment_of_the_run_says_it(name: str) -> None:
    report = report_on(PlanBuilder().secret(instance_id=constant(GUID)), environment={name: "eu-gb"})

    assert locations(report, "ibm_sm_arbitrary_secret.s") == {"eu-gb"}
    assert "COV012" not in policies(report)


def test_without_any_region_us_south_is_assumed_and_said_to_be() -> None:
    report = report_on(PlanBuilder().secret(instance_id=constant(GUID)))

    assert locations(report, "ibm_sm_arbitrary_secret.s") == {"us-south"}
    assert "COV012" in policies(report)


def test_a_region_from_a_local_is_unknown_and_the_reason_names_it() -> None:
    report = report_on(PlanBuilder(region=refers("local.home")).secret(instance_id=refers("local.guid")))

    assert locations(report, "ibm_sm_arbitrary_secret.s") == {None}
    assert {(at.location, at.after.value) for at in report.locations} == {(None, "unknown")}
    assert all("local.guid" in item.reason and "local.home" in item.reason for item in report.coverage)
    assert policies(report) == {"COV003"}


# --- the instance --------------------------------------------------------------------------------------------------


def test_two_instances_in_one_region_behind_a_local_leave_only_the_instance_open() -> None:
    plan = PlanBuilder().instance("one", "eu-de").instance("two", "eu-de")

    report = report_on(plan.secret(instance_id=refers("local.guid"), region=constant("eu-de")))

    assert locations(report, "ibm_sm_arbitrary_secret.s") == {"eu-de"}
    assert instances(report, "ibm_sm_arbitrary_secret.s") == {None}


def test_a_conditional_between_a_made_and_a_given_instance_takes_the_one_that_is_there() -> None:
    plan = PlanBuilder().instance(location="eu-es")
    plan.variables["existing"] = {"value": None}
    either = refers("var.existing", "ibm_resource_instance.sm.guid", "ibm_resource_instance.sm")

    report = report_on(plan.secret(instance_id=either))

    assert locations(report, "ibm_sm_arbitrary_secret.s") == {"eu-es"}
    assert instances(report, "ibm_sm_arbitrary_secret.s") == {"ibm_resource_instance.sm"}


def test_an_instance_of_another_service_is_no_candidate() -> None:
    plan = PlanBuilder(region=constant("us-east")).instance("kms", "eu-de", service="kms")
    reference = refers("ibm_resource_instance.kms.guid", "ibm_resource_instance.kms")

    report = report_on(plan.secret(instance_id=reference))

    assert locations(report, "ibm_sm_arbitrary_secret.s") == {"us-east"}


def test_an_update_of_a_moved_secret_with_an_unknown_name_updates_its_metadata() -> None:
    before = {"id": f"us-south/{GUID}/x", "instance_id": GUID, "region": "us-south", "name": "a", "payload": "CANARY"}
    after = {key: value for key, value in before.items() if key != "name"}
    plan = PlanBuilder()
    new = "ibm_sm_arbitrary_secret.new"
    plan.add(new, ("update",), before, after, ("name",), previous="ibm_sm_arbitrary_secret.old", name=refers("local.n"))

    report = report_on(plan)

    assert {(i.event.phase.value, i.event.action, i.event.min, i.event.max) for i in report.coverage} == {
        ("plan", "secrets-manager.secret.read", 1, 1),
        ("plan", "secrets-manager.secret-version-metadata.read", 1, 1),
        ("apply", "secrets-manager.secret-metadata.update", 1, 1),
        ("apply", "secrets-manager.secret.read", 1, 1),
        ("apply", "secrets-manager.secret-version-metadata.read", 1, 1),
    }


# --- the estate ----------------------------------------------------------------------------------------------------


def test_targets_through_a_local_are_those_that_the_plan_depends_on() -> None:
    plan = PlanBuilder().instance().secret().target().route(refers("local.ids"), "us-south", "global")
    plan.relevant.append({"resource": "ibm_atracker_target.logs", "attribute": ["id"]})

    report = report_on(plan)

    assert {(at.location, at.after.value) for at in report.locations} == {
        ("us-south", "covered"),
        ("global", "covered"),
    }


def test_targets_through_a_local_that_nothing_names_are_unknown() -> None:
    report = report_on(PlanBuilder().instance().secret().target().route(refers("local.ids"), "us-south"))

    assert {(at.location, at.after.value) for at in report.locations} == {
        ("us-south", "unknown"),
        ("global", "uncovered"),
    }
    assert any("local.ids" in at.reason and "--source" in at.reason for at in report.locations)


def test_a_choice_between_a_store_and_a_target_that_keeps_nothing_is_unknown() -> None:
    either = refers("var.which", "ibm_atracker_target.logs.id", "ibm_atracker_target.logs", "ibm_atracker_target.c.id")
    plan = PlanBuilder().instance().secret().target().target("c", "app_config").route(either, "*")
    plan.variables["which"] = {"value": True}

    report = report_on(plan)

    assert {at.after.value for at in report.locations} == {"unknown"}


def test_a_list_of_a_store_and_a_target_that_keeps_nothing_is_covered_by_the_store() -> None:
    both = refers("ibm_atracker_target.logs.id", "ibm_atracker_target.logs", "ibm_atracker_target.c.id")
    plan = PlanBuilder().instance().secret().target().target("c", "app_config").route(both, "*")

    report = report_on(plan)

    assert {(at.after.value, at.trackers) for at in report.locations} == {("covered", ("ibm_atracker_target.logs",))}


@pytest.mark.parametrize(("group", "expected"), [("us", "unknown"), ("eu", "uncovered"), ("us_south", "uncovered")])
def test_a_group_whose_members_no_page_lists_may_hold_what_begins_like_it(group: str, expected: str) -> None:
    report = report_on(PlanBuilder().instance().secret().target().route(LOGS, group, "global"))

    assert {at.after.value for at in report.locations if at.location == "us-south"} == {expected}


def test_a_target_that_nothing_shows_leaves_coverage_open() -> None:
    rules = [{"locations": ["us-south"], "target_ids": [OTHER]}]
    plan = PlanBuilder().instance().secret()
    plan.add("ibm_atracker_route.r", ("create",), None, {"rules": rules}, ("id",), rules=[{}])

    report = report_on(plan)

    at = next(at for at in report.locations if at.location == "us-south")
    assert at.after.value == "unknown"
    assert OTHER in at.reason


# --- order ---------------------------------------------------------------------------------------------------------


def ordered(report: Report, address: str, phase: str = "apply") -> set[bool | None]:
    return {i.ordered for i in report.coverage if i.event.address == address and i.event.phase.value == phase}


def test_depends_on_the_route_assures_that_the_tracker_is_there() -> None:
    plan = PlanBuilder().instance().target().route(LOGS, "*")
    plan.secret("waits", depends_on=("ibm_atracker_route.r",)).secret("free")

    report = report_on(plan)

    assert ordered(report, "ibm_sm_arbitrary_secret.waits") == {True}
    assert ordered(report, "ibm_sm_arbitrary_secret.free") == {False}


def test_what_depended_on_the_route_is_destroyed_before_it() -> None:
    state = {"id": f"us-south/{GUID}/x", "instance_id": GUID, "region": "us-south"}
    route = {"id": OTHER, "rules": [{"locations": ["*"], "target_ids": ["t"]}]}
    plan = PlanBuilder()
    plan.add("ibm_atracker_target.logs", ("no-op",), *[{"id": "t", "target_type": "cloud_logs"}] * 2)
    plan.add("ibm_atracker_route.r", ("delete",), route)
    after_route = ("ibm_atracker_route.r",)
    plan.add("ibm_sm_arbitrary_secret.bound", ("delete",), state, state_depends_on=after_route)
    plan.add("ibm_sm_arbitrary_secret.free", ("delete",), {**state, "id": f"us-south/{GUID}/y"})

    report = report_on(plan)

    assert ordered(report, "ibm_sm_arbitrary_secret.bound") == {True}
    assert ordered(report, "ibm_sm_arbitrary_secret.free") == {False}


# --- several files -------------------------------------------------------------------------------------------------


def checked(plans: Sequence[tuple[str, PlanBuilder]], evidence: Sequence[PlanBuilder] = ()) -> Report:
    documents = [Document(name, plan_document(plan.json()).data, name) for name, plan in plans]
    shown = [Document("logging.json", plan_document(plan.json()).data) for plan in evidence]
    return pipeline.check(documents, pipeline.Options(), shown)


def test_a_tracker_in_another_workspace_counts_when_it_is_shown() -> None:
    alone = PlanBuilder().instance().secret()
    logging = PlanBuilder().target().route(LOGS, "*")

    assert {at.after.value for at in report_on(alone).locations} == {"uncovered"}
    shown = checked([("app", alone)], [logging])
    assert {at.after.value for at in shown.locations} == {"covered"}
    assert {tracker.origin for tracker in shown.trackers} == {"evidence"}
    assert [item.name for item in shown.inputs] == ["app", "logging.json"]


def test_equal_addresses_in_two_plans_stay_apart() -> None:
    plans = [("dev", PlanBuilder().instance(location="eu-de").secret()), ("prod", PlanBuilder().instance().secret())]

    report = checked(plans)

    found = {
        (i.event.input, i.event.location) for i in report.coverage if i.event.address == "ibm_sm_arbitrary_secret.s"
    }
    assert found == {("dev", "eu-de"), ("prod", "us-south")}


def test_a_plan_that_removes_a_tracker_is_believed_over_a_state_that_still_shows_it() -> None:
    state = {"id": f"us-south/{GUID}/x", "instance_id": GUID, "region": "us-south"}
    route = {"id": OTHER, "rules": [{"locations": ["*"], "target_ids": ["t"]}]}
    target = {"id": "t", "target_type": "cloud_logs"}
    logging = PlanBuilder().add("ibm_atracker_target.logs", ("no-op",), target, target)
    logging.add("ibm_atracker_route.r", ("delete",), route)
    shown = PlanBuilder().add("ibm_atracker_route.r", ("no-op",), route, route)
    shown.add("ibm_sm_arbitrary_secret.s", ("no-op",), state, state)

    report = checked([("logging", logging)], [shown])

    assert [(f.policy, f.location) for f in report.findings if f.severity.value == "error"] == [("COV007", "us-south")]
