"""The parameters of one subject of the study, from its lesions and dates: sections 5.4 to 5.6."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from . import best_response as best
from . import time_to_event as tte
from .best_response import IRECIST, RECIST, Answer, Assessed
from .irecist import irecist
from .lesions import Assessment
from .recist import recist
from .time_to_event import Outcome


@dataclass(frozen=True)
class Parameters:
    responses: dict[str, Answer]
    times: dict[str, Outcome | None]


def recist_records(assessments: Iterable[Assessment], first_dose: date) -> list[Assessed]:
    return [
        Assessed(one.date, one.ovr, one.number)
        for one in recist(assessments, first_dose)
        if one.ovr is not None
    ]


def irecist_records(assessments: Iterable[Assessment], first_dose: date) -> list[Assessed]:
    return [
        Assessed(one.date, one.iovr, one.number)
        for one in irecist(assessments, first_dose)
        if one.iovr is not None
    ]


def parameters(
    recist_records: Iterable[Assessed],
    irecist_records: Iterable[Assessed],
    enrolled: date | None,
    first_dose: date,
    first_infusion: date | None,
    new_therapy: date | None,
    death: date | None,
    last_alive: date | None,
    stop: date | None = None,
) -> Parameters:
    """ADRS and ADTTE of a subject of the full analysis set.

    PFSS ignores new therapy, so it looks at the responses after it too.
    """
    recist_records = list(recist_records)
    ovr = best.select(recist_records, RECIST, first_dose, new_therapy)
    all_ovr = best.select(recist_records, RECIST, first_dose)
    iovr = best.select(irecist_records, IRECIST, first_dose, new_therapy)

    responses = {
        "RSP": best.response(ovr, RECIST),
        "CRSP": best.confirmed_response(ovr, RECIST),
        "BOR": best.best_response(ovr, RECIST, first_dose),
        "CBOR": best.best_response(ovr, RECIST, first_dose, confirm=True),
        "PD": best.progression(ovr),
        "CB": best.clinical_benefit(ovr, RECIST, first_dose),
        "LSTA": best.last_adequate(ovr, RECIST),
        "IRSP": best.response(iovr, IRECIST),
        "ICRSP": best.confirmed_response(iovr, IRECIST),
        "IBOR": best.best_response(iovr, IRECIST, first_dose),
        "ICBOR": best.best_response(iovr, IRECIST, first_dose, confirm=True),
        "ICPD": best.confirmed_progression(iovr),
        "IUPD": best.unresolved_progression(iovr),
        "ICB": best.clinical_benefit(iovr, IRECIST, first_dose),
        "PSPR": best.pseudo_progression(iovr),
        "ILSTA": best.last_adequate(iovr, IRECIST),
    }
    responses["DCR"] = best.disease_control(responses["CBOR"], RECIST)

    progression = responses["PD"].date
    iprogression = tte.irecist_progression(responses["ICPD"].date, responses["IUPD"].date)
    adequate = [one.date for one in ovr if one.value != "NE"]
    all_adequate = [one.date for one in all_ovr if one.value != "NE"]
    iadequate = [one.date for one in iovr if one.value != "NE"]
    response, iresponse = responses["CRSP"].date, responses["ICRSP"].date
    times = {
        "OS": tte.overall_survival(first_dose, death, last_alive, stop),
        "OSMSC": tte.overall_survival(first_infusion, death, last_alive, stop),
        "PFS": tte.progression_free(enrolled, progression, death, adequate, new_therapy, stop),
        "PFSS": tte.progression_free(
            enrolled,
            best.progression(all_ovr).date,
            death,
            all_adequate,
            new_therapy,
            stop,
            use_new_therapy=False,
            use_gap=False,
        ),
        "IPFS": tte.progression_free(enrolled, iprogression, death, iadequate, new_therapy, stop),
        "DOR": tte.duration_of_response(response, progression, death, adequate, new_therapy, stop),
        "IDOR": tte.duration_of_response(
            iresponse, iprogression, death, iadequate, new_therapy, stop
        ),
        "TTR": tte.time_to_response(enrolled, response, stop),
        "ITTR": tte.time_to_response(enrolled, iresponse, stop),
    }
    return Parameters(responses, times)
