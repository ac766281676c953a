"""holdings: the objects of Event Routing in a plan or state, each as it is before the apply and after it."""

from collections.abc import Iterator
from enum import IntEnum

from msgspec import Struct, structs

from iaccheck.address import ModulePath
from iaccheck.facts import Facts
from iaccheck.model import Object, Plan, ResourceConfiguration, qualified
from iaccheck.resolve.blocks import Blocks
from iaccheck.resolve.references import References
from iaccheck.resolve.regions import Regions


class Rank(IntEnum):
    """Whose word counts where several files show the same object: the plan that manages it knows what becomes of it."""

    MANAGED = 0
    PLANNED_ELSEWHERE = 1
    EVIDENCE = 2
    READ = 3


class Holding(Struct, frozen=True, kw_only=True):
    """One object of Event Routing as one file shows it: what it is before and what it is after.

    `removed`: the plan deletes it, and makes what takes its place, if anything does, only then.
    """

    role: str
    address: str
    label: str | None
    origin: str
    rank: Rank
    before: Object | None
    after: Object | None
    replaced: bool = False
    removed: bool = False
    references: References | None = None
    block: ResourceConfiguration | None = None
    path: ModulePath = ()
    module: str = ""
    instance_key: str | int | None = None
    relevant: tuple[tuple[str, str], ...] = ()
    region: str | None = None

    @property
    def name(self) -> str:
        """Its address, with the label of its file where there is more than one."""
        return qualified(self.label, self.address)

    @property
    def managed(self) -> bool:
        return self.rank is not Rank.READ

    @property
    def id(self) -> str | None:
        """The id in the cloud, where the object is there already."""
        values = (self.before or self.after or Object({})).values
        return str(values["id"]) if values.get("id") else None

    def key(self, *, after: bool) -> str:
        """What rules call it by: its id, or its address while it has none yet."""
        return (
            self.name
            if after and (self.before is None or self.replaced) and not self._planned_id
            else self.id or self.name
        )

    @property
    def _planned_id(self) -> bool:
        return self.after is not None and bool(self.after.values.get("id")) and not self.replaced


def holdings(
    plan: Plan,
    facts: Facts,
    blocks: Blocks,
    references: References,
    regions: Regions,
    label: str | None,
    *,
    evidence: bool,
) -> Iterator[Holding]:
    """All objects of Event Routing in a plan or state. `evidence`: the file is only looked at."""
    changed: set[str] = set()
    for change in plan.changes:
        role = _role(facts, change.type)
        if role is None or change.mode == "data":
            continue
        if change.deposed is None:
            # A state can still call a moved object by its older address.
            changed |= {change.address, change.previous_address or change.address}
        actions = set(change.actions)
        gone = actions <= {"delete"}
        block = blocks.block(change)
        holding = Holding(
            role=role,
            address=change.address,
            label=label,
            origin="evidence" if evidence else "plan",
            rank=Rank.PLANNED_ELSEWHERE if evidence else Rank.MANAGED,
            before=change.before,
            after=None if gone else change.before if actions == {"forget"} else change.after,
            replaced={"delete", "create"} <= actions,
            removed=change.actions[:1] == ("delete",),
            references=references,
            block=block,
            region=regions.of_provider(block).name if block is not None else None,
            path=blocks.path(change.module),
            module=change.module,
            instance_key=change.key,
            relevant=plan.relevant_attributes,
        )
        if {"forget", "create"} <= actions:
            # What is forgotten stays as it was; what is made in its place is another object.
            yield structs.replace(holding, after=change.before)
            holding = structs.replace(holding, before=None)
        yield holding
    for object_ in plan.prior:
        role = _role(facts, object_.type)
        if role is None or (object_.mode == "managed" and object_.address in changed):
            continue
        rank = Rank.MANAGED if object_.mode == "managed" else Rank.READ
        for state in _elements(role, object_.object):
            yield Holding(
                role=role.removesuffix("s") if role in ("targets", "routes") else role,
                address=object_.address,
                label=label,
                origin="evidence" if evidence else "state",
                rank=Rank.EVIDENCE if evidence and rank is Rank.MANAGED else rank,
                before=state,
                after=state,
            )


def _role(facts: Facts, type_name: str) -> str | None:
    known = facts.type(type_name)
    return (
        known.role if known is not None and known.role in ("target", "targets", "route", "routes", "settings") else None
    )


def _elements(role: str, object_: Object) -> Iterator[Object]:
    """A data source that lists all targets or routes holds one object an element."""
    if role not in ("targets", "routes"):
        yield object_
        return
    listed = object_.values.get(role)
    for element in listed if isinstance(listed, list) else ():
        if isinstance(element, dict):
            yield Object(element)
