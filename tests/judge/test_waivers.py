"""Waivers hold until their day, are shown, and are loud when they don't hold."""

from datetime import date

import pytest
from cases import ALL, SECRET, SM, secret, sm
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import as_of, create, delete, guid, keep, plan, report, route

from iaccheck.errors import ConfigError
from iaccheck.judge.policies import Selection, load
from iaccheck.judge.waivers import WaiverRule, check_waivers, inline, waive
from iaccheck.model import Finding, Severity

TODAY = as_of("2026-07-01")
GAP = plan([create(SECRET, secret())])


def rule(**more: object) -> WaiverRule:
    given_: dict[str, object] = {
        "policy": "COV001",
        "location": "us-south",
        "reason": "trial",
        "owner": "me",
        "expires": as_of("2026-08-01"),
        "origin": ".iaccheck.yaml:3",
    }
    return WaiverRule(**(given_ | more))  # type: ignore[arg-type]


def outcome(*rules: WaiverRule, today: date = TODAY, **options: object) -> tuple[str, int, list[str]]:
    """Verdict, number of waived findings, codes of notes."""
    made = report(GAP, waivers=rules, today=today, **options)
    return made.verdict, sum(f.waiver is not None for f in made.findings), [note.code for note in made.notes]


def test_a_waiver_is_shown_and_passes() -> None:
    assert outcome(rule()) == ("pass", 2, [])

    finding = report(GAP, waivers=(rule(ticket="T-1"),), today=TODAY).findings[0]

    assert finding.waiver is not None
    assert (finding.waiver.reason, finding.waiver.owner, finding.waiver.ticket) == ("trial", "me", "T-1")
    assert (finding.waiver.expires, finding.waiver.origin) == (as_of("2026-08-01"), ".iaccheck.yaml:3")


def test_a_waiver_holds_on_its_last_day_and_not_after() -> None:
    last = rule(expires=TODAY)

    assert outcome(last) == ("pass", 2, [])
    assert outcome(last, today=as_of("2026-07-02")) == ("fail", 0, ["waiver-expired"])


def test_an_expired_waiver_can_fail_the_run() -> None:
    waived = plan(ALL)
    expired = rule(expires=as_of("2026-06-01"))

    assert report(waived, waivers=(expired,), today=TODAY).verdict == "pass"
    failing = report(waived, waivers=(expired,), today=TODAY, fail_on="error,expired-waiver")
    assert (failing.verdict, [note.code for note in failing.notes]) == ("fail", ["waiver-expired", "fails"])


def test_a_waiver_of_nothing_is_said() -> None:
    assert outcome(rule(location="eu-de")) == ("fail", 0, ["waiver-unused"])


@pytest.mark.parametrize(
    ("more", "waived"),
    [
        ({"policy": "COV*"}, 2),
        ({"location": "*"}, 2),
        ({"location": None, "address": SECRET}, 1),
        ({"location": None, "address": "ibm_sm_*"}, 1),
        ({"address": "*"}, 2),
        ({"location": "unknown"}, 0),
        ({"location": "eu-de", "address": SECRET}, 0),
    ],
)
def test_globs_choose(more: dict[str, object], waived: int) -> None:
    assert outcome(rule(**more))[1] == waived


def test_a_policy_can_refuse_waivers() -> None:
    policies = [
        policy.__class__(**{**{f: getattr(policy, f) for f in policy.__struct_fields__}, "waivable": False})
        for policy in load()
    ]
    finding = Finding(
        policy="COV001",
        severity=Severity.ERROR,
        title="t",
        address=SECRET,
        location="us-south",
        message="m",
        help="h",
        fingerprint="f",
    )

    findings, notes = waive([finding], [rule()], policies, TODAY)

    assert findings == (finding,)
    assert [note.code for note in notes] == ["waiver-refused"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"policy": "VLT01"}, "there is no policy 'VLT01'; did you mean VLT001"),
        ({"location": None}, "names a location or an address"),
        ({"reason": " "}, "reason: it is empty"),
        ({"owner": None}, "owner"),
        ({"expires": as_of("2026-09-30")}, "more than 90 days after 2026-07-01"),
    ],
)
def test_a_broken_waiver_is_an_error(more: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        outcome(rule(**more))

    assert error.value.problem.startswith(".iaccheck.yaml:3: ")


def test_how_far_ahead_can_be_configured() -> None:
    far = rule(expires=as_of("2026-12-31"))

    assert outcome(far, max_waiver_days=365) == ("pass", 2, [])
    check_waivers([rule(expires=as_of("2026-09-29"))], load(), TODAY)


def test_a_waiver_of_a_policy_that_is_off_is_left_alone() -> None:
    assert outcome(rule(), policies=Selection(skip=("COV001",))) == ("pass", 0, [])


def test_only_waivers_look_at_the_day() -> None:
    assert report(GAP, today=as_of("2026-07-01")) == report(GAP, today=as_of("2031-01-01"))


# --- in the source -------------------------------------------------------------------------------------------------


def test_a_comment_waives_its_block_and_all_its_instances() -> None:
    waiver = inline("# iaccheck:ignore COV001 until 2026-08-01: moved next week", (SECRET,), "main.tf:3")
    assert waiver is not None
    data = plan([create(SECRET, secret()), create("ibm_sm_arbitrary_secret.s2", secret(number=2))])

    waived = {f.address: f.waiver for f in report(data, waivers=(waiver,), today=TODAY).findings if f.waiver}

    assert set(waived) == {SECRET}
    assert waived[SECRET].reason == "moved next week"  # type: ignore[union-attr]
    assert waived[SECRET].origin == "main.tf:3"  # type: ignore[union-attr]


def test_a_comment_of_a_module_waives_what_is_in_it() -> None:
    waiver = inline("iaccheck:ignore COV* until 2026-08-01: r", ("module.app",), "main.tf:3")
    assert waiver is not None
    inside = create('module.app["x"].ibm_sm_arbitrary_secret.s', secret()) | {"module_address": 'module.app["x"]'}
    beside = create("module.app2.ibm_sm_arbitrary_secret.s", secret(number=2)) | {"module_address": "module.app2"}

    findings = report(plan([inside, beside]), waivers=(waiver,), today=TODAY).findings

    assert {f.address for f in findings if f.waiver} == {'module.app["x"].ibm_sm_arbitrary_secret.s'}


def test_other_comments_are_none() -> None:
    assert inline("# an ordinary comment", (SECRET,), "main.tf:3") is None


@pytest.mark.parametrize(
    "text",
    [
        "iaccheck:ignore",
        "iaccheck:ignore COV001",
        "iaccheck:ignore COV001 until 2026-08-01",
        "iaccheck:ignore COV001 until 2026-08-01: ",
        "iaccheck:ignore COV001 until 2026-02-30: why",
        "iaccheck:ignore COV001 until soon: why",
        "iaccheck:ignore until 2026-08-01: why",
    ],
)
def test_a_broken_comment_is_an_error(text: str) -> None:
    with pytest.raises(ConfigError, match=r"main.tf:3: "):
        inline(text, (SECRET,), "main.tf:3")


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_comment_is_a_waiver_none_or_an_error(text: str) -> None:
    try:
        inline(f"iaccheck:ignore {text}", (SECRET,), "main.tf:3")
    except ConfigError as error:
        assert error.problem.startswith("main.tf:3: ")


# --- the gate ------------------------------------------------------------------------------------------------------


def test_no_fail_passes_and_says_what_would_have_failed() -> None:
    made = report(GAP, no_fail=True)

    assert made.verdict == "pass"
    assert [(note.code, note.message) for note in made.notes] == [
        ("would-fail", "without --no-fail this would fail: 2 at or above error")
    ]


def test_unknown_fails_what_is_undecided() -> None:
    unclear = plan([keep("ibm_atracker_route.r", route(20, (["us"], [guid(10)]))), create(SECRET, secret())])

    assert report(unclear).verdict == "pass"
    assert report(unclear, fail_on="error,unknown").verdict == "fail"
    waiver = rule(policy="COV003", location="*")
    assert report(unclear, fail_on="unknown", waivers=(waiver,), today=TODAY).verdict == "pass"
    assert report(GAP, fail_on="unknown").verdict == "pass"


def test_a_list_fails_at_its_lowest_level() -> None:
    warning = plan([*ALL, delete(SM, sm())])

    assert report(warning, fail_on="error").verdict == "pass"
    assert report(warning, fail_on="error,warning").verdict == "fail"
    assert report(warning, fail_on="never").verdict == "pass"
