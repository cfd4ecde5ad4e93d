"""Entries of the catalogue as DCAT: files, versions, and how much of both."""

from tests.data.made import BASE, dataset, part, version

from gridtie.data.dcat import FILES_MAX, VERSIONS_MAX, catalogue, dcat_dataset


def test_a_file_is_a_distribution_with_its_checksum_and_the_services_that_give_it() -> None:
    made = dcat_dataset(dataset(), version(part("a b.parquet"), part("b.csv", media="text/csv")), base=BASE)
    table, text = made["dcat:distribution"]
    assert table["spdx:checksum"]["spdx:checksumValue"]["@value"] == "0" * 64
    assert table["dcat:downloadURL"] == {"@id": f"{BASE}/datasets/aurora/court/resolve/v1/a%20b.parquet"}
    assert [one["@id"] for one in table["dcat:accessService"]] == [f"{BASE}/", f"{BASE}/delta-sharing"]
    assert [one["@id"] for one in text["dcat:accessService"]] == [f"{BASE}/"]


def test_what_a_site_holds_has_no_address_to_download_from() -> None:
    [held] = dcat_dataset(dataset(), version(part("a", held_by="site_1")), base=BASE)["dcat:distribution"]
    assert "dcat:downloadURL" not in held
    assert "dcat:accessService" not in held
    assert held["dcat:accessURL"]["@id"].endswith("/croissant?version=v1")


def test_more_files_than_an_entry_should_have_are_one_distribution() -> None:
    parts = [part(f"{number}.parquet") for number in range(FILES_MAX + 1)]
    [whole] = dcat_dataset(dataset(), version(*parts), base=BASE)["dcat:distribution"]
    assert whole["dcat:byteSize"]["@value"] == str(10 * (FILES_MAX + 1))
    assert len(dcat_dataset(dataset(), version(*parts[1:]), base=BASE)["dcat:distribution"]) == FILES_MAX


def test_versions_are_chained_and_only_the_newest_are_named() -> None:
    made = dcat_dataset(dataset(versions=30), version(part("a"), number=30), base=BASE)
    assert made["dcat:prev"]["@id"].endswith("?version=v29")
    named = [one["dcat:version"] for one in made["dcat:hasVersion"]]
    assert (named[0], len(named)) == ("v30", VERSIONS_MAX)
    assert "dcat:prev" not in dcat_dataset(dataset(), version(part("a")), base=BASE)


def test_a_contact_that_is_no_address_is_only_words() -> None:
    made = dcat_dataset(dataset(), version(part("a")), base=BASE)
    assert made["dcat:contactPoint"] == {"@type": "vcard:Kind", "vcard:fn": "a b <x@y>"}


def test_the_last_page_names_no_next_one() -> None:
    page = catalogue([], base=BASE, name="north", page=f"{BASE}/v1/catalog?limit=1", following=None)
    assert "hydra:next" not in page["hydra:view"]
    assert page["dcat:dataset"] == []
