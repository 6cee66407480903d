"""The tumor forms: img.csv, tl.csv, ntl.csv, nl.csv and resp.csv."""

from __future__ import annotations

from cdisc.simulate.chance import Chance
from cdisc.simulate.dates import edc, without_day
from cdisc.simulate.response import Reading, Response, Timepoint, immune_non_target
from cdisc.simulate.sheets import Row, Sheets
from cdisc.simulate.subjects import Person
from cdisc.simulate.tumor import Course

CT, MRI = 1, 2

_ABDOMEN = {"liver", "adrenal gland"}


def write_tumor(person: Person, course: Course, sheets: Sheets) -> None:
    """All tumor rows of one subject, assessment by assessment."""
    scans = _Scans(person, sheets)
    baseline = {reading.lesion.name for reading in course.timepoints[0].targets}
    for index, point in enumerate(course.timepoints):
        ids = scans.take(point, first=index == 0)
        _write_targets(person, point, ids, baseline, sheets)
        _write_others(person, point, ids, sheets)
        if 0 < index <= len(course.responses):
            _write_response(person, point, course.responses[index - 1], index, scans.last, sheets)


class _Scans:
    """Numbers the scans of a subject and writes img.csv."""

    def __init__(self, person: Person, sheets: Sheets) -> None:
        self.person = person
        self.sheets = sheets
        self.count = 0
        self.last = 0
        self.chance = Chance(person.seed, 6, person.number)

    def take(self, point: Timepoint, *, first: bool) -> dict[str, str]:
        """Write the scans of one assessment; the scan id by region."""
        spread = 4 if self.person.scenario == "scans over several days" and not first else 0
        self.last = point.day + spread
        ids = {
            "chest": self._scan(CT, "chest", point.day)[1],
        }
        row, ids["abdomen"] = self._scan(CT, "abdomen", self.last)
        if spread:
            self.sheets.mark("D26", "img.csv", row, "SCANDAT", "one assessment over several days")
        if first and self.chance.happens(0.35):
            row, _ = self._scan(MRI, "brain", point.day)
            if self.person.golden is None and self.chance.happens(0.25):
                text = without_day(row[4], "UNK")
                self.sheets.set("D01", "img.csv", row, "SCANDAT", text, "day of scan not known")
        return ids

    def _scan(self, modality: int, region: str, when: int) -> tuple[Row, str]:
        self.count += 1
        name = f"SC{self.person.number:04d}-{self.count:02d}"
        row = self.sheets.add("img.csv", self.person.subject, name, modality, region, edc(when))
        return row, name


def _region(organ: str, site: str) -> str:
    return "abdomen" if organ in _ABDOMEN or site == "retroperitoneal" else "chest"


def _write_targets(
    person: Person, point: Timepoint, ids: dict[str, str], baseline: set[str], sheets: Sheets
) -> None:
    for index, reading in enumerate(point.targets):
        lesion = reading.lesion
        # The EDC shows the form's sum once, on its first line.
        total = point.total if index == 0 else None
        row = sheets.add(
            "tl.csv",
            person.subject,
            point.visit,
            ids[_region(lesion.organ, lesion.site)],
            lesion.name,
            lesion.organ,
            lesion.site,
            "Y" if lesion.nodal else "N",
            reading.diameter,
            reading.state,
            reading.split_from,
            reading.merged_with,
            reading.reason,
            total,
        )
        _mark_target(person, reading, row, baseline, sheets)


def _mark_target(
    person: Person, reading: Reading, row: Row, baseline: set[str], sheets: Sheets
) -> None:
    if reading.split_from:
        sheets.mark("D14", "tl.csv", row, "SPLITFROM", "piece of a split lesion")
    if reading.merged_with:
        sheets.mark("D14", "tl.csv", row, "MERGEDWITH", "two lesions merged into one")
    if reading.diameter == "TSTM":
        sheets.mark("D15", "tl.csv", row, "DIAM", "too small to measure")
    if reading.diameter == "0":
        sheets.mark("D15", "tl.csv", row, "DIAM", "lesion gone")
    if reading.diameter == "ND":
        sheets.mark("D16", "tl.csv", row, "DIAM", "target not evaluable")
    if person.scenario == "target changed" and reading.lesion.name not in baseline:
        sheets.mark("D13", "tl.csv", row, "LESNO", "target that was not there at baseline")


def _write_others(person: Person, point: Timepoint, ids: dict[str, str], sheets: Sheets) -> None:
    for lesion, status in point.non_targets:
        row = sheets.add(
            "ntl.csv",
            person.subject,
            point.visit,
            ids[_region(lesion.organ, lesion.site)],
            lesion.name,
            status,
            lesion.organ,
            lesion.site,
            "Y" if lesion.nodal else "N",
        )
        if status == 3:
            sheets.mark("D17", "ntl.csv", row, "STATUS", "unequivocal progression of a non-target")
    for lesion, sure, millimetres in point.new:
        row = sheets.add(
            "nl.csv",
            person.subject,
            point.visit,
            ids[_region(lesion.organ, lesion.site)],
            lesion.name,
            2 if sure else 1,
            "N" if millimetres is None else "Y",
            millimetres,
            lesion.organ,
            lesion.site,
            "Y" if lesion.nodal else "N",
        )
        if not sure:
            sheets.mark("D18", "nl.csv", row, "CERTAIN", "equivocal now, unequivocal later")


def _write_response(
    person: Person, point: Timepoint, answer: Response, index: int, when: int, sheets: Sheets
) -> None:
    said = answer.recist
    contradicts = person.scenario == "response contradicts lesions" and index == 3 and said != ""
    if contradicts:
        said = "SD" if said != "SD" else "PR"
    if said:
        row = sheets.add(
            "resp.csv",
            person.subject,
            point.visit,
            edc(when),
            1,
            answer.target,
            answer.non_target,
            said,
            int(answer.new_lesion),
            None,
            None,
            None,
        )
        if contradicts:
            sheets.mark("D25", "resp.csv", row, "ORESP", f"the lesions say {answer.recist}")
    symptoms = person.scenario == "progression confirmed" and answer.irecist == "iCPD"
    sheets.add(
        "resp.csv",
        person.subject,
        point.visit,
        edc(when),
        2,
        answer.immune_target,
        immune_non_target(answer),
        answer.irecist,
        int(answer.new_lesion),
        int(answer.non_target_worse),
        int(answer.new_worse),
        "worsening dyspnoea" if symptoms else None,
    )
