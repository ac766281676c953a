"""Reports built by hand: with hostile names in every place, and large ones."""

from datetime import date

from iaccheck.model import (
    Coverage,
    Event,
    Finding,
    Input,
    LocationCoverage,
    Note,
    Phase,
    Report,
    Severity,
    Source,
    Status,
    Timing,
    Tracker,
    Verb,
    View,
    Waiver,
)

HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]0;title\x07",
    "\x9b31m c1",
    "</script><script>window.pwned=1</script>",
    '"><img src=x onerror="window.pwned=1">',
    "' onmouseover='window.pwned=1",
    "| --- | a | b |",
    "![x](http://evil.example/x.png)",
    "[x](javascript:alert(1)) <http://evil.example>",
    "see http://evil.example/ and www.evil.example and a@evil.example",
    "::error::pwned",
    "::error file=a,line=1::pwned%0Asecond",
    "##[error]pwned ##[add-mask]x",
    "@org/team please approve #1 GH-1",
    "`code` ``` fence ~~~ *a* _b_ **c** ~~d~~",
    "- item\n# heading\r\n> quote\n1. one\n    indented\n---\n```",
    "\u202egpj.exe \u2066a\u2069 \u200b\u200f\u061c\ufeff",
    "nul \x00 in it",
    "line\u2028separator\u2029paragraph\u0085next",
    "x" * 10_000,
    "é" * 5_000 + "|" * 5_000,
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "]]><!-- --><![CDATA[ &amp; &#0; &lt;",
    "{{ 7*7 }} {% raw %} {# x #} ${x} $(x) %(x)s {0}",
    'end"];click A "javascript:alert(1)";%%{init}%% --> subgraph end',
    "$\\sqrt{x}$ $$y$$ :smile: \\",
    "",
    " ",
    "<details><summary>x</summary>",
    "<!-- iaccheck-report -->",
)


def event(
    address: str = "ibm_sm_arbitrary_secret.s",
    action: str = "secrets-manager.secret.create",
    location: str | None = "us-south",
    status: Status = Status.UNCOVERED,
    instance: str | None = "ibm_resource_instance.sm",
    trackers: tuple[str, ...] = (),
    reason: str = "there is no route",
) -> Coverage:
    return Coverage(
        event=Event(
            action=action,
            formerly=None,
            address=address,
            verb=Verb.CREATE,
            phase=Phase.APPLY,
            location=location,
            instance=instance,
            min=1,
            max=1,
        ),
        status=status,
        timing=Timing.STEADY,
        ordered=None,
        trackers=trackers,
        reason=reason,
    )


def at(location: str | None, status: Status = Status.UNCOVERED, **more: object) -> LocationCoverage:
    return LocationCoverage(
        location=location,
        before=status,
        after=status,
        trackers=more.get("trackers", ()),  # type: ignore[arg-type]
        instances=more.get("instances", ()),  # type: ignore[arg-type]
        lost=(),
        reason=str(more.get("reason", "there is no route")),
        ways=more.get("ways", ()),  # type: ignore[arg-type]
    )


def finding(address: str | None, location: str | None = "us-south", number: int = 0, **more: object) -> Finding:
    return Finding(
        policy="COV001",
        severity=more.get("severity", Severity.ERROR),  # type: ignore[arg-type]
        title="Audit events that nothing receives",
        address=address,
        location=location,
        message=str(more.get("message", f"secret.create of {address} in {location} reaches no tracker")),
        help=str(more.get("help", f'Route {location} to a target:\n\n  locations = ["{location}"]\n')),
        fingerprint=f"{number:032x}",
        waiver=more.get("waiver"),  # type: ignore[arg-type]
    )


def report(**fields: object) -> Report:
    known: dict[str, object] = {
        "version": "0.1.0",
        "as_of": date(2026, 7, 2),
        "inputs": (
            Input(name="plan.json", kind="plan", format_version="1.2", terraform_version="1.11.4", sha256="0" * 64),
        ),
        "verdict": "fail",
        "fail_on": "error",
        "locations": (),
        "trackers": (),
        "coverage": (),
        "findings": (),
        "notes": (),
    }
    return Report(**{**known, **fields})  # type: ignore[arg-type]


def hostile(name: str) -> Report:
    """A report that says `name` wherever a plan, a configuration or a command line can put a text."""
    waiver = Waiver(reason=name, owner=name, expires=date(2027, 1, 1), ticket=name, origin=f"{name}:1")
    return report(
        inputs=(
            Input(name=name, kind="plan", format_version=name, terraform_version=name, sha256="0" * 64, label=name),
        ),
        locations=(
            at(name, Status.COVERED, trackers=(name,), instances=(name,), reason=name, ways=((name, name),)),
            at("eu-de", Status.UNCOVERED, instances=(f"a.{name}",), reason=name),
            at(None, Status.UNKNOWN, reason=name),
        ),
        trackers=(
            Tracker(
                address=name,
                id=name,
                kind="cloud_logs",
                location=name,
                origin="plan",
                why_not=name,
                destination=name,
            ),
        ),
        coverage=(
            event(name, location=name, instance=name, status=Status.COVERED, trackers=(name,), reason=name),
            event(f"a.{name}", location="eu-de", instance=f"a.{name}", reason=name),
            event(f"b.{name}", location=None, status=Status.UNKNOWN, reason=name),
        ),
        findings=(
            finding(name, name, 1, message=name, help=f"Route {name}:\n\n  {name}\n\nand {name}"),
            finding(f"a.{name}", "eu-de", 2),
            finding(None, None, 3, message=f"{name} and {name}", severity=Severity.WARNING),
            finding(name, name, 4, waiver=waiver),
        ),
        notes=(Note("unmapped-type", name, name),),
        sources={name: Source(name or "x", 3, 5, (name,)), f"a.{name}": Source("main.tf", 1)},
        fixed=(name,),
        views=(View(location=name, tracker=name, place=name, query=name),),
    )


def large(events: int, resources: int | None = None, locations: int = 4, padding: int = 0) -> Report:
    """Many events, each resource with its finding, over some locations."""
    resources = resources or events
    names = [f"loc-{n:04d}{'x' * padding}" for n in range(locations)]
    pad = "y" * padding
    addresses = [
        f'module.secrets["team-{n % 50}"].module.group["{n:06d}{pad}"].ibm_sm_arbitrary_secret.this["api.key"]'
        for n in range(resources)
    ]
    actions = [f"secrets-manager.secret-version-metadata.read-{n}" for n in range(-(-events // resources))]
    coverage = [
        event(address, action, names[n % locations]) for n, address in enumerate(addresses) for action in actions
    ][:events]
    return report(
        locations=tuple(at(name) for name in names),
        coverage=tuple(coverage),
        findings=tuple(finding(a, names[n % locations], n) for n, a in enumerate(addresses)),
    )


def everything() -> Report:
    """A small report that has each thing that a report can have, with the source at hand."""
    secret = 'module.app["eu"].ibm_sm_arbitrary_secret.key'
    waiver = Waiver(
        reason="the instance is a sandbox",
        owner="platform@example.com",
        expires=date(2026, 12, 31),
        ticket="SEC-42",
        origin=".iaccheck.yaml:12",
    )
    inputs = (
        Input(
            name="prod.json",
            label="prod",
            kind="plan",
            format_version="1.2",
            terraform_version="1.11.4",
            sha256="a" * 64,
        ),
        Input(name="logging.tfstate", kind="state", terraform_version="1.11.4", sha256="b" * 64),
    )
    return report(
        inputs=inputs,
        locations=(
            at(
                "eu-de",
                Status.COVERED,
                trackers=("ibm_atracker_target.logs", "data.ibm_atracker_targets.all"),
                instances=("ibm_resource_instance.eu",),
                reason="rule 1 of ibm_atracker_route.audit matches eu-de",
                ways=(
                    ("ibm_atracker_route.audit", "data.ibm_atracker_targets.all"),
                    ("ibm_atracker_route.audit", "ibm_atracker_target.logs"),
                ),
            ),
            at("us-south", Status.DISCARDED, instances=("ibm_resource_instance.us",), reason="rule 2 has no targets"),
            at("jp-tok", Status.UNKNOWN, reason="the targets of a rule are known only after the apply"),
            at("global", Status.UNCOVERED, reason="no rule matches global"),
        ),
        trackers=(
            Tracker(
                address="ibm_atracker_target.logs",
                id="4e46209a-291c-be5a-a17b-a8a576d1af58",
                kind="cloud_logs",
                location="eu-de",
                origin="plan",
                destination="crn:v1:bluemix:public:logs:eu-de:a/0123456789abcdef:11111111-2222-3333-4444-555555555555::",
            ),
            Tracker(
                address="data.ibm_atracker_targets.all",
                id=None,
                kind="cloud_object_storage",
                location="us-south",
                origin="evidence",
            ),
            Tracker(
                address="ibm_resource_instance.at",
                id=None,
                kind="hosted",
                location="us-south",
                origin="plan",
                why_not="hosted Activity Tracker ended on 2025-03-30",
            ),
        ),
        coverage=(
            event(
                secret, location="eu-de", status=Status.COVERED, trackers=("ibm_atracker_target.logs",), reason="a rule"
            ),
            event(secret, "secrets-manager.secret.read", "eu-de", Status.COVERED, reason="a rule"),
            event("ibm_sm_kv_secret.us", location="us-south", status=Status.DISCARDED, reason="rule 2 has no targets"),
            event("ibm_sm_kv_secret.jp", location="jp-tok", status=Status.UNKNOWN, instance=None, reason="not known"),
        ),
        findings=(
            finding("ibm_sm_kv_secret.us", "us-south", 1, message="secret.create in us-south is discarded: rule 2"),
            finding("ibm_sm_kv_secret.jp", "jp-tok", 2, severity=Severity.WARNING, message="whether it is received …"),
            finding(secret, "eu-de", 3, severity=Severity.NOTE, message="a note", help="Nothing to do."),
            finding("ibm_resource_instance.us", "us-south", 4, waiver=waiver),
        ),
        notes=(
            Note("incomplete-plan", None, "prod: the plan says that it is not the whole change"),
            Note("waiver-unused", "ibm_sm_kv_secret.old", ".iaccheck.yaml:20: the waiver matches no finding"),
        ),
        sources={
            secret: Source("modules/app/main.tf", 12, 20, ("live/main.tf:3",)),
            "ibm_sm_kv_secret.us": Source("live/us.tf", 7, 11),
        },
        fixed=("COV001 ibm_sm_kv_secret.gone",),
        views=(
            View(
                location="eu-de",
                tracker="ibm_atracker_target.logs",
                place="Cloud Logs instance crn:v1:bluemix:public:logs:eu-de:a/…:11111111-…::, Explore logs (DataPrime)",
                query="source logs | filter $d.action == 'secrets-manager.secret.create'",
            ),
        ),
    )
