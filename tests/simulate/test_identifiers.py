from __future__ import annotations

IDS = ("EDCID", "LABID", "SCRNO")


def test_every_id_in_the_forms_is_in_the_crosswalk(raw) -> None:
    known = {row["EDCID"] for row in raw["idmap"]}
    for name, rows in raw.items():
        if rows and "SUBJECT" in rows[0]:
            assert {row["SUBJECT"] for row in rows} <= known, name
    assert len(known) == len(raw["idmap"])


def test_no_id_is_two_persons(raw) -> None:
    for column in IDS:
        persons: dict[str, set[str]] = {}
        for row in raw["idmap"]:
            if row[column]:
                persons.setdefault(row[column], set()).add(row["PERSON"])
        assert [ids for ids, people in persons.items() if len(people) > 1] == []


def test_the_person_screened_twice_has_both_screening_numbers_of_the_forms(raw) -> None:
    twice = [row for row in raw["screenings"] if row["PREVSCR"]]
    assert [row["SUBJECT"] for row in twice] == ["001-0031"]
    lines = [row for row in raw["idmap"] if row["PERSON"] == "001-0031"]
    assert [row["SCRNO"] for row in lines] == [twice[0]["SCRNO"], twice[0]["PREVSCR"]]
    assert [row["LABID"] for row in lines] == ["BT078_001_31", ""]


def test_the_screening_numbers_are_those_of_the_forms(raw) -> None:
    numbers = {row["EDCID"]: row["SCRNO"] for row in raw["idmap"]}
    assert all(numbers[row["SUBJECT"]] == row["SCRNO"] for row in raw["ic"])
