"""Who may move a contract on data: its sides, each what is its own, and who runs the exchange."""

from typing import Any

from tests.api import shop


def test_only_the_exchange_lets_go_on_what_it_has_suspended(parties: Any, admin: Any) -> None:
    provider, consumer = parties["aurora"]["owner"], parties["bison"]["owner"]
    shop.publish(provider, "forms", {"f.txt": b"a form"})
    contract = shop.agree(provider, consumer, "aurora/forms")

    def move(who: Any, event: str, **more: Any) -> tuple[int, str]:
        answer = who.post(f"/v1/contracts/{contract}/{event}", more).json()
        return answer.get("status", 200), answer.get("state", answer.get("fix"))

    assert move(admin, "suspend", reason="under review by aurora (by aurora)") == (200, "suspended")
    assert move(provider, "resume") == (403, "Only who runs the exchange can.")
    assert move(consumer, "resume") == (403, "Only its provider can.")
    assert move(admin, "resume") == (200, "active")
    assert move(provider, "suspend", reason="by the exchange") == (200, "suspended")
    assert move(consumer, "resume")[0] == 403
    assert move(provider, "resume") == (200, "active")
    assert move(admin, "suspend") == (200, "suspended")
    assert move(provider, "resume")[0] == 403
    assert move(consumer, "end") == (200, "ended")
