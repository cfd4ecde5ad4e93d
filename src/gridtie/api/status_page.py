"""The page a person sees who opens the address in a browser: no script, nothing private, English and Chinese."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from gridtie import __version__
from gridtie.access import Actor
from gridtie.api.context import exchange_of, read
from gridtie.api.deps import Allow
from gridtie.identity.signing import fingerprint
from gridtie.values.period import to_the_second
from gridtie.views.exchange import figures

router = APIRouter(tags=["exchange"])
Anybody = Annotated[Actor, Depends(Allow("exchange.read"))]
Language = Annotated[str | None, Query(pattern="^(en|zh)$")]

WORDS = {
    "en": {
        "title": "computing-power exchange", "sites": "Sites", "connected": "{n} connected", "jobs": "Jobs",
        "round": "Last market round", "none": "none yet", "key": "Key fingerprint", "other": "中文",
        "api": "API description", "state": "State", "count": "Count", "books": "Books",
        "balanced": "debits and credits agree", "unbalanced": "debits and credits differ: run `gridtie ledger verify`",
        "declared": "declared", "pending": "pending", "active": "active", "draining": "draining",
        "quarantined": "quarantined", "revoked": "revoked", "queued": "queued", "placed": "placed",
        "running": "running", "succeeded": "succeeded", "failed": "failed", "cancelled": "cancelled",
    },
    "zh": {
        "title": "算力交易节点", "sites": "站点", "connected": "{n} 个已连接", "jobs": "作业",
        "round": "最近一轮出清", "none": "暂无", "key": "公钥指纹", "other": "English",
        "api": "接口说明", "state": "状态", "count": "数量", "books": "账本",
        "balanced": "借贷相符", "unbalanced": "借贷不符，请运行 `gridtie ledger verify`",
        "declared": "已登记", "pending": "待核验", "active": "在网", "draining": "排空中",
        "quarantined": "已隔离", "revoked": "已吊销", "queued": "排队中", "placed": "已安排",
        "running": "运行中", "succeeded": "成功", "failed": "失败", "cancelled": "已取消",
    },
}  # fmt: skip

STYLE = """\
body{font:16px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;
color:#1b1f24;background:#fff}h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}
table{border-collapse:collapse;min-width:18rem}th,td{text-align:left;padding:.2rem 1.5rem .2rem 0;
border-bottom:1px solid #d0d7de}.n{text-align:right;font-variant-numeric:tabular-nums}small,footer{color:#57606a}
a{color:#0550ae}@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}th,td{border-color:#30363d}
small,footer{color:#8b949e}a{color:#79c0ff}}
"""


@router.get(
    "/",
    summary="Status page",
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
async def status_page(request: Request, _actor: Anybody, lang: Language = None) -> Response:
    language = lang or preferred(request.headers.get("accept-language", ""))
    words, exchange = WORDS[language], exchange_of(request)
    now = read(request, lambda unit: figures(unit, exchange))
    name = escape(exchange.settings.name)
    last = f"{now['round']['number']} ({escape(to_the_second(now['round']['at']))})" if now["round"] else words["none"]
    other = "zh" if language == "en" else "en"
    html = f"""<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{name} · Gridtie</title><link rel="stylesheet" href="/style.css"></head><body>
<header><h1>{name}</h1><small>Gridtie {__version__} · {words["title"]} · <a href="/?lang={other}" hreflang="{other}"
lang="{other}">{words["other"]}</a></small></header>
<main><h2>{words["sites"]}</h2>{_table(words, now["sites"])}<p>{words["connected"].format(n=now["connected"])}</p>
<h2>{words["jobs"]}</h2>{_table(words, now["jobs"])}
<h2>{words["round"]}</h2><p>{last}</p>
<h2>{words["books"]}</h2><p>{words["balanced" if now["balanced"] else "unbalanced"]}</p>
<h2>{words["key"]}</h2><p><code>{fingerprint(exchange.signer.public_key)}</code></p></main>
<footer><a href="/openapi.json">{words["api"]}</a></footer></body></html>
"""
    return Response(html, media_type="text/html; charset=utf-8", headers={"Content-Language": language})


@router.get("/style.css", include_in_schema=False)
async def style(_actor: Anybody) -> Response:
    return Response(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def _table(words: dict[str, str], counts: dict[str, int]) -> str:
    if not counts:
        return f"<p>{words['none']}</p>"
    rows = "".join(f'<tr><td>{words.get(s, escape(s))}</td><td class="n">{n}</td></tr>' for s, n in counts.items())
    return f'<table><tr><th>{words["state"]}</th><th class="n">{words["count"]}</th></tr>{rows}</table>'


def preferred(header: str) -> str:
    """The first of the languages we speak, by the order of the header; English otherwise."""
    for part in header.split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in WORDS:
            return tag
    return "en"
