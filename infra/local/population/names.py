"""Names and streets of people who do not exist, in the mixture one meets in a Swedish school.

The lists are ours, most common first; how often a name comes falls with its place in the list as in the
public name statistics, without being them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from skolkit.sweden.identity_numbers import Sex


class Ranked:
    """Words in falling frequency."""

    def __init__(self, words: str) -> None:
        self.words: Sequence[str] = words.split()
        self._cumulative = list(accumulate(1 / (rank + 6) for rank in range(len(self.words))))

    def draw(self, rng: Random) -> str:
        """One word, the first ones oftenest."""
        return rng.choices(self.words, cum_weights=self._cumulative)[0]


@dataclass(frozen=True, slots=True)
class Origin:
    """The names of people with one language background."""

    girls: Ranked
    boys: Ranked
    women: Ranked
    men: Ranked
    family: Ranked

    def given(self, rng: Random, sex: Sex, *, child: bool) -> str:
        """A given name of the right generation."""
        female, male = (self.girls, self.boys) if child else (self.women, self.men)
        return (female if sex == "Kvinna" else male).draw(rng)


def _same_in_generations(women: str, men: str, family: str) -> Origin:
    female, male = Ranked(women), Ranked(men)
    return Origin(female, male, female, male, Ranked(family))


SWEDISH = Origin(
    girls=Ranked(
        "Alice Maja Vera Alma Selma Elsa Lilly Astrid Wilma Freja Olivia Ella Saga Signe Ebba Agnes Julia"
        " Ines Leah Alva"
        " Stella Iris Clara Hedda Molly Isabelle Nova Juni Ellie Ester Elise Tyra Sara Edith Emma Lova Ellen"
        " Märta Tuva"
        " Liv Ida Siri Lovisa Svea Nora Ingrid Elvira Moa Thea Åsa"
    ),
    boys=Ranked(
        "Noah William Hugo Liam Lucas Adam Oliver Elias Matteo Nils Leo Vincent Frans August Sam Alfred"
        " Arvid Theo Walter"
        " Harry Ludvig Axel Isak Charlie Otto Melvin Emil Sixten Edvin Gustav Viktor Ebbe Valter Love Algot"
        " Folke Malte"
        " Albin Tage Henry Filip Olle Viggo Björn Måns Jack Loke Kasper Åke Östen"
    ),
    women=Ranked(
        "Anna Maria Sara Emma Linda Jenny Malin Johanna Sofia Elin Karin Hanna Ida Lisa Therese Josefin"
        " Cecilia Frida"
        " Emelie Sandra Kristina Åsa Helena Ulrika Erika Camilla Annika Jessica Madeleine Rebecka Lina"
        " Matilda Veronica"
        " Louise Caroline Angelica Pernilla Maja Kajsa Märta Ylva Gunilla Viktoria Linnéa"
    ),
    men=Ranked(
        "Johan Anders Andreas Fredrik Daniel Erik Mikael Peter Henrik Jonas Mattias Marcus Martin Niklas"
        " Thomas Magnus"
        " Stefan David Patrik Christian Robert Oskar Joakim Per Jens Björn Jakob Simon Jimmy Rickard Viktor"
        " Emil Karl Lars"
        " Tobias Linus Göran Håkan Pär Åke Mårten Jörgen Sebastian Alexander Kristoffer"
    ),
    family=Ranked(
        "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson"
        " Pettersson Jonsson"
        " Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Olofsson Lindström Lindqvist"
        " Lindgren Axelsson Berg"
        " Bergström Lundberg Lind Lundgren Lundqvist Mattsson Berglund Fredriksson Sandberg Henriksson"
        " Forsberg Sjöberg"
        " Wallin Engström Eklund Danielsson Lundin Håkansson Björk Bergman Gunnarsson Holm Wikström"
        " Samuelsson Isaksson"
        " Fransson Bergqvist Nyström Holmberg Arvidsson Löfgren Söderberg Nyberg Blomqvist Claesson"
        " Nordström Mårtensson"
        " Lundström Viklund Björklund Eliasson Berggren Sandström Nordin Ström Åberg Hermansson Ekström Falk"
        " Holmgren"
        " Dahlberg Hellström Hedlund Sundberg Sjögren Ek Blom Abrahamsson Öberg Åkesson Strömberg Hansen"
        " Norberg Åström"
        " Lindholm Dahl Jonasson Månsson Ivarsson Sundström Ågren Öhman"
    ),
)
_ARABIC = _same_in_generations(
    "Fatima Mariam Zahra Amina Nour Layla Hanan Rania Sara Huda Yasmin Salma Dina Aya Lina Noor Rima"
    " Zainab Maya Jana",
    "Mohammed Ali Ahmed Omar Yousef Hassan Ibrahim Khaled Mustafa Hussein Adam Karim Samir Amir Bilal"
    " Tariq Zaid Malik",
    "Ali Mohammed Hassan Ahmed Hussein Ibrahim Khalil Saleh Mahmoud Haddad Khoury Nasser Issa Abbas"
    " Mansour Darwish",
)
_SOMALI = _same_in_generations(
    "Amina Hodan Fadumo Ayaan Hamdi Sagal Ifrah Nasteho Ubah Zamzam Khadija Sumaya Asha Halima Hibo"
    " Safia Idil Muna",
    "Abdi Mohamed Ahmed Abdullahi Hassan Yusuf Ibrahim Ismail Abdirahman Omar Liban Mahad Guled Bashir"
    " Farah Zakaria",
    "Mohamed Ali Ahmed Hassan Abdi Omar Ibrahim Farah Yusuf Warsame Jama Nur Aden Osman Abdullahi Hersi"
    " Duale Isse",
)
_BALKAN = _same_in_generations(
    "Amra Lejla Emina Jasmina Sanela Ivana Ana Selma Mirela Elma Hana Lana Sara Adna Jelena Milica Vesa"
    " Arta Besa Merita",
    "Adnan Emir Amir Damir Mirza Haris Denis Edin Marko Nikola Stefan Luka Armin Tarik Arben Leon"
    " Besnik Dino Ivan Alen",
    "Hodzic Kovacevic Begic Petrovic Jovanovic Delic Krasniqi Gashi Nikolic Markovic Babic Halilovic"
    " Berisha Ilic Basic",
)
_PERSIAN = _same_in_generations(
    "Maryam Zahra Shirin Leila Nasrin Parisa Mina Sahar Roya Niloufar Ava Darya Yasaman Tara Nika"
    " Setareh Azadeh Elham",
    "Ali Reza Amir Mehdi Hamid Omid Arash Navid Babak Farhad Kian Daniel Arian Sina Ramin Saeed Shahin"
    " Mahdi Jawad Hamed",
    "Ahmadi Hosseini Mohammadi Rezai Karimi Rahimi Akbari Amiri Jafari Moradi Haidari Sharifi Azizi"
    " Nazari Sultani Noori",
)
_FINNISH = _same_in_generations(
    "Aino Helmi Sanna Päivi Minna Tiina Kaisa Venla Elli Outi Riikka Anni Johanna Hanna Heidi Saara"
    " Eevi Oona Siiri Emmi",
    "Mika Jari Juha Eino Väinö Timo Antti Jukka Ville Onni Leevi Petri Sami Eetu Toivo Oliver Teemu"
    " Lauri Kalle Aleksi",
    "Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen"
    " Saarinen Niemi Ojala",
)
_POLISH = _same_in_generations(
    "Anna Katarzyna Zofia Magdalena Julia Agnieszka Maja Zuzanna Hanna Lena Ewa Oliwia Natalia Marta"
    " Alicja Joanna Iga",
    "Piotr Jakub Jan Tomasz Szymon Filip Adam Pawel Michal Krzysztof Antoni Kacper Marcin Mateusz"
    " Wojciech Leon Rafal",
    "Nowak Wójcik Mazur Krawczyk Wieczorek Adamczyk Dudek Pawlak Sikora Walczak Baran Michalak Szewczyk"
    " Duda Bak Zajac",
)
_KURDISH_TURKISH = _same_in_generations(
    "Elif Zeynep Rojin Evin Berivan Ayse Dilan Merve Selin Nalin Aylin Defne Ronya Gulistan Ebru Esma"
    " Narin Helin Yagmur",
    "Mehmet Mustafa Emre Can Azad Baran Rojhat Serhat Deniz Kerem Ali Murat Diyar Robin Hevin Yusuf"
    " Umut Aras Rizgar",
    "Yilmaz Kaya Demir Celik Sahin Aydin Özdemir Arslan Dogan Kilic Aslan Cetin Kara Koc Kurt Öztürk"
    " Polat Tekin Gunes",
)
_EAST_AFRICAN_ASIAN = _same_in_generations(
    "Selam Mehret Saba Luwam Helen Ruth Linh Mai Siriporn Ploy Priya Ananya Wei Mei Trang Bethlehem"
    " Rahel Feven Hana",
    "Yonas Samuel Filmon Daniel Abel Dawit Natnael Minh Duc Arjun Rohan Jun Wei Somchai Henok Robel"
    " Nahom Bereket Amanuel",
    "Tesfay Haile Nguyen Tran Gebremedhin Kidane Singh Wang Chen Li Patel Tekle Berhane Le Pham Sharma"
    " Araya Abraham",
)

ORIGINS: Sequence[tuple[Origin, float]] = (
    (SWEDISH, 74),
    (_ARABIC, 7),
    (_BALKAN, 4),
    (_SOMALI, 3),
    (_PERSIAN, 3),
    (_FINNISH, 3),
    (_KURDISH_TURKISH, 2.5),
    (_POLISH, 2),
    (_EAST_AFRICAN_ASIAN, 1.5),
)

_STREET_FIRST = Ranked(
    "Björk Ek Lind Lönn Rönn Alm Ask Hassel Gran Tall En Sälg Hägg Äppel Körsbärs Ljung Blåbärs Hallon"
    " Smultron Klöver Vall"
    " Lärk Svan Falk Uggle Trast Hare Räv Älg Ekorr Bäver Igelkotts Kvarn Bruks Smedje Såg Torp Äng Åker"
    " Backe Berg Dal Sjö Å"
    " Strand Hamn Kyrk Klock Skol Stations Torg Park Sol Mån Stjärn Vinter Sommar Vår Höst Norr Söder"
    " Öster Väster"
).words
_STREET_LAST = ("gatan", "vägen", "stigen", "gränden", "backen", "slingan")


def draw_origin(rng: Random) -> Origin:
    """A language background by its weight."""
    return rng.choices([origin for origin, _ in ORIGINS], [weight for _, weight in ORIGINS])[0]


def draw_street(rng: Random) -> str:
    """A composed street and number, e.g. `Lärkstigen 14 B`."""
    letter = rng.choices(("", " A", " B", " C"), (6, 1, 1, 1))[0]
    return f"{rng.choice(_STREET_FIRST)}{rng.choice(_STREET_LAST)} {rng.randint(1, 68)}{letter}"
