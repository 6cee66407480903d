"""From a record back to the records it was made of, down to raw cells: breadth first.

What a variable reads is known from the spec, which records these were from the lineage. Records of
one kind beyond `limit` are counted, not shown; so are those that are too many in all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from cdisc.build import Inputs
from cdisc.spec import StudySpec
from cdisc.spec.expressions import refs
from cdisc.spec.feeds import ROWS, Read, Reading, reading
from cdisc.spec.model import DatasetSpec
from cdisc.spec.needs import AUTOMATIC, SUBJECT, call_records
from cdisc.trace.again import Again
from cdisc.trace.answer import Cell, Content, Link, Record
from cdisc.trace.considered import considered_for, value_of
from cdisc.trace.package import RAW, Edge, Package
from cdisc.trace.related import rests_on, result_columns
from cdisc.trace.rules import Rules
from cdisc.trace.variables import codes_of, keys_of, names_a_record, place_of
from cdisc.trace.written import written_in

MOST = 160
"""Records followed in one answer; what is beyond is named, with the question to ask next."""

BY_SUBJECT = "the subject's"
"""The role of a record that row steps read by name (`DM.RFSTDTC`), which lineage does not keep."""

RESULTS = ("AVAL", "AVALC", "ADT", "ADTM")
"""What an analysis record of the same dataset is shown with when nothing better is known."""

Columns = frozenset[str]
Key = tuple[str, int, Columns]


@dataclass(slots=True, eq=False)
class Chain:
    """The records that an answer is made of, as they are met.

    `again` is None where nothing was run again; `limit` the records of one kind that are shown.
    """

    study: StudySpec
    package: Package
    inputs: Inputs
    again: Again | None
    limit: int = 5
    whole_record: bool = False
    _contents: dict[Key, Content] = field(default_factory=dict)

    def whole(self, dataset: str, row: int, variables: Collection[str]) -> Record:
        """A record with all its variables, and the records it was made of, whatever they hold."""
        self.whole_record = True
        return self.value(dataset, row, variables)

    def value(self, dataset: str, row: int, variables: Collection[str]) -> Record:
        """A record with these variables asked for, and all that is below it."""
        root = self._record(dataset, row, frozenset(variables))
        waiting = deque([(root, frozenset(variables))])
        while waiting:
            record, columns = waiting.popleft()
            if record.raw:
                continue
            key = (record.origin, record.row, columns)
            if key in self._contents:
                record.content = self._contents[key]
            elif len(self._contents) >= MOST:
                record.cut_off = True
            else:
                content = self._contents[key] = Content()
                record.content = content
                waiting.extend(self._fill(content, record, columns))
        return root

    # ---- one record --------------------------------------------------------------------

    def _record(
        self, origin: str, row: int, columns: Columns, above: Mapping[str, str] | None = None
    ) -> Record:
        """A record with its keys, less those of the record above it, and the columns asked for."""
        if origin.startswith(RAW):
            return self._raw(origin.removeprefix(RAW), row, columns)
        spec = self.study.datasets.get(origin)
        texts = self.package.texts(origin, row)
        table = self.package.table(origin)
        names = [key for key in keys_of(spec, texts) if key != "STUDYID"]
        keys = tuple(
            Cell(name, texts[name], name in columns, table.is_number(name)) for name in names
        )
        cells = []
        for name in sorted(columns, key=lambda name: place_of(spec, name)):
            if name in names or name in AUTOMATIC:
                continue
            text = texts.get(name)
            if text is None and self.again is not None:
                text = self.again.value(origin, row, name)
            cells.append(Cell(name, text or "", asked=True))
        if above is not None and above.get("USUBJID") == texts.get("USUBJID"):
            keys = tuple(key for key in keys if key.name != "USUBJID" or key.asked)
        if above is not None:
            keys = tuple(key for key in keys if key.text or key.asked)
        place = f"record {row + 1:,} of {table.count:,}"
        return Record(origin, row, False, place, keys, tuple(cells))

    def _raw(self, name: str, row: int, columns: Columns) -> Record:
        table = self.inputs.tables.get(name)
        if table is None or row >= len(table.frame):
            return Record(name, row, True, f"a record of {name} that is no longer there", (), ())
        place = f"{table.files[int(table.file_of[row])]} row {int(table.row_of[row]):,}"
        declared = self.study.sources.get(name)
        names: list[str] = []
        if declared is not None:
            names = [declared.subject, *declared.unique]
            if declared.spec.sheet != "":
                place = place.replace(" row ", f" [{declared.spec.sheet}] row ")
        known = [str(column) for column in table.frame.columns]
        if declared is not None and "USUBJID" in known:  # SDTM that others made
            names += [column for column in known if column.endswith("SEQ")]
        values = table.frame.iloc[row]
        texts = {name: str(values[name]) if isinstance(values[name], str) else "" for name in known}
        shown = [name for name in dict.fromkeys(names) if name in texts]
        keys = tuple(Cell(name, texts[name], name in columns) for name in shown)
        others = [column for column in known if column in columns and column not in shown]
        cells = tuple(Cell(name, texts[name], asked=True) for name in others)
        return Record(name, row, True, place, keys, cells)

    def _fill(
        self, content: Content, record: Record, columns: Columns
    ) -> Iterable[tuple[Record, Columns]]:
        """What stands below a record of a dataset; gives the records that come next."""
        dataset, row = record.origin, record.row
        edges = self.package.edges(dataset, row)
        spec = self.study.datasets.get(dataset)
        if spec is None:
            return self._of_relation(content, record, edges)
        texts = self.package.texts(dataset, row)
        codes = codes_of(spec, texts)
        names: dict[str, None] = {}
        reads: set[Read] = set()
        for column in sorted(columns, key=lambda name: place_of(spec, name)):
            found = reading(self.study.datasets, dataset, column, codes=codes)
            names |= dict.fromkeys(found.variables)
            reads |= found.reads
        rules = Rules(self.study, self.package, self.again)
        content.rules = rules.of(spec, row, [n for n in names if n in columns or n[0] != "_"])
        edges = [*edges, *self._of_subject(spec, reads, edges, texts)]
        if all(edge.role != ROWS for edge in edges):
            content.links = written_in(spec, texts, columns)
        first = len(self._contents) == 1
        considered = [
            considered_for(
                self, dataset, row, role, reads, first=first and (not role or role in columns)
            )
            for role in ("", *names, *_choosing_lookups(spec, reads))
        ]
        content.considered = [one for one in considered if one is not None]
        found = Reading(tuple(names), frozenset(reads))
        nexts = self._links(content, record, columns, found, edges)
        nexts += self._of_rivals(content, record, names)
        self._rests_on(content, record, edges)
        return nexts

    def _of_rivals(
        self, content: Content, record: Record, names: Iterable[str]
    ) -> list[tuple[Record, Columns]]:
        """The other records of the dataset whose values these variables have: a baseline's."""
        dataset, row, found = record.origin, record.row, []
        for name in names if not self.whole_record else ():
            other = value_of(self, dataset, row, name)
            if other is not None and other[1]:
                texts = self.package.texts(dataset, row)
                found.append((self._record(dataset, other[0], other[1], texts), other[1]))
                content.links.append(Link(name, f"value of {name} from", [found[-1][0]], 1))
        return found

    def _rests_on(self, content: Content, record: Record, edges: list[Edge]) -> None:
        """The records that a relation ties this one to, and the raw records they were made of.

        These are told by the rows they were made of alone: what else they read may lead back here.
        """
        texts = self.package.texts(record.origin, record.row)
        met = {edge.parent for edge in edges if edge.role == ROWS}
        for related in rests_on(self.study, self.package, record.origin, record.row, met):
            columns = result_columns(self.study, related.dataset)
            rows = related.rows[: self.limit]
            shown = [self._record(related.dataset, row, columns, texts) for row in rows]
            link = Link(related.relation, related.says, shown, len(related.rows))
            content.links.append(link)
            for each in shown:
                self._rows_below(each, columns)

    def _rows_below(self, record: Record, columns: Columns) -> None:
        """The records that a record was made of, down to the raw ones."""
        record.content = Content()
        spec = self.study.datasets.get(record.origin)
        if record.raw or spec is None:
            return
        texts = self.package.texts(record.origin, record.row)
        codes = codes_of(spec, texts)
        reads: set[Read] = set()
        for column in columns:
            reads |= reading(self.study.datasets, record.origin, column, codes=codes).reads
        groups: dict[str, list[int]] = {}
        for edge in self.package.edges(record.origin, record.row):
            if edge.role == ROWS:
                groups.setdefault(edge.parent, []).append(edge.row)
        for parent, rows in groups.items():
            behind = self._columns(ROWS, parent, reads) - SUBJECT
            shown = [self._record(parent, row, behind, texts) for row in rows[: self.limit]]
            record.content.links.append(Link(ROWS, _says(spec, ROWS, parent), shown, len(rows)))
            for each in shown:
                self._rows_below(each, behind)

    def _of_relation(
        self, content: Content, record: Record, edges: list[Edge]
    ) -> list[tuple[Record, Columns]]:
        """The record that a record of SUPP-- or RELREC belongs to."""
        texts = self.package.texts(record.origin, record.row)
        qualifier = texts.get("QNAM", "")
        says = "qualifies" if qualifier else "names"
        nexts = []
        for edge in edges:
            columns = frozenset([qualifier] if qualifier else ())
            parent = self._record(edge.parent, edge.row, columns, texts)
            content.links.append(Link(ROWS, says, [parent], 1))
            nexts.append((parent, columns))
        return nexts

    def _of_subject(
        self,
        spec: DatasetSpec,
        reads: Collection[Read],
        edges: list[Edge],
        texts: Mapping[str, str],
    ) -> list[Edge]:
        """Records of one-per-subject datasets that row steps read by name (`DM.RFSTDTC`)."""
        met = {edge.parent for edge in edges if edge.role == ROWS}
        found = []
        for origin in sorted({read.origin for read in reads if read.role == ROWS}):
            other = self.study.datasets.get(origin)
            if other is None or origin in met or origin not in self.package.files:
                continue
            if other.one_per_subject and texts.get("USUBJID") and origin != spec.name:
                rows = self.package.rows_with(origin, "USUBJID", texts["USUBJID"])
                found += [Edge(BY_SUBJECT, origin, int(row)) for row in rows[:1]]
        return found

    # ---- records below -----------------------------------------------------------------

    def _links(
        self,
        content: Content,
        record: Record,
        asked: Columns,
        found: Reading,
        edges: list[Edge],
    ) -> list[tuple[Record, Columns]]:
        spec = self.study.datasets[record.origin]
        nexts: list[tuple[Record, Columns]] = []
        groups: dict[tuple[str, str], list[int]] = {}
        for edge in edges:
            groups.setdefault((edge.role, edge.parent), []).append(edge.row)
        texts = self.package.texts(record.origin, record.row)
        for (role, parent), rows in groups.items():
            columns = self._columns(ROWS if role == BY_SUBJECT else role, parent, found.reads)
            if not columns and role in found.variables:
                columns = self._deciding(spec, role, parent)
            if not asked >= SUBJECT or len(columns) > 1:
                columns -= SUBJECT  # whose a record is stands at the top
            if not columns:
                continue
            shown = [
                self._record(parent, row, columns, texts)
                for row in rows[: self.limit]
                if parent.startswith(RAW) or parent in self.package.files
            ]
            content.links.append(Link(role, _says(spec, role, parent), shown, len(rows)))
            if role == ROWS or not self.whole_record:
                followed = frozenset(name for name in columns if not names_a_record(name))
                nexts += [(each, followed or columns) for each in shown]
        if not self.whole_record:
            met = {ROWS, *(edge.role for edge in edges)}
            content.links += [
                Link(role, _says(spec, role, origins[0]), [], 0, ", nor of ".join(origins))
                for role, origins in _looked_in(spec, found).items()
                if role not in met
            ]
        return nexts

    def _columns(self, role: str, parent: str, reads: Collection[Read]) -> Columns:
        """Those of the columns read in a role that a parent has."""
        origin = parent.removeprefix(RAW)
        wanted = {read.column for read in reads if (read.role, read.origin) == (role, origin)}
        if parent.startswith(RAW):
            table = self.inputs.tables.get(origin)
            known = wanted if table is None else set(map(str, table.frame.columns))
            return frozenset(wanted & known)
        spec = self.study.datasets.get(parent)
        if spec is None:
            return frozenset()
        found = wanted & {*spec.variables, *spec.supplemental, *AUTOMATIC}
        if wanted and not found:  # columns of an earlier parameter that are no variables
            found = {*RESULTS} & spec.variables.keys()
        return frozenset(found)

    def _deciding(self, spec: DatasetSpec, variable: str, parent: str) -> Columns:
        """The columns by which records were selected whose existence alone gives a value."""
        found = spec.variables.get(variable) or spec.supplemental[variable]
        conditions = [
            selection.where
            for selection in call_records(found.call)
            if selection.dataset == parent.removeprefix(RAW) and selection.where is not None
        ]
        names = {ref.name for condition in conditions for ref in refs(condition)}
        reads = [Read(ROWS, parent.removeprefix(RAW), name) for name in names]
        return self._columns(ROWS, parent, reads)

    def candidate(
        self,
        origin: str,
        row: int,
        reads: Collection[Read],
        role: str,
        order: Collection[str] = (),
    ) -> Record:
        """A record that was considered, with the columns that it was considered by."""
        parent = origin if origin in self.study.datasets else f"{RAW}{origin}"
        columns = self._columns(role or ROWS, parent, reads) - SUBJECT
        shown = columns | frozenset(order)
        return self._record(parent, row, shown, {"USUBJID": self._subject(parent, row)})

    def rival(self, dataset: str, row: int, columns: Columns) -> Record:
        """A record of the dataset itself that was considered, with the columns compared."""
        return self._record(dataset, row, columns, {"USUBJID": self._subject(dataset, row)})

    def _subject(self, parent: str, row: int) -> str:
        return "" if parent.startswith(RAW) else self.package.texts(parent, row).get("USUBJID", "")


def _looked_in(spec: DatasetSpec, found: Reading) -> dict[str, list[str]]:
    """By role where records were looked for: that there are none is an answer too."""
    places: dict[str, list[str]] = {}
    for name in found.variables:
        variable = spec.variables.get(name) or spec.supplemental.get(name)
        for selection in call_records(variable.call) if variable else ():
            where = f" where {selection.where}" if selection.where is not None else ""
            places.setdefault(name, []).append(f"{selection.dataset}{where}")
    for role, origin in sorted({(read.role, read.origin) for read in found.reads}):
        if role not in places:
            places[role] = [origin]
    return places


def _choosing_lookups(spec: DatasetSpec, reads: Collection[Read]) -> list[str]:
    """The lookups read that choose among several records."""
    roles = {read.role for read in reads}
    return [name for name, lookup in spec.lookups.items() if name in roles and lookup.order]


def _says(spec: DatasetSpec, role: str, parent: str) -> str:
    """What the records of a role are, in words."""
    if role == ROWS:
        return "made of"
    if role == BY_SUBJECT:
        return "the subject's"
    if role in spec.lookups:
        return f"looked up as {role}"
    if role in spec.variables or role in spec.supplemental:
        return f"chosen for {role}"
    return "the subject's" if role == parent else f"looked up in {role}"
