"""Make the packaged standards catalogue from files of plain facts.

Usage: python scripts/build_catalogue.py FACTS_DIR [--out DIR]

FACTS_DIR holds `sdtmig-3-4.json`, `adamig-1-3.json` and terminology releases
(`sdtmct-2025-03-28.json.gz`, `adamct-2026-03-27.json`, ...). The same facts give the same
bytes. What is written and why is told in docs/decisions/standards-catalogue.md.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[1] / "cdisc" / "standards" / "data"
TERMINOLOGY = ("sdtmct-2025-03-28", "adamct-2026-03-27", "define-xmlct-2026-03-27")
OBSERVATION_CLASSES = ("Interventions", "Events", "Findings", "Findings About")
SUFFIXES = "Suffixes for User-Defined Timing"
ADAM_ALIASES = {"BDS-TTE": "TTE", "OCCDS-AE": "AE", "ADAE": "AE"}
ADAM_EXTENDS = {
    "ADSL": [SUFFIXES],
    "BDS": ["ADSL", SUFFIXES],
    "TTE": ["BDS", "ADSL", SUFFIXES],
    "OCCDS": ["ADSL", SUFFIXES],
    "AE": ["OCCDS", "ADSL", SUFFIXES],
}
Facts = dict[str, Any]
Row = list[Any]


def row(facts: Facts, group: str, codelists: list[str] | None = None) -> Row:
    """A variable as it is packaged: name, label, type, role, core, codelists, format, values."""
    return [
        facts["name"],
        facts["label"],
        facts["type"],
        group,
        facts.get("core", "").replace("Not used", "Not Used"),
        facts.get("codelists", []) if codelists is None else codelists,
        facts.get("format", ""),
        facts.get("values", []),
    ]


def sdtmig(facts: Facts) -> Facts:
    """SDTMIG with, for each dataset, the SDTM model's list in which its variables stand."""
    by_dataset: dict[str, list[Facts]] = defaultdict(list)
    for variable in facts["variables"]:
        by_dataset[variable["dataset"]].append(variable)
    model = model_lists(facts["model"], agreed_codelists(facts))
    datasets = []
    for dataset in sorted(facts["datasets"], key=lambda d: d["order"]):
        name, class_ = dataset["name"], dataset["class"]
        variables = sorted(by_dataset[name], key=lambda v: v["order"])
        datasets.append(
            {
                "name": name,
                "label": dataset["label"],
                "class": class_,
                "structure": dataset["structure"].rstrip("."),
                "extends": [f"model:{name if f'model:{name}' in model else class_}"],
                "variables": [row(variable, variable["role"]) for variable in variables],
            }
        )
    used = {name for dataset in datasets for name in dataset["extends"]}
    return {
        "standard": facts["standard"],
        "version": facts["version"],
        "aliases": {},
        "lists": {name: rows for name, rows in model.items() if name in used},
        "datasets": datasets,
    }


def model_lists(model: Facts, codelists: dict[str, list[str]]) -> dict[str, list[Row]]:
    """The SDTM model's variables in order: by observation class, and by dataset elsewhere.

    In an observation class the identifiers come first, then the class's own variables, then
    timing; --OBJ of Findings About follows --TEST (SDTM 2.0, section 3.1).
    """
    common = model["classes"]["General Observations"]
    identifiers = [v for v in common if v["role"] != "Timing"]
    timing = [v for v in common if v["role"] == "Timing"]
    lists = {}
    for class_ in OBSERVATION_CLASSES:
        own = list(model["classes"][class_])
        if class_ == "Findings About":
            findings = model["classes"]["Findings"]
            after = [v["name"] for v in findings].index("--TEST") + 1
            own = [*findings[:after], *own, *findings[after:]]
        variables = [*identifiers, *own, *timing]
        lists[f"model:{class_}"] = [
            row(v, v["role"], codelists.get(v["name"], [])) for v in variables
        ]
    for name, dataset in model["datasets"].items():
        lists[f"model:{name}"] = [row(v, v["role"]) for v in dataset["variables"]]
    return lists


def agreed_codelists(facts: Facts) -> dict[str, list[str]]:
    """Codelists of a model variable on which every dataset of the guide that has it agrees."""
    uses: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for variable in facts["variables"]:
        name = variable["name"]
        general = f"--{name[2:]}" if name.startswith(variable["dataset"][:2]) else name
        uses[general][tuple(variable.get("codelists", ()))] += 1
    return {name: list(next(iter(found))) for name, found in uses.items() if len(found) == 1}


def adamig(facts: Facts) -> Facts:
    """ADaM structures: ADSL, BDS, OCCDS, with TTE and AE as their subclasses."""
    about = {entry["structure"]: entry for entry in facts["structures"]}
    found: dict[str, list[Facts]] = defaultdict(list)
    for variable in facts["variables"]:
        structure = "TTE" if variable["structure"] == "BDS for TTE" else variable["structure"]
        structure = SUFFIXES if variable["varset"] == SUFFIXES else structure
        found[structure].append(variable)
    found["TTE"].sort(key=lambda v: v["order"])
    datasets = [
        {
            "name": name,
            "label": about[name]["label"],
            "class": about[name]["class"],
            "subclass": about[name]["subClass"] or "",
            "structure": "",
            "extends": extends,
            "variables": adam_rows(found[name]),
        }
        for name, extends in ADAM_EXTENDS.items()
    ]
    return {
        "standard": facts["standard"],
        "version": "1.3",
        "aliases": ADAM_ALIASES,
        "lists": {SUFFIXES: adam_rows(found[SUFFIXES])},
        "datasets": datasets,
    }


def adam_rows(variables: list[Facts]) -> list[Row]:
    """Rows in the standard's order, identifiers first; what one name has two of is left empty."""
    rows: dict[str, Row] = {}
    for variable in sorted(variables, key=lambda v: "Identifier" not in v["varset"].split()):
        new = row(variable, variable["varset"].strip())
        new[1] = adam_label(new[1])
        old = rows.setdefault(new[0], new)
        # DECDORGw of MedDRA and of WHODrug: which one is meant only the sponsor knows.
        rows[new[0]] = [a if a == b else type(a)() for a, b in zip(old, new, strict=True)]
    return list(rows.values())


def adam_label(label: str) -> str:
    """The label, empty where its wording is the sponsor's; footnote marks removed."""
    if re.search(r"\bXX\b|\.\.\.|\{", label):
        return ""
    return label.rstrip("*")


def terminology(facts: Facts) -> bytes:
    """A release as JSON with an index in its first line, then one codelist a line."""
    codelists = sorted(facts["codelists"].items(), key=lambda item: item[1]["value"])
    index = [[code, codelist["value"]] for code, codelist in codelists]
    header = compact({"package": facts["package"], "index": index})[:-1] + ',"codelists":['
    lines = [
        compact(
            [
                code,
                codelist["value"],
                codelist["name"],
                codelist["extensible"],
                [
                    [term["code"], term["value"], term["preferred"], *term.get("synonyms", [])]
                    for term in codelist["terms"]
                ],
            ]
        )
        for code, codelist in codelists
    ]
    return "\n".join([header, ",\n".join(lines), "]}", ""]).encode()


def compact(value: object) -> str:
    """JSON without blanks."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def catalogue_text(value: object, indent: str = "") -> str:
    """JSON with one variable a line, so that a change to a variable shows as one line."""
    inner = indent + " "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {catalogue_text(item, inner)}" for key, item in value.items()]
        opening, closing = "{", "}"
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value[:1]):
        parts = [catalogue_text(item, inner) for item in value]
        opening, closing = "[", "]"
    else:
        return compact(value)
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{closing}"


def read(path: Path) -> Facts:
    """Facts from JSON, packed or not."""
    content = path.read_bytes()
    loaded: Facts = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    return loaded


def build(facts_dir: Path, out: Path) -> list[Path]:
    """Write every packaged file into `out`; returns their paths."""
    catalogues = {
        "sdtmig-3.4.json": sdtmig(read(facts_dir / "sdtmig-3-4.json")),
        "adamig-1.3.json": adamig(read(facts_dir / "adamig-1-3.json")),
    }
    files = {name: f"{catalogue_text(value)}\n".encode() for name, value in catalogues.items()}
    for release in TERMINOLOGY:
        source = facts_dir / f"{release}.json"
        source = source if source.exists() else facts_dir / f"{release}.json.gz"
        packed = gzip.compress(terminology(read(source)), compresslevel=9, mtime=0)
        # The header's tenth byte names the system that packed it; 255 is "unknown".
        files[f"{release}.json.gz"] = packed[:9] + b"\xff" + packed[10:]
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    return [out / name for name in files]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Make the packaged standards catalogue.")
    parser.add_argument("facts", type=Path, help="directory of facts files")
    parser.add_argument("--out", type=Path, default=OUT, help="where to write (default: package)")
    arguments = parser.parse_args()
    for path in build(arguments.facts, arguments.out):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
