"""A site in simulation: it hears and says what a real one does, over the same records; only the work is not done.

What it decides, it decides as an agent does: it takes a plan it can carry out, drops a run it is told to kill, and puts
its signature under a receipt only when the agent's own check has no objection.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.agent.receipts import objection
from gridtie.dispatch.placement import plan_from_json, report_from_json, report_to_json
from gridtie.dispatch.run import RunPlan, RunReport
from gridtie.errors import InternalFault
from gridtie.flow.advance_runs import take_reports
from gridtie.flow.exchange import Exchange
from gridtie.flow.renew_leases import renew_leases
from gridtie.flow.settle_run import countersign_receipt
from gridtie.flow.sync_agent import Held, Orders, orders_for
from gridtie.identity.signing import Envelope
from gridtie.metering.receipt import KIND, from_payload
from gridtie.values.ids import ReceiptId, RunId, SiteId
from gridtie.values.period import EPOCH

_SLEEP = re.compile(r"sleep (\d+)\.(\d{6})")
MICROSECOND = timedelta(microseconds=1)


def sleep_for(duration_us: int) -> str:
    """The command of a simulated job, in whole microseconds."""
    return f"sleep {duration_us // 1_000_000}.{duration_us % 1_000_000:06}"


@dataclass
class SimulatedSite:
    """`starts` holds what began since somebody last looked: (run, when it will end)."""

    exchange: Exchange
    id: SiteId
    name: str
    signer: Ed25519Signer
    plans: dict[RunId, RunPlan] = field(default_factory=dict)
    marks: dict[RunId, dict[str, float]] = field(default_factory=dict)
    working: dict[RunId, int] = field(default_factory=dict)  # its next sequence number
    starts: list[tuple[RunId, datetime]] = field(default_factory=list)
    objections: dict[str, str] = field(default_factory=dict)  # receipt → why it is not signed

    def heartbeat(self) -> None:
        """What an idle agent's sync does: it renews leases and writes nothing, so not every one need be made."""
        self.exchange.presence.renew(self.id, list(self.working), self.exchange.clock.now())

    def sync(self) -> None:
        """One call of the agent, and what it does about the answer."""
        held = [Held(run, self.plans[run].epoch, "running") for run in self.working]
        database = self.exchange.database
        database.read(lambda unit: renew_leases(self.exchange, self.id, held, unit.runs.live_at(self.id)))
        orders: Orders = database.read(lambda unit: orders_for(unit, self.exchange, self.id, held))
        for order in orders.kill:
            self.working.pop(RunId(order["run"]))
        for order in orders.cancel:
            self._report(RunId(order["run"]), "cancel")
        for document in orders.assignments:
            self._begin(plan_from_json(document))
        for document in orders.receipts:
            self._sign(document)

    def finish(self, run: RunId) -> None:
        """Its processes ended well. A run that was killed or cancelled meanwhile has nothing more to say."""
        if run in self.working:
            self.marks[run] |= {"ended_min": self._seconds(), "ended_max": self._seconds()}
            self._report(run, "finish", "succeed")

    def _begin(self, plan: RunPlan) -> None:
        match = _SLEEP.fullmatch(plan.command)
        if match is None:
            raise InternalFault(request=f"{plan.run}: a simulated site cannot carry out {plan.command!r}")
        self.plans[plan.run], self.working[plan.run] = plan, 0
        self.marks[plan.run] = {"begun_min": self._seconds(), "begun_max": self._seconds()}
        self._report(plan.run, "accept", "start")
        length = timedelta(seconds=int(match[1]), microseconds=int(match[2]))
        self.starts.append((plan.run, self.exchange.clock.now() + length))

    def _report(self, run: RunId, *events: str) -> None:
        """As they travel: each is written and read again in its form on the wire."""
        plan, first = self.plans[run], self.working[run]
        at = self.exchange.clock.now()
        ended = events[-1] in ("succeed", "cancel")
        reports = [
            report_from_json(
                report_to_json(
                    RunReport(seq=first + number, event=event, at=at, exit_code=0 if event == "succeed" else None)
                )
            )
            for number, event in enumerate(events)
        ]
        verb = partial(take_reports, exchange=self.exchange, site=self.id, key=run, epoch=plan.epoch, reports=reports)
        self.working[run], _ = self.exchange.database.write(verb, actor=self.id)
        if ended:
            del self.working[run]

    def _sign(self, document: Mapping[str, Any]) -> None:
        envelope = Envelope.from_json(document, kind=KIND)
        receipt = from_payload(envelope.payload)
        run = RunId(receipt.run)
        if why := objection(receipt, self.plans.get(run), self.marks.get(run, {})):
            self.objections[receipt.id] = why
            return
        signed = envelope.sign("site", self.signer).to_json()
        verb = partial(
            countersign_receipt, exchange=self.exchange, site=self.id, key=ReceiptId(receipt.id), data=signed
        )
        self.exchange.database.write(verb, actor=self.id)

    def _seconds(self) -> float:
        """The agent's own clock."""
        return (self.exchange.clock.now() - EPOCH) / MICROSECOND / 1e6
