"""What can go wrong for the people whose data is kept, what is done about it, and what is left (GDPR art.
35).

Written by hand. Every measure points at the test that proves it; a test sees to it that the test exists. The
municipality adds its own risks (staff, premises, suppliers) and decides whether what is left is acceptable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["låg", "medel", "hög"]
_MATRIX = "tests/contract/test_authorization_matrix.py"
_DATA = "tests/infrastructure/test_data.py"
_EXTRACTS = "tests/integration/access/test_extracts.py"
_FILES = "tests/integration/messages/test_attachments.py"
_GUARD = "tests/unit/access/test_guard.py"
_PERMISSIONS = "tests/infrastructure/test_permissions.py"
_RETENTION = "tests/integration/access/retention"
_PRIVACY = "tests/e2e/test_privacy.py"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is done, and the test that fails when it is not: `path::name`."""

    what: str
    proof: str


@dataclass(frozen=True, slots=True)
class Risk:
    """`before` and `left` are likelihood and severity taken together, before and after the measures; `open`
    says what is not done yet.
    """

    what: str
    before: Level
    left: Level
    measures: tuple[Measure, ...]
    open: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A part of Skolplattformen that IMY fined Stockholm for (DI-2019-7024), and what shows that it cannot
    happen the same way here.
    """

    where: str
    what: str
    measures: tuple[Measure, ...]


RISKS = (
    Risk(
        "Någon utan uppgift för ett barn läser barnets uppgifter.", "hög", "låg",
        (
            Measure("Varje anrop prövas mot relationen till just den personen; allt annat är 404.",
                    f"{_MATRIX}::test_whoever_is_not_in_the_row_learns_and_changes_nothing"),
            Measure("En ny operation utan rad i behörighetsmatrisen stoppar bygget.",
                    f"{_MATRIX}::test_every_operation_has_its_row"),
            Measure("Färre kända fakta öppnar aldrig mer.",
                    "tests/unit/access/test_guard_properties.py::test_knowing_less_never_opens_more"),
            Measure("Fel i en regel är ett nej.", f"{_GUARD}::test_an_erroring_policy_is_a_refusal"),
        ),
    ),
    Risk(
        "Den som hotar en person med skyddade personuppgifter får veta var den finns.", "hög", "medel",
        (
            Measure("Bara de med uppgift för just den eleven ser att den finns.",
                    f"{_MATRIX}::test_a_protected_pupil_is_there_only_for_those_with_a_task"),
            Measure("Adress och nummer är krypterade med egen nyckel innan de lagras.",
                    f"{_PRIVACY}::test_a_protected_persons_whereabouts_are_in_no_table_in_clear"),
            Measure("Exporter och rapporter som visar någon som får skydd tas bort genast.",
                    "tests/integration/register/test_tables.py::test_exported_at_ten_protected_at_eleven"),
            Measure("Registerutdrag innehåller dem inte.", f"{_EXTRACTS}::test_what_is_sealed_is_not_in_it"),
        ),
        open="Skolenheten i ett utdrag säger var en elev går; för en vårdnadshavare som inte får veta det "
        "ska vårdnaden först avslutas i registret.",
    ),
    Risk(
        "En vårdnadshavare får veta den andras adress eller uppgifter.", "hög", "låg",
        (
            Measure("Barnets kontaktuppgifter visas inte för vårdnadshavare.",
                    "tests/integration/register/test_persons_over_http.py"
                    "::test_a_guardian_does_not_see_the_childs_contacts"),
            Measure("De är inte heller med i ett utdrag som en vårdnadshavare begärt.",
                    f"{_EXTRACTS}::test_a_guardian_gets_the_childs_without_contacts_and_only_their_own"),
        ),
    ),
    Risk(
        "Personuppgifter läcker genom loggar, händelser, köer eller felmeddelanden.", "hög", "låg",
        (
            Measure("Loggarna namnger ingen.", f"{_PRIVACY}::test_logs_name_nobody"),
            Measure("Händelser bär bara id.", f"{_PRIVACY}::test_facts_name_nobody"),
            Measure("Dödbrevslådor namnger ingen.",
                    f"{_PRIVACY}::test_dead_letters_and_queues_name_nobody"),
            Measure("Avslag upprepar inga personuppgifter.",
                    f"{_PRIVACY}::test_refusals_repeat_no_personal_detail"),
        ),
    ),
    Risk(
        "En del av systemet som tagits över når allt.", "hög", "medel",
        (
            Measure("Varje funktion har en egen roll.",
                    f"{_PERMISSIONS}::test_every_function_has_a_role_of_its_own"),
            Measure("Den når bara egna och deklarerade tabeller.",
                    f"{_PERMISSIONS}::test_a_function_reaches_its_own_and_declared_tables_only"),
            Measure("Bara gallringens nattliga arbetare går igenom en hel tabell, sin egen.",
                    f"{_PERMISSIONS}::test_a_table_is_walked_by_its_own_nightly_worker_alone"),
        ),
    ),
    Risk(
        "Ingen kan i efterhand se vem som läst eller ändrat.", "medel", "låg",
        (
            Measure("Det som inte kan loggas görs inte och visas inte.",
                    "tests/e2e/test_least_privilege.py::test_what_cannot_be_traced_is_not_done_and_not_shown"),
            Measure("Loggen arkiveras, kedjad och låst, innan dess rader tas bort ur databasen.",
                    f"{_DATA}::test_the_audit_trail_streams_to_an_archive_that_is_locked_longer_than_its_"
                    "rows_live"),
            Measure("Ingen kan häva låset eller ta bort ur arkivet.",
                    f"{_PERMISSIONS}::test_nobody_may_lift_the_lock_or_delete_from_the_archive"),
            Measure("Loggen är med i registerutdraget.",
                    f"{_EXTRACTS}::test_a_pupil_gets_everything_and_nobody_elses"),
        ),
    ),
    Risk(
        "Uppgifter går förlorade eller ändras av misstag.", "medel", "låg",
        (
            Measure("Tabeller kan återställas och är skyddade mot borttagning.",
                    f"{_DATA}::test_tables_can_be_restored_and_are_protected_outside_local"),
            Measure("Två som ändrar samtidigt skriver inte över varandra.",
                    "tests/integration/test_kernel.py::test_the_second_writer_of_a_version_is_refused"),
        ),
    ),
    Risk(
        "Någon utger sig för att vara en annan.", "hög", "låg",
        (
            Measure("Bara ett verifierat intyg öppnar.",
                    "tests/e2e/test_tokens.py::test_a_wrong_token_opens_nothing"),
            Measure("Ingen kan ändra vem den är.",
                    "tests/e2e/test_tokens.py::test_nobody_can_make_themselves_somebody_else"),
        ),
    ),
    Risk(
        "Den registrerade får inte veta vad som finns, eller får ofullständigt besked.", "medel", "låg",
        (
            Measure("Ett område med personuppgifter som inte svarar stoppar bygget.",
                    "tests/contract/test_kept.py"
                    "::test_every_area_with_personal_data_answers_extracts_and_is_waited_for"),
            Measure("Den som inte svarar frågas igen och namnges.",
                    f"{_EXTRACTS}::test_who_does_not_answer_is_asked_again_and_named"),
        ),
    ),
    Risk(
        "Uppgifter sparas längre än nödvändigt (Stockholm Enskede 2010).", "hög", "medel",
        (
            Measure("Varje sort av lagrad uppgift har en rad i gallringsplanen.",
                    "tests/contract/test_kept.py::test_a_kind_says_whose_it_is_and_has_a_line_in_the_plan"),
            Measure("En sort som ska gallras men inte säger från när stoppar bygget.",
                    "tests/contract/test_kept.py::test_a_kind_that_is_to_go_says_from_when"),
            Measure("Varje natt gallras det som gått ut, och bara det, med bevis.",
                    f"{_RETENTION}/test_what_goes.py::test_what_is_over_goes_and_nothing_else"),
            Measure("En körning som dör fortsätter där den var.",
                    f"{_RETENTION}/test_nights.py::test_a_run_killed_anywhere_ends_the_same"),
            Measure("Skyddade uppgifter blir oläsliga också i säkerhetskopior.",
                    "tests/integration/register/test_sealing.py"
                    "::test_without_its_key_a_copy_of_what_was_sealed_is_noise"),
        ),
        open="Körningen räknar bara tills kommunen beslutat att den ska vara skarp.",
    ),
    Risk(
        "En bifogad fil skadar den som öppnar den, eller hamnar hos någon annan.", "hög", "låg",
        (
            Measure("Ingen får en fil innan den har kontrollerats; den som nekas raderas.",
                    f"{_FILES}::test_a_file_in_quarantine_is_nobodys"),
            Measure("Bara kontrollen får läsa det som ligger i karantän.",
                    f"{_PERMISSIONS}"
                    "::test_a_file_in_quarantine_is_read_by_the_scanner_alone_which_reads_nothing_else"),
            Measure("Skadlig kod, makron och aktivt innehåll nekas, också inuti dokument.",
                    "tests/unit/messages/test_attachments.py"
                    "::test_what_is_not_is_refused_for_what_it_is"),
            Measure("Filen lämnas till den som får läsa meddelandet just då, och ingen annan.",
                    f"{_FILES}::test_who_may_not_read_the_message_may_not_have_the_file"),
            Measure("Filen raderas när det den hörde till gallras.",
                    "tests/scenarios/test_attachments.py::test_a_row_that_goes_takes_its_file_along"),
        ),
        open="Okänd skadlig kod som inte följer någon av reglerna upptäcks inte (beslut 0031).",
    ),
    Risk(
        "Något som behövs i en rättslig prövning gallras.", "medel", "låg",
        (
            Measure("Det som omfattas av ett gallringsstopp blir kvar, och körningen säger hur mycket.",
                    f"{_RETENTION}/test_holds.py::test_what_is_held_stays_and_is_told"),
            Measure("Ärenden gallras inte förrän paketet i det låsta arkivet lästs tillbaka.",
                    f"{_RETENTION}/test_what_goes.py::test_nothing_goes_that_is_not_stored"),
        ),
    ),
)  # fmt: skip

FAILURES = (
    Failure(
        "Skolpliktsbevakning", "1 302 användare kunde nå 60 elever med skyddade personuppgifter.",
        (
            Measure("Tjänst i hela kommunen eller vid en annan enhet är ingen uppgift för en skyddad elev.",
                    f"{_MATRIX}::test_a_protected_pupil_is_there_only_for_those_with_a_task"),
            Measure("Personal vid enheten utan uppdrag ser inte eleven.",
                    f"{_GUARD}::test_protected_pupil_is_hidden_from_staff_of_the_unit_without_assignment"),
        ),
    ),
    Failure(
        "Elevdokumentation", "Vårdnadshavare kunde nå många andra elevers uppgifter genom att byta id.",
        (
            Measure("Varje id prövas, och ett annans ser ut som ett som inte finns.",
                    f"{_MATRIX}::test_whoever_is_not_in_the_row_learns_and_changes_nothing"),
            Measure("Någon annans id i en lista avslöjar ingenting.",
                    f"{_MATRIX}::test_a_foreign_pupil_in_the_rows_is_as_one_that_does_not_exist"),
        ),
    ),
    Failure(
        "Startsidan för vårdnadshavare", "Uppgifter om andra användare visades.",
        (
            Measure("Inget svar får sparas på vägen.",
                    "tests/unit/skolkit/test_http.py::test_an_answer_has_camel_case_an_etag_and_is_not_stored"),
            Measure("En sidmarkör gäller bara den den gjordes för.",
                    f"{_MATRIX}::test_a_cursor_opens_only_the_list_it_was_made_for_and_only_to_its_caller"),
        ),
    ),
    Failure(
        "Administrationsgränssnittet", "En inloggning gick att hitta med en sökmotor och var för vid.",
        (
            Measure("Ingen operation utom hälsofrågan är öppen.",
                    "tests/infrastructure/test_rest.py::test_only_the_listed_operations_are_open"),
            Measure("En väg som ingen gjort finns inte, vilket intyg man än har.",
                    "tests/e2e/test_tokens.py::test_a_path_nobody_made_is_not_found_whatever_the_token"),
        ),
    ),
    Failure(
        "Konsekvensbedömningen", "Saknades för delar av systemet.",
        (
            Measure("Den här bedömningen skrivs ur koden och stoppar bygget när den inte stämmer.",
                    "tests/infrastructure/test_generated.py::test_nothing_has_drifted"),
        ),
    ),
    Failure(
        "Arbetssättet", "Säkerheten prövades inte regelbundet.",
        (
            Measure("Behörighetsmatrisen prövas vid varje ändring.",
                    f"{_MATRIX}::test_every_operation_has_its_row"),
            Measure("Måtten i den här bedömningen pekar på test som finns.",
                    "tests/infrastructure/test_compliance.py::test_every_measure_points_at_a_test"),
        ),
    ),
)  # fmt: skip

SECURITY = (
    ("Behörighet", RISKS[0].measures),
    ("Skyddade personuppgifter", RISKS[1].measures),
    ("Kryptering och tillgänglighet", (
        Measure("Hinkar är krypterade, privata och vägrar klartext.",
                f"{_DATA}::test_buckets_are_private_and_refuse_plain_text"),
        Measure("Tabeller är krypterade med kommunens nyckel och kan återställas till valfri sekund.",
                f"{_DATA}::test_tables_can_be_restored_and_are_protected_outside_local"),
        Measure("Köer är krypterade.",
                "tests/infrastructure/test_async.py::test_queues_are_encrypted_and_refuse_plain_text"),
    )),
    ("Minsta behörighet för programmen", RISKS[4].measures),
    ("Spårbarhet", RISKS[5].measures),
    ("Loggar", (
        *RISKS[3].measures,
        Measure("Loggar sparas 180 dagar i drift.",
                f"{_DATA}::test_logs_are_kept_for_a_time_that_follows_the_stage"),
    )),
    ("Inloggning", RISKS[7].measures),
    ("Det som startar av sig självt", (
        Measure("Det som inte kunde göras sparas och larmar.",
                "tests/infrastructure/test_async.py::test_every_dead_letter_queue_has_an_alarm"),
    )),
)  # fmt: skip
