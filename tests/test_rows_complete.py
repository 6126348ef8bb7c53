"""Every row of the tables of bad input is shown by exactly one test, or is named with why not.

The tables are those of the project's reliability notes: 4.1 what people write, 4.2 what models
write, 4.3 pictures, 4.4 arguments of commands, 4.5 replies of model services, 4.6 HTTP, 4.7
settings.
"""

from __future__ import annotations

import importlib
from collections import Counter

from tests import (
    backend_fault_rows,
    backend_http_rows,
    backend_reply_rows,
    backend_rows,
    input_rows_model,
    input_rows_people,
    input_rows_words,
    test_commands_rows,
    test_config_rows,
    test_files_pictures,
    test_http_rows,
)

# These fill the rows of the backends.
__all__ = ["backend_fault_rows", "backend_http_rows", "backend_reply_rows"]

TABLES = {
    "4.1": """
        X001 X002 X004 X005 X007 X008 X010 X011 X013 X014 X016 X017 X019 X020 X022 X023 X025 X026
        X028 X029 X031 X032 X034 X035 X037 X038 X040 X041 X043 X044 X046 X047 X049 X050 X052 X053
        X055 X056
    """,
    "4.2": "X058 X059 X061 X062 X064 X065 X067 X068 X070 X071 X073 X074 X076 X077",
    "4.3": """
        X079 X080 X082 X083 X085 X086 X088 X089 X091 X092 X094 X095 X097 X098 X100 X101 X103 X104
        X106 X107 X109 X110 X112 X113 X115 X116 X118 X119 X121 X122 X124 X125 X127 X128 X130 X131
        X133 X134
    """,
    "4.4": """
        X136 X137 X139 X140 X142 X143 X145 X146 X148 X149 X151 X152 X154 X155 X157 X158 X160 X161
        X163 X164 X166 X167 X169
    """,
    "4.5": """
        X170 X172 X173 X175 X176 X178 X179 X181 X182 X184 X185 X187 X188 X190 X191 X193 X194 X196
        X197 X199 X200 X202 X203 X205
    """,
    "4.6": """
        X206 X208 X209 X211 X212 X214 X215 X217 X218 X220 X221 X223 X224 X226 X227 X229 X230 X232
        X233 X235 X236 X238 X239 X241 X242 X244 X245 X247 X248 X250 X251 X253 X254 X256 X257 X259
        X260
    """,
    "4.7": """
        X262 X263 X265 X266 X268 X269 X271 X272 X274 X275 X277 X278 X280 X281 X283 X284 X286 X287
    """,
}
IDS = [id_ for table in TABLES.values() for id_ in table.split()]

# Rows of one test function each.
SINGLE = {
    "X032": "test_slack_markup:test_text_is_read_as_people_see_it",
    "X034": "test_slack_whole:test_x034_a_question_may_stand_in_blocks_only",
    "X035": "test_slack_whole:test_x035_a_canvas_is_named_as_not_read",
    "X062": "test_slack_texts:test_what_is_not_live_stays_as_it_is",
    "X124": "test_fetch:test_x124_a_body_without_end_is_stopped",
    "X125": "test_fetch:test_x125_no_length_is_believed",
    "X127": "test_fetch_redirects:test_x127_a_redirect_to_where_nobody_may_go",
    "X128": "test_turns_files:test_as_many_pictures_go_as_the_model_takes_and_each_once",
    "X133": "test_discord_files:test_an_expired_link_is_had_anew_once",
    "X134": "test_files_masks:test_x134_a_mask",
    **dict.fromkeys(
        ["X152", "X155", "X157"], "test_quota_rows:test_bad_arguments_are_answered_in_words"
    ),
    "X160": "test_forms_rows:test_x160_a_seed_is_an_option_that_there_is_not",
    "X161": "test_forms_rows:test_x161_a_size_that_is_none_is_refused_with_the_list",
    "X164": "test_quota_report:test_x164_the_ledger_is_sent_once_an_hour",
    "X167": "test_commands_rows:test_x167_the_last_of_two_admins_wins_and_both_are_written_down",
    "X202": "test_segmind_images_results:test_x202_base64_that_is_taken",
    "X203": "test_segmind_images_results:test_x203_an_address_that_is_not_asked",
    "X247": "test_mask_pages:test_x247_a_second_over_is_over",
    "X248": "test_mask_pages:test_x248_a_used_link_is_used",
    "X250": "test_mask_pages:test_x250_no_other_token_opens_the_page",
    "X251": "test_mask_pages:test_x251_looking_uses_nothing_up",
    "X253": "test_mask_pages:test_x253_what_is_not_sent_by_the_page_is_refused",
    "X254": "test_mask_pages:test_x254_a_mask_that_is_none_is_refused_and_the_link_stays",
    "X256": "test_mask_pages:test_x256_the_address_goes_nowhere_else",
    "X257": "test_page_guard:test_serves_its_own_names_only",
    "X259": "test_page_browser:test_what_is_written_runs_nothing_and_loads_nothing",
}

_WEBHOOKS = "no service calls back yet"
NOT_MET_YET = {
    "X163": "nothing can be forgotten by command yet",
    "X194": "the Responses protocol is not spoken yet",
    "X205": "Runware is not spoken yet",
    **dict.fromkeys(["X238", "X239", "X241", "X242", "X244", "X245"], _WEBHOOKS),
}
# Rows that are played on Discord, and what Slack adds to them.
SLACK_TOO = {
    "X037": "test_slack_endpoint:test_what_makes_no_sense_does_not_come_again",
    "X065": "test_slack_blocks:test_an_answer_is_markdown_with_its_buttons_below",
}


def rows_met() -> dict[str, set[str]]:
    """Return the ids that each runner plays."""
    return {
        "words": {row.id for row in input_rows_words.ROWS},
        "people": {row.id for row in input_rows_people.ROWS},
        "models": {row.id for row in input_rows_model.ROWS},
        "pictures": {row.id for row in test_files_pictures.ROWS},
        "commands": set(test_commands_rows.ROWS) | set(test_commands_rows.NUMBERS),
        "backends": {row.id for row in backend_rows.ROWS if row.id.startswith("X")},
        "requests": {row.id for row in test_http_rows.ROWS},
        "settings": set(test_config_rows.ROWS),
        "single": set(SINGLE),
    }


def test_every_row_is_met_once_or_named_with_why_not() -> None:
    met = Counter(id_ for ids in rows_met().values() for id_ in ids)
    met.update(list(NOT_MET_YET))
    assert len(set(IDS)) == len(IDS)
    assert sorted(set(IDS) - set(met)) == [], "no test shows these"
    assert sorted(set(met) - set(IDS)) == [], "no table has these"
    assert [id_ for id_, times in met.items() if times > 1] == [], "these are shown twice"


def test_what_slack_adds_is_shown_beside() -> None:
    here = rows_met()["people"] | rows_met()["models"]
    assert set(SLACK_TOO) <= here
    assert set(SLACK_TOO).isdisjoint(NOT_MET_YET)
    assert all(NOT_MET_YET.values())


def test_a_single_row_names_a_test_that_is_there() -> None:
    for id_, where in (*SINGLE.items(), *SLACK_TOO.items()):
        module, _, name = where.partition(":")
        found = getattr(importlib.import_module(f"tests.{module}"), name, None)
        assert callable(found), f"{id_}: {where}"
