# ruff: noqa: E501, SIM905  lists of words
"""Writes the list in `rules/given.toml` again: `python benchmarks/forenames.py`, in an environment that also has Faker
(MIT licence). The same each time.

Given names of nearly all lists; no word of the documentation that comes with Python, and no place, month, make or
program that is listed here, for a name stands alone where this is asked.
"""

import importlib
import re
from collections import Counter
from collections.abc import Iterable

from names_model import LATIN, MORE_GIVEN, _documentation

OWN = "en_US en_GB en_IE en_NZ".split()
WORDY = frozenset({"tr_TR", "id_ID"})  # lists of which much is a word
NOT = "Adelaide Africa Alexandria America Asia Ashton Athens Austin Aurora Berlin Boston Bristol Brooklyn Cairo Cambridge Carolina Carson Catalina Charlotte Chelsea Chester China Clare Cleveland Clinton Dakota Dallas Denver Devon Dublin Eden Florence Geneva Georgia Hamilton Helena Houston India Ireland Israel Jackson Jamaica Jersey Jordan Kent Kenya Kerry Kingston Lancaster Lincoln London Lourdes Madison Memphis Milan Milton Montana Nevada Odessa Orlando Oxford Paris Phoenix Preston Princeton Regina Roma Salem Santiago Savannah Sicily Siena Stanford Stratford Sydney Trinidad Troy Tyrone Valencia Verona Victoria Vienna Virginia Washington Wellington Windsor York April August January June May July Autumn Summer Winter Easter Noel Monday Friday Sunday Ada Alexa Cassandra Chanel Crystal Delta Django Jasmine Jenkins Julia Lotus Maven Mercedes Pascal Pearl Porsche Rolex Ruby Siri Tesla Angel Art Bill Bishop Blue Buddy Bunny Candy Chance Charity Chase Christian Cash Church Colt Constance Cruz Dale Dawn Dean Destiny Diamond Drew Duke Earl Ebony Faith Flora Ford Forest Forrest Frank Gay Gene General Glen Glenn Golden Grace Grant Guy Harmony Harper Hazel Heath Heaven Holly Honor Hope Hunter Iris Ivory Ivy Jack Jade Jay Jewel Joy Judge Justice Kay King Knox Lance Lane Legend Lily Lord Love Luna Major Mark Marshall Mason Mercy Miles Melody Misty Nova Olive Pat Patience Penny Pierce Piper Pope Poppy Porter Precious Prince Princess Prosper Queen Quest Rain Ray Reed Reid Rich River Robin Rocky Rose Rosemary Rowan Royal Rusty Sage Scarlet Sharp Shell Sky Star Sterling Stone Storm Sun Sunny Sue Temple Trinity Van Vernon Violet Ward Wade Wells West Will Willow Wolf Young Angelo Carmel Cruise Genesis Nazareth Bethlehem Bali Bella Chad Cuba Mali Niger Togo Elisabeth Malta Marina Martinique Vera Sierra Asher Amber Ginger Basil Clay Cliff Flint Gale Garnet Jasper Opal Coral Laurel Myrtle Olympia Fern Heather Daisy Skip Sandy Rod Rob Jean Don Dick Bob Sally Max Jerry Chuck Tony Jimmy Al Ed Ben Sam Ron Ken Dan Tom Tim Jim Jon Les Lee Leo Lou Mo Ty Bo Jo".split()
ALSO = "Arjun Anil Amy Ana Ann Camille Deepak Eva Ian Jerry Jim Joe Kim Marjorie Mateo Neha Rajesh Ramon Roy Sanjay Sally Tunde Tony Vernon Vikram Zoe Zoë Amir Omar Eve Kay Una Ivy Mia Ava Liam Noah Aoife Niamh Siobhan Siobhán Seán Sean Rhys Huw Elin Priya Rohan Kavita Meera Arvind Sunita Farah Leila Layla Yusuf Linh Thao Keiko Akiko Kenji Yuki Mirela Bogdan Thabo Thandiwe Sipho Adaeze Chinedu Emeka Kwame Abena Kofi Femi Lucía José Joaquín Sofía Andrés Beatriz Inés Søren Zoran Marek Rashida Haruka Ashlyn Cedric Thuy Nkechi Morag Tamsin Rosalind Desmond Jemima Clotilde Tomáš Jakub Ondřej Łukasz Agnieszka".split()
SHORTEST = 4


def names() -> list[str]:
    lists = {place: _of(place) for place in dict.fromkeys([*LATIN, *OWN])}
    often = Counter(name for listed in lists.values() for name in listed)
    words = set(re.findall(r"(?<![A-Za-z.])[a-z]+\b", _documentation()))
    own = [lists[place] for place in lists if place not in WORDY]
    known = {name for name, count in often.items() if count > 1}.union(MORE_GIVEN, *own)
    return sorted({
        name for name in known.difference(NOT)
        if len(name) >= SHORTEST and name.lower() not in words and re.fullmatch("[A-ZÀ-ÞĀ-Ž][a-zß-ž]+", name)
    }.union(ALSO))  # fmt: skip


def _of(place: str) -> set[str]:
    return set(importlib.import_module(f"faker.providers.person.{place}").Provider.first_names)


def expression(listed: Iterable[str]) -> str:
    """Of these words what begins alike is asked once."""
    by_first: dict[str, list[str]] = {}
    for word in listed:
        by_first.setdefault(word[:1], []).append(word[1:])
    ends = by_first.pop("", None) is not None
    ways = [first + expression(rests) for first, rests in sorted(by_first.items())]
    if not ways:
        return ""
    made = ways[0] if len(ways) == 1 and not ends else f"(?:{'|'.join(ways)})"
    return f"{made}?" if ends else made


if __name__ == "__main__":
    print(f"given-name = '{expression(names())}'")
