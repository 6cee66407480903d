from pathlib import Path

import pytest

from cdisc.errors import WriteError
from cdisc.write.atomic import atomic_path


def test_a_whole_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "dm.xpt"
    target.write_bytes(b"old")
    with atomic_path(target) as temporary:
        temporary.write_bytes(b"new")
        assert temporary.parent == tmp_path
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_leaves_the_old_file_and_no_rubbish(tmp_path: Path) -> None:
    target = tmp_path / "dm.xpt"
    target.write_bytes(b"old")

    def fail_halfway(file: Path) -> None:
        file.write_bytes(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), atomic_path(target) as temporary:
        fail_halfway(temporary)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_before_the_temporary_file_exists_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(KeyError), atomic_path(tmp_path / "dm.xpt"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    target = tmp_path / "sdtm" / "dm.xpt"
    with pytest.raises(WriteError) as caught, atomic_path(target):
        pass
    assert str(caught.value) == (
        f"{target}: the folder {target.parent} does not exist. "
        "Create it or choose another output folder"
    )


def test_a_target_that_is_a_folder_is_a_located_error(tmp_path: Path) -> None:
    target = tmp_path / "dm.xpt"
    target.mkdir()
    with pytest.raises(WriteError, match="cannot be written") as caught, atomic_path(target) as new:
        new.write_bytes(b"new")
    assert caught.value.at.file == str(target)
    assert list(tmp_path.iterdir()) == [target]


def test_another_file_that_fails_inside_the_block_is_named(tmp_path: Path) -> None:
    other = tmp_path / "absent.csv"
    with pytest.raises(WriteError) as caught, atomic_path(tmp_path / "dm.xpt"):
        other.read_bytes()
    assert str(other) in str(caught.value)
