"""The typed methods of the data exchange; mixed into ExchangeClient."""

from collections.abc import Iterator, Mapping, Sequence

from gridtie.client import answers as a
from gridtie.client.nouns import Nouns, given, part
from gridtie.errors import InvalidInput, Problem


class DataNouns(Nouns):
    """A dataset is called owner/name, a version v3; none named is the newest."""

    def publish_dataset(
        self, name: str, card: str, parts: Sequence[Mapping[str, object]], *, report: str | None = None,
        derived_from: Sequence[str] | None = None,
    ) -> a.PublishedDataset:  # fmt: skip
        """`card`: the text of a card file. `parts`: path, sha256 and size of files sent before with `upload`."""
        return self._post(a.PublishedDataset, "/v1/datasets", name=name, card=card, parts=list(parts), report=report,
                          derived_from=None if derived_from is None else list(derived_from))  # fmt: skip

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


def path_of(name: str) -> str:
    """Its address. Raises InvalidInput for what is not owner/name."""
    owner, _, rest = name.partition("/")
    if not owner or not rest:
        raise InvalidInput(source=name, problems=[Problem("a dataset is called owner/name: gridtie dataset list")])
    return f"/v1/datasets/{part(owner)}/{part(rest)}"
