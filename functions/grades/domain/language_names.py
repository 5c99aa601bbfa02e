"""The languages that pupils read most, as grade documents name them, in Swedish and English."""

from __future__ import annotations

from skolkit.errors import Text

LANGUAGES = {
    "eng": Text("engelska", "English"), "spa": Text("spanska", "Spanish"), "fra": Text("franska", "French"),
    "deu": Text("tyska", "German"), "ita": Text("italienska", "Italian"), "fin": Text("finska", "Finnish"),
    "ara": Text("arabiska", "Arabic"), "som": Text("somaliska", "Somali"), "fas": Text("persiska", "Persian"),
    "pes": Text("persiska", "Persian"), "prs": Text("dari", "Dari"), "kur": Text("kurdiska", "Kurdish"),
    "kmr": Text("nordkurdiska", "Northern Kurdish"), "ckb": Text("sorani", "Sorani"),
    "tir": Text("tigrinja", "Tigrinya"), "pol": Text("polska", "Polish"), "rus": Text("ryska", "Russian"),
    "ukr": Text("ukrainska", "Ukrainian"), "tur": Text("turkiska", "Turkish"),
    "bos": Text("bosniska", "Bosnian"), "hrv": Text("kroatiska", "Croatian"),
    "srp": Text("serbiska", "Serbian"), "sqi": Text("albanska", "Albanian"),
    "zho": Text("kinesiska", "Chinese"),
    "jpn": Text("japanska", "Japanese"), "tha": Text("thailändska", "Thai"),
    "vie": Text("vietnamesiska", "Vietnamese"), "urd": Text("urdu", "Urdu"), "hin": Text("hindi", "Hindi"),
    "por": Text("portugisiska", "Portuguese"), "ron": Text("rumänska", "Romanian"),
    "hun": Text("ungerska", "Hungarian"), "ell": Text("grekiska", "Greek"),
    "nld": Text("nederländska", "Dutch"),
    "dan": Text("danska", "Danish"), "nor": Text("norska", "Norwegian"),
    "isl": Text("isländska", "Icelandic"),
    "est": Text("estniska", "Estonian"), "lav": Text("lettiska", "Latvian"),
    "lit": Text("litauiska", "Lithuanian"), "rom": Text("romani chib", "Romani"),
    "fit": Text("meänkieli", "Meänkieli"), "sme": Text("nordsamiska", "Northern Sami"),
    "smj": Text("lulesamiska", "Lule Sami"), "sma": Text("sydsamiska", "Southern Sami"),
    "yid": Text("jiddisch", "Yiddish"), "swl": Text("svenskt teckenspråk", "Swedish Sign Language"),
}  # fmt: skip
"""The languages most often read, by ISO 639-3; of others the code is printed."""
