"""The raw files as tables of text cells, and the marks on cells that were made dirty on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field

from cdisc.simulate.edc_metadata import SHEETS, file_of

Row = list[str]

COLUMNS: dict[str, tuple[str, ...]] = {
    "ae.csv": (
        "SUBJECT", "AENO", "AETERM", "AESTDAT", "AEENDAT", "ONGO", "GRADE", "SER", "SERCRIT",
        "REL_MSC", "REL_NAB", "REL_CTX", "REL_PD1", "ACN_MSC", "ACN_NAB", "ACN_CTX", "ACN_PD1",
        "OUT", "DLT",
    ),
    "aelog.csv": ("SUBJECT", "AENO", "CHGDAT", "GRADE"),
    "dose_msc.csv": (
        "SUBJECT", "INFNO", "STDTM", "ENDTM", "CELLPLAN", "CELLGIVEN", "VIAB", "WTKG", "LOT",
        "INTERR", "REASON",
    ),
    "dose_reg.csv": ("SUBJECT", "DRUG", "CYCLE", "DTM", "MG", "BSA", "NDREASON"),
    "ecog.csv": ("SUBJECT", "VISIT", "ECOGDAT", "SCORE"),
    "img.csv": ("SUBJECT", "SCANID", "MODALITY", "REGION", "SCANDAT"),
    "tl.csv": (
        "SUBJECT", "VISIT", "SCANID", "LESNO", "ORGAN", "SITE", "NODE", "DIAM", "STATE",
        "SPLITFROM", "MERGEDWITH", "NEREAS", "SLD",
    ),
    # ORGAN, SITE and NODE of non-target and new lesions follow the annex columns: without them
    # TULOC and the longest or short axis of a new lesion would have no source.
    "ntl.csv": ("SUBJECT", "VISIT", "SCANID", "LESNO", "STATUS", "ORGAN", "SITE", "NODE"),
    "nl.csv": (
        "SUBJECT", "VISIT", "SCANID", "LESNO", "CERTAIN", "MEAS", "DIAM", "ORGAN", "SITE", "NODE",
    ),
    "resp.csv": (
        "SUBJECT", "VISIT", "RSPDAT", "CRIT", "TRESP", "NTRESP", "ORESP", "NEWL", "NTWORSE",
        "NLWORSE", "SYMPDET",
    ),
    "mh.csv": ("SUBJECT", "MHTERM", "MHSTDAT", "MHENDAT", "MHONGO"),
    "cadx.csv": ("SUBJECT", "TUMTYPE", "HISTO", "STAGE", "DXDAT", "NONCCN"),
    "priortx.csv": ("SUBJECT", "LINE", "TYPE", "TRT", "STDAT", "ENDAT", "BESTRESP"),
    "cm.csv": (
        "SUBJECT", "CMNO", "CMTRT", "DOSE", "DOSU", "FREQ", "ROUTE", "PURPOSE", "AENO", "STDAT",
        "ENDAT", "ONGO",
    ),
    "biopsy.csv": ("SUBJECT", "SPECID", "BXDTM", "BXSITE"),
    "disp.csv": ("SUBJECT", "TYPE", "DRUG", "DSDAT", "REASON"),
    "death.csv": ("SUBJECT", "DTHDAT", "CAUSE", "AENO"),
    "surv.csv": ("SUBJECT", "CONDAT", "STATUS", "NEWTX"),
    "lab_local.csv": ("SUBJECT", "VISIT", "COLDTM", "TEST", "RESULT", "UNIT", "RANGE"),
    "idmap.csv": ("EDCID", "LABID", "SCRNO", "PERSON"),
    "vs.sas7bdat": (
        "SUBJECT", "VISIT", "VSDAT", "SYSBP", "DIABP", "PULSE", "RESP", "TEMP", "TEMPU", "WEIGHT",
        "WTU", "HEIGHT",
    ),
    "ecg.csv": ("SUBJECT", "VISIT", "EGDAT", "INTERP", "QTCF"),
    "visit.csv": ("SUBJECT", "VISIT", "VISDAT", "UNSCH", "NDREASON", "MODE"),
    "clab_elisa.xlsx": (
        "SUBJ", "ACCESSION", "COLUTC", "TIMEPT", "ANALYTE", "CONC", "UNIT", "LLOQ", "ULOQ", "RERUN",
    ),
    # A name before a dot stands in a merged cell above; UNIT is that of the *_ABS cells.
    "clab_flow.xlsx": (
        "SUBJ", "ACC", "COLLDATE", "UNIT",
        "MONO.MONO_ABS", "MONO.MONO_PCT", "MONO.PARENT", "MONO.GATE", "MONO.GATEDEF",
        "CD4.CD4_ABS", "CD4.CD4_PCT", "CD4.PARENT", "CD4.GATE", "CD4.GATEDEF",
        "CD8.CD8_ABS", "CD8.CD8_PCT", "CD8.PARENT", "CD8.GATE", "CD8.GATEDEF",
        "NK.NK_ABS", "NK.NK_PCT", "NK.PARENT", "NK.GATE", "NK.GATEDEF",
    ),
    "clab_qpcr.csv": (
        "SUBJ", "SPECID", "MATRIX", "COLUTC", "COPIES", "UNIT", "LLOQ", "CT", "DNANG", "RESCODE",
    ),
    "coding.csv": (
        "TERM", "DICT", "LLT", "LLTCD", "PT", "PTCD", "HLT", "HLTCD", "HLGT", "HLGTCD", "SOC",
        "SOCCD",
    ),
}  # fmt: skip

# What a row of each raw table holds: those of the EDC forms go together into one ODM file.
TABLES = {**SHEETS, **COLUMNS}

# Excel workbooks: the name of the sheet, and the columns whose cells are numbers.
WORKBOOKS: dict[str, tuple[str, frozenset[str]]] = {
    "clab_elisa.xlsx": ("Results", frozenset({"LLOQ", "ULOQ", "RERUN"})),
    "clab_flow.xlsx": ("Flow cytometry", frozenset({"COLLDATE"})),
}
ENCODINGS = {"lab_local.csv": "gb18030"}

# Files in the SAS transport format, under the name of the export they stand for: dataset name,
# its text columns and its date.
TRANSPORT = {
    "vs.sas7bdat": ("VS", frozenset({"SUBJECT", "VISIT", "TEMPU", "WTU"}), "VSDAT"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell made dirty on purpose: the case (D01...), the row itself, and why.

    `table` is the name of the raw file, for an EDC form that of its sheet.
    """

    case: str
    table: str
    row: Row
    column: str
    note: str

    @property
    def file(self) -> str:
        """The raw file that the cell is in."""
        return file_of(self.table)


@dataclass(slots=True)
class Sheets:
    """All raw rows of one subject, or of all, with the marks on them."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    marks: list[Mark] = field(default_factory=list)

    def add(self, file: str, *cells: object) -> Row:
        """Append a row: None becomes an empty cell, everything else its text."""
        row = ["" if cell is None else str(cell) for cell in cells]
        self.tables[file].append(row)
        return row

    def mark(self, case: str, file: str, row: Row, column: str, note: str) -> None:
        """Note that a cell of a row already added is dirty."""
        self.marks.append(Mark(case, file, row, column, note))

    def set(self, case: str, file: str, row: Row, column: str, value: str, note: str) -> None:
        """Put a dirty value into a cell and note it."""
        row[TABLES[file].index(column)] = value
        self.mark(case, file, row, column, note)
