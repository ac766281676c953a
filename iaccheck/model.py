"""model: every type that two stages share, in the order in which the pipeline makes them.

read -> Plan -> resolve -> Resolution -> predict -> Event -> cover -> Coverage -> judge -> Finding -> render <- Report
"""

from datetime import date
from enum import StrEnum
from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType, field

from iaccheck.address import Key
from iaccheck.digest import Digest

GLOBAL = "global"


class Verb(StrEnum):
    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"


class Phase(StrEnum):
    """`plan`: reads of refresh and data sources, past when the plan is reviewed; `apply`: still to come."""

    PLAN = "plan"
    APPLY = "apply"


class Status(StrEnum):
    COVERED = "covered"
    DEFAULTED = "defaulted"
    DISCARDED = "discarded"
    UNCOVERED = "uncovered"
    UNKNOWN = "unknown"

    @property
    def received(self) -> bool:
        return self is Status.COVERED or self is Status.DEFAULTED


class Timing(StrEnum):
    STEADY = "steady"
    STARTING = "starting"
    ENDING = "ending"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


# --- what the user hands over -----------------------------------------------------------------------------------


class Document(Struct, frozen=True):
    """A file as it was handed over: its name as the user wrote it, its label if it has one, its bytes.

    `source`: the folder of the configuration that a plan was made from, where it is at hand. `variable_files` not None:
    there is no plan; the folder itself is read as source, with these files of variables.
    """

    name: str
    data: bytes
    label: str | None = None
    source: str | None = None
    variable_files: tuple[str, ...] | None = None


class Input(Struct, frozen=True, kw_only=True):
    """What was looked at, as the report names it."""

    name: str
    kind: str
    format_version: str | None = None
    terraform_version: str | None = None
    sha256: Digest | str
    label: str | None = None


# --- read: Plan ---------------------------------------------------------------------------------------------------


class Object(Struct, frozen=True):
    """One object in one state: the values of allow-listed attributes, which others are set, which are unknown."""

    values: dict[str, Any]
    present: frozenset[str] = frozenset()
    unknown: dict[str, Any] = {}


class StateObject(Struct, frozen=True, kw_only=True):
    """A resource or data source as a state holds it."""

    address: str
    module: str
    mode: str
    type: str
    name: str
    key: Key
    object: Object
    deposed: str | None = None
    depends_on: tuple[str, ...] = ()


class Change(Struct, frozen=True, kw_only=True):
    """A change of one resource or data source. `changed`: attributes that differ or are unknown, for an update."""

    address: str
    module: str
    mode: str
    type: str
    name: str
    key: Key
    actions: tuple[str, ...]
    before: Object | None
    after: Object | None
    changed: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    previous_address: str | None = None
    deposed: str | None = None
    importing: bool = False
    exposed: frozenset[str] = frozenset()


class ResourceConfiguration(Struct, frozen=True):
    """A resource block. Expressions stay raw: only what is followed is ever decoded."""

    address: str
    mode: str
    type: str
    name: str
    provider_config_key: str = ""
    expressions: Raw = Raw(b"{}")
    count_expression: Raw | UnsetType = UNSET
    for_each_expression: Raw | UnsetType = UNSET
    depends_on: list[str] = []


class OutputConfiguration(Struct, frozen=True):
    expression: Raw = Raw(b"{}")
    depends_on: list[str] = []


class VariableConfiguration(Struct, frozen=True):
    default: Raw | UnsetType = UNSET


class ModuleConfiguration(Struct, frozen=True):
    """A module as written; `calls` lead to its children."""

    resources: list[ResourceConfiguration] = []
    calls: dict[str, "ModuleCall"] = field(default_factory=dict, name="module_calls")
    outputs: dict[str, OutputConfiguration] = {}
    variables: dict[str, VariableConfiguration] = {}


class ModuleCall(Struct, frozen=True):
    source: str = ""
    expressions: dict[str, Raw] = {}
    count_expression: Raw | UnsetType = UNSET
    for_each_expression: Raw | UnsetType = UNSET
    module: ModuleConfiguration = ModuleConfiguration()
    depends_on: list[str] = []


class ProviderConfiguration(Struct, frozen=True):
    name: str = ""
    full_name: str = ""
    alias: str = ""
    module_address: str = ""
    expressions: dict[str, Raw] = {}


class Configuration(Struct, frozen=True):
    providers: dict[str, ProviderConfiguration] = field(default_factory=dict, name="provider_config")
    root: ModuleConfiguration = field(default_factory=ModuleConfiguration, name="root_module")


class Plan(Struct, frozen=True, kw_only=True):
    """The reviewed change, or a state (then without changes): only what the types at hand let in.

    `vanished`: what the refresh looked for and did not find. `complete` None: the plan doesn't say.
    """

    input: Input
    changes: tuple[Change, ...] = ()
    prior: tuple[StateObject, ...] = ()
    vanished: tuple[StateObject, ...] = ()
    has_changes: bool = False
    complete: bool | None = None
    errored: bool = False
    opentofu: bool = False
    configuration: Configuration = Configuration()
    variables: dict[str, Raw] = {}
    relevant_attributes: tuple[tuple[str, str], ...] = ()


# --- resolve: Resolution ------------------------------------------------------------------------------------------


class Instance(Struct, frozen=True, kw_only=True):
    """A service instance. `label` is its address, or its GUID where only that is known."""

    label: str
    guid: str | None
    location: str | None
    before: bool
    after: bool


class Operation(Struct, frozen=True, kw_only=True):
    """One verb on one resource in one service instance; `sure` false: it may not happen at all."""

    address: str
    type: str
    mode: str
    verb: Verb
    phase: Phase
    location: str | None
    instance: str | None
    reason: str
    sure: bool = True
    changed: frozenset[str] = frozenset()
    before: Object | None = None
    after: Object | None = None
    unknown: frozenset[str] = frozenset()
    configured: frozenset[str] | None = None
    vanished: bool = False
    input: str | None = None


class Tracker(Struct, frozen=True, kw_only=True):
    """What keeps events, or fails to: `why_not` says why it receives nothing.

    `destination`: where a target delivers to, as far as the plan shows it: a CRN, or a bucket or topic of it. `plan`:
    the service plan of a hosted instance. `managed` false: only a data source shows it. `removed`: the plan deletes it,
    and nothing has taken its place by then.
    """

    address: str
    id: str | None
    kind: str
    location: str | None
    origin: str
    why_not: str | None = None
    destination: str | None = None
    plan: str | None = None
    managed: bool = True
    removed: bool = False


class Rule(Struct, frozen=True, kw_only=True):
    """A rule of a route. `reason` names what isn't known before the apply.

    `locations_open`: it may name more locations than `locations`. Where `targets` is None, they aren't known: `surely`
    are those that it has in any case, `candidates` all that it can have (nothing where not even that is known).
    """

    locations: tuple[str, ...]
    targets: tuple[str, ...] | None
    locations_open: bool = False
    surely: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    reason: str = ""


class Route(Struct, frozen=True, kw_only=True):
    address: str
    rules: tuple[Rule, ...] | None
    origin: str
    reason: str = ""


class Declared(Struct, frozen=True, kw_only=True):
    """A tracker that a person vouches for, until a day: what no plan or state at hand shows."""

    location: str
    owner: str
    reason: str
    expires: date
    ticket: str | None = None
    origin: str = ""


class World(Struct, frozen=True, kw_only=True):
    """Trackers and routes at one moment. `targets` by key (address or id); `defaults` None: not known.

    `settings`: the address of the settings that name the default targets.
    """

    hosted: tuple[Tracker, ...] = ()
    targets: dict[str, Tracker] = {}
    routes: tuple[Route, ...] = ()
    defaults: tuple[str, ...] | None = ()
    default_candidates: tuple[str, ...] = ()
    defaults_reason: str = ""
    declared: tuple[Tracker, ...] = ()
    settings: str | None = None
    gone: frozenset[str] = frozenset()


class Estate(Struct, frozen=True):
    """All trackers and routes that are known, before the apply and after it."""

    before: World
    after: World


class Note(Struct, frozen=True):
    """Something that isn't known or was left out, said aloud."""

    code: str
    address: str | None
    message: str


class Unmapped(Struct, frozen=True):
    """An object of the service whose type the tables don't know."""

    address: str
    type: str
    input: str | None = None


class RegionFinding(Struct, frozen=True, kw_only=True):
    """A region that contradicts the location of the instance (`contradicts`), or is assumed (`assumed`)."""

    address: str
    kind: str
    region: str
    location: str
    input: str | None = None


class Authorization(Struct, frozen=True, kw_only=True):
    """A service-to-service authorization of Event Routing to write to a service.

    `guid` and `instances`: the one service instance that it is narrowed to, where that is known; `narrowed` without
    either: to one that isn't.
    """

    address: str
    service: str
    before: bool
    after: bool
    narrowed: bool = False
    guid: str | None = None
    instances: frozenset[str] = frozenset()


class Destination(Struct, frozen=True, kw_only=True):
    """The service instance that a target writes to. `keyless`: without a key of its own; None: not known."""

    tracker: str
    keyless: bool | None
    location: str | None = None
    guid: str | None = None
    instances: frozenset[str] = frozenset()


class Store(Struct, frozen=True, kw_only=True):
    """A service instance that a plan manages. `settings`: names of its parameters; None where they aren't known."""

    address: str
    service: str
    location: str | None
    guid: str | None
    settings: frozenset[str] | None


class Exposure(Struct, frozen=True):
    """Attributes of an object that are set, hold a secret, and that nothing marks sensitive."""

    address: str
    type: str
    attributes: tuple[str, ...]


class AuditDevice(Struct, frozen=True):
    """A Vault audit device. `audits`: `secrets-manager`, `elsewhere` or `unknown`."""

    address: str
    type: str
    audits: str


class Surroundings(Struct, frozen=True, kw_only=True):
    """What stands around the trackers and the secrets, and decides whether they do what they are for."""

    authorizations: tuple[Authorization, ...] = ()
    destinations: tuple[Destination, ...] = ()
    stores: tuple[Store, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    devices: tuple[AuditDevice, ...] = ()


class Order(Struct, frozen=True):
    """What the dependency graph assures of the objects of the estate that change.

    `later[node]` are the nodes that surely come after it, `earlier[node]` those before it. A node is an address for
    what is made or changed, and `destroy <address>` for what goes.
    """

    later: dict[str, frozenset[str]] = {}
    earlier: dict[str, frozenset[str]] = {}


def qualified(label: str | None, address: str) -> str:
    """An address as it is told apart where several files are looked at."""
    return f"{label}: {address}" if label else address


def node(address: str, *, destroyed: bool) -> str:
    """The name of an operation in the order of the apply."""
    return f"destroy {address}" if destroyed else address


class Resolution(Struct, frozen=True, kw_only=True):
    operations: tuple[Operation, ...]
    instances: tuple[Instance, ...]
    estate: Estate
    regions: tuple[RegionFinding, ...] = ()
    unmapped: tuple[Unmapped, ...] = ()
    notes: tuple[Note, ...] = ()
    order: Order = Order()
    changed: frozenset[str] = frozenset()
    surroundings: Surroundings = Surroundings()


# --- predict: Event -----------------------------------------------------------------------------------------------


class Event(Struct, frozen=True, kw_only=True):
    """An action that an operation causes, in one location, `min` to `max` times (`max` None: it polls or pages)."""

    action: str
    formerly: str | None
    address: str
    verb: Verb
    phase: Phase
    location: str | None
    instance: str | None
    min: int
    max: int | None
    reason: str = ""
    input: str | None = None


# --- cover: Coverage ----------------------------------------------------------------------------------------------


class Coverage(Struct, frozen=True, kw_only=True):
    """An event with who receives it. `ordered`: whether the dependency graph assures it, None where nobody asks."""

    event: Event
    status: Status
    timing: Timing
    ordered: bool | None
    trackers: tuple[str, ...]
    reason: str


class LocationCoverage(Struct, frozen=True, kw_only=True):
    """A location that has events, or an instance after the apply.

    `instances`: those that exist after it. `lost`: what delivered before, where nothing delivers after. `ways`: the
    route, None where none is needed, and the tracker of each way that events take after the apply.
    """

    location: str | None
    before: Status
    after: Status
    trackers: tuple[str, ...]
    instances: tuple[str, ...]
    lost: tuple[str, ...]
    reason: str
    ways: tuple[tuple[str | None, str], ...] = ()


class View(Struct, frozen=True, kw_only=True):
    """Where the events of one location that one tracker receives can be looked at, and what finds them there."""

    location: str
    tracker: str
    place: str
    query: str


# --- judge: Finding, Report ---------------------------------------------------------------------------------------


class Source(Struct, frozen=True):
    """A block in the source; `chain` are the module calls that lead to it, outermost first (`main.tf:12`)."""

    file: str
    line: int
    end_line: int | None = None
    chain: tuple[str, ...] = ()


class Waiver(Struct, frozen=True, kw_only=True):
    """A signed and expiring exception, as a finding shows it. `origin`: the file and line that grants it."""

    reason: str
    owner: str | None
    expires: date
    ticket: str | None = None
    origin: str


class Finding(Struct, frozen=True, kw_only=True):
    """One breach of one policy. `waiver` or `baselined`: it is shown, but fails nothing."""

    policy: str
    severity: Severity
    title: str
    address: str | None
    location: str | None
    message: str
    help: str
    fingerprint: str
    input: str | None = None
    waiver: Waiver | None = None
    baselined: bool = False

    @property
    def counts(self) -> bool:
        """Whether it can fail the run."""
        return self.waiver is None and not self.baselined


class Report(Struct, frozen=True, kw_only=True):
    """All that a renderer may know. `sources`: where the block of an address stands, for those that are at hand."""

    version: str
    as_of: date
    inputs: tuple[Input, ...]
    verdict: str
    fail_on: str
    locations: tuple[LocationCoverage, ...]
    trackers: tuple[Tracker, ...]
    coverage: tuple[Coverage, ...]
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    sources: dict[str, Source] = {}
    fixed: tuple[str, ...] = ()
    views: tuple[View, ...] = ()
