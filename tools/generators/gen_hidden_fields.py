#!/usr/bin/env python3
"""Writes src/catalog/hidden_fields.json: fields that the form of a connection type hides and that nothing in its provider reads.

usage: gen_hidden_fields.py FOLDER...      FOLDER: a wheel of a provider, unpacked

Nothing is imported or run. A type's form and hook stand in get_provider_info.py and in get_ui_field_behaviour. A field counts as read where
a module of the hook, one that it imports from the same provider, or one that imports it (an operator, a sensor) takes an attribute of that
name from what may be a connection by its name or origin, or asks it for its whole URI. So a field that is listed is read by nobody; of one that is not listed nothing is
known. Types of hooks on DbApiHook that do not say themselves how their URI is made are left out.
"""
import ast
import json
import pathlib
import sys

TARGET = pathlib.Path(__file__).resolve().parents[2] / "src/catalog/hidden_fields.json"
FIELDS = ["host", "schema", "login", "password", "port"]
# Others call these on a connection, and get all of its fields.
WHOLE = {"get_uri", "as_json", "to_dict", "get_hook"}


class Package:
    """The modules of one provider."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder)
        self.info = next(self.root.glob("airflow/providers/**/get_provider_info.py"))
        self.modules, self.imports = {}, {}
        for path in self.root.glob("airflow/providers/**/*.py"):
            name = ".".join(path.relative_to(self.root).with_suffix("").parts).removesuffix(".__init__")
            self.modules[name] = ast.parse(path.read_text())
        for name, tree in self.modules.items():
            self.imports[name] = {m for m in self.named(tree) if m in self.modules}

    @staticmethod
    def named(tree):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def provider(self):
        tree = ast.parse(self.info.read_text())
        returned = next(n.value for n in ast.walk(tree) if isinstance(n, ast.Return))
        return ast.literal_eval(returned)

    def around(self, module):
        """The module, what it imports, and what imports it."""
        seen, open_ = set(), [module]
        while open_:
            name = open_.pop()
            if name not in seen:
                seen.add(name)
                open_ += self.imports.get(name, ())
        return seen | {name for name, imported in self.imports.items() if module in imported}

    def reads(self, modules):
        """Fields that these modules may take from a connection."""
        found = set()
        for module in modules:
            tree = self.modules[module]
            # What comes from get_connection is one, whatever its name.
            made = {
                target.id
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and "get_connection" in ast.dump(node.value)
                for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
                if isinstance(target, ast.Name)
            }
            may_be = lambda node: "conn" in ast.unparse(node).lower() or (isinstance(node, ast.Name) and node.id in made)
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and may_be(node.value):
                    found |= set(FIELDS) if node.attr in WHOLE else {node.attr} & set(FIELDS)
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr" and may_be(node.args[0]):
                    name = node.args[1]
                    found |= ({name.value} & set(FIELDS)) if isinstance(name, ast.Constant) else set(FIELDS)
        return found

    def hidden(self, kind, module, class_name):
        """Fields that the form hides: in the provider's data, or in the hook."""
        behaviour = kind.get("ui-field-behaviour") or {}
        if "hidden-fields" in behaviour:
            return behaviour["hidden-fields"]
        for name in [class_name] + [b for b in self.bases(module, class_name)]:
            for tree in (self.modules[m] for m in self.around(module)):
                for node in ast.walk(tree):
                    if isinstance(node, ast.ClassDef) and node.name == name:
                        for function in node.body:
                            if isinstance(function, ast.FunctionDef) and function.name == "get_ui_field_behaviour":
                                for inner in ast.walk(function):
                                    if isinstance(inner, ast.Dict):
                                        for key, value in zip(inner.keys, inner.values):
                                            if isinstance(key, ast.Constant) and key.value == "hidden_fields":
                                                return ast.literal_eval(value)
        return []

    def bases(self, module, class_name):
        for node in ast.walk(self.modules[module]):
            if isinstance(node, ast.ClassDef) and node.name == class_name:
                for base in node.bases:
                    name = base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
                    yield name
                    yield from self.bases(module, name)


def main(*folders):
    if not folders:
        sys.exit(__doc__)
    out = []
    for folder in folders:
        package = Package(folder)
        info = package.provider()
        provider = info["package-name"].removeprefix("apache-airflow-providers-")
        version = next(package.root.glob("*.dist-info")).name.removesuffix(".dist-info").split("-")[1]
        for kind in info.get("connection-types", []):
            module, _, class_name = kind["hook-class-name"].rpartition(".")
            if module not in package.modules:
                continue
            around = package.around(module)
            database = any(base in ("DbApiHook", "DiscoverableHook") for base in package.bases(module, class_name))
            own_uri = any(isinstance(n, ast.FunctionDef) and n.name == "get_uri" for n in ast.walk(package.modules[module]))
            if database and not own_uri:
                continue
            never = [f for f in FIELDS if f in package.hidden(kind, module, class_name) and f not in package.reads(around)]
            if never:
                out.append({"conn_type": kind["connection-type"], "fields": never, "source": f"{class_name}, {provider} {version}"})
    out.sort(key=lambda one: one["conn_type"])
    TARGET.write_text("[\n" + ",\n".join(json.dumps(one) for one in out) + "\n]\n")
    print(f"{len(out)} types")


if __name__ == "__main__":
    main(*sys.argv[1:])
