"""Every error that a user, an operator or another program can meet, on one page, each with a stable code.

Tree: GridtieError
    InvalidInput     the caller's document or arguments are wrong          (exit 2)
    NotSignedIn      who are you                                           (exit 4)
    NotFound         not there, or not yours to see                        (exit 3)
    Refused          understood and refused: policy, funds, state          (exit 5)
    Unreachable      the exchange or a site does not answer                (exit 6)
    WaitTimedOut     stopped waiting; the work goes on                     (exit 7)
    LocalFault       this machine: disk, port, permission, clock, version  (exit 1)

The class says *what* happened by its `what` template, *why* by `why`, and *what to do* by `fix`; templates are filled
from keyword parameters, so a face may translate them. HTTP status is chosen at the edge (api/problems.py).
"""

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input, at its place. Lines and columns count from 1; 0 means not known."""

    message: str
    line: int = 0
    column: int = 0
    path: str = ""

    def __str__(self) -> str:
        place = f"{self.line}:{self.column} " if self.line else ""
        return f"{place}{self.message}"

    @staticmethod
    def undecoded(cause: UnicodeDecodeError, message: str = "not UTF-8") -> "Problem":
        """Where the first byte stands that is no text; columns count bytes."""
        head = bytes(cause.object[: cause.start])
        return Problem(message, head.count(b"\n") + 1, cause.start - head.rfind(b"\n"))


class GridtieError(Exception):
    """Something the software expected might go wrong, and can explain."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    what: ClassVar[str] = "{message}"
    why: ClassVar[str] = ""
    fix: ClassVar[str] = ""

    def __init__(self, *, problems: Sequence[Problem] = (), **params: object) -> None:
        self.params = params
        self.problems = tuple(problems)
        super().__init__(self.message)
        for line in (*map(str, self.problems), self.reason, self.remedy):
            if line:
                self.add_note(line)  # a program that does not catch it, such as a notebook, shows these too

    def __reduce__(self) -> tuple[object, ...]:
        """A worker process hands its error on as it is."""
        return partial(type(self), problems=self.problems, **self.params), ()

    def _fill(self, template: str) -> str:
        try:
            return template.format(**self.params)
        except (KeyError, IndexError):
            return template

    @property
    def message(self) -> str:
        return self._fill(self.what)

    @property
    def reason(self) -> str:
        return self._fill(self.why)

    @property
    def remedy(self) -> str:
        return self._fill(self.fix)


# ── the caller's input ────────────────────────────────────────────────────────────────────────────────────────────
class InvalidInput(GridtieError):
    code = "invalid-input"
    exit_code = 2
    what = "{source}: {count} problem(s)"
    fix = "Correct what is named here."

    def __init__(self, *, problems: Sequence[Problem] = (), **params: object) -> None:
        params.setdefault("source", "input")
        params.setdefault("count", len(problems))
        super().__init__(problems=problems, **params)

    @property
    def message(self) -> str:
        return super().message.replace("1 problem(s)", "1 problem").replace("problem(s)", "problems")


class InvalidJobFile(InvalidInput):
    code = "invalid-job-file"


class InvalidTask(InvalidInput):
    code = "invalid-task"
    fix = "Correct the places named; what this service takes: GET /ga4gh/tes/v1/service-info."


class InvalidPriceList(InvalidInput):
    code = "invalid-price-list"


class InvalidIdentifier(InvalidInput):
    code = "invalid-identifier"
    what = "{text!r} is not an identifier: {reason}"
    fix = "An identifier looks like cn.demo/aurora/CN-520100/ai/0001-X."


class UnknownChip(InvalidInput):
    code = "unknown-chip"
    what = "no chip is called {name!r}"
    why = "Nearest: {nearest}."
    fix = "Use one of the names that `gridtie chip list` prints."


class UnreadableTool(InvalidInput):
    """A device tool printed something its parser does not know; `problems` carries the line."""

    code = "unreadable-tool"
    what = "cannot read what {tool} printed: {reason}"
    fix = "Run `{tool}` by hand; if its output looks right, this version of it is new to us: report it with the output."


class WrongMethod(InvalidInput):
    code = "wrong-method"
    what = "{method} is not for {path}"
    fix = "Allowed there: {allowed}."


class InputTooLarge(InvalidInput):
    code = "input-too-large"
    what = "{source} is larger than {limit}"
    fix = "Send less, or upload files as a work directory instead."


class AmountOutOfRange(InvalidInput):
    code = "amount-out-of-range"
    what = "{amount} cannot be booked: {reason}"
    fix = "Amounts lie between 0.000001 and 9223372036854.775807."


class UnsafePath(InvalidInput):
    code = "unsafe-path"
    what = "{path!r} leaves the directory it belongs to"
    fix = "Use relative paths without '..' to regular files."


class InvalidEvidence(InvalidInput):
    code = "invalid-evidence"
    what = "the evidence cannot be used: {reason}"


class InvalidBook(InvalidInput):
    code = "invalid-book"
    what = "the book cannot be cleared: {field}: {message}"
    why = "A clearing is computed exactly or not at all; a figure that makes no sense would price everybody else's."
    fix = "Correct that figure where the book is made, and clear again."


class InvalidSignature(InvalidInput):
    code = "invalid-signature"
    what = "the signature of {subject} does not verify: {reason}"
    fix = "Fetch it again from its exchange; if it still fails, do not trust it."


# ── who is asking ─────────────────────────────────────────────────────────────────────────────────────────────────
class NotSignedIn(GridtieError):
    code = "not-signed-in"
    exit_code = 4
    what = "sign-in needed: {reason}"
    fix = "Run `gridtie login` with a valid token."


class CallRepeated(NotSignedIn):
    code = "call-repeated"
    what = "call {number} of this agent was seen before or is too old"
    why = "A line delivered it twice, or it was under way for very long."
    fix = "Nothing: an agent makes the call again under a new number."


class NotAllowed(GridtieError):
    code = "not-allowed"
    exit_code = 5
    what = "{role} may not {action}"
    fix = "Ask an owner of the organisation for the role {needed}."


class NotTheirs(GridtieError):
    """For what no role gives: it is somebody else's part."""

    code = "not-theirs"
    exit_code = 5
    what = "{role} may not {action}"
    fix = "Only {whose} can."


class AgentRejected(NotSignedIn):
    code = "agent-rejected"
    what = "the agent's signature was refused: {reason}"
    fix = "Enrol the site again with a fresh token (`gridtie site enrol`)."


class AgentRevoked(AgentRejected):
    code = "agent-revoked"
    what = "this site's key is not valid any more: {reason}"


class NotFound(GridtieError):
    code = "not-found"
    exit_code = 3
    what = "no {noun} {key!r}"
    fix = "List what there is with `gridtie {noun} list`."
    _LISTED_BY: ClassVar[Mapping[str, str]] = {
        "account": "gridtie ledger accounts", "blob": "gridtie job outputs JOB",
        "delivery": "gridtie dataset deliveries", "deposit": "gridtie bank deposits", "hub": "gridtie site hubs",
        "identifier": "gridtie resource list", "receipt": "gridtie receipt JOB", "request": "gridtie job list",
        "file": "gridtie dataset show OWNER/NAME",
        **dict.fromkeys(("share", "schema", "table"), "GET /delta-sharing/shares"),
        "round": "gridtie market rounds", "run": "gridtie status JOB", "session": "gridtie job list",
        **dict.fromkeys(("version", "cleaning report of"), "gridtie dataset versions OWNER/NAME"),
        "page of the cleaning report of": "gridtie dataset report OWNER/NAME",
    }  # fmt: skip

    @property
    def remedy(self) -> str:
        """Not every noun has a list of its own."""
        by = self._LISTED_BY.get(str(self.params.get("noun")))
        return f"List what there is with `{by}`." if by else super().remedy


class NoSuchCall(NotFound):
    code = "no-such-call"
    what = "there is nothing at {key}"
    fix = "Every call is described at /openapi.json."


class NotInitialised(NotFound):
    code = "not-initialised"
    what = "there is no exchange in {path}"
    fix = "Make one with `gridtie init`, or set GRIDTIE_HOME to its folder."


class KeysMissing(NotFound):
    """An exchange that went on with other keys could read no secret, know no token and prove no receipt of its own."""

    code = "keys-missing"
    what = "the exchange in {place} is there, and its keys are not in {home}: {files}"
    fix = "Copy them from the home of which this is a copy, or of another of its servers; nothing makes them anew."


class LinkInvalid(NotFound):
    code = "link-invalid"
    what = "this link gives nothing: {reason}"
    fix = "Ask for the data again; every answer brings fresh links."


class Ambiguous(NotFound):
    code = "ambiguous"
    what = "{key!r} matches several: {matches}"
    fix = "Write more of the id, or an id in place of the name."


# ── understood and refused ────────────────────────────────────────────────────────────────────────────────────────
class Refused(GridtieError):
    code = "refused"
    exit_code = 5
    what = "refused: {reason}"


class ForbiddenMove(Refused):
    code = "forbidden-move"
    what = "a {noun} that is {state} cannot {event}"
    why = "Allowed from here: {allowed}."


class AlreadyExists(Refused):
    code = "already-exists"
    what = "{noun} {key!r} exists already"


class IdempotencyMismatch(Refused):
    code = "idempotency-mismatch"
    what = "this idempotency key was used for a different request"
    fix = "Use a fresh key for a different request."


class InsufficientFunds(Refused):
    code = "insufficient-funds"
    what = "needs a hold of {needed}, {available} is available"
    why = "{detail}"
    fix = "Lower budget.max_total, or ask the organisation's billing role for a top-up."


class DataUnpaid(InsufficientFunds):
    code = "data-unpaid"
    what = "{detail} costs {needed}, {available} is available"
    why = "Data is paid from the organisation's balance, before it is handed over."
    fix = "Ask the organisation's billing role for a top-up."


class InsufficientHours(InsufficientFunds):
    code = "insufficient-hours"
    what = "needs a hold of {needed} hours, {available} are available"
    fix = "Earn hours with a deposit (`gridtie bank deposit`), or let money pay; see `gridtie bank statement`."


class BankUnusable(Refused):
    code = "bank-unusable"
    what = "the compute bank cannot pay for this job: {reason}"
    why = "A withdrawal is counted in hours at the published rate; it has no price in money."
    fix = "Write budget: {{pay_with: [bank]}} without limits in money; the rates: `gridtie bank rates`."


class TransferConflict(Refused):
    code = "transfer-conflict"
    what = "transfer {key} is booked already with another {field}"
    why = "An id stands for one transfer for ever, so that repeating it is harmless."
    fix = "Use a fresh id for a different transfer."


class TooMuchLeftOut(Refused):
    code = "too-much-left-out"
    what = "{left_out} of {records} records would be left out of the table ({reasons}); suppressed_most allows {most}"
    why = "For k = {k} and the declared columns no smaller share is possible."
    fix = "Lower k or l, allow a larger `most`, name fewer columns in [table.quasi], or raise suppressed_most."


class HoldEnded(Refused):
    code = "hold-ended"
    what = "the hold {key} {reason}"
    why = "A hold ends once: by posting what was used, or by returning all of it."
    fix = "Look at what ended it: gridtie ledger transfers"


class HoldExceeded(Refused):
    code = "hold-exceeded"
    what = "{needed} cannot be taken from the hold {key}: {reason}"
    fix = "Hold more before using more; what lies beyond a hold is not billed."


class VoucherUnusable(Refused):
    code = "voucher-unusable"
    what = "this voucher cannot be used: {reason}"


class DataDenied(Refused):
    code = "data-denied"
    what = "{dataset} cannot be used so: {reason}"
    fix = "{change}"


class StaleEpoch(Refused):
    code = "stale-epoch"
    what = "epoch {given} of {noun} {key} is over; the current one is {current}"
    fix = "Stop this run; a newer one has its place."


class OffsetMismatch(Refused):
    code = "offset-mismatch"
    what = "expected offset {expected}, got {given}"
    fix = "Send from offset {expected}."


class GateClosed(Refused):
    code = "gate-closed"
    what = "{noun} {key} is not admitted to the {gate}"
    why = "{reason}"


class FalseClaim(Refused):
    code = "false-claim"
    what = "this cannot be what the host has: {reason}"
    why = "What two sites lend of one host, or of one accelerator, is counted together."
    fix = "Declare only what no other site lends: gridtie agent join --cpus --memory --accelerators."


class SiteRefused(Refused):
    code = "site-refused"
    what = "the site does not take this run: {reason}"


class SessionRefused(Refused):
    code = "session-refused"
    what = "cannot enter: {reason}"
    fix = "{fix_by}"


class SessionEnded(Refused):
    code = "session-ended"
    what = "the session ended: {reason}"
    why = "What was started in it has ended too; the job goes on."
    fix = "Enter the job again."


class NotIsolated(SiteRefused):
    code = "not-isolated"
    what = "the sandbox is missing and the job is not of an organisation this site trusts"
    fix = "As root: apt-get install -y bubblewrap; or join with --trust and the id of the organisation"


class SchedulerAway(GridtieError):
    """No answer, or none that can be read: what was asked for may have happened or not."""

    code = "scheduler-away"
    exit_code = 6
    what = "the site's {scheduler} does not answer: {reason}"
    fix = "Look at it on the agent's host: {look}"


class QuotaExceeded(Refused):
    code = "quota-exceeded"
    what = "{what_of} is limited to {limit}"


# ── the world ─────────────────────────────────────────────────────────────────────────────────────────────────────
class Unreachable(GridtieError):
    code = "unreachable"
    exit_code = 6
    what = "cannot reach the exchange at {url} ({reason})"
    fix = (
        "See what is wrong with `gridtie doctor`; where it serves elsewhere: export GRIDTIE_EXCHANGE=URL; "
        "where no exchange runs yet: gridtie demo --keep"
    )


class SubmitUnanswered(Unreachable):
    """No answer came to a submit: it may have been carried out. Its key is kept for the next try."""

    code = "submit-unanswered"
    fix = "Your request key is saved; run the same command again, it cannot run twice."


class Overloaded(Unreachable):
    code = "overloaded"
    what = "the exchange is busy ({reason})"
    fix = "Try again in {retry_after_s} s."


class WaitTimedOut(GridtieError):
    code = "wait-timed-out"
    exit_code = 7
    what = "stopped waiting for {noun} {key}; it goes on"
    fix = "Look again: gridtie status {key}"


class JobFailed(GridtieError):
    code = "job-failed"
    exit_code = 20
    what = "job {key} ended {state}: {reason}"
    fix = "Read its output: gridtie logs {key}"


# ── this machine ──────────────────────────────────────────────────────────────────────────────────────────────────
class LocalFault(GridtieError):
    code = "local-fault"
    what = "{reason}"


class Stalled(LocalFault):
    code = "stalled"
    what = "the exchange answers, but these duties have not succeeded for over a minute: {duties}"
    fix = "Its log says why; when nothing stands there, start it again: no acknowledged work is lost."


class StorageFull(LocalFault):
    code = "storage-full"
    what = "no room left: {reason}"
    fix = "Free space on the disk of {path}; reading goes on, writing resumes by itself."


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when a disk, a quota or the largest file that may be is full. `rank.py` and what travels with it
to other machines have it by themselves."""


class NoRoom(LocalFault):
    code = "no-room"
    what = "no room left for {path}: {reason}"
    fix = "Free space there and run the same command again."


class WorkerLost(LocalFault):
    code = "worker-lost"
    what = "a process of this cleaning was ended from outside"
    why = "Most often the machine had no memory left: each process takes some 300 MB, and what is compared."
    fix = "Run the same command again, with fewer --workers where memory is short: it goes on."


class FormatMissing(LocalFault):
    code = "format-missing"
    what = "{path} needs the package {package}, which is not installed"
    fix = "pip install {package}, or hand in another format."


class StorageUnwritable(LocalFault):
    code = "storage-unwritable"
    what = "cannot write to {path}: {reason}"
    fix = "Give this user the right to write there, or set GRIDTIE_HOME to another folder."


class StorageInUse(LocalFault):
    code = "storage-in-use"
    what = "another process (pid {pid}) serves {path}"
    fix = "Stop it first, or set GRIDTIE_HOME to another folder."


class FolderInUse(LocalFault):
    code = "folder-in-use"
    what = "another cleaning is writing into {path}"
    fix = "Wait until it has ended, or name another folder with --out."


class InputChanged(LocalFault):
    code = "input-changed"
    what = "{path} changed while it was read"
    why = "What was found in it and what would be written could be of two different files."
    fix = "Run again when nobody writes into it; what was read of it is not used."


class DetectorFailed(LocalFault):
    code = "detector-failed"
    what = "the detector {name} {reason}"
    why = "Without what it would find, the result would hold more personal data than it says."
    fix = "See what it wrote above, or give its command by hand; then run again: finished parts are not looked at anew."


class TableTooLarge(LocalFault):
    code = "table-too-large"
    what = "a table is generalised in one piece, and this one has {found}; at most {most} are held"
    fix = "Clean it in pieces with a policy each, or name fewer columns in [table]."


class StorageUnreachable(LocalFault):
    code = "storage-unreachable"
    what = "the database {place} does not answer: {reason}"
    why = "What was being written may be kept or not."
    fix = "Try again in {retry_after_s} s; with the same idempotency key it happens once. Is PostgreSQL running?"


class BucketMissing(LocalFault):
    code = "bucket-missing"
    what = "there is no bucket {bucket} at {server}"
    fix = "Make it there, or correct s3_bucket, s3_endpoint, s3_region or s3_addressing."


class BucketDenied(LocalFault):
    code = "bucket-denied"
    what = "{place} is not open to this exchange: {reason}"
    fix = "Correct s3_access_key, s3_secret_key and s3_region; the key must list, read, write and delete there."


class BucketClock(LocalFault):
    code = "bucket-clock"
    what = "{place} refuses our calls: this machine's clock and its own are too far apart"
    fix = "Set the clock of this machine (NTP), then start again."


class BucketUnreachable(LocalFault):
    code = "bucket-unreachable"
    what = "{place} does not answer at {server}: {reason}"
    fix = "Does the store run, and is s3_endpoint right? Nothing is lost: who was sending sends again."


class StorageOutdated(LocalFault):
    code = "storage-outdated"
    what = "the tables of {place} are of version {found}; this Gridtie needs {needed}"
    fix = "Stop every server, keep a copy (gridtie db backup FILE; of PostgreSQL: pg_dump), then: gridtie db migrate"


class StorageDamaged(LocalFault):
    code = "storage-damaged"
    what = "the data in {path} cannot be used: {reason}"
    fix = "Restore a backup, or look closer with `gridtie doctor`."


class PortInUse(LocalFault):
    code = "port-in-use"
    what = "port {port} of {host} is in use"
    fix = "Choose another: {command}"


class VersionUnsupported(LocalFault):
    code = "version-unsupported"
    what = "{subject} is {found}; {needed} is needed"


class AgentProtocolUnsupported(VersionUnsupported):
    code = "agent-protocol-unsupported"
    what = "the agent speaks version {found} of the agent protocol; this exchange speaks {oldest} and {newest}"
    fix = "Upgrade {which}. An exchange goes first: it still takes agents of the version before its own."


class InternalFault(GridtieError):
    """A defect of ours; the outermost loop turns any unexpected exception into this."""

    code = "internal-fault"
    what = "this is our fault; nothing was charged (request {request})"
    fix = "Report it with the request id."


class ProgramFault(InternalFault):
    """The same, met in the command line or an agent rather than in the exchange."""

    code = "program-fault"
    what = "this is our fault: {reason}"
    fix = "Report it together with {file}, which says where it happened."


class CleaningFault(InternalFault):
    """The same, met in a cleaning: without the words of the exception, which can repeat what stands in the data."""

    code = "cleaning-fault"
    what = "this is our fault: {kind} at {where}"
    why = "Its own words are left out, for they can repeat what stands in the data."
    fix = "Report these lines. What is finished is kept; without the file at fault the same command goes on."


def all_errors() -> list[type[GridtieError]]:
    """Every class of the tree, for the reference page and for the test that codes are unique."""
    found: list[type[GridtieError]] = [GridtieError]
    for cls in found:  # it grows on the way
        found.extend(cls.__subclasses__())
    return found
