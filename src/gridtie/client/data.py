"""The typed methods of the data exchange; mixed into ExchangeClient."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from gridtie.client import answers as a
from gridtie.client.nouns import Nouns, given, part
from gridtie.errors import InvalidInput, Problem


class DataNouns(Nouns):
    """A dataset is called owner/name, a version v3; none named is the newest."""

    def publish_dataset(
        self, name: str, card: str, parts: Sequence[Mapping[str, object]], *, report: str | None = None,
        derived_from: Sequence[str] | None = None, job: str | None = None,
    ) -> a.PublishedDataset:  # fmt: skip
        """`card`: the text of a card file. `parts`: path, sha256 and size of files sent before with `upload`, or that
        `job` published, a job of yours: then it stands in the lineage."""
        return self._post(a.PublishedDataset, "/v1/datasets", name=name, card=card, parts=list(parts), report=report,
                          derived_from=None if derived_from is None else list(derived_from), job=job)  # fmt: skip

    def datasets(self, *, q: str = "", mine: bool = False) -> Iterator[a.Dataset]:
        return self.pages("/v1/datasets", query={"q": q or None, "mine": 1 if mine else None})

    def dataset(self, name: str, *, version: str = "") -> a.WholeDataset:
        answer: a.WholeDataset = self.call("GET", path_of(name), query={"version": version or None})
        return answer

    def dataset_versions(self, name: str) -> Iterator[a.DataVersion]:
        return self.pages(f"{path_of(name)}/versions")

    def cleaning_report(self, name: str, *, version: str = "") -> Mapping[str, object]:
        """The audit.json that came with a version."""
        answer: Mapping[str, object] = self.call("GET", f"{path_of(name)}/report", query={"version": version or None})
        return answer

    def cleaning_page(self, name: str, *, version: str = "", lang: str = "en") -> str:
        """The same as HTML, in English and Chinese; `lang` is shown first."""
        query = given(version=version, lang=lang)
        return self.raw("GET", f"{path_of(name)}/report.html", query=query).body.decode()

    def withdraw_dataset(self, name: str) -> a.Dataset:
        return self._post(a.Dataset, f"{path_of(name)}/withdraw")

    def list_dataset(self, name: str) -> a.Dataset:
        """Offers a withdrawn one again."""
        return self._post(a.Dataset, f"{path_of(name)}/list")

    def open_dataset(self, name: str, *, version: str = "", paths: Sequence[str] = ()) -> a.Fetched:
        """Links to its files, under your contract; the delivery is written down and paid."""
        return self._post(a.Fetched, f"{path_of(name)}/fetch", version=version, paths=list(paths))

    def propose_contract(
        self, dataset: str, *, purpose: str = "", place: str = "", from_: str | None = None, until: str | None = None
    ) -> a.DataContract:
        return self._post(a.DataContract, "/v1/contracts", dataset=dataset, purpose=purpose, place=place, from_=from_,
                          until=until)  # fmt: skip

    def contracts(self, *, state: str = "") -> Iterator[a.DataContract]:
        return self.pages("/v1/contracts", query={"state": state or None})

    def contract(self, key: str) -> a.WholeDataContract:
        return self._get(a.WholeDataContract, f"/v1/contracts/{part(key)}")

    def sign_contract(self, key: str) -> a.DataContract:
        return self._post(a.DataContract, f"/v1/contracts/{part(key)}/sign")

    def move_contract(self, key: str, event: str, *, reason: str = "") -> a.DataContract:
        """`decline`, `suspend`, `resume` or `end`."""
        return self._post(a.DataContract, f"/v1/contracts/{part(key)}/{part(event)}", reason=reason)

    def deliveries(self, *, contract: str | None = None, dataset: str | None = None) -> Iterator[a.Delivery]:
        return self.pages("/v1/deliveries", query=given(contract=contract, dataset=dataset))

    # ── data in formats of others ─────────────────────────────────────────────────────────────────────────────────
    def croissant(self, dataset: str, *, version: str = "", links: bool = False) -> dict[str, Any]:
        """A version of owner/name as Croissant. `links`: with links that end in place of addresses that need a token:
        that is a delivery, asked of your contract and paid as one."""
        document: dict[str, Any] = self.call("GET", f"{path_of(dataset)}/croissant", query=given(version=version))
        if links:
            fetched = self.call("POST", f"{path_of(dataset)}/fetch", {"version": version})
            urls = {file["path"]: self.url + file["url"] for file in fetched["files"]}
            document["distribution"] = [{**one, "contentUrl": urls[one["name"]]} for one in document["distribution"]]
        return document

    def catalog(self) -> Iterator[dict[str, Any]]:
        """The catalogue as DCAT, a page after the other."""
        query: dict[str, object] = {}
        while True:
            page: dict[str, Any] = self.call("GET", "/v1/catalog", query=query)
            yield page
            following = page["hydra:view"].get("hydra:next")
            if following is None:
                return
            query = dict(parse_qsl(urlsplit(following["@id"]).query))

    def policy(self, dataset: str) -> dict[str, Any]:
        """Its terms and price as an ODRL offer."""
        document: dict[str, Any] = self.call("GET", f"{path_of(dataset)}/policy")
        return document

    def check_policy(self, policy: Mapping[str, Any]) -> a.PolicyTerms:
        """What a card would say for an ODRL policy. Raises InvalidInput with whatever could not be kept."""
        return self._post(a.PolicyTerms, "/v1/policies/check", policy=dict(policy))

    def lineage(self, dataset: str, *, version: str = "", form: str = "graph") -> dict[str, Any]:
        """What a version was made from, who used it, what was made from it: graph, openlineage or prov."""
        query = given(version=version, form=form)
        document: dict[str, Any] = self.call("GET", f"{path_of(dataset)}/lineage", query=query)
        return document

    def lineage_picture(self, dataset: str, *, version: str = "") -> str:
        """As SVG."""
        query = given(version=version, form="svg")
        return self.raw("GET", f"{path_of(dataset)}/lineage", query=query).body.decode()


def path_of(name: str) -> str:
    """Its address. Raises InvalidInput for what is not owner/name."""
    owner, _, rest = name.partition("/")
    if not owner or not rest:
        raise InvalidInput(source=name, problems=[Problem("a dataset is called owner/name: gridtie dataset list")])
    return f"/v1/datasets/{part(owner)}/{part(rest)}"
