"""Where each thing that is asked of the analysis algorithms is tested, and that the test is there.

By section: what is asked, in short, and the tests that would fail if it did not hold.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

DATES, TIMES = "algorithms/test_analysis_dates.py", "algorithms/test_analysis_datetimes.py"
SOURCES, PEOPLE = "algorithms/test_source_dates.py", "algorithms/test_populations.py"
EMERGENCE, BASELINE = "algorithms/test_emergence.py", "algorithms/test_analysis_baseline.py"
TOXICITY, SURVIVAL = "algorithms/test_toxicity.py", "algorithms/test_time_to_event.py"
SUMS, NADIR = "algorithms/test_tumor_sums.py", "algorithms/test_nadir.py"
RECIST, IRECIST = "algorithms/test_recist.py", "algorithms/test_irecist.py"
INPUTS, BEST = "algorithms/test_response_inputs.py", "algorithms/test_best_response.py"
LESIONS, TUMORS = "algorithms/test_tumor_responses.py", "algorithms/test_tumor_records.py"
SLOW_BEST, SLOW_RECIST = "reference/test_best_response.py", "reference/test_recist.py"
FAST, FAST_TIMES = "reference/test_fast_responses.py", "reference/test_fast_times.py"
FAST_IMMUNE, MERGES = "reference/test_fast_immune_times.py", "build/test_merges.py"
ADSL, ADAE = "study/test_adsl.py", "study/test_adae.py"
ADEX, LABORATORY = "study/test_adex.py", "study/test_laboratory_analysis.py"
ENDPOINTS, CONVENTIONS = "study/test_endpoints.py", "study/test_conventions.py"
INVARIANTS = "study/test_analysis_invariants.py"

Clauses = dict[str, tuple[str, ...]]

INDEX: dict[str, Clauses] = {
    "dates": {
        "an incomplete date stays missing until imputation is asked for": (
            f"{DATES}::test_nothing_is_imputed_unless_asked",
            f"{DATES}::test_what_is_not_imputed_is_told",
        ),
        "first, last and middle of what is unknown": (
            f"{DATES}::test_first_last_and_mid_of_an_unknown_day_and_month",
            f"{TIMES}::test_moments_are_imputed_as_by_going_through_their_seconds",
        ),
        "the last day of February in a leap year": (f"{DATES}::test_last_respects_leap_years",),
        "a day after an unknown month is dropped": (
            f"{DATES}::test_a_day_after_an_unknown_month_is_discarded",
        ),
        "or kept when so declared": (
            f"{DATES}::test_a_day_after_an_unknown_month_is_kept_when_preserved",
            f"{DATES}::test_a_preserved_day_that_the_month_does_not_have_is_an_error",
        ),
        "the flag of a date names the highest imputed part": (
            f"{DATES}::test_the_flag_is_the_highest_part_imputed",
        ),
        "the flag of a time, too": (f"{DATES}::test_the_time_flag_is_the_highest_part_imputed",),
        "bounds act within the possible range": (
            f"{DATES}::test_bounds_apply_inside_the_possible_range_only",
        ),
        "the lower bounds first, then the upper ones": (
            f"{DATES}::test_the_latest_lower_bound_then_the_earliest_upper_bound",
        ),
        "a complete date is never moved": (f"{DATES}::test_a_complete_date_never_changes",),
        "bounds that leave nothing are an error": (
            f"{DATES}::test_an_impossible_result_is_an_error",
        ),
        "a year is only imputed within a bound": (
            f"{DATES}::test_imputing_the_year_needs_a_bound",
            f"{DATES}::test_an_unknown_year_is_imputed_as_its_bound",
        ),
        "a start and an end imputed together keep their order": (
            f"{DATES}::test_start_and_end_imputed_jointly_never_cross",
            f"{ADAE}::test_imputed_dates_never_cross",
        ),
    },
    "subjects, exposure, adverse events": {
        "treatment starts at the first dose above zero, or of placebo": (
            f"{SOURCES}::test_treatment_starts_with_the_first_dose_above_zero_or_placebo",
            f"{ADSL}::test_treatment_dates_are_those_of_the_doses_that_were_given",
        ),
        "it ends at the last one, at the last second when no time is known": (
            f"{SOURCES}::test_treatment_ends_with_the_last_dose_at_the_last_second_when_the_time_is_missing",
        ),
        "the safety flag is Y or N": (
            f"{PEOPLE}::test_a_population_flag_is_y_or_n_and_never_missing",
            f"{ADSL}::test_population_flags_are_y_or_n_for_everybody",
        ),
        "last known alive": (
            f"{SOURCES}::test_last_known_alive_is_the_latest_complete_date_over_the_declared_sources",
            "study/test_adsl_again.py::test_last_known_alive_is_the_latest_complete_contact_up_to_the_cut",
        ),
        "a merge that cannot tell which record is an error": (
            f"{MERGES}::test_duplicates_on_the_right_without_an_order_are_an_error_and_give_nothing",
            f"{MERGES}::test_an_order_that_does_not_decide_is_an_error",
            f"{MERGES}::test_the_first_or_last_of_no_order_is_refused",
        ),
        "exposure by the form": (
            f"{ADEX}::test_relative_dose_intensity_of_cells_is_given_of_planned",
            f"{ADEX}::test_totals_agree_with_adsl",
        ),
        "emergence: nobody untreated": (
            f"{EMERGENCE}::test_without_a_treatment_start_there_is_no_flag",
        ),
        "emergence: not what ended before": (
            f"{EMERGENCE}::test_an_event_that_ended_before_treatment_has_no_flag",
        ),
        "emergence: an unknown start counts": (
            f"{EMERGENCE}::test_a_missing_start_is_treatment_emergent",
        ),
        "emergence: within treatment and the window after it": (
            f"{EMERGENCE}::test_a_start_from_treatment_start_to_the_end_of_the_window_is_emergent",
            f"{EMERGENCE}::test_a_missing_treatment_end_sets_no_limit",
            f"{CONVENTIONS}::test_windows_of_adverse_events_are_arguments",
        ),
        "emergence: an earlier event that got worse, both grades known": (
            f"{EMERGENCE}::test_an_event_before_treatment_that_worsened_is_emergent_when_both_intensities_are_known",
        ),
        "emergence: by episode all after a worsening": (
            f"{EMERGENCE}::test_by_episode_all_records_after_a_worsening_are_emergent",
        ),
        "emergence: the rules in this order": (
            f"{EMERGENCE}::test_it_agrees_with_the_rules_told_record_by_record",
        ),
    },
    "laboratory": {
        "baseline is the last result before the reference": (
            f"{BASELINE}::test_baseline_is_the_last_non_missing_record_before_the_reference",
        ),
        "strictly before or including the moment, as declared": (
            f"{BASELINE}::test_on_the_day_an_equal_time_counts_strictly_not_inclusively_so",
        ),
        "of the same day only what is pre-dose": (
            f"{BASELINE}::test_on_the_day_without_a_time_only_a_declared_predose_time_point_counts",
            f"{BASELINE}::test_on_the_day_a_record_known_to_be_earlier_counts_when_so_declared",
        ),
        "of one moment by the order declared": (
            f"{BASELINE}::test_records_of_one_date_go_by_the_order_columns",
        ),
        "two baselines are an error": (
            f"{BASELINE}::test_two_baselines_are_an_error",
            f"{BASELINE}::test_two_baselines_are_a_finding_and_no_flag",
            f"{INVARIANTS}::test_each_series_has_at_most_one_baseline",
        ),
        "changes only after baseline": (
            f"{BASELINE}::test_change_and_percent_change_after_baseline_only",
            f"{LABORATORY}::test_changes_are_after_baseline_only",
            f"{INVARIANTS}::test_change_is_value_less_base",
        ),
        "no percent of a baseline of 0": (
            f"{BASELINE}::test_percent_change_is_missing_when_base_is_0",
        ),
        "percent by the size of the baseline": (
            f"{BASELINE}::test_percent_change_divides_by_the_size_of_base",
        ),
        "shift as two words": (f"{BASELINE}::test_shift_is_x_to_y",),
        "grades compare 15 significant digits": (
            f"{TOXICITY}::test_comparison_is_at_15_significant_digits",
        ),
        "a unit other than the criteria's is not graded and told": (
            f"{TOXICITY}::test_unit_mismatch_is_missing_and_a_finding",
        ),
        "haemoglobin without its lower limit": (
            f"{TOXICITY}::test_haemoglobin_below_80_is_grade_3_without_a_lower_limit_but_0_and_1_need_it",
        ),
        "multiples of baseline only of an abnormal one": (
            f"{TOXICITY}::test_baseline_multiples_only_when_the_baseline_is_abnormal",
        ),
        "never of the baseline record itself": (
            f"{TOXICITY}::test_an_abnormal_baseline_is_graded_against_the_limits_not_against_itself",
        ),
        "words about symptoms as the worst case, or not": (
            f"{TOXICITY}::test_wording_that_needs_symptoms_is_the_worst_case_configurable",
        ),
        "grade 0 is a grade": (f"{TOXICITY}::test_grade_0_is_not_missing",),
        "combined grade: low is negative": (f"{TOXICITY}::test_combined_grade_low_is_negative",),
        "combined grade: low before high": (
            f"{TOXICITY}::test_combined_grade_low_above_0_outranks_high",
        ),
        "all terms of the criteria": (
            f"{TOXICITY}::test_all_laboratory_terms_are_there_not_only_the_studys",
            f"{LABORATORY}::test_grades_are_those_of_the_studys_table",
        ),
    },
    "times to events": {
        "the earliest event": (f"{SURVIVAL}::test_the_earliest_event_counts",),
        "of one day the event listed first": (
            f"{SURVIVAL}::test_of_events_that_tie_the_first_listed_counts",
        ),
        "otherwise the latest censoring": (
            f"{SURVIVAL}::test_without_event_the_latest_censor_counts",
        ),
        "of one day the censoring listed last": (
            f"{SURVIVAL}::test_of_censors_that_tie_the_last_listed_counts",
        ),
        "an event before any censoring": (f"{SURVIVAL}::test_an_event_beats_any_censor",),
        "but for a stop date before it, on the day itself it counts": (
            f"{SURVIVAL}::test_an_event_after_the_stop_date_does_not_count_on_its_day_it_does",
        ),
        "a date before the start": (
            f"{SURVIVAL}::test_a_date_before_the_start_gives_aval_1_and_a_finding",
        ),
        "a start that is missing": (
            f"{SURVIVAL}::test_a_missing_start_keeps_adt_and_leaves_aval_missing",
        ),
        "neither event nor censoring": (
            f"{SURVIVAL}::test_no_event_and_no_censor_is_no_record_and_a_finding",
            f"{SURVIVAL}::test_parameters_of_responders_only_are_exempt_from_that_finding",
        ),
        "one record at most": (
            f"{SURVIVAL}::test_at_most_one_record_per_subject",
            f"{INVARIANTS}::test_there_is_at_most_one_time_for_each_subject_and_parameter",
        ),
        "days count from one": (f"{SURVIVAL}::test_days_are_counted_from_one",),
        "months by 30.4375 days or by the calendar": (
            f"{SURVIVAL}::test_months_are_days_divided_by_30_4375",
            f"{SURVIVAL}::test_calendar_months_are_whole_months_and_days_of_the_next",
        ),
        "CNSR 0 of an event, above 0 of a censoring": (
            f"{SURVIVAL}::test_cnsr_is_0_for_an_event_and_positive_for_a_censor",
            f"{INVARIANTS}::test_censoring_and_its_words_agree",
        ),
        "the source is named, with its sequence where there is one": (
            f"{SURVIVAL}::test_source_is_always_told_and_its_sequence_where_there_is_one",
            f"{ENDPOINTS}::test_every_source_is_a_record_that_has_that_date",
        ),
        "whatever the order": (
            f"{SURVIVAL}::test_the_result_does_not_depend_on_the_order_of_records",
            f"{FAST_TIMES}::test_times_do_not_depend_on_order_and_company",
        ),
        "by a second route": (
            f"{FAST_TIMES}::test_any_time_to_event",
            f"{FAST_TIMES}::test_progression_free_survival",
            f"{FAST_TIMES}::test_duration_of_response",
            f"{FAST_TIMES}::test_overall_survival",
            f"{FAST_IMMUNE}::test_progression_free_survival_by_irecist",
            f"{FAST_IMMUNE}::test_duration_of_response_by_irecist",
        ),
    },
    "lesions and responses": {
        "longest diameters, and short axes of nodes": (
            f"{SUMS}::test_the_sum_takes_the_longest_diameter_and_of_nodes_the_short_axis",
        ),
        "a sum needs all targets of baseline": (
            f"{SUMS}::test_the_sum_is_usable_only_if_all_baseline_targets_are_assessed",
        ),
        "pieces and merged lesions": (
            f"{SUMS}::test_pieces_of_a_split_lesion_are_summed_and_a_merged_one_stands_for_its_parents",
        ),
        "the lowest earlier sum, with that of baseline": (
            f"{SUMS}::test_nadir_is_the_lowest_earlier_complete_sum_baseline_included",
            f"{NADIR}::test_nadir_is_the_lowest_earlier_usable_sum_baseline_included",
        ),
        "no percent from a nadir of 0": (
            f"{CONVENTIONS}::test_percent_from_nadir_is_missing_when_the_nadir_is_0",
            f"{SLOW_RECIST}::test_changes_are_exact_and_missing_from_a_nadir_of_zero",
        ),
        "progression by 20 percent and 5 mm, exactly": (
            f"{RECIST}::test_progression_is_20_percent_and_5_mm_over_nadir_in_exact_arithmetic",
        ),
        "a lesion that comes back after 0": (
            f"{RECIST}::test_reappearance_after_nadir_0_is_progression",
        ),
        "what was not assessed makes neither PD nor CR": (
            f"{RECIST}::test_unassessed_lesions_never_make_complete_response",
            f"{IRECIST}::test_what_was_not_measured_neither_confirms_nor_takes_back",
        ),
        "nodes are gone below 10 mm": (
            f"{RECIST}::test_nodal_complete_response_is_below_10_mm_short_axis_not_sum_0",
        ),
        "too small to measure is 5 mm": (f"{SUMS}::test_too_small_to_measure_counts_as_5_mm",),
        "one response a day, the worst": (
            f"{INPUTS}::test_one_response_per_subject_and_date_the_worst_kept",
        ),
        "from the reference on": (f"{INPUTS}::test_on_or_after_the_reference",),
        "up to the first progression": (f"{INPUTS}::test_through_the_first_pd_inclusive",),
        "before new therapy": (f"{INPUTS}::test_before_new_therapy_and_on_its_day_as_declared",),
        "best response: the order": (f"{BEST}::test_order_cr_pr_sd_neither_pd_ne_missing",),
        "best response: stable disease has a window": (
            f"{BEST}::test_sd_needs_reference_and_window_days_earlier_is_ne",
        ),
        "best response: progression has none": (f"{BEST}::test_pd_has_no_window",),
        "confirmation: 28 days, to the first that qualifies": (
            f"{BEST}::test_confirmation_at_27_days_fails_and_at_28_passes",
            f"{BEST}::test_confirmation_is_looked_for_up_to_the_first_qualifying_record",
        ),
        "confirmation: what may be between, of CR": (
            f"{BEST}::test_cr_allows_only_cr_and_ne_between_and_at_most_one_ne",
        ),
        "confirmation: what may be between, of PR": (
            f"{BEST}::test_pr_allows_cr_pr_and_ne_between_and_at_most_one_ne",
            f"{BEST}::test_pr_allows_none_pr_after_cr_between",
            f"{BEST}::test_pr_optionally_allows_one_sd_between",
        ),
        "confirmation: dated at the first of the two": (
            f"{BEST}::test_date_is_that_of_the_first_of_the_pair",
        ),
        "PR after CR: three policies and a finding": (
            f"{INPUTS}::test_cr_followed_by_pr_is_read_as_declared_with_a_finding",
            f"{CONVENTIONS}::test_response_conventions_are_arguments",
        ),
        "fixtures": (
            f"{BEST}::test_fixture_pr_cr_ne_cr_sd_is_cr",
            f"{BEST}::test_fixture_sd_pr_sd_cr_is_sd",
            f"{BEST}::test_fixture_sd_pr_sd_cr_is_pr_if_one_sd_is_accepted_and_14_days",
            f"{BEST}::test_fixture_cr_cr_at_20_days_sd_is_sd",
            f"{BEST}::test_fixture_cr_cr_at_20_days_sd_is_cr_at_14_days",
            f"{BEST}::test_fixture_pr_sd_sd_pr_is_sd",
            f"{BEST}::test_fixture_pr_cr_pr_is_sd",
            f"{BEST}::test_fixture_early_pr_cr_then_ne_is_ne",
            f"{BEST}::test_fixture_none_is_missing_or_ne_by_option",
            f"{BEST}::test_fixture_pd_sd_is_pd",
        ),
        "responders: everybody, Y or N": (
            f"{BEST}::test_responder_parameters_exist_for_every_subject_of_the_population_y_or_n",
            f"{ENDPOINTS}::test_every_subject_of_the_population_has_each_response_parameter_once",
            f"{INVARIANTS}::test_responders_of_confirmed_best_response_are_responders",
        ),
        "iRECIST: a confirmed progression has the first day of its block": (
            f"{INPUTS}::test_progression_is_dated_at_the_first_iupd_of_its_block",
            f"{SLOW_BEST}::test_fixture_confirmed_icpd_is_dated_at_the_first_iupd_of_its_block",
            f"{FAST}::test_progression_by_irecist",
        ),
        "iRECIST: unresolved is what nothing better follows": (
            f"{INPUTS}::test_progression_is_dated_at_the_first_iupd_of_its_block",
            f"{SLOW_BEST}::test_confirmed_and_unresolved_progression",
            f"{FAST_IMMUNE}::test_an_iupd_is_an_event_when_confirmed_or_never_resolved",
        ),
        "iRECIST: the order": (f"{BEST}::test_best_response_by_irecist_has_its_own_order",),
        "iRECIST: an iUPD is not above a later better response": (
            f"{BEST}::test_an_iupd_never_overrides_a_later_isd_ipr_icr",
        ),
        "by a second route": (
            f"{LESIONS}::test_responses_are_those_of_the_slow_second_way",
            f"{FAST}::test_response_input",
            f"{FAST}::test_confirmed_and_best_response",
            f"{FAST}::test_benefit_last_assessment_and_progression",
        ),
        "whatever the order": (
            f"{TUMORS}::test_responses_do_not_depend_on_the_order_of_rows_or_on_other_subjects",
            f"{BEST}::test_responses_do_not_depend_on_their_order",
        ),
        "the rules of a study are arguments": (
            f"{CONVENTIONS}::test_every_convention_stands_in_its_spec",
            f"{CONVENTIONS}::test_response_conventions_are_arguments",
            f"{CONVENTIONS}::test_time_conventions_are_arguments",
            f"{CONVENTIONS}::test_limits_of_derived_responses_are_arguments",
            f"{RECIST}::test_thresholds_are_arguments",
            f"{IRECIST}::test_the_days_to_confirmation_are_an_argument",
        ),
    },
}
ASKED = {
    f"{section}: {clause}": tests
    for section, clauses in INDEX.items()
    for clause, tests in clauses.items()
}


@cache
def names_in(file: str) -> frozenset[str]:
    """The tests that pytest collects in a file, read but not run."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_has_its_tests(asked: str) -> None:
    named = [one.split("::") for one in ASKED[asked]]
    assert named
    assert [name for file, name in named if name not in names_in(file)] == []
