"""Datasets on their way to the package: part by part, on disk when there are several parts.

A part is what one partition of persons gave. Parts follow each other in submission order, so the
whole is never put together in memory. A study of one part stays there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cdisc.algorithms.columns.coded import coded
from cdisc.algorithms.columns.uniques import TEXT, arrow_text
from cdisc.build import RawPlaces
from cdisc.build.findings import NOT_SHOWN_AS_KEYS, first_places, texts_at
from cdisc.model import Edges, Occurrence

Positions = npt.NDArray[np.int64]

# A dictionary pays where a text stands on several records; codes take 4 bytes each.
_SHARE = 4


@dataclass(slots=True, eq=False)
class _Part:
    """One part of a dataset: in memory the frame, on disk the file that holds it."""

    count: int
    find_places: Callable[[], RawPlaces]
    frame: pd.DataFrame | None = None
    file: Path | None = None

    @property
    def places(self) -> RawPlaces:
        return self.find_places()


@dataclass(slots=True, eq=False)
class Spool:
    """Parts of datasets in order; `folder` is where they are put, None for memory."""

    folder: Path | None = None
    _parts: dict[str, list[_Part]] = field(default_factory=dict)
    _edges: dict[str, list[Edges | Path]] = field(default_factory=dict)
    _ahead: dict[str, int] = field(default_factory=dict)
    _files: int = 0

    def add_before(self, name: str, frame: pd.DataFrame, places: Callable[[], RawPlaces]) -> None:
        """A part that comes before those there are; rows of their lineage move with them."""
        self.add(name, frame, places)
        parts = self._parts[name]
        parts.insert(0, parts.pop())
        self._ahead[name] = self._ahead.get(name, 0) + len(frame)

    def add(self, name: str, frame: pd.DataFrame, places: Callable[[], RawPlaces]) -> None:
        """The next part of a dataset, in submission order, and where its records come from."""
        part = _Part(len(frame), places)
        if self.folder is None:
            part.frame = frame
        else:
            found = places()  # what tells them is let go with the partition
            part.find_places = lambda: found
            part.file = self._new_file(name)
            _write(_encoded(frame), part.file)
        self._parts.setdefault(name, []).append(part)

    def counts(self, name: str) -> list[int]:
        """The records of each part."""
        return [part.count for part in self._parts.get(name, ())]

    def count(self, name: str) -> int:
        """The records of all parts."""
        return sum(self.counts(name))

    def frames(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """The parts of a dataset as they were added, `columns` of them if given."""
        for part in self._parts.get(name, ()):
            yield _decoded(part, columns)

    def coded_frames(self, name: str) -> Iterator[pd.DataFrame]:
        """The parts of a dataset, texts as pandas categories where that is how they are kept."""
        for part in self._parts.get(name, ()):
            yield _coded(part)

    def frame(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The whole dataset, or some columns of it."""
        frames = list(self.frames(name, columns))
        return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)

    def occurrences(self, name: str, rows: Positions, keys: Collection[str]) -> list[Occurrence]:
        """Raw place, subject and keys of some records of the whole, by position."""
        frame, files, raw_rows = self._rows(name, rows)
        everything = np.arange(len(rows))
        subjects = texts_at(frame.get("USUBJID"), everything)
        shown = [key for key in keys if key in frame and key not in (*NOT_SHOWN_AS_KEYS, "DOMAIN")]
        texts = [texts_at(frame[key], everything) for key in shown]
        return [
            Occurrence(file, row, subject, tuple(p for p in zip(shown, cells, strict=True) if p[1]))
            for file, row, subject, *cells in zip(files, raw_rows, subjects, *texts, strict=True)
        ]

    def first(self, name: str, rows: Positions) -> Positions:
        """Of some records of the whole those first by raw file and row, with what ties."""
        parts = [part.places for part in self._parts.get(name, ())]
        names = sorted({file for places in parts for file in places.files})
        files: list[Positions] = []
        raw_rows: list[Positions] = []
        for places in parts:
            rank = np.array([names.index(file) for file in places.files], dtype=np.int64)
            files.append(rank[places.file] if len(rank) else places.file.astype(np.int64))
            raw_rows.append(places.row.astype(np.int64))
        return rows[first_places(np.concatenate(files)[rows], np.concatenate(raw_rows)[rows])]

    def _rows(self, name: str, rows: Positions) -> tuple[pd.DataFrame, list[str], list[int]]:
        """Some records of the whole, with their raw files and rows."""
        starts = np.cumsum([0, *self.counts(name)])
        frames, positions = [], []
        files: list[str] = []
        raw_rows: list[int] = []
        for number, part in enumerate(self._parts.get(name, ())):
            inside = np.flatnonzero((rows >= starts[number]) & (rows < starts[number + 1]))
            if len(inside):
                mine = rows[inside] - starts[number]
                places = part.places
                frames.append(_decoded(part, None).take(mine))
                files += [places.files[file] for file in places.file[mine].tolist()]
                raw_rows += places.row[mine].tolist()
                positions.append(inside)
        order = np.argsort(np.concatenate(positions)).tolist()
        frame = pd.concat(frames, ignore_index=True).take(order).reset_index(drop=True)
        return frame, [files[place] for place in order], [raw_rows[place] for place in order]

    def parent_rows(self, name: str, rows: Positions) -> tuple[str, Positions]:
        """The dataset a SUPP-- dataset belongs to, and the rows there of some of its records."""
        starts = np.cumsum([0, *self.counts(name)])
        found = np.empty(len(rows), dtype=np.int64)
        parent = ""
        for number, part in enumerate(self._parts.get(name, ())):
            found_parent = part.places.parent
            if found_parent is None:
                continue
            parent, of_part = found_parent
            mine = (rows >= starts[number]) & (rows < starts[number + 1])
            before = sum(self.counts(parent)[:number])
            found[mine] = of_part[rows[mine] - starts[number]] + before
        return parent, found

    # ---- lineage -----------------------------------------------------------------------

    def add_edges(self, name: str, edges: Edges) -> None:
        """The lineage of the part of a dataset that comes next, in rows of the whole."""
        if self.folder is None:
            self._edges.setdefault(name, []).append(edges)
            return
        file = self._new_file(name)
        table = pa.table(
            {
                "child": edges.child.astype(np.int32),
                "parent": edges.parent,
                "parent_row": edges.parent_row.astype(np.int32),
                "role": edges.role,
            }
        )
        names = {"parents": "\0".join(edges.parents), "roles": "\0".join(edges.roles)}
        _write(table.replace_schema_metadata(names), file)
        self._edges.setdefault(name, []).append(file)

    def edges(self, name: str) -> Iterator[Edges]:
        """The lineage of a dataset as it was added, moved by what came before it later."""
        ahead = self._ahead.get(name, 0)
        for part in self._edges.get(name, ()):
            edges = _read_edges(part) if isinstance(part, Path) else part
            yield replace(edges, child=edges.child + ahead) if ahead else edges

    @property
    def names_with_edges(self) -> list[str]:
        """The datasets that have lineage, in the order in which they came."""
        return list(self._edges)

    def _new_file(self, name: str) -> Path:
        if self.folder is None:
            raise ValueError("this spool keeps its parts in memory")
        self._files += 1
        return self.folder / f"{self._files:06d}-{name.lower()}.arrow"


def _write(table: pa.Table, file: Path) -> None:
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _read(file: Path, columns: Sequence[str] | None) -> pa.Table:
    with pa.OSFile(str(file), "rb") as source:
        reader = pa.ipc.open_file(source)
        if columns is not None:
            numbers = sorted(reader.schema.get_field_index(column) for column in columns)
            options = pa.ipc.IpcReadOptions(included_fields=numbers)
            return pa.ipc.open_file(source, options=options).read_all()
        return reader.read_all()


def _encoded(frame: pd.DataFrame) -> pa.Table:
    """A frame for the disk: a text that repeats itself is kept once."""
    arrays = []
    for name in frame.columns:
        column = frame[name]
        if not isinstance(column.dtype, pd.StringDtype):
            arrays.append(pa.array(column, from_pandas=True))
            continue
        array = arrow_text(column)
        found = coded(array)
        if len(found.texts) * _SHARE <= max(len(array), _SHARE):
            codes = found.codes.astype(np.int32)
            array = pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), found.texts)
        arrays.append(array)
    return pa.table(arrays, names=[str(name) for name in frame.columns])


def _decoded(part: _Part, columns: Sequence[str] | None) -> pd.DataFrame:
    if part.file is None:
        frame = part.frame if part.frame is not None else pd.DataFrame()
        return frame if columns is None else frame[list(columns)]
    table = _read(part.file, columns)
    plain = [
        column.cast(pa.large_string()) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    frame = _to_pandas(pa.table(plain, names=table.column_names))
    return frame if columns is None else frame[list(columns)]


def _coded(part: _Part) -> pd.DataFrame:
    if part.file is None:
        return part.frame if part.frame is not None else pd.DataFrame()
    return _to_pandas(_read(part.file, None))


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.large_string(): TEXT}.get)
    return frame


def _read_edges(file: Path) -> Edges:
    table = _read(file, None)
    names = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    return Edges(
        tuple(names["parents"].split("\0")),
        tuple(names["roles"].split("\0")),
        table["child"].to_numpy().astype(np.int64),
        table["parent"].to_numpy(),
        table["parent_row"].to_numpy().astype(np.int64),
        table["role"].to_numpy(),
    )
