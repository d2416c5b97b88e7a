#!/usr/bin/env python3
"""Write src/catalog/conn_types.json from a dump of the connection types that the providers declare.

    tools/generators/gen_catalog.py CONNECTION_TYPES_JSON [OUTPUT]

The input is a JSON list with one object per connection type: what the provider declares (hook_name, provider, provider_version,
hidden_fields, conn_fields) and what its hook was seen to read (extra_keys_read, extra_passthrough). The output keeps what the
checks need. It is sorted and depends on nothing but the input, so that a diff shows what changed. Never edit it by hand.
"""

import json
import sys
from pathlib import Path

DEFAULT_OUTPUT = Path(__file__).resolve().parents[2] / "src" / "catalog" / "conn_types.json"
MAX_BYTES = 120 * 1024
PROVIDER_PREFIX = "apache-airflow-providers-"


def bare(key):
    """The key without the old `extra__<type>__` prefix."""
    parts = key.split("__", 2)
    return parts[2] if len(parts) == 3 and parts[0] == "extra" else key


def entry(raw):
    keys = {bare(key) for key in raw["extra_keys_read"]} | {bare(key) for key in raw["conn_fields"]}
    keys.discard("")
    return {
        "hook_name": raw["hook_name"],
        "provider": raw["provider"].removeprefix(PROVIDER_PREFIX),
        "provider_version": raw["provider_version"],
        "hidden_fields": sorted(raw["hidden_fields"] or []),
        "extras": sorted(keys),
        "passthrough": bool(raw["extra_passthrough"]),
    }


def render(types):
    """One connection type a line, without blanks."""
    lines = [
        f"{json.dumps(name)}:{json.dumps(types[name], ensure_ascii=False, separators=(',', ':'))}"
        for name in sorted(types)
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments):
    if len(arguments) not in (1, 2):
        sys.exit(__doc__)
    raws = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    types = {}
    for raw in raws:
        name = raw["connection_type"]
        if name in types:
            sys.exit(f"{name} is given twice")
        types[name] = entry(raw)
    text = render(types)
    size = len(text.encode("utf-8"))
    if size > MAX_BYTES:
        sys.exit(f"the catalogue has {size} bytes, more than {MAX_BYTES}")
    output = Path(arguments[1]) if len(arguments) == 2 else DEFAULT_OUTPUT
    output.write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(types)} connection types, {size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
