"""cases: for each shipped policy a plan that breaks it, with the findings that it must give, and one that doesn't."""

from typing import NamedTuple

from plans import (
    Findings,
    as_of,
    block,
    change,
    create,
    crn,
    delete,
    guid,
    instance,
    keep,
    plan,
    references,
    route,
    state,
    target,
)


class Case(NamedTuple):
    """`expected`: all findings of the policy, as (policy, address, location)."""

    policy: str
    name: str
    data: bytes
    expected: Findings
    options: dict[str, object] = {}


SM = "ibm_resource_instance.sm"
T, R, S = "ibm_atracker_target.t", "ibm_atracker_route.r", "ibm_atracker_settings.s"
SECRET = "ibm_sm_arbitrary_secret.s"
HOSTED_DAY = {"as_of": as_of("2024-01-01")}


def sm(location: str = "us-south", number: int = 1) -> dict[str, object]:
    return instance("secrets-manager", location, number)


def secret(location: str = "us-south", number: int = 1, key: str = "") -> dict[str, object]:
    return {
        "id": f"{location}/{guid(number)}/{guid(50)}",
        "instance_id": guid(number),
        "region": location,
        "name": "n",
        "payload": "CANARY-payload",
    }


def settings(*defaults: str) -> dict[str, object]:
    return {"id": "us-south", "metadata_region_primary": "us-south", "default_targets": list(defaults)}


def covered(*locations: str) -> list[dict[str, object]]:
    """A target and a route that deliver the locations, and `global`."""
    return [keep(T, target(10)), keep(R, route(20, ([*locations, "global"], [guid(10)])))]


ALL = covered("*")
LOGS = "ibm_resource_instance.logs"
POLICY = "ibm_iam_authorization_policy.p"


def authorization(service: str = "logs", guid_: str | None = None) -> dict[str, object]:
    return {
        "id": "p",
        "source_service_name": "atracker",
        "target_service_name": service,
        "target_resource_instance_id": guid_,
        "roles": ["Sender"],
    }


def vault(address: str | None) -> bytes:
    audit = "vault_audit.a"
    provider = {"vault": {"name": "vault", "expressions": {"address": {"constant_value": address}}}} if address else {}
    created = create(audit, {"type": "file", "path": "file"})
    return plan([created], [block(audit, {}, "vault")], provider)


def rules(*pairs: tuple[list[str], int]) -> bytes:
    made = [keep(T.replace(".t", f".t{i}"), target(10 + i)) for i in range(4)]
    return plan([*made, keep(R, route(20, *(([*names], [guid(10 + number)]) for names, number in pairs)))])


def targets(count: int) -> list[dict[str, object]]:
    return [keep(f"ibm_atracker_target.t{i}", target(100 + i)) for i in range(count)]


def _limit(rule_locations: int = 1, rule_count: int = 1, target_count: int = 1, routes: int = 1) -> bytes:
    names = ["us-south", "us-east", "eu-de", "eu-gb", "eu-es", "jp-tok", "jp-osa", "au-syd", "br-sao"][:rule_locations]
    ids = [guid(100 + i) for i in range(target_count)]
    one = [(names, ids)] * rule_count
    made = [keep(f"ibm_atracker_route.r{i}", route(200 + i, *one)) for i in range(routes)]
    return plan([*targets(max(target_count, 1)), *made])


def _event_cases() -> list[Case]:
    gap = plan([create(SECRET, secret())])
    fine = plan([*ALL, create(SECRET, secret())])
    drop = keep(R, route(20, (["*"], [])))
    unclear = keep(R, route(20, (["us", "global"], [guid(10)])))
    made_route = create(R, {"name": "r", "rules": [{"locations": ["*"], "target_ids": [guid(10)]}]})
    lost = [keep(T, target(10)), delete(R, route(20, (["*"], [guid(10)])))]
    moved = change(
        R,
        "update",
        before=route(20, (["us-south", "global"], [guid(10)])),
        after=route(20, (["us-south"], [guid(10)])),
    )
    return [
        Case("COV001", "gap", gap, {("COV001", SECRET, "us-south"), ("COV001", guid(1), "us-south")}),
        Case("COV001", "covered", fine, set()),
        Case(
            "COV002",
            "drop rule",
            plan([drop, create(SECRET, secret())]),
            {("COV002", SECRET, "us-south"), ("COV002", guid(1), "us-south")},
        ),
        Case("COV002", "covered", fine, set()),
        Case(
            "COV003",
            "group",
            plan([keep(T, target(10)), unclear, create(SECRET, secret())]),
            {("COV003", SECRET, "us-south"), ("COV003", guid(1), "us-south")},
        ),
        Case("COV003", "covered", fine, set()),
        Case(
            "COV004",
            "defaults",
            plan([keep(T, target(10)), keep(S, settings(guid(10))), create(SECRET, secret())]),
            {("COV004", SECRET, "us-south")},
        ),
        Case("COV004", "covered", fine, set()),
        Case(
            "COV005",
            "made now",
            plan([keep(T, target(10)), made_route, create(SECRET, secret())]),
            {("COV005", SECRET, "us-south")},
        ),
        Case("COV005", "covered", fine, set()),
        Case("COV006", "going", plan([*lost, delete(SECRET, secret())]), {("COV006", SECRET, "us-south")}),
        Case("COV006", "covered", plan([*ALL, delete(SECRET, secret())]), set()),
        Case("COV007", "lost", plan([*lost, keep(SM, sm())]), {("COV007", R, "us-south")}),
        Case("COV007", "kept", plan([*ALL, keep(SM, sm())]), set()),
        Case("COV008", "lost", plan([keep(T, target(10)), moved, keep(SM, sm())]), {("COV008", R, "global")}),
        Case("COV008", "created", plan([*covered("us-south")[:1], create(SM, sm())]), {("COV008", SM, "global")}),
        Case("COV008", "covered", plan([*ALL, create(SM, sm())]), set()),
        Case(
            "COV009",
            "mended read",
            plan([keep(T, target(10)), made_route, keep(SECRET, secret())], prior=[state(SECRET, secret())]),
            {("COV009", SECRET, "us-south")},
        ),
        Case("COV009", "covered", plan([*ALL, keep(SECRET, secret())], prior=[state(SECRET, secret())]), set()),
        Case(
            "COV010",
            "new type",
            plan([*ALL, create("ibm_sm_brand_new.x", {"instance_id": guid(1), "region": "us-south"})]),
            {("COV010", "ibm_sm_brand_new.x", None)},
        ),
        Case("COV010", "known types", fine, set()),
        Case(
            "COV011",
            "other region",
            plan([*ALL, keep(SM, sm()), create(SECRET, {**secret(), "region": "eu-de"})]),
            {("COV011", SECRET, "us-south")},
        ),
        Case("COV011", "same region", plan([*ALL, keep(SM, sm()), create(SECRET, secret())]), set()),
        Case(
            "COV012",
            "no region",
            plan(
                [*ALL, create(SECRET, {"instance_id": guid(1)}, {"region": True})],
                [block(SECRET, {"instance_id": {"constant_value": guid(1)}})],
            ),
            {("COV012", SECRET, "us-south")},
        ),
        Case("COV012", "region", fine, set()),
    ]


def _hosted_cases() -> list[Case]:
    at, second = "ibm_resource_instance.at", "ibm_resource_instance.at2"
    hosted = instance("logdnaat", "us-south", 30, plan="7-day")
    lite = instance("logdnaat", "us-south", 31, plan="lite")
    key = {"logdna_endpoint": [{"target_crn": crn("logdnaat", "us-south", 30), "ingestion_key": "CANARY-key"}]}
    logdna = keep(T, target(10, "logdna", "us-south", **key))
    return [
        Case("TRK001", "ended", plan([keep(at, hosted)]), {("TRK001", at, "us-south")}),
        Case("TRK001", "in force", plan([keep(at, hosted)]), set(), HOSTED_DAY),
        Case(
            "TRK002",
            "two",
            plan([keep(at, hosted), create(second, hosted)]),
            {("TRK002", second, "us-south")},
            HOSTED_DAY,
        ),
        Case("TRK002", "one", plan([keep(at, hosted)]), set(), HOSTED_DAY),
        Case("TRK002", "both ended", plan([keep(at, hosted), create(second, hosted)]), set()),
        Case("TRK003", "lite", plan([keep(at, lite)]), {("TRK003", at, "us-south")}, HOSTED_DAY),
        Case("TRK003", "7-day", plan([keep(at, hosted)]), set(), HOSTED_DAY),
        Case("TRK010", "logdna", plan([logdna]), {("TRK010", T, "us-south")}),
        Case("TRK010", "in force", plan([logdna]), set(), HOSTED_DAY),
        Case("TRK010", "going", plan([delete(T, target(10, "logdna", "us-south"))]), set()),
    ]


def _routing_cases() -> list[Case]:
    return [
        Case("TRK004", "idle", plan([keep(T, target(10))]), {("TRK004", T, "eu-de")}),
        Case("TRK004", "routed", plan(ALL), set()),
        Case("TRK004", "default", plan([keep(T, target(10)), keep(S, settings(guid(10)))]), set()),
        Case(
            "TRK004",
            "rules not known",
            plan([keep(T, target(10)), create(R, {"name": "r"}, {"rules": True})]),
            set(),
        ),
        Case("TRK005", "us_south", rules((["us_south"], 0)), {("TRK005", R, None)}),
        Case("TRK005", "real", rules((["us-south", "us-south-1", "jp", "*", "global", "dal10", "eu"], 0)), set()),
        Case("TRK006", "after all", rules((["*"], 0), (["us-south"], 1)), {("TRK006", R, None)}),
        Case("TRK006", "zone after region", rules((["us-south"], 0), (["us-south-1"], 1)), {("TRK006", R, None)}),
        Case(
            "TRK006",
            "zone after region, exact match then",
            rules((["us-south"], 0), (["us-south-1"], 1)),
            set(),
            {"as_of": as_of("2025-06-01")},
        ),
        Case(
            "TRK006",
            "by two",
            rules((["us-south"], 0), (["eu-de"], 1), (["eu-de", "us-south"], 2)),
            {("TRK006", R, None)},
        ),
        Case("TRK006", "narrow first", rules((["us-south"], 0), (["*"], 1)), set()),
        Case("TRK006", "something left", rules((["us-south"], 0), (["us-south", "eu-de"], 1)), set()),
        Case("TRK006", "group", rules((["jp-tok", "jp-osa"], 0), (["jp"], 1)), set()),
        Case("TRK007", "targets", plan(targets(17)), {("TRK007", None, None)}),
        Case("TRK007", "locations", _limit(rule_locations=9), {("TRK007", "ibm_atracker_route.r0", None)}),
        Case("TRK007", "rule targets", _limit(target_count=4), {("TRK007", "ibm_atracker_route.r0", None)}),
        Case("TRK007", "rules", _limit(rule_count=31), {("TRK007", "ibm_atracker_route.r0", None)}),
        Case("TRK007", "routes", _limit(routes=31), {("TRK007", None, None)}),
        Case(
            "TRK007",
            "defaults",
            plan([*targets(3), keep(S, settings(*(guid(100 + i) for i in range(3))))]),
            {("TRK007", S, None)},
        ),
        Case("TRK007", "at the limits", _limit(8, 30, 3, 30), set()),
        Case("TRK008", "rules", _limit(rule_count=5), {("TRK008", "ibm_atracker_route.r0", None)}),
        Case("TRK008", "routes", _limit(routes=5), {("TRK008", None, None)}),
        Case("TRK008", "at the limits", _limit(8, 4, 3, 4), set()),
        Case("TRK008", "above both", plan(targets(17)), set()),
        Case(
            "TRK009",
            "app_config",
            plan([keep(T, target(10, "app_config")), keep(S, settings(guid(10)))]),
            {("TRK009", S, None)},
        ),
        Case("TRK009", "cloud_logs", plan([keep(T, target(10)), keep(S, settings(guid(10)))]), set()),
    ]


def _change_cases() -> list[Case]:
    replaced = {"before": target(10), "after": {**target(10), "id": None, "region": "us-south"}}
    old, new = route(20, (["*"], [guid(10)])), {"name": "r", "rules": [{"locations": ["*"], "target_ids": [None]}]}
    unknown = {"rules": [{"target_ids": [True]}]}
    updated = change(R, "update", before=old, after={**new, "id": guid(20)}, unknown=unknown)
    blocks = [block(R, {"rules": [{"target_ids": references(f"{T}.id")}]}), block(T, {})]
    default_gone = [keep(T, target(10)), change(S, "update", before=settings(guid(10)), after=settings())]
    return [
        Case("TRK011", "in use", plan([delete(T, target(10)), keep(R, old)]), {("TRK011", T, "eu-de")}),
        Case(
            "TRK011",
            "default",
            plan([delete(T, target(10)), keep(S, settings(guid(10)))]),
            {("TRK011", T, "eu-de")},
        ),
        Case(
            "TRK011",
            "replaced, delete first",
            plan([change(T, "delete,create", unknown={"id": True}, **replaced), updated], blocks),
            {("TRK011", T, "eu-de")},
        ),
        Case(
            "TRK011",
            "replaced, create first",
            plan([change(T, "create,delete", unknown={"id": True}, **replaced), updated], blocks),
            set(),
        ),
        Case("TRK011", "all goes", plan([delete(T, target(10)), delete(R, old)]), set()),
        Case(
            "TRK012",
            "removed",
            plan([*ALL, delete(POLICY, authorization("logs", guid(910)))]),
            {("TRK012", T, "eu-de")},
        ),
        Case("TRK012", "of another", plan([*ALL, delete(POLICY, authorization("logs", guid(911)))]), set()),
        Case("TRK012", "target goes too", plan([delete(T, target(10)), delete(POLICY, authorization())]), set()),
        Case(
            "TRK012",
            "another stays",
            plan([*ALL, delete(POLICY, authorization()), keep(POLICY + "2", authorization())]),
            set(),
        ),
        Case("TRK013", "none", plan([create(T, target(10))]), {("TRK013", T, "eu-de")}),
        Case("TRK013", "seen", plan([create(T, target(10)), create(POLICY, authorization())]), set()),
        Case("TRK013", "there already", plan([keep(T, target(10))]), set()),
        Case(
            "TRK013",
            "a key of its own",
            plan(
                [
                    create(
                        T,
                        target(
                            10,
                            "cloud_object_storage",
                            cos_endpoint=[{"bucket": "b", "api_key": "CANARY", "service_to_service_enabled": False}],
                        ),
                    )
                ]
            ),
            set(),
        ),
        Case("TRK014", "emptied", plan([*default_gone, keep(SM, sm())]), {("TRK014", S, "us-south")}),
        Case("TRK014", "nothing depends", plan([*default_gone, delete(SM, sm())]), set()),
        Case(
            "TRK014",
            "a route takes over",
            plan([*default_gone, keep(R, route(20, (["us-south"], [guid(10)]))), keep(SM, sm())]),
            set(),
        ),
    ]


def _store_cases() -> list[Case]:
    bare = instance("logs", "eu-de", 910)
    with_bucket = {
        **bare,
        "parameters": {"logs_bucket_crn": "crn:v1:bluemix:public:cloud-object-storage:global:a/1:2::"},
    }
    as_json = {**bare, "parameters_json": '{"logs_bucket_crn": "crn", "retention": 7}'}
    made = {"service": "logs", "location": "eu-de", "plan": "standard", "name": "l", "parameters": {}}
    unknown = {"parameters": {"logs_bucket_crn": True}}
    destination = {"target_type": "cloud_logs", "region": "eu-de", "name": "t", "cloudlogs_endpoint": [{}]}
    created_target = create(T, destination, {"cloudlogs_endpoint": [{"target_crn": True}]})
    blocks = [block(T, {"cloudlogs_endpoint": [{"target_crn": references(f"{LOGS}.id")}]}), block(LOGS, {})]
    return [
        Case("TRK015", "none", plan([*ALL, keep(LOGS, bare)]), {("TRK015", LOGS, "eu-de")}),
        Case("TRK015", "made now", plan([create(LOGS, made), created_target], blocks), {("TRK015", LOGS, "eu-de")}),
        Case("TRK015", "bucket", plan([*ALL, keep(LOGS, with_bucket)]), set()),
        Case("TRK015", "bucket in JSON", plan([*ALL, keep(LOGS, as_json)]), set()),
        Case("TRK015", "bucket made now", plan([create(LOGS, made, unknown), created_target], blocks), set()),
        Case(
            "TRK015", "not known", plan([create(LOGS, made, {"parameters_json": True}), created_target], blocks), set()
        ),
        Case("TRK015", "no target writes to it", plan([keep(LOGS, instance("logs", "eu-de", 999))]), set()),
    ]


def _other_cases() -> list[Case]:
    abroad = [keep(T, target(10, region="us-south")), keep(R, route(20, (["*"], [guid(10)]))), keep(SM, sm("eu-de"))]
    dns = "ibm_sm_public_certificate_configuration_dns_cis.d"
    values = {"instance_id": guid(1), "region": "us-south", "name": "d", "cloud_internet_services_apikey": "CANARY-dns"}
    secrets = [delete(f"ibm_sm_arbitrary_secret.s{i}", secret()) for i in range(11)]
    marked = change(dns, "create", after=values, sensitive={"cloud_internet_services_apikey": True})
    return [
        Case("TRK016", "EU to US", plan(abroad), {("TRK016", T, "us-south")}, {"adjust": {"TRK016": True}}),
        Case("TRK016", "off unless configured", plan(abroad), set()),
        Case("TRK016", "stays", plan([*ALL, keep(SM, sm("eu-de"))]), set(), {"adjust": {"TRK016": True}}),
        Case("SMG001", "deleted", plan([*ALL, delete(SM, sm())]), {("SMG001", SM, "us-south")}),
        Case("SMG001", "kept", plan([*ALL, keep(SM, sm())]), set()),
        Case("SMG002", "in clear", plan([*ALL, create(dns, values)]), {("SMG002", dns, None)}),
        Case("SMG002", "marked", plan([*ALL, marked]), set()),
        Case("SMG002", "not set", plan([*ALL, create(dns, {**values, "cloud_internet_services_apikey": None})]), set()),
        Case("SMG003", "eleven", plan([*ALL, *secrets]), {("SMG003", None, None)}),
        Case("SMG003", "ten", plan([*ALL, *secrets[:10]]), set()),
        Case(
            "VLT001",
            "pointed at it",
            vault(f"https://{guid(1)}.us-south.secrets-manager.appdomain.cloud"),
            {("VLT001", "vault_audit.a", None)},
        ),
        Case("VLT001", "a Vault", vault("https://vault.example.org:8200"), set()),
        Case("VLT001", "not known", vault(None), set()),
    ]


CASES = (
    *_event_cases(),
    *_hosted_cases(),
    *_routing_cases(),
    *_change_cases(),
    *_store_cases(),
    *_other_cases(),
)
