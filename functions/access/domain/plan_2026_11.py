"""The retention plan of November 2026, line by line (rules §9.4): the law's period where there is one, else
what municipalities usually decide [M].
"""

from __future__ import annotations

from functions.access.domain.document_types import DocumentType
from functions.access.domain.plan_2026_11_assessment import ASSESSMENT
from functions.access.domain.plan_2026_11_exchange import EXCHANGE
from functions.access.domain.plan_2026_11_grades import GRADES
from functions.access.domain.plan_2026_11_technical import TECHNICAL
from functions.access.domain.plan_words import ARCHIVE as _ARCHIVE
from functions.access.domain.plan_words import FILE as _FILE
from functions.access.domain.plan_words import HOME as _HOME
from functions.access.domain.plan_words import HOME_TOO as _HOME_TOO
from functions.access.domain.plan_words import INSIDE as _INSIDE
from functions.access.domain.plan_words import SCHOOL as _SCHOOL
from skolkit.errors import Text

TYPES = (
    DocumentType(
        "register.person", Text("Elevregister: person", "Pupil register: person"),
        Text("Veta vem som är elev, vårdnadshavare och anställd", "To know who people are"),
        Text(
            "Namn, personnummer nu och tidigare, födelsedatum, kön, folkbokföringskommun, skydd",
            "Name, identity numbers now and before, birth date, sex, municipality, protection",
        ),
        _FILE, _HOME_TOO, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "register.merge", Text("Sammanslagna poster", "Merged records"),
        Text("Rätta dubbla poster och kunna dela dem igen (art. 16)", "To correct and undo double records"),
        Text("Båda posterna som de var, vem som delat dem", "Both records as they were, who parted them"),
        _SCHOOL, _INSIDE, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "register.glass", Text("Öppnade skyddade uppgifter", "Opened protected details"),
        Text("Nå hemmet i ett trängande fall", "To reach the home in an emergency"),
        Text("Vem som öppnat, varför, till när", "Who opened, why, until when"),
        _SCHOOL, _INSIDE, "document date", 1, "expire", "dataskyddsförordningen art. 5.1 e", certain=True,
    ),
    DocumentType(
        "register.enrolment", Text("Elevregister: inskrivning", "Pupil register: enrolment"),
        Text("Skolplikt och rätt till utbildning (skollagen 7 kap.)", "Compulsory school attendance"),
        Text("Skolenhet, skolform, årskurs, tid", "School unit, form, year, dates"),
        _FILE, _HOME_TOO, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "register.leaving", Text("Skolbyte och avslut", "Change of school and leaving"),
        Text(
            "Avsluta, överlämna och underrätta (skollagen 7:22, 15:15; skolförordningen 6:17–18)",
            "To end, hand over and give notice",
        ),
        Text("Ärende, skolbyte, underrättelse, när och varför", "Case, transfer, notice, when and why"),
        _FILE, _HOME_TOO, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "register.contact", Text("Kontaktuppgifter", "Contact details"),
        Text("Kunna nå hemmet (skolförordningen 4:8, skollagen 7:17)", "To reach the home"),
        Text("E-post, telefon, adress, språk", "E-mail, telephone, address, language"),
        Text("Personen själv och folkbokföringen", "The person and the population register"),
        _INSIDE, "education end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "register.custody", Text("Vårdnad", "Custody"),
        Text("Veta vem som företräder barnet (föräldrabalken 6:11)", "To know who represents the child"),
        Text("Relation mellan barn och vuxen", "Relation between child and adult"),
        _FILE, _INSIDE, "of age", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "register.watch", Text("Skolplikt och aktivitetsansvar", "School attendance and activity"),
        Text(
            "Se till att skolplikten fullgörs och ungdomar erbjuds åtgärder (skollagen 7:21–22, 29:9)",
            "To see that compulsory school is attended and young people are offered measures",
        ),
        Text(
            "Ärende, skäl, steg, åtgärder, sysselsättning, undantag",
            "Case, reason, steps, measures, occupation, exceptions",
        ),
        Text("Registret självt och handläggaren", "The register itself and the officer"),
        Text("Handläggarna av bevakningen; ingen annan", "The officers of the watch; nobody else"),
        # [M] Municipalities archive cases when they have rested for a time; each decides which.
        "case closed", 24, "archive", _ARCHIVE,
    ),
    DocumentType(
        "register.search", Text("Sökregister", "Search index"),
        Text("Hitta den person som ärendet gäller", "To find the person whom a matter is about"),
        Text(
            "Ord ur namn, vårdnadshavares namn, skolenhet; inget om skyddade personer",
            "Words of names, names of who has custody, school unit; nothing of protected people",
        ),
        Text("Registret självt", "The register itself"),
        Text("Administratörerna; ingen annan", "The administrators; nobody else"),
        "record gone", 0, "expire", "dataskyddsförordningen art. 5.1 e", certain=True,
    ),
    DocumentType(
        "register.parked", Text("Poster som inte kunnat föras in", "Records that could not be taken"),
        Text("Föra in dem senare eller låta dem vara", "To take them later or let them be"),
        Text("Plats i filen, fält, skäl; inga personuppgifter", "Place in the file, field, reason"),
        _FILE, _INSIDE, "document date", 12, "expire", _ARCHIVE,
    ),
    DocumentType(
        "organisation.unit", Text("Skolenheter och läsår", "School units and school years"),
        Text("Organisera skolan (skollagen 2 kap.)", "To organise the school"),
        Text("Vem som beslutat ett läsår, annars inga", "Who decided a school year, else none"),
        Text("Skolenhetsregistret", "The register of school units"), _INSIDE, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "organisation.group", Text("Klasser och grupper", "Classes and groups"),
        Text("Organisera undervisningen", "To organise teaching"),
        Text("Grupp, del i gruppen, tid", "Group, part in it, dates"),
        _SCHOOL, _HOME_TOO, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "organisation.duty", Text("Tjänster", "Duties"),
        Text("Veta vem som får göra vad (dataskyddsförordningen art. 32)", "To know who may do what"),
        Text("Tjänst, skolenhet, tid", "Duty, school unit, dates"),
        Text("Kommunens personalsystem", "The municipality's staff system"),
        _INSIDE, "duty end", 24, "delete", _ARCHIVE,
    ),
    DocumentType(
        "organisation.delegation", Text("Delegationer", "Delegations"),
        Text("Veta vem som beslutar i rektors ställe (skollagen 2:10)", "To know who decides for whom"),
        Text("Vem, av vem, vad, grund, tid", "Who, by whom, what, ground, dates"),
        _SCHOOL, _INSIDE, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "organisation.certification", Text("Legitimation och behörighet", "Certification"),
        Text("Veta vem som får undervisa i vad (skollagen 2:13)", "To know who may teach what"),
        Text("Legitimation, ämnen, årskurser", "Certification, subjects, years"),
        _SCHOOL, _INSIDE, "duty end", 24, "delete", _ARCHIVE,
    ),
    DocumentType(
        "organisation.activity", Text("Aktiviteter och tjänstefördelning", "Activities and workload"),
        Text("Fördela undervisningen på lärare", "To share out teaching"),
        Text("Ämne, grupp, lärare, minuter, tid", "Subject, group, teachers, minutes, dates"),
        _SCHOOL, _INSIDE, "school year end", 24, "delete", _ARCHIVE,
    ),
    DocumentType(
        "organisation.syllabus",
        Text("Kursplaner, program, utbud och timplan", "Syllabuses, programmes, offerings and hours"),
        Text("Planera utbildningen (skollagen 10:4–5, 16 kap.)", "To plan the education"),
        Text("Vem som beslutat timplanen, annars inga", "Who decided the hours, else none"),
        Text("Skolverkets API och skolans personal", "The National Agency for Education and staff"),
        _INSIDE, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "organisation.study_plan", Text("Studieplaner", "Study plans"),
        Text("Planera elevens studier (gymnasieförordningen 1:7)", "To plan a pupil's studies"),
        Text(
            "Kurser, val, modersmål, beslut om anpassad studiegång",
            "Courses, choices, mother tongue, decisions on adapted studies",
        ),
        _SCHOOL, _HOME_TOO, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "organisation.elective", Text("Elevens val", "Choices of electives"),
        Text("Fördela platser efter önskemål (skollagen 10:4)", "To share out places by wishes"),
        Text("Önskemål, vem som önskat, lott, utfall", "Wishes, who wished, lot, outcome"),
        _HOME, _HOME_TOO, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "timetable.lesson", Text("Schema", "Timetable"),
        Text("Planera undervisningen (skolförordningen 3:6)", "To plan teaching"),
        Text("Lektioner med tid, sal, grupp och lärare", "Lessons with time, room, group and teachers"),
        _SCHOOL, _HOME_TOO, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "attendance.lesson", Text("Närvaro", "Attendance"),
        Text("Följa närvaron (skollagen 7:17–19 a, 15:16)", "To follow attendance"),
        Text("Minuter av närvaro och frånvaro, skäl", "Minutes of attendance and absence, reason"),
        _SCHOOL, _HOME_TOO, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "attendance.month", Text("Låsta månader", "Locked months"),
        Text("Slutföra månadens närvaro (skollagen 7:17–19 a)", "To settle a month's attendance"),
        Text("Enhet, månad, vem som låst upp eller låst", "Unit, month, who unlocked or locked"),
        _SCHOOL, _INSIDE, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "attendance.absence", Text("Frånvaroanmälningar", "Notices of absence"),
        Text("Ta emot anmälan (skolförordningen 4:8)", "To take in notices"),
        Text("Tid, skäl, vem som anmält", "Time, reason, who reported"),
        _HOME, _HOME_TOO, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "attendance.csn", Text("Rapporter till CSN", "Reports to CSN"),
        Text(
            "Rapportera upprepad ogiltig frånvaro (studiestödslagen (1999:1395))",
            "To report repeated invalid absence",
        ),
        Text(
            "Minuter, lektioner, beslut, vem som beslutat, skäl",
            "Minutes, lessons, decision, who decided, why",
        ),
        _SCHOOL, Text("Rektor, skolans administratörer, CSN", "The principal, the school's office, CSN"),
        # [M] Sums that a case with CSN rests on are kept longer than attendance itself.
        "school year end", 24, "delete", _ARCHIVE,
    ),
    DocumentType(
        "attendance.leave", Text("Ledighet", "Leave"),
        Text("Pröva ansökningar om ledighet (skollagen 7:18)", "To decide on applications for leave"),
        Text(
            "Tid, ändamål, vem som ansökt och medgett, beslut med skäl och beslutsfattare",
            "Time, purpose, who applied and agreed, decisions with reasons and who took them",
        ),
        _HOME, _HOME_TOO, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "attendance.settings", Text("Val om ledighet", "Choices about leave"),
        Text("Veta vad som gäller vid enheten", "To know what holds at the unit"),
        Text("Inga personuppgifter", "No personal data"),
        _SCHOOL, _INSIDE, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "attendance.care", Text("Vistelsetider", "Hours at preschool and fritidshem"),
        Text(
            "Bemanna efter barnens tider, veta vilka som är där (skollagen 8:4–7, 14:5)",
            "To staff by the children's hours and know who is there",
        ),
        Text(
            "Hemmens scheman och ändringar, lovsvar, in- och utcheckning, tid platsen ger och grunden",
            "Schedules, changes, answers about holidays, coming and going, allowed time and why",
        ),
        _HOME, _HOME_TOO, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "attendance.care_period", Text("Lovplanering", "Planning of holidays"),
        Text("Fråga hemmen om omsorg under lov", "To ask homes about care in holidays"),
        Text("Dagar per enhet, inga personuppgifter", "Days per unit, no personal data"),
        _SCHOOL, _INSIDE, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "attendance.care_settings", Text("Enhetens val om vistelsetid", "The unit's choices about care"),
        Text("Godkännande, bemanning, påminnelser", "Approval, staffing, reminders"),
        Text("Inga personuppgifter", "No personal data"),
        _SCHOOL, _INSIDE, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "attendance.phone", Text("Kod för frånvaro per telefon", "Code for absence by telephone"),
        Text("Känna igen den som ringer in frånvaro", "To know who reports absence by telephone"),
        Text("Nycklade kontrollsummor av nummer och kod, när", "Keyed hashes of number and code, when"),
        _HOME, _INSIDE, "education end", 1, "delete", _ARCHIVE,
    ),
    DocumentType(
        "attendance.sweep", Text("Kvällskontroll", "Evening check"),
        Text("Kontrollera att hemmen underrättats (skollagen 7:17)", "To see that homes have been told"),
        Text("Antal per skola och dag, inga personuppgifter", "Counts per school and day, no personal data"),
        _SCHOOL, _INSIDE, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "attendance.suggestion", Text("Förslag om frånvaroutredning", "Suggestions of investigations"),
        Text(
            "Upptäcka upprepad eller längre frånvaro (skollagen 7:19 a, 15:16)",
            "To find repeated or longer absence",
        ),
        Text("Mått på frånvaro, orsak, rektors beslut", "Figures of absence, cause, decision"),
        Text("Närvaron och mentorn", "Attendance and the mentor"),
        Text("Rektor och mentor; ingen annan", "The principal and the mentor; nobody else"),
        "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "attendance.inquiry", Text("Frånvaroutredningar", "Investigations of absence"),
        Text(
            "Utreda frånvaro, underrätta huvudman och hemkommun (skollagen 7:19 a, 7:22, 15:15–16)",
            "To investigate absence, to tell organiser and home municipality",
        ),
        Text(
            "Skäl, möten, åtgärder, uppföljning, resultat; korta texter som kan vara känsliga (art. 9)",
            "Reasons, meetings, measures, follow-up, outcome; short texts that may be sensitive (art. 9)",
        ),
        _SCHOOL,
        Text(
            "Rektor, mentor och de som utreder; hemmet det som delas; hemkommunen att den finns",
            "The principal, the mentor, who investigates; the home what is shared; that it is: the home "
            "municipality",
        ),
        # [M] Most municipalities keep investigations by the school for good; each decides.
        "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "attendance.threshold", Text("Gränser för frånvarobevakning", "Thresholds of absence"),
        Text("Visa vad ett ärende bedömts efter", "To show what a case was judged by"),
        Text("Inga personuppgifter", "No personal data"),
        _SCHOOL, _INSIDE, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "messages.preference", Text("Val av kanal", "Chosen channel"),
        Text("Nå personen som den vill", "To reach the person as they wish"),
        Text("Kanaler, tider, språk, enheter för notiser",
             "Channels, hours, language, devices for notifications"),
        _HOME, _INSIDE, "education end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "messages.visibility", Text("Synlighet i kontaktlistor", "Visibility in contact lists"),
        Text("Visa i klassens kontaktlista det som hemmet valt", "To show what a home has chosen"),
        Text("Om namn, telefon, e-post visas; inte uppgifterna", "Whether name, telephone, mail are shown"),
        _HOME, _INSIDE, "education end", 0, "delete", _ARCHIVE,
    ),
    DocumentType(
        "messages.delivery", Text("Underrättelser", "Notices sent"),
        Text("Visa att hemmet underrättats (skollagen 7:17)", "To show that the home was told"),
        Text("Dag, mottagare, läge; inte adressen", "Day, recipient, state; not the address"),
        _SCHOOL, _INSIDE, "document date", 13, "expire", _ARCHIVE,
    ),
    DocumentType(
        "messages.emergency", Text("Viktiga meddelanden till en enhet", "Emergency messages to a unit"),
        Text("Varna dem som berörs, visa att det skett", "To warn those concerned and show it was done"),
        Text("Text, avsändare, vilka som inte nåddes", "Text, sender, who was not reached"),
        _SCHOOL, _INSIDE, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "messages.news", Text("Nyheter till hemmen", "News to homes"),
        Text("Informera elever och vårdnadshavare (skollagen 4:12)", "To inform pupils and guardians"),
        Text("Texten och filerna som de var och är, vem som skrivit, för vilka grupper",
             "The text and files as they were and are, who wrote it, for which groups"),
        _SCHOOL, _HOME_TOO, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "messages.conversation", Text("Samtal mellan hem och skola", "Conversations of home and school"),
        Text("Samverka med hemmen (skollagen 4:12)", "To work together with homes"),
        Text("Meddelanden och filer, vem som skrivit, om vilken elev eller grupp, anmälningar",
             "Messages and files, who wrote, about which pupil or group, reports"),
        Text("Vårdnadshavarna och mentorerna", "The guardians and the mentors"),
        _HOME_TOO, "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "messages.consent", Text("Samtycken", "Consents"),
        Text("Visa att samtycke getts (dataskyddsförordningen art. 7.1)", "To show that consent was given"),
        Text("Fråga, svar och återtaganden, vem, om vilket barn, när",
             "Question, answers and withdrawals, who, about which child, when"),
        _HOME, _HOME_TOO, "document date", 24, "delete", _ARCHIVE,
    ),
    DocumentType(
        "messages.consent_kind", Text("Slags samtycken", "Kinds of consent"),
        Text("Fråga likadant vid alla skolor", "To ask alike at all schools"),
        Text("Inga personuppgifter", "No personal data"),
        Text("Kommunens administratörer", "The municipality's administrators"),
        _INSIDE, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "messages.form", Text("Formulär och svar", "Forms and answers"),
        Text("Fråga hem, elever och personal om praktiska saker (skollagen 4:12)",
             "To ask homes, pupils and staff about practical things"),
        Text("Frågor, svar, vem, om vilket barn, när", "Questions, answers, who, about which child, when"),
        Text("De som fyller i formuläret", "Those who fill in the form"), _INSIDE,
        "school year end", 12, "delete", _ARCHIVE,
    ),
    DocumentType(
        "messages.form_sensitive",
        Text("Formulär och svar om hälsa och annat känsligt", "Forms and answers about health and the like"),
        Text("Ta hand om elever, som vid allergi (dataskyddsförordningen art. 9.2 g)",
             "To look after pupils, as with allergies"),
        Text("Frågor, svar, vem, om vilket barn, när", "Questions, answers, who, about which child, when"),
        Text("De som fyller i formuläret", "Those who fill in the form"),
        Text("Den som frågat och rektor", "Whoever asked and the principal"),
        "document date", 1, "delete", "dataskyddsförordningen art. 5.1 e",
    ),
    DocumentType(
        "messages.upload", Text("Filer som inte har skickats", "Files not sent"),
        Text("Kontrollera filer innan de skickas", "To scan files before they are sent"),
        Text("Filen, dess namn och sort, vem som laddat upp den; gallras efter en vecka",
             "The file, its name and type, who uploaded it; gone after a week"),
        _HOME, Text("Den som laddat upp filen", "Whoever uploaded it"),
        "document date", 1, "expire", _ARCHIVE,
    ),
    DocumentType(
        "messages.receipt", Text("Läskvitton", "Read receipts"),
        Text("Veta om informationen nått fram", "To know whether the information has arrived"),
        Text("Vem som läst vad, när", "Who has read what, when"),
        _HOME, _INSIDE, "document date", 13, "expire", _ARCHIVE,
    ),
    DocumentType(
        "access.extract", Text("Begäran om registerutdrag", "Requests for register extracts"),
        Text("Lämna registerutdrag (dataskyddsförordningen art. 15)", "To give register extracts"),
        Text("Vem som begärt, om vem, när; utdraget", "Who asked, about whom, when; the extract"),
        _HOME, Text("Den som begärt utdraget", "Whoever asked"),
        "asked", 1, "expire", "dataskyddsförordningen art. 5.1 e", certain=True,
    ),
    DocumentType(
        "access.audit", Text("Åtkomst- och ändringslogg", "Log of reads and changes"),
        Text("Visa och granska vem som tagit del (art. 5.2, 32)", "To show and review who has seen what"),
        Text("Vem, vad, om vem, när, roll", "Who, what, about whom, when, role"),
        Text("Systemet självt", "The system itself"),
        Text("Kommunens granskare; den som loggen gäller", "The municipality's reviewers; whom it is about"),
        "document date", 60, "expire", _ARCHIVE,
    ),
    DocumentType(
        "access.hold", Text("Gallringsstopp", "Legal holds"),
        Text("Bevara det som behövs i en prövning (art. 17.3 e)", "To keep what a legal claim needs"),
        Text("Vem eller vad, varför, vem som beslutat", "Whom or what, why, who decided"),
        _SCHOOL, Text("Kommunens administratörer", "The municipality's administrators"),
        "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "access.proof", Text("Gallringsbevis", "Proofs of deletion"),
        Text("Visa vad som gallrats och varför (art. 5.2)", "To show what was deleted and why"),
        Text("Antal, frist och kontrollsummor; inga personuppgifter", "Counts, periods, checksums"),
        Text("Systemet självt", "The system itself"),
        Text("Kommunens administratörer och arkiv", "The municipality's administrators and archive"),
        "none", None, "keep", _ARCHIVE,
    ),
    *TECHNICAL,
    DocumentType(
        "grades.catalogue", Text("Betygskatalog", "Catalogue of grades"),
        Text("Visa varje beslut om betyg (skolförordningen 6:10)", "To show every decision on grades"),
        Text(
            "Betyg, ämne, beslutande lärare, dag, omdöme vid F, vem som skrivit under",
            "Grade, subject, deciding teachers, day, assessment at F, who has signed",
        ),
        _SCHOOL, _HOME_TOO, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "grades.period", Text("Betygsperioder", "Grading periods"),
        Text("Veta när betyg sattes och visades", "To know when grades were set and shown"),
        Text("Enhet, årskurser, dagar, vem som stängde", "Unit, years, days, who closed it"),
        _SCHOOL, _INSIDE, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "grades.sheet", Text("Förslag till betyg", "Proposals for grades"),
        Text("Arbetsmaterial inför besluten", "Working papers before the decisions"),
        Text("Lärarnas förslag per elev; besluten finns i katalogen", "The teachers' proposals per pupil"),
        _SCHOOL, _INSIDE, "school year end", 12, "delete", _ARCHIVE,
    ),
    *ASSESSMENT,
    *EXCHANGE,
    *GRADES,
)  # fmt: skip
