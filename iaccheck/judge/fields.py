"""fields: what a policy can ask of each kind of subject, by name: its form, what it means, the words it can hold.

`docs/policies.md` and the checks of policy files are made from this table; a test keeps it in step with the subjects.
"""

from typing import NamedTuple

from iaccheck.model import Phase, Status, Timing, Verb

TEXT, FLAG, NUMBER, LIST = "text", "true or false", "number", "list"


class Field(NamedTuple):
    """`words`: all that the field can hold, where that is a closed list."""

    form: str
    meaning: str
    words: tuple[str, ...] = ()


_STATUSES = tuple(status.value for status in Status)
_TIMINGS = tuple(timing.value for timing in Timing)
_KINDS = (
    "hosted",
    "cloud_logs",
    "cloud_object_storage",
    "event_streams",
    "app_config",
    "logdna",
    "declared",
    "unknown",
)

_ADDRESS = {"address": Field(TEXT, "address in Terraform")}
_LOCATION = {"location": Field(TEXT, "location, null where it is not known")}
_REASON = {"reason": Field(TEXT, "why the status is so")}
_OUTCOME = {
    **_LOCATION,
    "status": Field(TEXT, "who receives", _STATUSES),
    "timing": Field(TEXT, "how sure that is while the plan is applied", _TIMINGS),
    "before": Field(TEXT, "status of the location before the apply", _STATUSES),
    "after": Field(TEXT, "status of the location after the apply", _STATUSES),
    **_REASON,
}

FIELDS: dict[str, dict[str, Field]] = {
    "event": {
        **_ADDRESS,
        "type": Field(TEXT, "type of the resource that causes it"),
        "instance": Field(TEXT, "address or GUID of the service instance"),
        "action": Field(TEXT, "name of the action, such as secrets-manager.secret.create"),
        "verb": Field(TEXT, "what is done to the resource", tuple(verb.value for verb in Verb)),
        "phase": Field(TEXT, "when it happens", tuple(phase.value for phase in Phase)),
        "ordered": Field(FLAG, "whether the dependency graph puts the tracker first, null where nobody asks"),
        **_OUTCOME,
    },
    "instance": {
        **_ADDRESS,
        **_OUTCOME,
        "created": Field(FLAG, "whether the plan makes it"),
        "deleted": Field(FLAG, "whether the plan deletes it"),
    },
    "location": {
        **_ADDRESS,
        **_LOCATION,
        "before": Field(TEXT, "status before the apply", _STATUSES),
        "after": Field(TEXT, "status after the apply", _STATUSES),
        "timing": Field(TEXT, "whether its receiver starts or ends with the plan", _TIMINGS),
        "stays": Field(FLAG, "whether an instance is there after the apply; for global: anywhere"),
        "instances": Field(LIST, "instances that are there after the apply"),
        "lost": Field(LIST, "what delivered before, where nothing delivers after"),
        "defaults": Field(TEXT, "what the plan does to the default targets", ("none", "kept", "lost")),
        **_REASON,
    },
    "tracker": {
        **_ADDRESS,
        **_LOCATION,
        "tracker": Field(TEXT, "kind of tracker", _KINDS),
        "plan": Field(TEXT, "service plan of a hosted instance"),
        "origin": Field(TEXT, "how it is known", ("plan", "state", "evidence", "declared")),
        "managed": Field(FLAG, "whether a resource manages it, not only a data source shows it"),
        "receives": Field(FLAG, "whether its kind receives events on the day"),
        "existed": Field(FLAG, "whether it is there before the apply"),
        "exists": Field(FLAG, "whether it is there after the apply"),
        "second": Field(FLAG, "whether another hosted instance has its location"),
        "referenced": Field(FLAG, "whether a route or the settings refer to it, null where that is not known"),
        "referrers": Field(LIST, "routes and settings that refer to it although the plan deletes it"),
        "torn": Field(FLAG, "whether there are such referrers, so that the delete is refused"),
        "authorization": Field(
            TEXT, "whether Event Routing may write to it", ("unneeded", "seen", "missing", "removed", "unknown")
        ),
        "authorizations": Field(LIST, "addresses of the authorizations that the plan removes"),
        "jurisdiction": Field(TEXT, "where it keeps what it receives", ("eu", "other")),
        "serves": Field(LIST, "locations whose events it receives"),
        "serves_jurisdictions": Field(LIST, "jurisdictions of those locations", ("eu", "other")),
        **_REASON,
    },
    "route": {
        **_ADDRESS,
        "origin": Field(TEXT, "how it is known", ("plan", "state", "evidence")),
        "rules": Field(NUMBER, "how many rules it has, null where that is not known"),
    },
    "rule": {
        **_ADDRESS,
        "rule": Field(NUMBER, "which rule of the route, from 1"),
        "locations": Field(LIST, "locations that it names"),
        "nowhere": Field(LIST, "locations that it names and that do not exist"),
        "suggestion": Field(TEXT, "what may have been meant instead"),
        "misspelt": Field(FLAG, "whether there are such locations"),
        "matches_nothing": Field(FLAG, "whether it names only locations that do not exist"),
        "shadowed": Field(FLAG, "whether earlier rules of the route take all that it names"),
        "earlier": Field(LIST, "numbers of those earlier rules"),
        "targets": Field(NUMBER, "how many targets it has, null where that is not known"),
        "discards": Field(FLAG, "whether it has no targets"),
    },
    "settings": {
        **_ADDRESS,
        "defaults": Field(NUMBER, "how many default targets there are"),
        "targets": Field(LIST, "addresses of the default targets"),
        "kinds": Field(LIST, "kinds of the default targets", _KINDS),
    },
    "limit": {
        **_ADDRESS,
        "what": Field(TEXT, "what is counted"),
        "count": Field(NUMBER, "how many there are after the apply"),
        "smallest": Field(NUMBER, "the smallest limit that a page documents"),
        "largest": Field(NUMBER, "the largest limit that a page documents"),
        "excess": Field(TEXT, "count and limit in words"),
        "above": Field(TEXT, "which limit it is above", ("none", "smallest", "largest")),
    },
    "resource": {
        **_ADDRESS,
        **_LOCATION,
        "type": Field(TEXT, "its type"),
        "mapped": Field(FLAG, "whether the tables know its calls"),
        "region": Field(TEXT, "what is wrong with its region", ("contradicts", "assumed")),
        "named": Field(TEXT, "the region that it is called in"),
        "exposed": Field(LIST, "attributes that are set, hold a secret and are not marked sensitive"),
        "exposes": Field(FLAG, "whether there are such attributes"),
        "data_bucket": Field(FLAG, "whether a Cloud Logs instance has a data bucket, where the plan shows it"),
        "used_by": Field(LIST, "targets that write to it"),
        "audits": Field(TEXT, "what a Vault audit device is pointed at", ("secrets-manager", "elsewhere", "unknown")),
    },
    "plan": {
        "creates": Field(NUMBER, "objects of the service that are made"),
        "updates": Field(NUMBER, "objects of the service that are changed"),
        "deletes": Field(NUMBER, "objects of the service that are deleted, replaced ones included"),
    },
}

# Fields that are each subject's own: what they say is asked of every single subject, not of all like it at once.
OWN = frozenset({"address"})

# What messages may name beside the fields.
NAMES: dict[str, dict[str, str]] = {
    "event": {"actions": "all actions of the finding, in short", "order": "what the dependency graph assures"},
}
