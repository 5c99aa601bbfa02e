"""What is said of assessments, development talks and grades (`templates`)."""

from __future__ import annotations

from functions.messages.domain.template import Template
from skolkit.errors import Text

LEARNING: dict[str, Template] = {
    "assessment_changed": Template(
        Text("Ett omdöme har ändrats", "An assessment has been changed"),
        Text(
            "Ett omdöme för {name} är nytt eller ändrat. Logga in och läs.",
            "An assessment of {name} is new or changed. Sign in to read it.",
        ),
    ),
    "assessment_published": Template(
        Text("Skriftliga omdömen", "Written assessments"),
        Text(
            "Omdömen för {name} är publicerade. Logga in och läs.",
            "Assessments of {name} are published. Sign in to read them.",
        ),
    ),
    "goal_at_risk": Template(
        Text("Något att titta på i uppföljningen", "Something to look at in the tracking"),
        Text(
            "Det finns något att titta på i uppföljningen av {name}. Logga in för att se vad.",
            "There is something to look at in the tracking of {name}. Sign in to see what.",
        ),
    ),
    "grade_case_decided": Template(
        Text("Ett ärende om ett betyg är avgjort", "A case about a grade has been decided"),
        Text(
            "Ett ärende om ett av {name}s betyg är avgjort. Logga in och läs beslutet.",
            "A case about one of {name}'s grades has been decided. Sign in to read the decision.",
        ),
    ),
    "grade_case_hearing": Template(
        Text("Ett betyg kan behöva rättas", "A grade may have to be corrected"),
        Text(
            "Skolan har märkt att ett av {name}s betyg kan vara fel. Logga in och läs. "
            "Synpunkter kan lämnas till och med {day}.",
            "The school has noticed that one of {name}'s grades may be wrong. Sign in to read. "
            "You may comment until {day}.",
        ),
    ),
    "grade_cases_waiting": Template(
        Text("Ärenden om betyg väntar", "Cases about grades are waiting"),
        Text(
            "{count} ärenden om rättelse eller ändring av betyg väntar på dig. Logga in och avgör dem.",
            "{count} cases about the correction or change of grades wait for you. Sign in to decide on them.",
        ),
    ),
    "grade_change_asked": Template(
        Text("Ett betyg du beslutat kan behöva ändras", "A grade of yours may have to be changed"),
        Text(
            "Ett betyg som du beslutat för {name} kan behöva ändras. Logga in och svara.",
            "A grade that you set for {name} may have to be changed. Sign in to answer.",
        ),
    ),
    "grade_document_issued": Template(
        Text("Ett betygsdokument finns att hämta", "A grade document can be fetched"),
        Text(
            "Skolan har utfärdat ett betygsdokument för {name}. Logga in och hämta det.",
            "The school has issued a grade document for {name}. Sign in to fetch it.",
        ),
    ),
    "grade_document_replaced": Template(
        Text("Ett betygsdokument är ersatt", "A grade document has been replaced"),
        Text(
            "Ett betygsdokument för {name} är ersatt av ett nytt, och det gamla gäller inte längre. "
            "Logga in och hämta det nya.",
            "A grade document for {name} has been replaced by a new one, and the old one no longer holds. "
            "Sign in to fetch the new one.",
        ),
    ),
    "grade_trial_answered": Template(
        Text("Besked om prövning", "About a trial"),
        Text(
            "Skolan har svarat på ansökan om prövning för {name}. Logga in och läs.",
            "The school has answered the application for a trial for {name}. Sign in to read.",
        ),
    ),
    "grade_trial_examine": Template(
        Text("Du är examinator vid en prövning", "You examine a trial"),
        Text(
            "Du är utsedd att pröva {name} den {day}. Logga in och läs mer.",
            "You have been appointed to examine {name} on {day}. Sign in to read more.",
        ),
    ),
    "grade_trial_graded": Template(
        Text("Prövningen är bedömd", "The trial has been graded"),
        Text(
            "{name}s prövning är bedömd. Logga in och se betyget.",
            "{name}'s trial has been graded. Sign in to see the grade.",
        ),
    ),
    "grades_published": Template(
        Text("Betyg finns att läsa", "Grades can be read"),
        Text(
            "Skolan har publicerat betyg. Logga in för att läsa dem och hämta de dokument som är klara.",
            "The school has published grades. Sign in to read them and fetch the documents that are ready.",
        ),
    ),
    "iup_follow_up": Template(
        Text("Utvecklingsplaner att följa upp", "Development plans to follow up"),
        Text(
            "Utvecklingsplaner som väntar på uppföljning: {count}. Logga in för att se vilka.",
            "Development plans that wait to be followed up: {count}. Sign in to see which.",
        ),
    ),
    "iup_published": Template(
        Text("Individuell utvecklingsplan", "Individual development plan"),
        Text(
            "Utvecklingsplanen för {name} är publicerad. Logga in och läs.",
            "The development plan of {name} is published. Sign in to read it.",
        ),
    ),
    "talk_booked": Template(
        Text("Utvecklingssamtal bokat", "Development talk booked"),
        Text(
            "Utvecklingssamtalet om {name} är bokat {day} kl. {time}. Logga in för plats eller länk.",
            "The development talk about {name} is on {day} at {time}. Sign in for the place or link.",
        ),
    ),
    "talk_cancelled": Template(
        Text("Utvecklingssamtal avbokat", "Development talk cancelled"),
        Text(
            "Utvecklingssamtalet om {name} {day} kl. {time} är avbokat. Logga in och boka en ny tid.",
            "The talk about {name} on {day} at {time} is cancelled. Sign in to book another time.",
        ),
    ),
    "talk_cancelled_by_home": Template(
        Text("Utvecklingssamtal avbokat", "Development talk cancelled"),
        Text(
            "Ett samtal {day} kl. {time} är avbokat, och tiden är ledig igen. Logga in för att se vilket.",
            "A talk on {day} at {time} is cancelled, and the time is free again. Sign in to see which.",
        ),
    ),
    "talk_deadline": Template(
        Text("Sista dag att boka samtal har ändrats", "The last day to book a talk has changed"),
        Text(
            "Utvecklingssamtalen bokas senast {day}, tidigare än förut. Logga in för att boka eller ändra.",
            "Development talks are booked by {day}, which is earlier than before. Sign in to book or change.",
        ),
    ),
    "talk_minutes": Template(
        Text("Protokoll att läsa och signera", "Minutes to read and sign"),
        Text(
            "Protokollet från samtalet om {name} {day} är klart. Logga in, läs och signera.",
            "The minutes of the talk about {name} on {day} are ready. Sign in, read and sign.",
        ),
    ),
    "talks_missing": Template(
        Text("Elever utan utvecklingssamtal", "Pupils without a development talk"),
        Text(
            "Elever utan utvecklingssamtal den här terminen: {count}. Logga in för att se vilka.",
            "Pupils who have no development talk this term: {count}. Sign in to see who.",
        ),
    ),
    "talk_tomorrow": Template(
        Text("Utvecklingssamtal i morgon", "Development talk tomorrow"),
        Text(
            "Utvecklingssamtalet om {name} är {day} kl. {time}. Logga in för plats eller länk.",
            "The development talk about {name} is on {day} at {time}. Sign in for the place or link.",
        ),
    ),
    "talk_unbooked": Template(
        Text("Boka utvecklingssamtal", "Book a development talk"),
        Text(
            "Utvecklingssamtalet om {name} är inte bokat. Logga in och boka senast {day}.",
            "The development talk about {name} is not booked. Sign in and book by {day}.",
        ),
    ),
}
