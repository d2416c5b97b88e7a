#!/usr/bin/env python3
"""Writes src/catalog/conn_types.json: what the forms and hooks of all providers say of each connection type.

usage: gen_catalog.py [--wheels FOLDER] [--why TYPE] [--output FILE]

The wheels are those of gen_connection_types.py; those that stand in FOLDER are taken as they are, and otherwise the newest are downloaded.
They are parsed, and nothing of theirs is imported or run. An extra stands in the catalogue if the form of the type has it (`conn-fields`,
`get_connection_form_widgets`, the example of its extra), or if a hook of the type, a class that it is made of, or a function of one of their modules
takes it from what holds the extras of a connection. Extras that a hook hands on as a whole make a type open. What cannot be seen in this way
stands in catalog.txt, with its reason. Types in src/hooks/types say it themselves. --why shows where each name comes from.
"""
import argparse
import ast
import json
import pathlib
import re
import tempfile
import zipfile

from gen_connection_types import MORE, PREFIX, ROOT, download, providers

HERE = pathlib.Path(__file__).resolve().parent
MAX_BYTES = 120 * 1024
EXTRAS = re.compile(r"_?(conn(ection)?_)?extras?(_options|_dejson|_config|_dict)?")
FIELD_OF = re.compile(r"_?_?(get_|extract_|resolve_)?(from_)?(field|extra|conn(ection)?_(value|param|extra)|extra_(field|value)|param(eter)?)(_value|_extra)?(_with_default)?$")
TAKES = {"get", "pop", "setdefault", "__getitem__"}
# Classes to which a hook gives the whole connection.
MADE_BY = {"gcp_looker": ["google.cloud.hooks.looker.LookerApiSettings"],
           "aws": ["amazon.aws.utils.connection_wrapper.AwsConnectionWrapper", "amazon.aws.hooks.base_aws.BaseSessionFactory"]}
CORE = {"airflow.sdk.bases.hook", "airflow.hooks.base"}


class Wheels:
    """The modules of all wheels, and the classes in them."""

    def __init__(self, folder):
        self.infos, self.texts, self.parsed = {}, {}, {}
        for wheel in sorted(folder.glob("apache_airflow_providers_*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                for name in archive.namelist():
                    if name.startswith("airflow/providers/") and name.endswith(".py"):
                        module = name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
                        self.texts[module] = archive.read(name).decode()
                        if name.endswith("/get_provider_info.py"):
                            self.infos[wheel.name.split("-")[1], name] = self.literal(self.texts[module])

    @staticmethod
    def literal(text):
        return ast.literal_eval(next(node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Return)))

    def module(self, name):
        if name not in self.parsed:
            self.parsed[name] = ast.parse(self.texts[name]) if name in self.texts else None
        return self.parsed[name]

    def named(self, module, name):
        """The module and the name of what a name in a module stands for."""
        for node in ast.walk(self.module(module)):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        return node.module, alias.name
        return module, name

    def classes(self, path, seen=None):
        """A class and those that it is made of, each with its module."""
        seen = set() if seen is None else seen
        module, _, name = path.rpartition(".")
        if path in seen or module in CORE or self.module(module) is None:
            return
        seen.add(path)
        for node in ast.walk(self.module(module)):
            if isinstance(node, ast.ClassDef) and node.name == name:
                yield module, node
                for base in node.bases:
                    base = base.value if isinstance(base, ast.Subscript) else base
                    if isinstance(base, ast.Name):
                        yield from self.classes(".".join(self.named(module, base.id)), seen)
                return
        found = self.named(module, name)
        if found != (module, name):
            yield from self.classes(".".join(found), seen)


def functions(wheels, classes):
    """The functions of a class: of those that it is made of only what is not written anew, and of their modules what stands outside of classes."""
    found = {}
    for _, node in classes:
        for one in node.body:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and "openlineage" not in one.name:
                kept = found.setdefault(one.name, [])
                if not kept or "super()" in ast.unparse(kept[-1]) or any(map(is_setter, [one, *kept])):
                    kept.append(one)
    if "sqlalchemy_url" in found and len(found.get("get_uri", ())) == 1 and "self.__schema" in ast.unparse(found["get_uri"][0]):
        # DbApiHook asks for its own URI only where there is no `sqlalchemy_url`.
        own = found["sqlalchemy_url"][0]
        if "NotImplementedError" not in ast.unparse(own):
            del found["get_uri"]
    found.pop("connection_extra_lower", None)
    outside = [f for module in sorted({m for m, _ in classes}) for f in wheels.module(module).body if isinstance(f, ast.FunctionDef)]
    return [one for kept in found.values() for one in kept] + outside


def is_setter(node):
    return any(isinstance(one, ast.Attribute) and one.attr == "setter" for one in node.decorator_list)


class Reader(ast.NodeVisitor):
    """What functions take from the extras of a connection."""

    def __init__(self, trees, constants):
        self.names, self.reads, self.handed_on = set(), {}, {}
        self.constants = constants
        for _ in range(3):
            for tree in trees:
                self.names = {name for name in self.names | self.assigned(tree) if name.startswith(".")}
        of_all, given = self.names, {}
        for last in (False, False, False, True):
            for tree in trees:
                self.names = of_all | given.get(tree.name, set())
                for _ in range(3):
                    self.names = self.names | self.assigned(tree)
                if last:
                    self.lists = {self.name(target): node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) for target in node.targets}
                    self.visit(tree)
                else:
                    self.give(tree, {one.name: one for one in trees}, given)

    def give(self, tree, functions, given):
        """Notes the parameters of our own functions that get all of the extras."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (self.name(node.func) or "").lstrip(".") in functions:
                function = functions[self.name(node.func).lstrip(".")]
                parameters = [one.arg for one in function.args.args if one.arg not in ("self", "cls")]
                for parameter, value in [*zip(parameters, node.args), *((one.arg, one.value) for one in node.keywords)]:
                    if self.holds(value):
                        given.setdefault(function.name, set()).add(parameter)

    def assigned(self, tree):
        """The names to which a function gives all of the extras."""
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None and self.holds(node.value):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {self.name(target) for target in targets} - {None}
            elif isinstance(node, ast.Return) and node.value is not None and self.holds(node.value):
                found.add(f".{tree.name}")
        return found

    @staticmethod
    def name(node):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
            return f".{node.attr}"
        return node.id if isinstance(node, ast.Name) else None

    def holds(self, node):
        """Whether an expression stands for all of the extras."""
        node = node.value if isinstance(node, ast.Await) else node
        if isinstance(node, ast.Attribute) and node.attr in ("extra_dejson", "extra_options", "connection_extra_lower"):
            return True
        name = self.name(node)
        if name is not None:
            return name in self.names or bool(EXTRAS.fullmatch(name.lstrip(".")))
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("get_extra_dejson", "get_async_extra_dejson"):
                return True
            if called in ("copy", "deepcopy", "dict", "loads", "cast"):
                inside = [*node.args, *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
                return any(self.holds(one) or isinstance(one, ast.Attribute) and one.attr == "extra" for one in inside)
        if isinstance(node, ast.BoolOp):
            return any(map(self.holds, node.values))
        if isinstance(node, ast.IfExp):
            return self.holds(node.body) or self.holds(node.orelse)
        return False

    def text(self, node):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        return self.constants.get(self.name(node))

    def read(self, node):
        text = self.text(node)
        if text:
            self.reads.setdefault(bare(text), node.lineno)

    def visit_Subscript(self, node):
        if self.holds(node.value) and isinstance(node.ctx, ast.Load):
            self.read(node.slice)
        self.generic_visit(node)

    def visit_Compare(self, node):
        for operator, right in zip(node.ops, node.comparators):
            if isinstance(operator, ast.In | ast.NotIn) and self.holds(right):
                self.read(node.left)
        self.generic_visit(node)

    def visit_Call(self, node):
        method = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if isinstance(node.func, ast.Attribute) and self.holds(node.func.value):
            if method in TAKES and node.args:
                self.read(node.args[0])
            elif method == "items":
                self.handed_on.setdefault(node.lineno, ast.unparse(node))
        elif FIELD_OF.fullmatch(method):
            named = [k.value for k in node.keywords if k.arg in ("field_name", "field", "key", "name")]
            given = [a for a in node.args if self.text(a)]
            for one in named or given[:1]:
                self.read(one)
        elif method == "update" and any(map(self.holds, node.args)) or method == "get_uri" and "conn" in ast.unparse(node.func).lower():
            self.handed_on.setdefault(node.lineno, ast.unparse(node))
        for keyword in node.keywords:
            if keyword.arg is None and self.holds(keyword.value):
                self.handed_on.setdefault(node.lineno, ast.unparse(node)[:80])
        self.generic_visit(node)

    def visit_Dict(self, node):
        for key, value in zip(node.keys, node.values):
            if key is None and self.holds(value):
                self.handed_on.setdefault(node.lineno, ast.unparse(node)[:80])
        self.generic_visit(node)

    def visit_For(self, node):
        if self.holds(node.iter):
            self.handed_on.setdefault(node.lineno, ast.unparse(node.iter))
        items = self.lists.get(self.name(node.iter), node.iter)
        if isinstance(items, ast.List | ast.Tuple) and isinstance(node.target, ast.Name):
            # `for name in ("a", "b"): if name in extra`
            inner = Reader.__new__(Reader)
            inner.names, inner.lists, inner.reads, inner.handed_on = self.names, self.lists, {}, {}
            for one in items.elts:
                inner.constants = {**self.constants, node.target.id: self.text(one)}
                for statement in node.body:
                    inner.visit(statement)
            self.reads |= {name: line for name, line in inner.reads.items() if name not in self.reads}
        self.generic_visit(node)


def bare(key):
    """The key without the old `extra__<type>__` prefix."""
    parts = key.split("__", 2)
    return parts[2] if len(parts) == 3 and parts[0] == "extra" else key


def examples(text):
    """The names in the example of an extra, where it is one object of JSON."""
    try:
        given = json.loads(text)
    except (TypeError, ValueError):
        return []
    return list(given) if isinstance(given, dict) else []


def of_form(kind, classes):
    """The extras of a form, and the fields that it hides: in the provider's data, or in the hook."""
    fields = [bare(name) for name in kind.get("conn-fields") or {}]
    behaviour = kind.get("ui-field-behaviour") or {}
    for _, node in classes:
        for function in (f for f in node.body if isinstance(f, ast.FunctionDef)):
            if function.name == "get_connection_form_widgets" and not fields:
                fields = [bare(key.value) for d in ast.walk(function) if isinstance(d, ast.Dict) for key in d.keys if isinstance(key, ast.Constant)]
            elif function.name == "get_ui_field_behaviour" and not behaviour:
                for d in ast.walk(function):
                    if isinstance(d, ast.Dict) and any(isinstance(k, ast.Constant) and k.value == "hidden_fields" for k in d.keys):
                        behaviour = of_source(d)
    placeholders = behaviour.get("placeholders") or {}
    fields += [bare(name) for name in placeholders if name.startswith("extra__")]
    fields += examples(placeholders.get("extra"))
    return fields, behaviour.get("hidden-fields", behaviour.get("hidden_fields")) or []


def of_source(node):
    """A literal of source, without what is not one; `json.dumps(LITERAL)` counts as its text."""
    out = {}
    for key, value in zip(node.keys, node.values):
        if not isinstance(key, ast.Constant):
            continue
        if isinstance(value, ast.Dict):
            out[key.value] = of_source(value)
        elif isinstance(value, ast.Call) and getattr(value.func, "attr", "") == "dumps" and isinstance(value.args[0], ast.Dict):
            out[key.value] = json.dumps(of_source(value.args[0]))
        else:
            try:
                out[key.value] = ast.literal_eval(value)
            except ValueError:
                out[key.value] = ""
    return out


def corrections():
    """catalog.txt: TYPE[,TYPE] open|closed|+NAME|-NAME | reason."""
    out = []
    for line in (HERE / "catalog.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            head, _, reason = line.partition(" | ")
            types, *what = head.split()
            if not reason or not what:
                raise SystemExit(f"catalog.txt: {line}")
            out += [(one, what) for one in types.split(",")]
    return out


def detailed():
    """The types in src/hooks/types: their extras, with what their driver takes where it refuses others, and whether others are handed on."""
    for file in (ROOT / "src/hooks/types").glob("*.json"):
        data = json.loads(file.read_text())
        taken = data["arguments"] if data["others"] == "refused" else []
        yield data["type"], {*data["extras"], *taken}, data["others"] in ("driver", "header")


def constants(wheels, classes):
    """Names of classes and modules that stand for texts."""
    found = {}
    for body in [node.body for _, node in classes] + [wheels.module(module).body for module, _ in classes]:
        for node in body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        found[target.id] = found[f".{target.id}"] = node.value.value
    return found


def entries(wheels, why):
    out = {}
    for (version, _), info in wheels.infos.items():
        package = info["package-name"].removeprefix(PREFIX)
        for kind in info.get("connection-types") or []:
            name = kind["connection-type"]
            classes = list(wheels.classes(kind["hook-class-name"]))
            form, hidden = of_form(kind, classes)
            for more in MADE_BY.get(name, ()):
                classes += wheels.classes(f"airflow.providers.{more}")
            reader = Reader(functions(wheels, classes), constants(wheels, classes))
            if name == why:
                print(json.dumps({"classes": [node.name for _, node in classes], "form": form, "read (line)": reader.reads,
                                  "handed on (line)": reader.handed_on}, indent=1))
            out[name] = {"hook_name": kind.get("hook-name") or hook_name(classes), "provider": package, "provider_version": version,
                         "hidden_fields": sorted(hidden), "passthrough": bool(reader.handed_on), "extras": {*form, *reader.reads} - {""}}
    return out


def hook_name(classes):
    for _, node in classes:
        for line in node.body:
            if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "hook_name" and isinstance(line.value, ast.Constant):
                return line.value.value
    return None


def corrected(types):
    for name, what in corrections():
        entry = types[name]
        for word in what:
            before = (entry["passthrough"], set(entry["extras"]))
            if word in ("open", "closed"):
                entry["passthrough"] = word == "open"
            elif word[0] == "+":
                entry["extras"].add(word[1:])
            else:
                entry["extras"].discard(word[1:])
            if before == (entry["passthrough"], entry["extras"]):
                raise SystemExit(f"catalog.txt: {name} {word} changes nothing")
    for name, extras, is_open in detailed():
        types[name] |= {"extras": extras, "passthrough": is_open}


def text(types):
    """A line for each extra."""
    blocks = []
    for name in sorted(types):
        *head, (_, extras) = types[name].items()
        lines = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head]
        inner = ",\n".join(f"    {json.dumps(extra)}" for extra in sorted(extras))
        lines.append(f'  "extras": [\n{inner}\n  ]' if extras else '  "extras": []')
        blocks.append(f"{json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=pathlib.Path)
    parser.add_argument("--why", metavar="TYPE")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "src/catalog/conn_types.json")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.wheels or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if not any(folder.glob("*.whl")):
            download(providers() + [one for one in MORE if "==" not in one], folder)
        types = entries(Wheels(folder), arguments.why)
    corrected(types)
    written = text(types)
    size = len(written.encode())
    if size > MAX_BYTES:
        raise SystemExit(f"the catalogue has {size} bytes, more than {MAX_BYTES}")
    arguments.output.write_text(written, encoding="utf-8", newline="\n")
    print(f"{len(types)} connection types, {size} bytes")


if __name__ == "__main__":
    main()
