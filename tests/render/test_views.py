"""Where received events can be looked at afterwards: the place by its id, the query by action and instance."""

from datetime import date

import pytest
from recordings import DATES, STEPS, Step

from iaccheck.facts import Facts
from iaccheck.model import GLOBAL, View

NOW = DATES[1]


def step(name: str) -> Step:
    return next(step for step in STEPS if step.name == name)


def views(name: str, as_of: date = NOW) -> dict[tuple[str, str], View]:
    return {(view.location, view.tracker): view for view in step(name).report(as_of).views}


def test_events_in_cloud_logs_are_found_by_action_and_instance() -> None:
    view = views("routing-covered/noop")["us-south", "ibm_atracker_target.logs"]

    assert view.place.startswith("Cloud Logs instance crn:v1:bluemix:public:logs:eu-de:a/…:")
    assert "$d.action == 'secrets-manager.secret.read'" in view.query
    assert "$l.subsystemname == 'secrets-manager:9fae851f-e184-5d56-7c53-e858c0d72d4c'" in view.query


def test_an_instance_without_a_guid_is_not_asked_for() -> None:
    view = views("routing-covered/create")["us-south", "ibm_atracker_target.logs"]

    assert "of ibm_atracker_target.logs" in view.place
    assert "subsystemname" not in view.query


def test_global_events_are_found_by_action_alone() -> None:
    view = views("routing-covered/create")[GLOBAL, "ibm_atracker_target.logs"]

    assert view.query.endswith("&& ($d.action == 'secrets-manager.instance.create')")


def test_buckets_and_topics_are_named_and_their_keys_are_not() -> None:
    found = views("routing-cos-and-event-streams/noop")
    bucket = found["us-south", "ibm_atracker_target.cos"]
    topic = found["us-south", "ibm_atracker_target.stream"]

    assert bucket.place.startswith("bucket audit of crn:v1:bluemix:public:cloud-object-storage:global:a/…:")
    assert "<account>/us-south/" in bucket.place
    assert "type=audit and location=us-south" in topic.place
    assert "REDACTED" not in repr(found)


def test_the_names_of_objects_are_those_of_the_day() -> None:
    view = views("routing-cos-and-event-streams/noop", date(2025, 5, 14))["us-south", "ibm_atracker_target.cos"]

    assert "<account>" not in view.place


def test_hosted_instances_are_searched_in_their_own_words() -> None:
    (view,) = [v for v in views("hosted-same-location/create", DATES[0]).values() if v.location == "us-south"]

    assert "hosted Activity Tracker instance" in view.place
    assert "action:secrets-manager.secret.create" in view.query


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_location_that_receives_has_a_view(step: Step) -> None:
    for as_of in DATES:
        report = step.report(as_of)
        received = {
            (item.event.location, tracker)
            for item in report.coverage
            if item.status.received and item.event.location is not None
            for tracker in item.trackers
        }

        assert received == {(view.location, view.tracker) for view in report.views}
        assert not any("{" in view.place for view in report.views)


def test_kinds_that_receive_say_where_to_look() -> None:
    kinds = Facts().trackers

    assert {name for name, kind in kinds.items() if kind.find} == set(kinds) - {"app_config"}
