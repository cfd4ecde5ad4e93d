"""The Python client has a typed method for every call of the interface, and each gets through the real doors."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gridtie.api.shapes import ANSWERS
from gridtie.client.exchange import ExchangeClient
from gridtie.client.transport import HttpTransport, Response
from gridtie.errors import GridtieError, InvalidInput, Unreachable

# Pages for people and machines that no program of a member calls.
NOT_FOR_PROGRAMS = {"GET /", "GET /metrics", "POST /v1/offers/import"}
# Other protocols have clients of their own (tests/story), and a session needs a job that runs (test_enter.py there).
ELSEWHERE = re.compile(r"/tasks\b|/service-info$|/sessions\b| /delta-sharing/| /(api/)?datasets/")


class Recording(HttpTransport):
    """Notes every call, and that none was wrong usage."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.made: set[str] = set()

    def request(self, method: str, path: str, *, body: bytes | None, headers: Mapping[str, str]) -> Response:
        self.made.add(f"{method} {path.partition('?')[0]}")
        answer = super().request(method, path, body=body, headers=headers)
        assert answer.status not in (400, 405, 415, 500), (method, path, answer.body)
        return answer

    def stream(self, path: str, *, headers: Mapping[str, str]) -> Iterator[str]:
        self.made.add(f"GET {path.partition('?')[0]}")
        raise Unreachable(url="it", reason="a stream without end is not read here")


@pytest.fixture
def calls(port: int, admin: Any) -> tuple[ExchangeClient, Recording]:
    line = Recording(f"http://127.0.0.1:{port}")
    return ExchangeClient(f"http://127.0.0.1:{port}", admin.token, transport=line), line


def template_of(call: str) -> str | None:
    method, _, path = call.partition(" ")
    for template in sorted(ANSWERS, key=lambda key: key.count("{")):
        verb, _, shape = template.partition(" ")
        wide = shape.endswith(("{resource}", "{identifier}"))
        pattern = re.sub(r"{\w+}", ".+" if wide else "[^/]+", shape)
        if verb == method and re.fullmatch(pattern, path):
            return template
    return None


def test_every_call_has_its_method(calls: Any, tmp_path: Path) -> None:
    client, line = calls
    assert client.health()["status"] == "ok"
    assert client.whoami()["organisation"]["name"] == "demo"
    assert client.exchange()["currency"] == "CNY"
    assert client.sharing_profile()["endpoint"].endswith("/delta-sharing")
    lab = client.add_organisation("lab")
    assert [one["name"] for one in client.organisations()] == ["demo", "lab"]
    assert client.organisation("lab") == lab
    client.add_member("lab", "ann", "owner")
    member = client.add_member("lab", "bob")
    token = client.issue_token(member=member["id"], label="x", days=1)
    assert token["id"] in [one["id"] for one in client.tokens()]
    assert client.revoke_token(token["id"])["revoked"]
    assert client.remove_member(member["id"])["removed_at"]
    assert [one["name"] for one in client.members("lab")] == ["ann", "bob"]
    site = client.declare_site("aurora", "gz", policy={"auto_approve": True})
    assert client.enrol_site("aurora")["site"] == site["id"]
    assert client.set_policy("aurora", denied_purposes=["x"])["policy"]["denied_purposes"] == ["x"]
    assert client.site("aurora")["resources"] == list(client.resources(site="aurora")) == []
    assert [one["id"] for one in client.sites()] == [site["id"]]
    client.top_up("demo", "5", memo="in")
    assert client.statement()["closing"] == "5.00"
    assert client.verify_ledger()["ok"]
    assert {one["account"] for one in client.accounts()} >= {"cash"}
    assert [one["kind"] for one in client.transfers(account="cash")] == ["deposit"]
    client.issue_voucher("AI", "demo", "3", max_unit_price="1", hubs=["gz"])
    assert client.voucher("AI")["left"] == "3.00"
    assert [one["state"] for one in client.vouchers()] == ["valid"]
    assert client.revoke_voucher("AI")["state"] == "revoked"
    assert client.lend_hours("demo", "cpu", "2")["owed"] == "2.00"
    [account] = client.bank_statement(chip="cpu")["accounts"]
    assert (account["closing"], account["owed"]) == ("2.00", "2.00")
    assert list(client.rates()) == list(client.deposits()) == []
    assert client.check("run: echo")["kind"] == "job"
    assert not client.quote("run: echo")["quotes"][0]["fits"]
    file = tmp_path / "f"
    file.write_bytes(b"abc")
    client.upload(file)
    digest, size = client.upload(file)
    card, parts = 'title = "a"\ndescription = "b"\nlicence = "c"\n', [{"path": "f", "sha256": digest, "size": size}]
    assert client.publish_dataset("letters", card, parts)["new_version"]
    assert [one["name"] for one in client.datasets(q="letters")] == ["demo/letters"]
    assert client.dataset("demo/letters", version="v1")["version"]["bytes"] == 3
    assert [one["name"] for one in client.dataset_versions("demo/letters")] == ["v1"]
    client.fetch_dataset("demo/letters", tmp_path / "fetched")
    assert (tmp_path / "fetched" / "f").read_bytes() == b"abc"
    assert [one["channel"] for one in client.deliveries(dataset="demo/letters")] == ["file"]
    assert client.withdraw_dataset("demo/letters")["state"] == "withdrawn"
    assert client.list_dataset("demo/letters")["state"] == "listed"
    assert list(client.contracts()) == []
    assert client.croissant("demo/letters", links=True)["distribution"]
    assert [len(page["dcat:dataset"]) for page in client.catalog()] == [1]
    assert client.check_policy(client.policy("demo/letters"))["terms"]
    assert client.lineage("demo/letters")["nodes"]
    assert client.lineage_picture("demo/letters").startswith("<svg")
    [job] = client.submit("run: echo")
    assert job.refresh().state == "queued"
    assert client.why(job.id)["lines"]
    assert client.market()["products"] == list(client.offers()) == []
    assert client.index(trades=True)["items"] == []
    assert all(one["trades"] == 0 for one in client.rounds())
    assert client.outputs(job.id) == client.receipts(job.id) == list(client.certificates()) == []
    assert client.history(job.id)[0]["kind"] == "job.queued"
    assert [one["id"] for one in client.jobs()] == [job.id]
    assert job.cancel().state == "cancelled"
    for refused in (
        lambda: client.log(job.id), lambda: next(client.follow(job.id)), lambda: next(client.events()),
        lambda: client.download("0" * 64, tmp_path / "x", size=1), lambda: client.approve_site("aurora", "x"),
        lambda: client.drain_site("aurora"), lambda: client.resume_site("aurora"),
        lambda: client.revoke_site("aurora", "over"),
    ):  # fmt: skip
        with suppress(GridtieError):
            refused()
    for missing in (
        lambda: client.resource("res_x"), lambda: client.certify("res_x"), lambda: client.revoke_resource("r", "x"),
        lambda: client.resolve("cn.demo/a/CN-520100/ai/0001-K"), lambda: client.certificate("cert_x"),
        lambda: client.offer("offer_x"), lambda: client.post_offer("res_x", "1"), lambda: client.pause_offer("x"),
        lambda: client.resume_offer("x"), lambda: client.withdraw_offer("x"), lambda: client.round(99),
        lambda: client.cleaning_report("demo/letters"), lambda: client.cleaning_page("demo/letters"),
        lambda: client.propose_contract("demo/letters"),
        lambda: client.contract("ctr_x"), lambda: client.sign_contract("ctr_x"),
        lambda: client.move_contract("ctr_x", "decline"), lambda: client.move_contract("ctr_x", "suspend"),
        lambda: client.move_contract("ctr_x", "resume"), lambda: client.move_contract("ctr_x", "end"),
        lambda: client.deposit("res_x"), lambda: client.close_deposit("dep_x"),
        lambda: client.receipt("rcpt_x"), lambda: client.refund("rcpt_x", "lost"),
    ):  # fmt: skip
        with pytest.raises(GridtieError):
            missing()
    covered = {template_of(call) for call in line.made}
    assert {call for call in set(ANSWERS) - covered if not ELSEWHERE.search(call)} == NOT_FOR_PROGRAMS


def test_bytes_of_a_file_are_its_text_and_what_cannot_be_sent_is_named(calls: Any) -> None:
    client, line = calls
    client.top_up("demo", "1")
    [job] = client.submit("name: 作业\nrun: echo".encode())
    assert job.data["name"] == "作业"
    made = set(line.made)
    for refused, words in (
        (lambda: client.submit(b"run: \xff"), "type bytes: bytes are sent as text in UTF-8, and byte 5 is none"),
        (lambda: client.quote(Path("job.yaml")), "Path: text, numbers, lists and mappings alone are sent"),
        (lambda: client.submit("run: echo", start_at=datetime(2030, 1, 1, tzinfo=UTC)), "type datetime: "),
    ):
        with pytest.raises(InvalidInput) as told:
            refused()
        assert words in str(told.value.problems)
    assert line.made == made
