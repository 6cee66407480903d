"""The packaged catalogue is what the script makes of the facts, byte for byte."""

from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
FACTS = ROOT / ".." / "shared" / "standards"
PACKAGED = ROOT / "cdisc" / "standards" / "data"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "scripts" / "build_catalogue.py"
    spec = importlib.util.spec_from_file_location("build_catalogue", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not FACTS.is_dir(), reason="the facts files are not beside the repository")
def test_rerun_gives_the_packaged_files(script: ModuleType, tmp_path: Path) -> None:
    written = script.build(FACTS, tmp_path)
    assert {path.name for path in written} == {path.name for path in PACKAGED.iterdir()}
    for path in written:
        packaged = PACKAGED / path.name
        if path.suffix == ".gz":
            # Compressed bytes may differ with the zlib of the machine; what they hold may not.
            assert gzip.decompress(path.read_bytes()) == gzip.decompress(packaged.read_bytes())
            assert path.read_bytes()[4:10] == packaged.read_bytes()[4:10]
        else:
            assert path.read_text(encoding="utf-8") == packaged.read_text(encoding="utf-8")


@pytest.mark.skipif(not FACTS.is_dir(), reason="the facts files are not beside the repository")
def test_two_runs_give_the_same_bytes(script: ModuleType, tmp_path: Path) -> None:
    first, second = script.build(FACTS, tmp_path / "a"), script.build(FACTS, tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_packed_files_carry_neither_time_nor_system() -> None:
    packed = sorted(PACKAGED.glob("*.gz"))
    assert packed
    for path in packed:
        assert path.read_bytes()[4:8] == bytes(4)
        assert path.read_bytes()[9] == 255


def test_packaged_files_are_modest() -> None:
    assert sum(path.stat().st_size for path in PACKAGED.iterdir()) < 1_500_000


def test_catalogue_has_one_variable_a_line() -> None:
    for path in PACKAGED.glob("*.json"):
        facts = json.loads(path.read_text(encoding="utf-8"))
        rows = sum(len(entry["variables"]) for entry in facts["datasets"])
        rows += sum(len(listed) for listed in facts["lists"].values())
        lines = path.read_text(encoding="utf-8").splitlines()
        assert sum(line.strip().startswith('["') for line in lines) == rows


def test_catalogue_text_is_the_same_json(script: ModuleType) -> None:
    value = {"a": [["x", [], ["y"]], ["z", ["[", "]"], []]], "b": [], "c": {"d": ["e", 'f"']}}
    assert json.loads(script.catalogue_text(value)) == value
