"""A bucket of an S3 store: whole objects, ranges, lists, uploads in parts; every failure by its name.

Needs the extra `s3` (botocore). Nothing here logs, and no error carries a credential. Attempts and waiting are bounded;
what may be repeated is: an object's content never changes once it is there.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gridtie.errors import (
    BucketClock,
    BucketDenied,
    BucketMissing,
    BucketUnreachable,
    FormatMissing,
    GridtieError,
    StorageFull,
)

PIECE = 8 << 20  # bytes in one call, and so in memory: above the 5 MiB that S3 asks of every part but the last
PARTS_MAX = 10_000  # of one upload, says S3
ATTEMPTS = 3
_GONE = ("404", "NoSuchKey", "NotFound")
_FULL = ("QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "XMinioBucketQuotaExceeded", "507")
_BUSY = ("SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling")


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Place:
    """Where the objects are. Without keys botocore looks where it always does: AWS_*, ~/.aws, the machine's role."""

    bucket: str
    prefix: str = ""  # before every key, without '/' at its ends
    endpoint: str = ""  # http(s)://…; empty: Amazon's of the region
    region: str = "us-east-1"
    addressing: str = "path"  # or "virtual"
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


class Gone(Exception):
    """The object is not there; never leaves the adapters."""


class Bucket:
    def __init__(self, place: S3Place, *, timeout_s: float = 20.0) -> None:
        """Raises FormatMissing without botocore."""
        try:
            from botocore import exceptions
            from botocore.config import Config
            from botocore.session import Session
        except ImportError as cause:
            raise FormatMissing(path=str(place), package="botocore") from cause
        self.place = place
        self._errors = exceptions
        config = Config(
            region_name=place.region,
            s3={"addressing_style": place.addressing},
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            connect_timeout=min(timeout_s, 5.0),
            read_timeout=timeout_s,
            max_pool_connections=32,
            request_checksum_calculation="when_required",  # stores that are not Amazon's know no other
            response_checksum_validation="when_required",
        )
        self._client: Any = Session().create_client(  # botocore writes its methods when it runs
            "s3",
            endpoint_url=place.endpoint or None,
            aws_access_key_id=place.access_key or None,
            aws_secret_access_key=place.secret_key or None,
            config=config,
        )

    def prove(self) -> None:
        """Lists, writes, reads and deletes, or raises what an operator must know before anybody's file is at stake."""
        with self._named():
            self._client.list_objects_v2(Bucket=self.place.bucket, MaxKeys=1, Prefix=self._key(""))
        self.put("started", b"gridtie")
        self.read("started", 0, 1)
        self.delete(["started"])

    def size(self, key: str) -> int | None:
        try:
            with self._named():
                return int(self._client.head_object(Bucket=self.place.bucket, Key=self._key(key))["ContentLength"])
        except Gone:
            return None

    def put(self, key: str, content: bytes) -> None:
        with self._named():
            self._client.put_object(Bucket=self.place.bucket, Key=self._key(key), Body=content)

    def read(self, key: str, start: int, count: int) -> bytes:
        """At most PIECE bytes of an object from `start`, all of those it has. Raises Gone."""
        assert 0 < count <= PIECE
        for attempt in range(ATTEMPTS):
            with self._named(last=attempt == ATTEMPTS - 1):
                span = f"bytes={start}-{start + count - 1}"
                found = self._client.get_object(Bucket=self.place.bucket, Key=self._key(key), Range=span)
                return bytes(found["Body"].read())
        raise AssertionError("the last attempt answers or raises")

    def listed(self, prefix: str, after: str = "") -> Iterator[tuple[str, int]]:
        """(key, bytes) under a prefix, in the order of keys, those after `after`."""
        more = {"StartAfter": self._key(after)} if after else {}
        while True:
            with self._named():
                page = self._client.list_objects_v2(Bucket=self.place.bucket, Prefix=self._key(prefix), **more)
            for entry in page.get("Contents", ()):
                yield entry["Key"][len(self._key("")) :], int(entry["Size"])
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def folders(self, prefix: str) -> list[str]:
        """Names of what lies one level under a prefix that ends with '/'."""
        found: list[str] = []
        more: dict[str, str] = {}
        while True:
            asked = {"Bucket": self.place.bucket, "Prefix": self._key(prefix), "Delimiter": "/", **more}
            with self._named():
                page = self._client.list_objects_v2(**asked)
            found += [entry["Prefix"].rstrip("/").rpartition("/")[2] for entry in page.get("CommonPrefixes", ())]
            if not page.get("IsTruncated"):
                return found
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            with self._named():
                self._client.delete_object(Bucket=self.place.bucket, Key=self._key(key))

    @contextmanager
    def upload(self, key: str) -> Iterator["Upload"]:
        """In parts; the object is there once the block has ended, and not at all when it raised."""
        target = {"Bucket": self.place.bucket, "Key": self._key(key)}
        with self._named():
            target["UploadId"] = self._client.create_multipart_upload(**target)["UploadId"]
        upload = Upload(self, target)
        try:
            yield upload
            with self._named():
                self._client.complete_multipart_upload(**target, MultipartUpload={"Parts": upload.parts})
        except BaseException:
            try:
                with self._named():
                    self._client.abort_multipart_upload(**target)
            except (GridtieError, Gone):
                pass  # the store's own rule for unfinished uploads clears it; the first error is the one to tell
            raise

    def _part(self, target: dict[str, str], number: int, content: bytes) -> dict[str, Any]:
        with self._named():
            done = self._client.upload_part(**target, PartNumber=number, Body=content)
        return {"PartNumber": number, "ETag": done["ETag"]}

    def _key(self, key: str) -> str:
        return f"{self.place.prefix}/{key}" if self.place.prefix else key

    @contextmanager
    def _named(self, *, last: bool = True) -> Iterator[None]:
        """Raises ours for botocore's. A line that breaks is passed over unless this is the `last` attempt."""
        where = str(self.place)
        try:
            yield
        except self._errors.ClientError as cause:
            raise _error_of(cause.response, self.place) from cause
        except (self._errors.NoCredentialsError, self._errors.PartialCredentialsError) as cause:
            raise BucketDenied(place=where, reason="no access key is set") from cause
        except self._errors.BotoCoreError as cause:
            if last:
                server = self.place.endpoint or self.place.region
                raise BucketUnreachable(place=where, server=server, reason=type(cause).__name__) from cause


class Upload:
    def __init__(self, bucket: Bucket, target: dict[str, str]) -> None:
        self.parts: list[dict[str, Any]] = []
        self._bucket, self._target = bucket, target

    def add(self, content: bytes) -> None:
        self.parts.append(self._bucket._part(self._target, len(self.parts) + 1, content))


def _error_of(response: Any, place: S3Place) -> GridtieError | Gone:
    code, words = (str(response["Error"].get(key, "")) for key in ("Code", "Message"))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    server = place.endpoint or place.region
    if code == "NoSuchBucket":
        return BucketMissing(bucket=place.bucket, server=server)
    if code in _GONE:
        return Gone()
    if code in ("RequestTimeTooSkewed", "RequestExpired"):
        return BucketClock(place=str(place))
    if code in _FULL or status == 507:
        return StorageFull(reason=words or code, path=str(place))
    if code in _BUSY or status >= 500:
        return BucketUnreachable(place=str(place), server=server, reason=code)
    return BucketDenied(place=str(place), reason=code if status == 403 else f"{code}: {words[:200]}")
