"""Many readers at once, by every way there is: a count is a count, on both databases."""

import threading
from typing import Any

from tests.api import shop
from tests.api.conftest import Client, Member

PLACES = ["sqlite", "postgresql"]
COUNT, VERSIONS, AT_ONCE = 4, 3, 3
CARD = shop.CARD + f"[terms]\ncount = {COUNT}\n"
WAYS = ("hub", "sharing", "file")


def read(member: Member, way: str, version: int) -> int:
    """What is answered to who asks for a version by this way."""
    if way == "hub":
        return int(member.get(f"/datasets/aurora/decisions/resolve/v{version}/a.parquet").status_code)
    if way == "sharing":
        path = "/delta-sharing/shares/aurora/schemas/decisions/tables/a/query"
        return int(member.post(path, {"version": version}).status_code)
    return int(member.post("/v1/datasets/aurora/decisions/fetch", {"version": f"v{version}"}).status_code)


def test_however_many_race_the_deliveries_of_a_contract_are_as_many_as_it_allows(parties: Any, port: int) -> None:
    owner, reader = parties["aurora"]["owner"], parties["bison"]["owner"]
    for version in range(VERSIONS):
        shop.publish(owner, "decisions", {"a.parquet": shop.parquet(version, 2)}, CARD)
    contract = shop.agree(owner, reader, "aurora/decisions")
    asked = [(way, version) for way in WAYS for version in range(1, VERSIONS + 1) for _ in range(AT_ONCE)]
    answers: list[tuple[str, int, int]] = []
    gate = threading.Barrier(len(asked))

    def ask(way: str, version: int) -> None:
        one = Member(Client(port), reader.token)
        gate.wait()
        answers.append((way, version, read(one, way, version)))
        one.client.close()

    threads = [threading.Thread(target=ask, args=one) for one in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    granted = {(way, version) for way, version, status in answers if status == 200}
    refused = {(way, version) for way, version, status in answers if status != 200}
    written = reader.get(f"/v1/deliveries?contract={contract}").json()["items"]
    assert len(answers) == len(asked)
    assert {status for _, _, status in answers} <= {200, 403, 409}  # each way refuses in its own form
    assert (len(granted), len(written)) == (COUNT, COUNT)
    assert {(one["channel"], int(one["version"][1:])) for one in written} == granted
    assert refused.isdisjoint(granted), "a delivery that was made goes on for whoever asks again"
    assert reader.get(f"/v1/contracts/{contract}").json()["deliveries"] == COUNT
