"""references: follow what an expression of the configuration refers to, through modules, variables, outputs and locals.

Operators, functions and instance keys are lost in a plan. So a trace ends in all that the expression can mean, and says
what it could not follow.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET, Raw

from iaccheck.address import Key, ModulePath, format_module, without_keys
from iaccheck.facts import Facts
from iaccheck.model import ModuleConfiguration, Plan, ResourceConfiguration
from iaccheck.resolve.blocks import Blocks, block_name
from iaccheck.resolve.traces import NOTHING, Locals, Path, Reference, Scope, Trace, grouped, indexed, picked

# What a name of a location, a GUID, an id or a CRN is made of. Other strings never leave a trace.
_PLAIN = re.compile(r"[A-Za-z0-9_.:/*-]{1,256}")
_DEPTH = 200


class References:
    """Follows the expressions of one plan. `stops` are the roles at whose objects a trace ends."""

    def __init__(self, plan: Plan, blocks: Blocks, facts: Facts, local_values: Locals | None = None) -> None:
        self._variables_given = plan.variables
        self._blocks = blocks
        self._facts = facts
        self._locals = local_values
        self._memo: dict[object, Trace] = {}
        self._decoded: dict[bytes, Any] = {}
        self._grouped: dict[tuple[str, ...], list[Reference]] = {}

    # --- following ---------------------------------------------------------------------------------------------

    def attribute(
        self, block: ResourceConfiguration, module: str, key: Key, attribute: str, stops: frozenset[str]
    ) -> Trace:
        """Where an attribute of a resource leads. An attribute that isn't set leads nowhere."""
        expression = self._blocks.expressions(block).get(attribute)
        if expression is None:
            return NOTHING
        return self.expression(expression, self.scope(block, module, key), (), stops)

    def scope(self, block: ResourceConfiguration, module: str, key: Key) -> Scope:
        """Where the expressions of one instance of a block stand."""
        keys = self._blocks.objects.get((module, block_name(block.mode, block.type, block.name)), {})
        return Scope(self._blocks.path(module), key, block.for_each_expression, frozenset(keys))

    def expression(self, expression: Any, scope: Scope, attributes: Path, stops: frozenset[str]) -> Trace:
        """Where an expression leads; `attributes` is the part of its value that is asked for."""
        return self._follow(self._decode(expression), scope, attributes, stops, 0)

    def _follow(self, expression: Any, scope: Scope, attributes: Path, stops: frozenset[str], depth: int) -> Trace:
        if depth > _DEPTH:
            return Trace(gaps=frozenset({"references nested too deeply"}))
        if isinstance(expression, list):
            return self._union(self._follow(part, scope, attributes, stops, depth + 1) for part in expression)
        if not isinstance(expression, dict):
            return NOTHING
        if "constant_value" in expression:
            return Trace(literals=frozenset(self._strings(picked(expression["constant_value"], attributes))))
        if "every" in expression:
            # `{ for k, v in x : k => one }`: the same behind each key.
            return self._follow(expression["every"], scope, attributes[1:], stops, depth + 1)
        if "references" in expression:
            references = self._references(expression["references"])
            if attributes and "element" in expression:
                # `{ for k, v in x : k => v.guid }`: what is behind a key is that attribute of x's element.
                attributes = (attributes[0], *expression["element"], *attributes[1:])
            return self._follow_references(references, scope, attributes, stops, depth)
        if not expression:
            return Trace(gaps=frozenset({"a function of constants"}))
        if isinstance(expression.get("list"), list):
            return self._follow_list(expression["list"], scope, attributes, stops, depth)
        if isinstance(expression.get("object"), dict):
            expression = expression["object"]
        if attributes and attributes[0] in expression:
            return self._follow(expression[attributes[0]], scope, attributes[1:], stops, depth + 1)
        return self._union(self._follow(part, scope, (), stops, depth + 1) for part in expression.values())

    def _references(self, listed: Any) -> list[Reference]:
        """The references of an expression; modules made from one source write the same again and again."""
        names = tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else ()
        known = self._grouped.get(names)
        if known is None:
            known = self._grouped[names] = list(grouped(names))
        return known

    def _decode(self, expression: Any) -> Any:
        if not isinstance(expression, Raw):
            return expression
        text = bytes(expression)
        known = self._decoded.get(text)
        if known is None:
            known = self._decoded[text] = msgspec.json.decode(text)
        return known

    def _follow_list(
        self, items: list[Any], scope: Scope, attributes: Path, stops: frozenset[str], depth: int
    ) -> Trace:
        """A list as the source writes it: one of its items, or any."""
        if attributes and isinstance(attributes[0], int) and attributes[0] < len(items):
            return self._follow(items[attributes[0]], scope, attributes[1:], stops, depth + 1)
        return self._union(self._follow(item, scope, (), stops, depth + 1) for item in items)

    def _union(self, traces: Iterator[Trace]) -> Trace:
        result = NOTHING
        for trace in traces:
            result |= trace
        return result

    def _follow_references(
        self,
        references: list[Reference],
        scope: Scope,
        attributes: Path,
        stops: frozenset[str],
        depth: int,
    ) -> Trace:
        containers = [r for r in references if r.head in ("module", "resource", "data", "local", "var")]
        if len(references) == 2 and len(containers) >= 1:
            # `module.sm[each.key]`, `module.sm[var.region]`: the plan lists the container, then what indexes it.
            container, index = references
            if container in containers and not indexed(container):
                key = self._index_value(index, scope, depth)
                if key is not None and self._is_key_of(container, index, scope, key, depth):
                    return self._follow_one(container, scope, (key, *attributes), stops, depth)
        if len(references) == 1:
            return self._follow_one(references[0], scope, attributes, stops, depth)
        return self._union(self._follow_one(r, scope, (), stops, depth) for r in references)

    def _follow_one(
        self, reference: Reference, scope: Scope, attributes: Path, stops: frozenset[str], depth: int
    ) -> Trace:
        # Only `each` and `count` mean something else for another instance or repetition of the same module.
        own = (scope.key, scope.for_each_text) if reference.head in ("each", "count") else None
        key = (reference.text, scope.path, own, attributes, stops)
        known = self._memo.get(key)
        if known is None:
            self._memo[key] = Trace(gaps=frozenset({f"{reference.text} refers to itself"}))
            known = self._memo[key] = self._follow_head(reference, scope, attributes, stops, depth + 1)
        return known

    def _follow_head(
        self, reference: Reference, scope: Scope, attributes: Path, stops: frozenset[str], depth: int
    ) -> Trace:
        path: Path = (*(step.value for step in reference.rest), *attributes)
        match reference.head:
            case "var" if path:
                return self._variable(scope.path, str(path[0]), path[1:], stops, depth)
            case "module" if path:
                return self._module(reference, scope, path, stops, depth)
            case "resource" | "data" if len(path) >= 2:
                return self._resource(reference.head == "data", scope, path, stops, depth)
            case "each" if path:
                return self._each(scope, path, stops, depth)
            case "local" if path:
                return self._local(scope.path, str(path[0]), path[1:], stops, depth)
            case "count" if isinstance(scope.key, int):
                return NOTHING
            case "path" | "terraform" | "count" | "self":
                return NOTHING
        return Trace(gaps=frozenset({reference.text}))

    def _variable(self, path: ModulePath, name: str, attributes: Path, stops: frozenset[str], depth: int) -> Trace:
        if not path:
            if name in self._variables_given:
                value = self._decode(self._variables_given[name])
                return Trace(literals=frozenset(self._strings(picked(value, attributes))))
            return self._default(path, name, attributes)
        call = self._blocks.calls.get(without_keys(path))
        if call is None:
            return Trace(gaps=frozenset({f"var.{name}"}))
        expression = call.expressions.get(name)
        if expression is None:
            return self._default(path, name, attributes)
        keys = self._blocks.module_keys.get((path[:-1], path[-1][0]), ())
        outer = Scope(path[:-1], path[-1][1], call.for_each_expression, frozenset(keys))
        return self._follow(self._decode(expression), outer, attributes, stops, depth)

    def _default(self, path: ModulePath, name: str, attributes: Path) -> Trace:
        module = self._blocks.modules.get(without_keys(path))
        variable = module.variables.get(name) if module else None
        if variable is None or variable.default is UNSET:
            return Trace(gaps=frozenset({f"var.{name}"}))
        return Trace(literals=frozenset(self._strings(picked(self._decode(variable.default), attributes))))

    def _local(self, path: ModulePath, name: str, attributes: Path, stops: frozenset[str], depth: int) -> Trace:
        expression = self._locals(without_keys(path), name) if self._locals else None
        if expression is None:
            return Trace(gaps=frozenset({f"local.{name}"}))
        return self._follow(expression, Scope(path), attributes, stops, depth)

    def _each(self, scope: Scope, path: Path, stops: frozenset[str], depth: int) -> Trace:
        if path[0] == "key":
            return Trace(literals=frozenset(self._strings(scope.key)))
        if scope.for_each is UNSET or scope.key is None:
            return Trace(gaps=frozenset({"each.value"}))
        expression = self._decode(scope.for_each)
        outer = Scope(scope.path)
        if isinstance(expression, dict) and isinstance(expression.get("constant_value"), list):
            return Trace(literals=frozenset(self._strings(scope.key)))
        trace = self._follow(expression, outer, (scope.key, *path[1:]), stops, depth)
        if trace == NOTHING and len(path) == 1:
            # A set has no values of its own: each.value is each.key.
            return Trace(literals=frozenset(self._strings(scope.key)))
        return trace

    def _module(self, reference: Reference, scope: Scope, path: Path, stops: frozenset[str], depth: int) -> Trace:
        name, rest = str(path[0]), path[1:]
        call = self._blocks.calls.get((*without_keys(scope.path), name))
        if call is None:
            return Trace(gaps=frozenset({reference.text}))
        repeated = call.for_each_expression is not UNSET or call.count_expression is not UNSET
        keys: list[Key] = [None]
        if repeated:
            known = self._blocks.module_keys.get((scope.path, name), set())
            if rest and rest[0] != "*":
                keys, rest = [rest[0]], rest[1:]
            else:
                keys, rest = sorted(known, key=str), rest[1:]
            if not keys:
                return Trace(gaps=frozenset({f"module.{name}, of which no instance is known"}))
        return self._union(
            self._outputs(call.module, Scope((*scope.path, (name, key))), rest, stops, depth) for key in keys
        )

    def _outputs(
        self, module: ModuleConfiguration, scope: Scope, rest: Path, stops: frozenset[str], depth: int
    ) -> Trace:
        if rest:
            output = module.outputs.get(str(rest[0]))
            if output is None:
                return Trace(gaps=frozenset({f"output {rest[0]}"}))
            return self._follow(self._decode(output.expression), scope, rest[1:], stops, depth)
        # Behind a dynamic key the plan drops the name of the output: it can be any of them.
        return self._union(
            self._follow(self._decode(output.expression), scope, (), stops, depth) for output in module.outputs.values()
        )

    def _resource(self, data: bool, scope: Scope, path: Path, stops: frozenset[str], depth: int) -> Trace:
        type_name, name, rest = str(path[0]), str(path[1]), path[2:]
        mode = "data" if data else "managed"
        block = self._blocks.resources.get((without_keys(scope.path), block_name(mode, type_name, name)))
        found = self._blocks.objects.get((format_module(scope.path), block_name(mode, type_name, name)), {})
        chosen = found
        if rest and rest[0] in found:
            chosen, rest = {rest[0]: found[rest[0]]}, rest[1:]
        known = self._facts.type(type_name) if self._facts.relevant(type_name) else None
        if known is not None and rest and isinstance(rest[0], int):
            chosen, rest = {}, rest[1:]
        if known is not None and known.role in stops:
            return Trace(objects=frozenset(chosen.values()))
        if block is None:
            return Trace(gaps=frozenset({f"{type_name}.{name}"}))
        keys: list[Key] = sorted(chosen, key=str) if chosen else [None]
        if known is None and rest and (block.for_each_expression is not UNSET or block.count_expression is not UNSET):
            keys, rest = [rest[0]], rest[1:]
        attribute = known.instance_attribute if known is not None else (str(rest[0]) if rest else "")
        expression = self._blocks.expressions(block).get(attribute)
        if expression is None:
            return NOTHING if known is not None and chosen == {} else Trace(gaps=frozenset({f"{type_name}.{name}"}))
        return self._union(
            self._follow(expression, self.scope(block, format_module(scope.path), key), rest[1:], stops, depth)
            for key in keys
        )

    def _strings(self, value: Any) -> Iterator[str]:
        """The plain strings in a value, and keys of addresses; nothing that could hold a secret's text gets through."""
        if isinstance(value, str):
            if value in self._blocks.keys or _PLAIN.fullmatch(value):
                yield value
        elif isinstance(value, list):
            for item in value:
                yield from self._strings(item)

    # --- instance keys -----------------------------------------------------------------------------------------

    def _index_value(self, reference: Reference, scope: Scope, depth: int) -> Key:
        """The key that an index expression stands for, where it is one plain value."""
        if reference.head == "count":
            return scope.key if isinstance(scope.key, int) else None
        if reference.head == "each" and reference.rest and reference.rest[0].value == "key":
            return scope.key
        trace = self._follow_one(reference, scope, (), frozenset(), depth)
        if len(trace.literals) == 1 and not trace.gaps and not trace.objects:
            return next(iter(trace.literals))
        return None

    def _is_key_of(self, container: Reference, index: Reference, scope: Scope, key: Key, depth: int) -> bool:
        """Whether the plain value of an index is the key that is meant.

        A plan says `module.sm` and `each.key` for `module.sm[each.key]`, and for `module.sm["${each.key}-dr"]` too. So
        it is certain only where both repeat over the same, or the values of all instances are just the keys there are.
        """
        names = tuple(str(step.value) for step in container.rest)
        if container.head not in ("module", "resource", "data") or (container.head == "module" and len(names) > 1):
            return True
        there, repetition = self._repetition(container.head, names, scope)
        if key not in there:
            return False
        plain = index.head == "count" or (index.head == "each" and index.rest[:1] and index.rest[0].value == "key")
        if plain and scope.for_each is not UNSET and scope.for_each_text == repetition != b"{}":
            return True
        values = {self._index_value(index, scope._replace(key=own), depth) for own in scope.keys} or {key}
        return values == there

    def _repetition(self, head: str, names: tuple[str, ...], scope: Scope) -> tuple[set[Key], bytes]:
        """The keys of what is repeated, and the text of the expression over which it is."""
        path = without_keys(scope.path)
        if head == "module":
            call = self._blocks.calls.get((*path, names[0])) if names else None
            keys = self._blocks.module_keys.get((scope.path, names[0]), set()) if names else set()
            return set(keys), bytes(call.for_each_expression) if call and call.for_each_expression is not UNSET else b""
        name = block_name("data" if head == "data" else "managed", *names[:2]) if len(names) > 1 else ""
        block = self._blocks.resources.get((path, name))
        found = self._blocks.objects.get((format_module(scope.path), name), {})
        return set(found), bytes(block.for_each_expression) if block and block.for_each_expression is not UNSET else b""
