"""ADSL by a second route: person by person, as the design tells it."""

import pandas as pd
import pytest

CONTACTS = {
    "EX": "EXENDTC",
    "AE": "AESTDTC",
    "VS": "VSDTC",
    "LB": "LBDTC",
    "CP": "CPDTC",
    "PC": "PCDTC",
    "TR": "TRDTC",
    "SV": "SVSTDTC",
    "SS": "SSDTC",
}
CUT = "2025-06-30"


@pytest.fixture(scope="module")
def adsl(frames):
    return list(frames["ADSL"].itertuples())


@pytest.fixture(scope="module")
def of(frames):
    """The records of a dataset of one person as dictionaries."""
    groups = {
        name: dict(list(frames[name].groupby("USUBJID")))
        for name in (
            "EX",
            "AE",
            "VS",
            "LB",
            "CP",
            "PC",
            "TR",
            "SV",
            "SS",
            "RS",
            "CM",
            "DS",
            "SUPPAE",
        )
    }

    def records(dataset, usubjid):
        found = groups[dataset].get(usubjid)
        return [] if found is None else found.to_dict("records")

    return records


def day(value):
    return None if pd.isna(value) else f"{value:%Y-%m-%d}"


def test_last_known_alive_is_the_latest_complete_contact_up_to_the_cut(adsl, of):
    for person in adsl:
        contacts = []
        for dataset, column in CONTACTS.items():
            for record in of(dataset, person.USUBJID):
                if dataset == "SS" and record["SSSTRESC"] != "ALIVE":
                    continue
                if dataset == "SV" and "SURVIVAL FOLLOW-UP" in str(record["VISIT"]):
                    continue
                text = record[column]
                if isinstance(text, str) and len(text) >= 10:
                    contacts.append(text[:10])
        assert day(person.LSTALVDT) == max((d for d in contacts if d <= CUT), default=None)


def test_performance_status_is_the_last_one_up_to_enrollment(adsl, of):
    for person in adsl:
        known = [
            (record["RSDTC"], record["RSSTRESN"])
            for record in of("RS", person.USUBJID)
            if record["RSTESTCD"] == "ECOG101"
            and pd.notna(record["RSSTRESN"])
            and day(person.ENRLDT)
            and record["RSDTC"] <= day(person.ENRLDT)
        ]
        wanted = max(known, default=(None, None))[1]
        assert (None if pd.isna(person.ECOGBL) else person.ECOGBL) == wanted


def test_measurable_disease_is_a_target_of_10_mm_or_a_node_of_15_mm_before_treatment(adsl, of):
    for person in adsl:
        first = day(person.TRTSDT) or "9999"
        measurable = any(
            record["TRGRPID"] == "TARGET"
            and record["TRDTC"] < first
            and record["TRSTRESN"] >= {"LDIAM": 10, "LPERP": 15}.get(record["TRTESTCD"], 1e9)
            for record in of("TR", person.USUBJID)
        )
        assert ("Y" if measurable else "N") == person.MEASBLFL


def test_who_can_be_judged_for_efficacy(adsl, of):
    for person in adsl:
        assessed = any(
            record["RSTESTCD"] == "OVRLRESP"
            and record["RSCAT"] == "RECIST 1.1"
            and record["RSSTRESC"] != "NE"
            and record["RSDTC"] > (day(person.TRTSDT) or "9999")
            for record in of("RS", person.USUBJID)
        )
        wanted = person.FASFL == person.MEASBLFL == "Y" and (assessed or pd.notna(person.DTHDT))
        assert ("Y" if wanted else "N") == person.EFFFL


def test_who_can_be_judged_for_dose_limiting_toxicity(adsl, of, frames):
    """Those with a toxicity of ADAE, whose start may be imputed, or followed for four weeks."""
    events = frames["ADAE"]
    starts = {(e.USUBJID, e.AESEQ): e.ASTDT for e in events.itertuples()}
    assert set(events.loc[events["DLTFL"] == "Y", "USUBJID"]) <= {
        person.USUBJID for person in adsl if person.DLTEVLFL == "Y"
    }
    for person in adsl:
        dlt = {
            r["IDVARVAL"]
            for r in of("SUPPAE", person.USUBJID)
            if (r["QNAM"], r["QVAL"]) == ("AEDLT", "Y")
        }
        start = person.MSCSDT
        in_time = any(
            str(int(record["AESEQ"])) in dlt
            and 0 <= (starts[person.USUBJID, record["AESEQ"]] - start).days <= 28
            for record in of("AE", person.USUBJID)
        )
        followed = pd.notna(start) and (person.LSTALVDT - start).days >= 28
        wanted = person.MSCFL == "Y" and (in_time or followed)
        assert ("Y" if wanted else "N") == person.DLTEVLFL


def test_who_has_cells_and_biomarkers_after_the_first_infusion(adsl, of):
    for person in adsl:
        start = "9999" if pd.isna(person.MSCSDTM) else person.MSCSDTM.isoformat()
        cells = [r for r in of("PC", person.USUBJID) if isinstance(r["PCSTRESC"], str)]
        measured = any(record["PCDTC"] > start for record in cells)
        assert ("Y" if measured else "N") == person.PKFL
        marks = [
            (record[f"{name}LOBXFL"], record[f"{name}DTC"], record[f"{name}STRESC"])
            for name in ("LB", "CP")
            for record in of(name, person.USUBJID)
            if record.get("LBCAT", "CYTOKINES") == "CYTOKINES"
        ]
        before = any(flag == "Y" for flag, _, _ in marks)
        after = any(
            str(when) > start and isinstance(result, str) and isinstance(when, str)
            for _, when, result in marks
        )
        assert ("Y" if before and after and person.MSCFL == "Y" else "N") == person.BIOFL


def test_prior_lines_and_antibodies(adsl, of):
    for person in adsl:
        prior = [r for r in of("CM", person.USUBJID) if r["CMCAT"] == "PRIOR ANTICANCER"]
        assert len({record["CMSCAT"] for record in prior}) == person.NPRIOR
        checkpoint = any("ANTI-PD" in str(record["CMCLAS"]).upper() for record in prior)
        assert ("Y" if checkpoint else "N") == person.PRIOPD1


def test_enrollment_is_the_milestone(adsl, of):
    for person in adsl:
        entered = [
            r["DSSTDTC"] for r in of("DS", person.USUBJID) if r["DSDECOD"] == "ENTERED INTO TRIAL"
        ]
        assert ([day(person.ENRLDT)] if pd.notna(person.ENRLDT) else []) == entered
