"""operations: what Terraform will do to objects of the service, and has done while planning."""

from collections.abc import Iterator

from iaccheck.facts import Facts, Type
from iaccheck.model import (
    GLOBAL,
    Change,
    Object,
    Operation,
    Phase,
    Plan,
    RegionFinding,
    ResourceConfiguration,
    StateObject,
    Verb,
    qualified,
)
from iaccheck.resolve.blocks import Blocks
from iaccheck.resolve.places import Place, Places

# In the order in which a report lists them; which of a replace comes first, the plan's order says.
_VERBS = (Verb.DELETE, Verb.CREATE, Verb.UPDATE, Verb.READ)


class Operations:
    """The operations of one plan, and the regions that are to be told about."""

    def __init__(
        self, plan: Plan, facts: Facts, places: Places, blocks: Blocks, label: str | None, refresh: bool
    ) -> None:
        self._plan = plan
        self._facts = facts
        self._places = places
        self._blocks = blocks
        self._label = label
        self._refresh = refresh
        self.regions: list[RegionFinding] = []

    def all(self) -> Iterator[Operation]:
        yield from self._past()
        for change in self._plan.changes:
            if self._known(change.type, change.mode):
                yield from self._coming(change)

    def _known(self, type_name: str, mode: str) -> bool:
        known = self._facts.type(type_name)
        table = known.table(mode) if known is not None else None
        return table is not None and bool(table.create or table.read or table.update or table.delete)

    # --- while planning: the reads of refresh and of data sources -----------------------------------------------

    def _past(self) -> Iterator[Operation]:
        """A plan lists what it read only by what it knows: managed objects and data sources of the prior state."""
        current = [change for change in self._plan.changes if change.deposed is None]
        # A state can still call a moved object by its older address.
        changes = {change.previous_address: change for change in current if change.previous_address}
        changes |= {change.address: change for change in current}
        unlisted = [o for o in self._plan.prior if o.mode == "managed" and o.address not in changes]
        # A full plan lists every managed object. One that leaves some out was narrowed (-target) or broke off.
        partial = self._plan.complete is False or self._plan.errored
        partial = partial or (self._plan.complete is None and self._plan.has_changes and bool(unlisted))
        for object_ in self._plan.prior:
            if not self._known(object_.type, object_.mode):
                continue
            change = changes.get(object_.address)
            if object_.mode == "data":
                if change is None:
                    yield from self._read(object_, sure=not partial)
            elif self._refreshed(change):
                yield from self._read(object_, sure=change is not None or not partial)
        if self._refresh:
            for object_ in self._plan.vanished:
                if self._known(object_.type, object_.mode):
                    yield from self._read(object_, sure=True, vanished=True)

    def _refreshed(self, change: Change | None) -> bool:
        if change is not None and change.importing:
            return True
        if not self._refresh:
            return False
        # Terraform leaves an object alone that it is told to forget; OpenTofu refreshes it first.
        return change is None or change.actions != ("forget",) or self._plan.opentofu

    def _read(self, object_: StateObject, *, sure: bool, vanished: bool = False) -> Iterator[Operation]:
        block = self._blocks.block(object_)
        place = self._places.in_state(object_.object) or self._places.planned(
            object_.object, block, object_.module, object_.key
        )
        if place.assumed:
            # A region that contradicts is none here: it has been read, so the host was there.
            self._tell_region(object_.address, place)
        yield Operation(
            address=object_.address,
            type=object_.type,
            mode=object_.mode,
            verb=Verb.READ,
            phase=Phase.PLAN,
            location=place.location,
            instance=_label(place, qualified(self._label, object_.address)),
            reason=place.reason,
            sure=sure,
            before=object_.object,
            after=object_.object,
            configured=self._blocks.configured(block) if object_.mode == "data" and block is not None else None,
            vanished=vanished,
            input=self._label,
        )

    # --- the apply -----------------------------------------------------------------------------------------------

    def _coming(self, change: Change) -> Iterator[Operation]:
        known = self._facts.type(change.type)
        assert known is not None
        block = self._blocks.block(change)
        for verb in _VERBS:
            if verb not in change.actions:
                continue
            subject = (change.before if verb is Verb.DELETE else change.after) or Object({})
            if not _is_of_service(known, subject):
                continue
            place = self._place(change, verb, subject, known, block)
            if place is not None:
                yield self._planned(change, verb, place, block)

    def _place(
        self, change: Change, verb: Verb, subject: Object, known: Type, block: ResourceConfiguration | None
    ) -> Place | None:
        """Where an operation happens; None where it is none of the service."""
        if known.role == "service_instance":
            return Place(location=known.location, instance=None, guid=None, reason="an event about the instance itself")
        if known.role == "instance_key":
            # A service credential causes events of the service only when it belongs to one of its instances.
            owner = self._places.owner(change, subject)
            if owner is None:
                return None
            return Place(
                location=known.location,
                instance=owner.instance,
                guid=owner.guid,
                reason="an event of the resource controller",
                sure=owner.sure,
            )
        there = change.before if verb in (Verb.UPDATE, Verb.DELETE) else None
        existing = self._places.in_state(there) if there is not None else None
        return existing or self._places.planned(subject, block, change.module, change.key)

    def _planned(self, change: Change, verb: Verb, place: Place, block: ResourceConfiguration | None) -> Operation:
        self._tell_region(change.address, place)
        needs = change.mode == "data" or (verb is Verb.UPDATE and bool(change.unknown))
        return Operation(
            address=change.address,
            type=change.type,
            mode=change.mode,
            verb=verb,
            phase=Phase.APPLY,
            location=place.location,
            instance=_label(place, qualified(self._label, change.address)),
            reason=place.reason,
            sure=place.sure and (place.region is None or place.assumed),
            changed=change.changed,
            before=None if verb is Verb.CREATE else change.before,
            after=None if verb is Verb.DELETE else change.after,
            unknown=change.unknown,
            configured=self._blocks.configured(block) if needs and block is not None else None,
            input=self._label,
        )

    def _tell_region(self, address: str, place: Place) -> None:
        if place.region is None:
            return
        self.regions.append(
            RegionFinding(
                address=address,
                kind="assumed" if place.assumed else "contradicts",
                region=place.region,
                location=place.location or "",
                input=self._label,
            )
        )


def _is_of_service(known: Type, subject: Object) -> bool:
    return all(subject.values.get(name) == value for name, value in known.where.items())


def _label(place: Place, address: str) -> str | None:
    if place.instance is not None:
        return qualified(place.instance.label, place.instance.address)
    return place.guid or (address if place.location == GLOBAL else None)
