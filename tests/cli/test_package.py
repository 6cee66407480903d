"""A package appears whole or not at all, and twice the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.pipeline import outputs


def test_two_runs_give_the_same_bytes_in_every_file(study, cdisc):
    cdisc("run")
    first = study.tree()
    cdisc("run")
    assert study.tree() == first
    assert {Path(name).suffix for name in first} >= {".xpt", ".xml", ".html", ".json", ".parquet"}


def test_runs_do_not_depend_on_the_order_in_which_sets_come(study, cdisc_process):
    trees = []
    for seed in ("1", "2"):
        assert cdisc_process("run", cwd=study.home, PYTHONHASHSEED=seed).code == 0
        trees.append(study.tree())
    assert trees[0] == trees[1]


def test_the_manifest_tells_what_went_in_and_what_came_out(study, cdisc):
    import json

    cdisc("run")
    manifest = json.loads((study.home / "build" / "manifest.json").read_text(encoding="utf-8"))
    written = study.tree()
    del written["manifest.json"]
    assert manifest["outputs"] == written
    raw = study.tree("data/raw")
    assert {name: entry["files"] for name, entry in manifest["inputs"].items()} == {
        name: {f"{name}.csv": raw[f"{name}.csv"]} for name in ("dm", "ex", "ae")
    }
    assert sorted(manifest["specs"]) == sorted(
        name for name in study.tree(".") if name.endswith(".yaml")
    )
    assert manifest["gate"] == "open"


@pytest.fixture
def crash_at_the_second_dataset(monkeypatch):
    """The writer of XPT files fails when it is called for the second time."""
    calls = []
    write = outputs.write_xpt_parts

    def write_or_fail(*arguments, **named):
        calls.append(named["name"])
        if len(calls) == 2:
            raise RuntimeError("the power went off")
        return write(*arguments, **named)

    monkeypatch.setattr(outputs, "write_xpt_parts", write_or_fail)
    return calls


def test_a_crash_midway_leaves_the_last_good_package_as_it_was(
    study, cdisc, crash_at_the_second_dataset
):
    # the first run spends the calls of its three datasets: let the failing one come later
    calls = crash_at_the_second_dataset
    calls += ["", ""]
    assert cdisc("run").code == 0
    package = study.tree()
    calls.clear()
    study.replace("data/raw/ae.csv", "Headache,Headache", "Migraine,Migraine")
    ran = cdisc("run")
    assert ran.code == 4
    assert calls == ["AE", "DM"]
    assert study.tree() == package
    left = {path.name for path in study.home.iterdir() if "build" in path.name}
    assert left == {"build"}


def test_a_crash_in_the_first_run_leaves_nothing(study, cdisc, crash_at_the_second_dataset):
    before = study.tree(".")
    assert cdisc("run").code == 4
    assert study.tree(".") == before
    assert not [path for path in study.home.iterdir() if "build" in path.name]


def test_a_run_that_was_killed_does_not_disturb_the_next(study, cdisc):
    cdisc("run")
    package = study.tree()
    left = study.home / ".build.new" / "sdtm"
    left.mkdir(parents=True)
    (left / "ae.xpt").write_bytes(b"half a file")
    assert cdisc("run").code == 0
    assert study.tree() == package
    assert not left.parent.exists()


def test_a_dataset_that_is_gone_from_the_specs_is_gone_from_the_package(study, cdisc):
    cdisc("run")
    study.replace("mappings/sdtm/dm.yaml", "[EX.EXENDTC, AE.AESTDTC, AE.AEENDTC]", "EX.EXENDTC")
    (study.home / "mappings" / "sdtm" / "ae.yaml").unlink()
    assert cdisc("run").code == 0
    assert not (study.home / "build" / "sdtm" / "ae.xpt").exists()


def test_a_spec_error_leaves_the_last_good_package_as_it_was(study, cdisc):
    cdisc("run")
    package = study.tree()
    study.replace("mappings/sdtm/ae.yaml", "{copy: LINE}", "{cpy: LINE}")
    assert cdisc("run").code == 2
    assert study.tree() == package
