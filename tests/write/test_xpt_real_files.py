"""Files that other people made, read as pyreadstat reads them and written back."""

from pathlib import Path

import numpy as np
import pyreadstat
import pytest

from cdisc.errors import SourceError
from cdisc.write.xpt import read_xpt, write_xpt

REAL = Path(__file__).parents[2] / ".." / "shared" / "real"
FILES = sorted([*REAL.glob("tdf-sdtm/*.xpt"), *REAL.glob("dataset-json/*.xpt")])

pytestmark = pytest.mark.skipif(not FILES, reason="the public files in ../shared are not here")

# The version and system of the writing software stand here, beside the header dates.
SOFTWARE = [(104, 120), (424, 440)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_read_as_pyreadstat_reads_it(path: Path) -> None:
    ours = read_xpt(path, encoding="windows-1252")
    theirs, meta = pyreadstat.read_xport(
        path, encoding="windows-1252", disable_datetime_conversion=True
    )
    assert ours.name == meta.table_name
    assert ours.label == (meta.file_label or "")
    assert [v.name for v in ours.variables] == list(ours.frame) == meta.column_names
    assert [v.label for v in ours.variables] == [label or "" for label in meta.column_labels]
    assert ours.lengths == meta.variable_storage_width
    assert len(ours.frame) == len(theirs)
    assert ours.notes == ()
    for variable in ours.variables:
        column, other = ours.frame[variable.name], theirs[variable.name]
        if variable.type == "Char":
            assert column.fillna("").tolist() == other.fillna("").tolist()
        else:
            np.testing.assert_array_equal(column.to_numpy(), other.to_numpy(dtype=np.float64))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_written_back_with_the_same_bytes(path: Path, tmp_path: Path) -> None:
    read = read_xpt(path, encoding="windows-1252")
    back = tmp_path / path.name
    write_xpt(
        read.frame,
        back,
        name=read.name,
        label=read.label,
        variables=read.variables,
        created=read.created,
        modified=read.modified,
        encoding="windows-1252",
    )
    assert comparable(back, len(read.variables)) == comparable(path, len(read.variables))


def comparable(path: Path, variables: int) -> bytes:
    """The bytes without the software's name and the justification, which nothing reads."""
    content = bytearray(path.read_bytes())
    for start, stop in SOFTWARE:
        content[start:stop] = b" " * (stop - start)
    for variable in range(variables):
        justification = 640 + 140 * variable + 68
        content[justification : justification + 2] = b"\0\0"
    return bytes(content)


def test_the_file_with_a_windows_byte_needs_its_encoding() -> None:
    path = next(path for path in FILES if path.name == "ts.xpt")
    with pytest.raises(SourceError) as caught:
        read_xpt(path)
    assert str(caught.value) == (
        rf"{path} TS.TSVAL: row 8 has the byte 0x92, which is not ascii: "
        r"'...ble Mild to Moderate Alzheimer\x92s Disease'. "
        "Declare the encoding of the file, such as windows-1252"
    )
    (note,) = read_xpt(path, undecodable="note").notes
    assert (note.variable, note.count, note.occurrences[0].row) == ("TSVAL", 2, 8)
