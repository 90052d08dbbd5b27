"""The stand-in's Message Batches: create, retrieve, list, results in any order, cancel, with faults to a script.

A stand-in has it built in; `Behaviour` says what goes wrong: `batch_faults="expired,api_error"` is met by the first and
the second request that ever come, `batch_silent=1` leaves the first creation without an answer.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.stand_in import Behaviour, Ledger

Json = dict[str, Any]
PATH = "/v1/messages/batches"
FIRST_DAY = datetime(2026, 11, 1, tzinfo=UTC)
UNANSWERED = ("expired", "canceled")


@dataclass(slots=True)
class Batch:
    """What was sent, and how often the batch still says that it has not ended."""

    id: str
    created: datetime
    requests: list[tuple[str, Json, str]]  # custom id, body, fault
    polls: int
    results: list[Json] = field(default_factory=list)
    cancelled: bool = False
    archived: bool = False

    @property
    def ended(self) -> bool:
        """Whether all requests have."""
        return len(self.results) == len(self.requests)

    def end(self, result: Callable[[Json, str], Json], order: Random) -> None:
        """Answer every request; the results stand in another order."""
        faults = ((identity, body, "canceled" if self.cancelled else fault) for identity, body, fault in self.requests)
        self.results = [{"custom_id": identity, "result": result(body, fault)} for identity, body, fault in faults]
        order.shuffle(self.results)

    def shown(self, url: str) -> Json:
        """Build what the API says of the batch."""
        kinds = [each["result"]["type"] for each in self.results]
        counts = {kind: kinds.count(kind) for kind in ("succeeded", "errored", "canceled", "expired")}
        status = "ended" if self.ended else "canceling" if self.cancelled else "in_progress"
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": status,
            "request_counts": {"processing": len(self.requests) - len(self.results), **counts},
            "created_at": self.created.isoformat(),
            "expires_at": (self.created + timedelta(days=1)).isoformat(),
            "ended_at": self.created.isoformat() if self.ended else None,
            "cancel_initiated_at": self.created.isoformat() if self.cancelled else None,
            "archived_at": self.created.isoformat() if self.archived else None,
            "results_url": f"{url}{PATH}/{self.id}/results" if self.ended else None,
        }


@dataclass(slots=True)
class Batches:
    """The batches of a server, which says how it behaves, what it counts and what it answers to a body."""

    behaviour: Callable[[], Behaviour]
    ledger: Callable[[], Ledger]
    answer: Callable[[Json, int], tuple[int, Json]]
    error: Callable[[int, str], Json]
    prompt: Callable[[Json], str]
    kept: dict[str, Batch] = field(default_factory=dict)
    creations: int = 0
    requests: int = 0

    @property
    def routes(self) -> list[web.RouteDef]:
        """What the server serves."""
        return [
            web.post(PATH, self._create),
            web.get(PATH, self._list),
            web.get(PATH + "/{id}", self._retrieve),
            web.get(PATH + "/{id}/results", self._results),
            web.post(PATH + "/{id}/cancel", self._cancel),
        ]

    async def _create(self, request: web.Request) -> web.Response:
        chosen = self.behaviour()
        self.creations += 1
        self.ledger().creations += 1
        if self.creations <= chosen.batch_lost:
            await asyncio.Event().wait()
        sent: list[Json] = (await request.json())["requests"]
        ids = [each["custom_id"] for each in sent]
        if len(set(ids)) < len(ids) or not all(re.fullmatch("[A-Za-z0-9_-]{1,64}", each) for each in ids):
            return web.json_response(self.error(400, "custom_id: must be unique, 1 to 64 characters"), status=400)
        batch = self._keep(sent, chosen)
        if self.creations - chosen.batch_lost in range(1, chosen.batch_silent + 1):
            await asyncio.Event().wait()
        return web.json_response(batch.shown(_url(request)))

    def _keep(self, sent: list[Json], chosen: Behaviour) -> Batch:
        ledger, faults = self.ledger(), chosen.batch_faults.split(",") if chosen.batch_faults else []
        requests = []
        for each in sent:
            fault = faults[self.requests] if self.requests < len(faults) else faults[-1] if chosen.batch_always else ""
            requests.append((each["custom_id"], each["params"], fault))
            self.requests += 1
            ledger.custom_ids[each["custom_id"]] += 1
            ledger.prompts[self.prompt(each["params"])] += 1
        number = len(self.kept) + 1
        created = FIRST_DAY + timedelta(seconds=number)
        batch = Batch(f"msgbatch_{number:04d}", created, requests, chosen.batch_polls)
        self.kept[batch.id] = batch
        ledger.batches += 1
        return batch

    async def _retrieve(self, request: web.Request) -> web.Response:
        batch = self.kept.get(request.match_info["id"])
        if batch is None:
            return web.json_response(self.error(404, "no such batch"), status=404)
        self.ledger().polls += 1
        self._go_on(batch)
        return web.json_response(batch.shown(_url(request)))

    def _go_on(self, batch: Batch) -> None:
        if not batch.ended and (batch.polls <= 0 or batch.cancelled):
            batch.end(self._result, Random(self.behaviour().seed))
        batch.polls -= 1

    async def _list(self, request: web.Request) -> web.Response:
        listed = [each.id for each in reversed(self.kept.values())]
        if after := request.query.get("after_id"):
            listed = listed[listed.index(after) + 1 :]
        limit = int(request.query.get("limit", "20"))
        for each in listed[:limit]:
            self._go_on(self.kept[each])
        shown = [self.kept[each].shown(_url(request)) for each in listed[:limit]]
        ends = (
            {"first_id": shown[0]["id"], "last_id": shown[-1]["id"]} if shown else {"first_id": None, "last_id": None}
        )
        return web.json_response({"data": shown, "has_more": len(listed) > limit, **ends})

    async def _results(self, request: web.Request) -> web.StreamResponse:
        batch, chosen = self.kept[request.match_info["id"]], self.behaviour()
        if not batch.ended or batch.archived:
            return web.json_response(self.error(404, "no results"), status=404)
        response = web.StreamResponse(headers={"content-type": "application/x-jsonl"})
        await response.prepare(request)
        for number, each in enumerate(batch.results, 1):
            await response.write(json.dumps(each).encode() + b"\n")
            self.ledger().results += 1
            await asyncio.sleep(chosen.batch_drip)
            if number == chosen.batch_cut and self.ledger().results <= number:
                assert request.transport
                request.transport.close()
                break
        return response

    async def _cancel(self, request: web.Request) -> web.Response:
        batch = self.kept[request.match_info["id"]]
        batch.cancelled = not batch.ended
        return web.json_response(batch.shown(_url(request)))

    def _result(self, body: Json, fault: str) -> Json:
        if fault in UNANSWERED:
            return {"type": fault}
        if fault:
            message = "The stand-in was told to answer so."
            return {"type": "errored", "error": {"type": "error", "error": {"type": fault, "message": message}}}
        status, said = self.answer(body, self.requests)
        return {"type": "succeeded", "message": said} if status == 200 else {"type": "errored", "error": said}


def _url(request: web.Request) -> str:
    return f"http://{request.host}"
