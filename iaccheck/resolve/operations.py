"""operations: what Terraform will do to objects of the service, and has done while planning."""

from collections.abc import Iterator

from iaccheck.facts import Facts
from iaccheck.model import Change, Object, Operation, Phase, Plan, RegionFinding, StateObject, Verb, qualified
from iaccheck.resolve.blocks import Blocks
from iaccheck.resolve.places import Place, Places


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
        if place.region is not None and not place.assumed:
            # It has been read: the host was there.
            place = Place(location=place.location, instance=place.instance, guid=place.guid, reason=place.reason)
        yield self._operation(
            object_,
            Verb.READ,
            Phase.PLAN,
            place,
            sure=sure,
            before=object_.object,
            after=object_.object,
            vanished=vanished,
        )

    # --- the apply -----------------------------------------------------------------------------------------------

    def _coming(self, change: Change) -> Iterator[Operation]:
        known = self._facts.type(change.type)
        assert known is not None
        actions = set(change.actions)
        if known.where and not any(
            all(state.values.get(name) == value for name, value in known.where.items())
            for state in (change.before, change.after)
            if state is not None
        ):
            return
        if "delete" in actions:
            yield from self._one(change, Verb.DELETE, change.before)
        if "create" in actions:
            yield from self._one(change, Verb.CREATE, change.after)
        if "update" in actions:
            yield from self._one(change, Verb.UPDATE, change.after)
        if "read" in actions:
            yield from self._one(change, Verb.READ, change.after)

    def _one(self, change: Change, verb: Verb, subject: Object | None) -> Iterator[Operation]:
        subject = subject or Object({})
        known = self._facts.type(change.type)
        assert known is not None
        block = self._blocks.block(change)
        if known.role == "service_instance":
            place = Place(
                location=known.location, instance=None, guid=None, reason="an event about the instance itself"
            )
        elif known.role == "instance_key":
            found = self._key_place(change, subject)
            if found is None:
                return
            place = found
        else:
            existing = (
                self._places.in_state(change.before) if verb in (Verb.UPDATE, Verb.DELETE) and change.before else None
            )
            place = existing or self._places.planned(subject, block, change.module, change.key)
        before = None if verb is Verb.CREATE else change.before
        after = None if verb is Verb.DELETE else change.after
        yield self._operation(
            change, verb, Phase.APPLY, place, sure=place.region is None or place.assumed, before=before, after=after
        )

    def _key_place(self, change: Change, subject: Object) -> Place | None:
        """A service credential causes events of the service only when it belongs to one of its instances."""
        instance = self._places.owner(change, subject)
        if instance is None:
            return None
        return Place(
            location="global", instance=instance, guid=instance.guid, reason="an event of the resource controller"
        )

    def _operation(
        self,
        object_: Change | StateObject,
        verb: Verb,
        phase: Phase,
        place: Place,
        *,
        sure: bool,
        before: Object | None,
        after: Object | None,
        vanished: bool = False,
    ) -> Operation:
        change = object_ if isinstance(object_, Change) else None
        if place.region is not None:
            self.regions.append(
                RegionFinding(
                    address=object_.address,
                    kind="assumed" if place.assumed else "contradicts",
                    region=place.region,
                    location=place.location or "",
                    input=self._label,
                )
            )
        block = self._blocks.block(object_)
        needs = object_.mode == "data" or (verb is Verb.UPDATE and change is not None and bool(change.unknown))
        return Operation(
            address=object_.address,
            type=object_.type,
            mode=object_.mode,
            verb=verb,
            phase=phase,
            location=place.location,
            instance=_label(place, qualified(self._label, object_.address)),
            reason=place.reason,
            sure=sure,
            changed=change.changed if change is not None else frozenset(),
            before=before,
            after=after,
            unknown=change.unknown if change is not None else frozenset(),
            configured=self._blocks.configured(block) if needs and block is not None else None,
            vanished=vanished,
            input=self._label,
        )


def _label(place: Place, address: str) -> str | None:
    if place.instance is not None:
        return qualified(place.instance.label, place.instance.address)
    return place.guid or (address if place.location == "global" else None)
