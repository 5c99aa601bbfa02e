"""What is said when somebody is due a message (`<area>.MessageDue.v1`), by name of template.

A text says as little as it can: a given name and when, no reason, no school, no class; who wants to know more
signs in.
"""

from __future__ import annotations

from functions.messages.domain.deliveries import Kind
from functions.messages.domain.template import Template
from functions.messages.domain.templates_of_learning import LEARNING
from skolkit.errors import Text

EMERGENCY = "emergency"
_ABSENCE = Text("Frånvaro i dag", "Absence today")
_LATE = Text("Sen ankomst i dag", "Late today")

TEMPLATES: dict[str, Template] = LEARNING | {
    "client_ends": Template(
        Text("Ett anslutet system upphör snart", "A connected system ends soon"),
        Text(
            "Ett system som hämtar uppgifter hos oss upphör efter {last}. Logga in, se vilket, och ge det en "
            "ny sista dag om det behövs.",
            "A system that fetches data from us ends after {last}. Sign in, see which, and give it a later "
            "last day if it is needed.",
        ),
    ),
    "csn_proposals": Template(
        Text("Rapporter till CSN att ta ställning till", "Reports to CSN to decide on"),
        Text(
            "Förslag om rapport till CSN för {month} som väntar på beslut: {count}. Logga in för att se dem.",
            "Proposals of reports to CSN for {month} that wait for a decision: {count}. Sign in to see them.",
        ),
    ),
    "inquiry_follow_up": Template(
        Text("Uppföljning att göra", "Follow-up to be done"),
        Text(
            "Uppföljningar av frånvaroutredningar som väntar på dig: {count}. Logga in för att se vilka.",
            "Follow-ups of investigations of absence that wait for you: {count}. Sign in to see which.",
        ),
    ),
    "inquiry_moved": Template(
        Text("En frånvaroutredning har följt med", "An investigation has followed"),
        Text(
            "En elev med pågående frånvaroutredning har bytt till din skola. Logga in och utse handläggare.",
            "A pupil with an open investigation of absence is at your school now. Sign in, choose a handler.",
        ),
    ),
    "inquiry_opened": Template(
        Text("En frånvaroutredning har inletts", "An investigation of absence has begun"),
        Text(
            "Huvudmannen underrättas om att en utredning om en elevs frånvaro inleddes {day}.",
            "The organiser is told that an investigation of a pupil's absence was opened {day}.",
        ),
    ),
    "inquiry_proposed": Template(
        Text("En frånvaroutredning har föreslagits", "An investigation has been proposed"),
        Text(
            "En mentor har föreslagit en utredning av en elevs frånvaro. Logga in för att ta ställning.",
            "A mentor has proposed an investigation of a pupil's absence. Sign in to decide.",
        ),
    ),
    "inquiry_suggestions": Template(
        Text("Frånvaro att se över", "Absence to look into"),
        Text(
            "Nya förslag om utredning av frånvaro: {count}. Logga in för att se dem.",
            "New suggestions to investigate absence: {count}. Sign in to see them.",
        ),
    ),
    "inquiry_untold": Template(
        Text("Huvudmannen är inte underrättad", "The organiser has not been told"),
        Text(
            "En utredning om en elevs frånvaro inleddes {day}, och ingen är utsedd att ta emot "
            "underrättelsen för huvudmannen (skollagen 7:19 a). Underrätta huvudmannen på annat sätt.",
            "An investigation of a pupil's absence was opened {day}, and nobody is appointed to receive the "
            "notice for the organiser (skollagen 7:19 a). Tell the organiser in another way.",
        ),
    ),
    "absence": Template(
        _ABSENCE,
        Text(
            "{name} saknades i dag kl. {start}–{end} utan anmäld frånvaro. "
            "Anmäl frånvaron i appen eller ring skolan om du har frågor.",
            "{name} was missing today {start}–{end} without notice. "
            "Report the absence in the app, or call the school if you have questions.",
        ),
        Kind.ABSENCE,
    ),
    "absence_own": Template(
        _ABSENCE,
        Text(
            "Du saknades i dag kl. {start}–{end} utan anmäld frånvaro. "
            "Anmäl frånvaron i appen eller ring skolan om du har frågor.",
            "You were missing today {start}–{end} without notice. "
            "Report the absence in the app, or call the school if you have questions.",
        ),
        Kind.ABSENCE,
    ),
    "late": Template(
        _LATE,
        Text(
            "{name} kom {minutes} min för sent kl. {start} i dag utan anmäld frånvaro. "
            "Anmäl den i appen eller ring skolan om du har frågor.",
            "{name} came {minutes} min late at {start} today without notice. "
            "Report it in the app, or call the school if you have questions.",
        ),
        Kind.ABSENCE,
    ),
    "late_own": Template(
        _LATE,
        Text(
            "Du kom {minutes} min för sent kl. {start} i dag utan anmäld frånvaro. "
            "Anmäl den i appen eller ring skolan om du har frågor.",
            "You came {minutes} min late at {start} today without notice. "
            "Report it in the app, or call the school if you have questions.",
        ),
        Kind.ABSENCE,
    ),
    EMERGENCY: Template(
        Text("Viktigt från skolan", "Important from the school"), Text("{text}", "{text}"), Kind.MESSAGE
    ),
    "care_approved": Template(
        Text("Vistelsetiden är godkänd", "The hours are approved"),
        Text(
            "De tider du begärt för {name} från {day} är godkända.",
            "The hours you asked for {name} from {day} are approved.",
        ),
    ),
    "care_denied": Template(
        Text("Vistelsetiden är inte godkänd", "The hours are not approved"),
        Text(
            "De tider du begärt för {name} från {day} är inte godkända. Logga in för att se vad som gäller.",
            "The hours you asked for {name} from {day} are not approved. Sign in to see what holds.",
        ),
    ),
    "care_holiday": Template(
        Text("Svara om omsorg under lovet", "Answer about care during the holiday"),
        Text(
            "Behöver {name} omsorg {first}–{last}? Logga in och svara senast {answer}.",
            "Does {name} need care {first}–{last}? Sign in and answer by {answer}.",
        ),
    ),
    "glass_broken": Template(
        Text("Skyddade uppgifter har öppnats", "Protected details have been opened"),
        Text(
            "Någon har öppnat skyddade kontaktuppgifter för en person vid din enhet. "
            "Logga in och se vem och varför.",
            "Somebody has opened the protected contact details of a person at your unit. "
            "Sign in to see who and why.",
        ),
    ),
    "leave_consent": Template(
        Text("Ansökan om ledighet väntar på ditt svar", "An application for leave awaits your answer"),
        Text(
            "{name}s andra vårdnadshavare har ansökt om ledighet {first} till {last}. "
            "Logga in och svara om du samtycker.",
            "{name}'s other guardian has applied for leave from {first} to {last}. "
            "Sign in to say whether you agree.",
        ),
    ),
    "leave_declined": Template(
        Text("Ansökan om ledighet har inte fått samtycke", "An application for leave was not agreed to"),
        Text(
            "Den andra vårdnadshavaren samtycker inte till ledigheten {first} till {last} för {name}. "
            "Ansökan prövas därför inte.",
            "The other guardian does not agree to {name}'s leave from {first} to {last}. "
            "The application will not be decided on.",
        ),
    ),
    "leave_granted": Template(
        Text("Ledighet beviljad", "Leave granted"),
        Text(
            "{name} har beviljats ledighet {first} till {last}. Logga in och läs beslutet.",
            "{name} has been granted leave from {first} to {last}. Sign in to read the decision.",
        ),
    ),
    "leave_partly_granted": Template(
        Text("Ledighet delvis beviljad", "Leave partly granted"),
        Text(
            "{name} har beviljats ledighet bara {first} till {last}. "
            "Logga in och läs skälen och hur beslutet kan överklagas.",
            "{name} has been granted leave only from {first} to {last}. "
            "Sign in to read the reasons and how the decision may be appealed.",
        ),
    ),
    "leave_refused": Template(
        Text("Ledighet avslagen", "Leave refused"),
        Text(
            "Ansökan om ledighet {first} till {last} för {name} har avslagits. "
            "Logga in och läs skälen och hur beslutet kan överklagas.",
            "The application for {name}'s leave from {first} to {last} has been refused. "
            "Sign in to read the reasons and how the decision may be appealed.",
        ),
    ),
    "leave_reminder": Template(
        Text("Ansökningar om ledighet väntar", "Applications for leave are waiting"),
        Text(
            "{count} ansökningar om ledighet vid din enhet har väntat i {days} skoldagar eller mer. "
            "Logga in och avgör dem.",
            "{count} applications for leave at your unit have waited for {days} school days or more. "
            "Sign in to decide on them.",
        ),
    ),
    "phone_code": Template(
        Text("Kod för frånvaro per telefon", "Code for absence by telephone"),
        Text(
            "Din kod är {code}. Skriv den i appen inom 30 minuter för att anmäla frånvaro från det här "
            "numret. Har du inte bett om den, gör ingenting.",
            "Your code is {code}. Write it in the app within 30 minutes to report absence from this number. "
            "If you did not ask for it, do nothing.",
        ),
    ),
    "still_ill": Template(
        Text("Fortfarande sjuk?", "Still ill?"),
        Text(
            "{name} var sjukanmäld till och med {day}. Är {name} sjuk i dag också, eller tillbaka i skolan? "
            "Svara i appen, eller här före klockan 18: {link}",
            "{name} was reported ill until {day}. Is {name} ill today too, or back at school? "
            "Answer in the app, or here before 18:00: {link}",
        ),
    ),
    "consent_reminder": Template(
        Text("Skolan väntar på ditt svar", "The school waits for your answer"),
        Text(
            "Det finns en fråga att besvara. Logga in och svara.", "There is a question. Sign in to answer."
        ),
    ),
    "digest": Template(
        Text("Veckan i skolan", "The week at school"),
        Text("{lines}\n\nLogga in för att se mer.", "{lines}\n\nSign in to see more."),
        Kind.DIGEST,
        lines={
            "news": Text("Olästa nyheter: {news}", "Unread news: {news}"),
            "messages": Text(
                "Samtal med olästa meddelanden: {messages}", "Conversations with unread messages: {messages}"
            ),
            "consents": Text("Frågor att besvara: {consents}", "Questions to answer: {consents}"),
            "forms": Text("Formulär att fylla i: {forms}", "Forms to fill in: {forms}"),
            "absence": Text(
                "Frånvaro den här veckan, minuter: {absence}", "Absence this week, minutes: {absence}"
            ),
            "leave": Text("Beviljad ledighet kommande vecka: {leave}", "Leave granted next week: {leave}"),
        },
    ),
    "new_consent": Template(
        Text("En fråga från skolan", "A question from the school"),
        Text("Skolan har en fråga till dig. Logga in och svara.", "The school asks you. Sign in to answer."),
    ),
    "form_reminder": Template(
        Text("Skolan väntar på ditt svar", "The school waits for your answer"),
        Text(
            "Det finns ett formulär att fylla i. Logga in och svara.",
            "There is a form to fill in. Sign in to answer.",
        ),
    ),
    "new_form": Template(
        Text("Ett formulär från skolan", "A form from the school"),
        Text(
            "Skolan vill veta något av dig. Logga in och svara.",
            "The school would like to know something. Sign in to answer.",
        ),
    ),
    "new_message": Template(
        Text("Nytt meddelande", "A new message"),
        Text("Du har fått ett meddelande. Logga in och läs.", "You have a message. Sign in to read it."),
        Kind.MESSAGE,
    ),
    "new_news": Template(
        Text("Ny information från skolan", "News from the school"),
        Text("Det finns ny information. Logga in och läs.", "There is something new. Sign in to read it."),
        Kind.NEWS,
    ),
    "news_refused": Template(
        Text("Din nyhet har inte publicerats", "Your news has not been published"),
        Text("Logga in och se varför.", "Sign in to see why."),
    ),
    "lesson_unreported": Template(
        Text("Närvaro saknas", "Attendance is missing"),
        Text(
            "Närvaron är inte rapporterad för din lektion {day} kl. {start}. "
            "Logga in och rapportera den, eller markera lektionen som inställd.",
            "The attendance of your lesson on {day} at {start} has not been reported. "
            "Sign in and report it, or mark the lesson as not held.",
        ),
    ),
    "lessons_unreported": Template(
        Text("Lektioner utan närvaro", "Lessons without attendance"),
        Text(
            "{lessons} lektioner {day} vid din enhet saknar närvaro. Lärarna har påmints.",
            "{lessons} lessons on {day} at your unit have no attendance. The teachers have been reminded.",
        ),
    ),
}
