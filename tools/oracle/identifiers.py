#!/usr/bin/env python3
"""Generates identifiers, valid and damaged, and has python-stdnum judge them.

    python3 -m venv venv && venv/bin/pip install python-stdnum==2.2
    venv/bin/python identifiers.py [--seed N] [--count N] > identifiers.tsv
    AITTA_ORACLE_TSV=identifiers.tsv swift test --filter IdentifierOracle

One line for each: kind, value, verdict, separated by tabs. Kinds are hetu (artificial individual
numbers accepted), hetu-issued (not accepted), ytunnus and iban. The verdict is python-stdnum's,
`valid` or `invalid`, or `differs:NAME` where the vault is known to judge otherwise; the test lists
those names with the vault's own verdict.
"""

import argparse
import random
import re
import sys

from stdnum import iban
from stdnum.be import iban as be_iban
from stdnum.es import ccc
from stdnum.exceptions import ValidationError
from stdnum.fi import hetu, ytunnus
from stdnum.iban import _ibandb
from stdnum.no import kontonr

CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
SEPARATORS = "+-YXWVUABCDEF"


def make_hetu(rng):
    day, month, year = rng.randint(1, 31), rng.randint(1, 12), rng.randint(0, 99)
    if rng.random() < 0.02:
        day, month = 29, 2
    if rng.random() < 0.02:
        day, month = rng.randint(0, 39), rng.randint(0, 19)
    individual = rng.randint(0, 999)
    if rng.random() < 0.05:
        individual = rng.choice([0, 1, 2, 3, 898, 899, 900, 901, 999])
    date = f"{day:02d}{month:02d}{year:02d}"
    check = CHECK_CHARACTERS[int(f"{date}{individual:03d}") % 31]
    return f"{date}{rng.choice(SEPARATORS)}{individual:03d}{check}"


def make_ytunnus(rng):
    digits = f"{rng.randint(0, 9999999):07d}"
    remainder = sum(w * int(d) for w, d in zip((7, 9, 10, 5, 8, 4, 2), digits)) % 11
    check = 0 if remainder == 0 else (11 - remainder) % 10
    form = rng.choice(["{0}-{1}", "{0}-{1}", "{0}-{1}", "{0}{1}", "FI{0}{1}", "FI {0}-{1}"])
    if digits.startswith("0") and rng.random() < 0.3:
        digits = digits[1:]
    return form.format(digits, check)


def make_iban(rng):
    countries = [entry[1] for entry in _ibandb.prefixes]
    often = ["FI"] * 40 + ["SE", "EE", "DE"] * 4 + ["BE", "ES", "ME", "NO"] * 3
    country = rng.choice(often + countries)
    classes = {"n": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    classes["c"] = classes["n"] + classes["a"]
    bban = "".join(
        rng.choice(classes[kind])
        for count, kind in re.findall(r"(\d+)!([nac])", structure(country))
        for _ in range(int(count)))
    if rng.random() < 0.8:
        bban = national(country, bban, rng)
    text = country + iban.calc_check_digits(f"{country}00{bban}") + bban
    if rng.random() < 0.3:
        return iban.format(text)
    return text


def national(country, bban, rng):
    """Fits the account number's own check digits, where there is a rule."""
    if country == "BE":
        if rng.random() < 0.7:
            bban = rng.choice(["001", "230", "363", "539"]) + bban[3:]
        return bban[:10] + be_iban._calc_check_digits(bban[:10])
    if country == "ES":
        return bban[:8] + ccc.calc_check_digits(bban) + bban[10:]
    if country == "ME":
        return bban[:16] + f"{98 - int(bban[:16] + '00') % 97:02d}"
    if country == "NO":
        if rng.random() < 0.1:
            bban = "0000" + bban[4:]
        for digit in "0123456789":
            if kontonr.is_valid(bban[:10] + digit):
                return bban[:10] + digit
    return bban


def structure(country):
    return _ibandb.info(country + "0000")[0][1]["bban"]


def damage(rng, text):
    """One of the ways in which people and machines spoil an identifier."""
    characters = list(text)
    place = rng.randrange(len(characters))
    way = rng.randrange(11)
    if way == 0:
        characters[place] = rng.choice("0123456789")
    elif way == 1:
        characters[place] = rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ+-. ")
    elif way == 2:
        del characters[place]
    elif way == 3:
        characters.insert(place, rng.choice("0123456789AZ- ."))
    elif way == 4 and place:
        characters[place - 1], characters[place] = characters[place], characters[place - 1]
    elif way == 5:
        return text.lower()
    elif way == 6:
        return f"  {text}\u00a0"
    elif way == 7:
        return text.replace("-", rng.choice("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"))
    elif way == 8:
        characters[place] = rng.choice("åäöß€\u0660\u0967\uff11\u0130")
    elif way == 9 and len(characters) > 4:
        number = "".join(characters[2:4])
        if number.isdigit():
            characters[2:4] = f"{(int(number) + rng.choice([97, -97])) % 100:02d}"
    elif way == 10:
        return text[: rng.randrange(len(text))]
    return "".join(characters)


def verdict(kind, text):
    """python-stdnum's verdict, or the name of a known difference."""
    if kind.startswith("hetu"):
        valid = hetu.is_valid(text, allow_temporary=kind == "hetu")
    elif kind == "ytunnus":
        valid = ytunnus.is_valid(text)
    else:
        valid = judge_iban(text)
    if valid and not is_plain(text):
        return "differs:other-digits"
    if isinstance(valid, str):
        return valid
    return "valid" if valid else "invalid"


def judge_iban(text):
    """Whether it is valid, or the name of a known difference."""
    try:
        number = iban.validate(text, check_country=False)
    except ValidationError:
        return False
    if not ("02" <= number[2:4] <= "98" and number[2:4].isdigit()):
        return "differs:iban-check-digit-range"
    if iban.is_valid(text):
        return True
    if number.startswith("BE") and number[-2:] == be_iban._calc_check_digits(number[4:-2]):
        return "differs:iban-belgian-bank-list"
    return False


def is_plain(text):
    """Whether only ASCII letters and digits were read as letters and digits."""
    return all(ord(c) < 128 or not c.isalnum() for c in text)


def main():
    parser = argparse.ArgumentParser(description="Identifiers with python-stdnum's verdicts.")
    parser.add_argument("--seed", type=int, default=20240101)
    parser.add_argument("--count", type=int, default=8000, help="values of each kind")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    makers = {"hetu": make_hetu, "hetu-issued": make_hetu, "ytunnus": make_ytunnus, "iban": make_iban}
    print(f"# seed {arguments.seed}")
    for kind, make in makers.items():
        for _ in range(arguments.count):
            text = make(rng)
            while rng.random() < 0.45:
                text = damage(rng, text) or " "
            print(kind, text, verdict(kind, text), sep="\t")


if __name__ == "__main__":
    sys.exit(main())
