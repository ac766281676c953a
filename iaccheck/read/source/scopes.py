"""scopes: the module tree and the values of its variables -> what names mean in each instance of each module.

What isn't written down, such as an id that a provider makes up, is UNKNOWN. An attribute of a resource that is written
down is what it will be, as in a plan.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from iaccheck.address import Key, ModulePath, Step
from iaccheck.read.source.evaluation import Names, evaluate
from iaccheck.read.source.forms import META_ATTRIBUTES
from iaccheck.read.source.module import Located, Module
from iaccheck.read.source.syntax import Expression
from iaccheck.read.source.tree import Source
from iaccheck.read.source.values import UNKNOWN, Unknown, bounded, elements, taken
from iaccheck.read.source.variables import converted

MOST_INSTANCES = 10_000


class Instance(NamedTuple):
    """One instance of a block. `guessed`: how many there are isn't known, and this one stands for all."""

    key: Key = None
    names: dict[str, Any] = {}
    guessed: bool = False


class Scope:
    """What names mean in one instance of a module."""

    def __init__(
        self, source: Source, path: ModulePath, module: Module, outer: "Outer", *, guessed: bool = False
    ) -> None:
        self.path = path
        self.module = module
        self.guessed = guessed
        self._source = source
        self._outer = outer
        self._memo: dict[object, Any] = {}

    @property
    def calls(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.path)

    def value(self, tree: Expression | None, names: dict[str, Any] | None = None) -> Any:
        """What an expression is worth here; `names` are those of the block's instance: `each` and `count`."""
        if tree is None:
            return UNKNOWN
        try:
            return bounded(evaluate(tree, self._names(names or {})))
        except RecursionError:
            return UNKNOWN

    def _names(self, own: dict[str, Any]) -> Names:
        def meaning(root: str, steps: tuple[Step, ...]) -> Any:
            if root in own or root in ("each", "count"):
                return taken(own.get(root, UNKNOWN), steps)
            return self._remembered((root, steps))

        return meaning

    def _remembered(self, reference: tuple[str, tuple[Step, ...]]) -> Any:
        if reference not in self._memo:
            # What is defined by itself has no value.
            self._memo[reference] = UNKNOWN
            self._memo[reference] = self._meaning(*reference)
        return self._memo[reference]

    def _meaning(self, root: str, steps: tuple[Step, ...]) -> Any:
        if root in ("var", "local") and steps:
            name = str(steps[0].value)
            if len(steps) > 1:
                return taken(self._remembered((root, steps[:1])), steps[1:])
            return self.variable(name) if root == "var" else self.value(self.module.local(name))
        if root == "module" and steps:
            return self._module(str(steps[0].value), steps[1:])
        if root == "data" and len(steps) > 1:
            return self._resource("data", str(steps[0].value), str(steps[1].value), steps[2:])
        if root not in ("path", "terraform", "self") and steps:
            return self._resource("managed", root, str(steps[0].value), steps[1:])
        return UNKNOWN

    # --- variables ---------------------------------------------------------------------------------------------

    def variable(self, name: str) -> Any:
        block = self.module.variables.get(name)
        if block is None:
            return UNKNOWN
        value = self._outer.argument(name)
        if value is NOT_SET or (value is None and self.value(block.body.expression("nullable")) is False):
            tree = block.body.expression("default")
            value = UNKNOWN if tree is None else self.value(tree)
        return converted(value, block.body.expression("type"))

    # --- instances ---------------------------------------------------------------------------------------------

    def instances(self, block: Located) -> list[Instance]:
        """The instances of a resource or module call; one that stands for all where their number isn't known."""
        key = (block.type, block.labels)
        if key not in self._memo:
            self._memo[key] = [Instance(guessed=True)]
            self._memo[key] = list(self._instances(block))
        found: list[Instance] = self._memo[key]
        return found

    def _instances(self, block: Located) -> Iterator[Instance]:
        repetition, count = block.body.expression("for_each"), block.body.expression("count")
        if repetition is not None:
            value = self.value(repetition)
            if not isinstance(value, list | dict) or len(value) > MOST_INSTANCES:
                yield Instance(guessed=True)
                return
            pairs = elements(value) if isinstance(value, dict) else [(item, item) for item in value]
            if not all(isinstance(key, str) for key, _ in pairs):
                yield Instance(guessed=True)
                return
            yield from (Instance(key, {"each": {"key": key, "value": item}}) for key, item in pairs)
        elif count is not None:
            number = self.value(count)
            number = int(number) if isinstance(number, str) and number.isdecimal() else number
            if not isinstance(number, int) or isinstance(number, bool) or number > MOST_INSTANCES:
                # The one that references name: most counts that can't be known are `condition ? 1 : 0`.
                yield Instance(0, {}, guessed=True)
                return
            yield from (Instance(index, {"count": {"index": index}}) for index in range(number))
        else:
            yield Instance()

    def children(self, name: str) -> list[tuple[Instance, "Scope"]]:
        """The instances of a called module; none where it isn't at hand."""
        key = ("children", name)
        if key not in self._memo:
            call, module = self.module.calls.get(name), self._source.module((*self.calls, name))
            self._memo[key] = []
            if call is not None and module is not None:
                self._memo[key] = [(i, self._child(name, call, module, i)) for i in self.instances(call)]
        found: list[tuple[Instance, Scope]] = self._memo[key]
        return found

    def _child(self, name: str, call: Located, module: Module, instance: Instance) -> "Scope":
        path = (*self.path, (name, instance.key))
        outer = Outer(self, call, instance)
        return Scope(self._source, path, module, outer, guessed=self.guessed or instance.guessed)

    # --- objects -----------------------------------------------------------------------------------------------

    def _module(self, name: str, steps: tuple[Step, ...]) -> Any:
        call, children = self.module.calls.get(name), self.children(name)
        if call is None or any(instance.guessed for instance, _ in children):
            return UNKNOWN
        if self._source.module((*self.calls, name)) is None:
            return UNKNOWN
        return _chosen(call, [(instance.key, scope) for instance, scope in children], steps, Scope.output)

    def output(self, steps: tuple[Step, ...]) -> Any:
        """An output, or an object of all."""
        if not steps:
            return {name: self._output(name) for name in self.module.outputs}
        return taken(self._output(str(steps[0].value)), steps[1:])

    def _output(self, name: str) -> Any:
        key = ("output", name)
        if key not in self._memo:
            block = self.module.outputs.get(name)
            self._memo[key] = UNKNOWN
            self._memo[key] = self.value(block.body.expression("value")) if block else UNKNOWN
        return self._memo[key]

    def _resource(self, mode: str, type_name: str, name: str, steps: tuple[Step, ...]) -> Any:
        block = self.module.resource(mode, type_name, name)
        if block is None:
            return UNKNOWN
        found = self.instances(block)
        if any(instance.guessed for instance in found):
            return UNKNOWN
        return _chosen(block, [(i.key, (self, block, i)) for i in found], steps, _attribute)


class Outer(NamedTuple):
    """Where a module's arguments come from: the instance of a call; of the root, the given values."""

    scope: Scope | None = None
    call: Located | None = None
    instance: Instance = Instance()
    given: dict[str, Any] = {}

    def argument(self, name: str) -> Any:
        if self.scope is None or self.call is None:
            return self.given.get(name, NOT_SET)
        tree = self.call.body.expression(name)
        return NOT_SET if tree is None else self.scope.value(tree, self.instance.names)


NOT_SET = Unknown()


def _attribute(part: tuple[Scope, Located, Instance], steps: tuple[Step, ...]) -> Any:
    """An attribute that is written down, or an object of all that are."""
    scope, block, instance = part
    if steps:
        return taken(scope.value(block.body.expression(str(steps[0].value)), instance.names), steps[1:])
    written = (name for name in block.body.attributes if name not in META_ATTRIBUTES)
    return {name: scope.value(block.body.expression(name), instance.names) for name in written}


def _chosen(block: Located, found: list[tuple[Key, Any]], steps: tuple[Step, ...], read: Any) -> Any:
    """What steps choose of the instances of a block, each of which `read` reads."""
    if "for_each" not in block.body.attributes and "count" not in block.body.attributes:
        return read(found[0][1], steps)
    if not steps:
        if "count" in block.body.attributes:
            return [read(part, ()) for _, part in found]
        return {str(key): read(part, ()) for key, part in found}
    part = dict(found).get(steps[0].value) if steps[0].indexes else None
    return UNKNOWN if part is None else read(part, steps[1:])


def scopes(source: Source, given: dict[str, Any]) -> Iterator[Scope]:
    """Every instance of every module that is at hand, the root first; at most MOST_INSTANCES."""
    root = source.module(())
    if root is None:
        return
    pending = [Scope(source, (), root, Outer(given=given))]
    for _ in range(MOST_INSTANCES):
        if not pending:
            return
        scope = pending.pop()
        yield scope
        pending.extend(child for name in reversed(scope.module.calls) for _, child in reversed(scope.children(name)))
