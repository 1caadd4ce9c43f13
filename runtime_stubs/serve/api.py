# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The HTTP interface."""

import hashlib
import json
import time
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware.trustedhost import TrustedHostMiddleware

from ..answers import match_answers
from ..errors import InputError
from ..inputs import Input
from .limits import BodyLimit
from .ports import KeyReused, QueueFull
from .record import OPEN, Draft, RunRecord
from .server import Server
from .store import StoreAway

__all__ = ["make_api"]

MAX_WAIT = 300.0  # seconds a request may wait for its run


class NewRun(BaseModel):
    """A run to be made."""

    model_config = ConfigDict(extra="forbid")

    inputs: dict[str, Any] = Field(default_factory=dict)
    simulate: bool = Field(default=False, description="make answers up instead of calling models")
    session: str | None = Field(default=None, description="the memory the run shares")
    user: str | None = Field(default=None, description="whom it is for, as its trace names them")


class Answers(BaseModel):
    """Answers to what a paused run asks."""

    model_config = ConfigDict(extra="forbid")

    answer: str | None = Field(default=None, description="the answer, where one question is open")
    answers: dict[str, str] = Field(default_factory=dict, description="the answers by node")


Wait = Annotated[float, Query(ge=0, le=MAX_WAIT, description="seconds to wait for the end")]


def make_api(server: Server) -> FastAPI:
    """Return the interface of a server, which runs as long as the interface does."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with server.running():
            yield

    # No pages of documentation: they would load scripts from somewhere else.
    api = _Described(
        title=server.app.name,
        description=server.app.description,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    api.inputs = server.app.inputs
    api.add_middleware(BodyLimit, limit=server.settings.max_body)
    if server.settings.api_key is None:
        # A page in a browser on this machine must not get in under a name of its own.
        names = ["127.0.0.1", "localhost", "::1", "[::1]"]
        api.add_middleware(TrustedHostMiddleware, allowed_hosts=names)
    api.add_exception_handler(StoreAway, _say_away)
    api.include_router(_open_routes(server))
    api.include_router(_run_routes(server))
    for trigger in server.triggers:
        api.router.routes.extend(trigger.routes(server))
    return api


def _open_routes(server: Server) -> APIRouter:
    router = APIRouter()

    @router.get("/health")
    async def health(response: Response) -> dict[str, object]:
        """Say whether the server takes runs."""
        counts: dict[str, int] = {}
        status = "stopping" if server.runner.is_draining else "ok"
        try:
            counts = await server.registry.counts()
        except StoreAway:
            status = "no database"
        response.status_code = 200 if status == "ok" else 503
        told: dict[str, object] = {
            "status": status,
            "workflow": server.app.name,
            "runs": counts,
        }
        workers = server.place.workers()
        return told if workers is None else {**told, "workers": workers}

    @router.get("/alive")
    async def alive() -> dict[str, object]:
        """Answer; whoever restarts servers that do not, need not restart one without database."""
        return {"workflow": server.app.name}

    return router


def _run_routes(server: Server) -> APIRouter:
    async def authorize(request: Request) -> None:
        if not server.is_allowed(request.headers):
            raise HTTPException(
                401, "the API key is missing or wrong", {"WWW-Authenticate": "Bearer"}
            )

    # The two schemes are for the description of the interface; `authorize` is what decides.
    bearer = Depends(HTTPBearer(auto_error=False))
    header = Depends(APIKeyHeader(name="X-API-Key", auto_error=False))
    router = APIRouter(dependencies=[Depends(authorize), bearer, header])

    async def find(run: str) -> RunRecord:
        record = await server.registry.get(run)
        if record is None:
            raise HTTPException(404, f"there is no run `{run}`")
        return record

    Found = Annotated[RunRecord, Depends(find)]

    async def answer(run: str, wait: float) -> JSONResponse:
        record = await server.result(run, wait)
        if record is None:
            raise HTTPException(410, f"the run `{run}` ended long ago and is not kept any more")
        headers = {"Location": f"/runs/{run}"}
        code = 202 if record.status in OPEN else 200
        return JSONResponse(
            json.loads(json.dumps(server.public(record), default=str)), code, headers
        )

    @router.post("/runs", status_code=202)
    async def start(
        new: NewRun,
        wait: Wait = 0,
        idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
    ) -> JSONResponse:
        """Start a run. A second request with the same `Idempotency-Key` gives the same run."""
        text = json.dumps(new.model_dump(mode="json"), sort_keys=True)
        try:
            draft = Draft(
                inputs=server.app.check(new.inputs),
                key=idempotency_key,
                digest=hashlib.sha256(text.encode()).hexdigest(),
                simulate=new.simulate,
                session=new.session,
                user=new.user,
            )
            receipt = await server.submit(draft)
        except InputError as error:
            raise HTTPException(422, list(error.problems)) from error
        except KeyReused as error:
            raise HTTPException(422, error.message) from error
        except QueueFull as error:
            raise HTTPException(503, error.message, {"Retry-After": "10"}) from error
        try:
            return await answer(receipt.run, wait)
        except StoreAway:  # the run is stored all the same
            return JSONResponse({"id": receipt.run, "status": "queued"}, 202)

    @router.get("/runs/{run}")
    async def show(record: Found, wait: Wait = 0) -> JSONResponse:
        """Say how a run stands: `state` when it has finished, `error` when it failed."""
        response = await answer(record.id, wait)
        response.status_code = 200
        return response

    @router.post("/runs/{run}/cancel")
    async def cancel(record: Found) -> JSONResponse:
        """Stop a run."""
        if not await server.runner.cancel(record.id):
            raise HTTPException(409, f"the run has ended already: {record.status}")
        return await answer(record.id, 0)

    @router.post("/runs/{run}/resume", status_code=202)
    async def resume(record: Found, given: Answers, wait: Wait = 0) -> JSONResponse:
        """Answer what a paused run asks."""
        if record.status != "paused":
            raise HTTPException(409, f"the run does not wait for an answer: {record.status}")
        answers = [f"{node}={text}" for node, text in given.answers.items()]
        answers += [] if given.answer is None else [given.answer]
        try:
            match_answers(record.questions, answers, time.time())
        except InputError as error:
            raise HTTPException(422, list(error.problems)) from error
        log = await server.runner.logs.open(record.id)
        if not await server.registry.answer(record.id, answers):
            log.close(record.public())
            raise HTTPException(409, "the run does not wait for an answer any more")
        server.runner.notify()
        return await answer(record.id, wait)

    @router.get("/runs/{run}/events", response_class=EventSourceResponse)
    async def events(
        record: Found, last_event_id: Annotated[int, Header(ge=0)] = 0
    ) -> AsyncIterable[ServerSentEvent]:
        """Follow a run: what happens in it, then `End` with how it stands.

        After a restart of the server come the events it has stored, then `Restarted`.
        """
        logs = server.runner.logs
        if record.status in OPEN and logs.find(record.id) is None:
            log = await logs.of(record.id)  # it waits for its turn since the last start
            now = await server.registry.get(record.id)
            if now is not None and now.status not in OPEN and log.is_open:
                log.close(now.public())  # it was cancelled just now
        is_followed = logs.find(record.id) is not None
        async for event in logs.follow(record.id, last_event_id):
            yield ServerSentEvent(event=event.kind, id=str(event.number), data=event.data)
        if not is_followed:
            yield ServerSentEvent(event="End", data=record.public())

    @router.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> PlainTextResponse:
        """Counters in the text format of Prometheus."""
        text = server.metrics.text(await server.registry.counts(), server.place.workers())
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    return router


async def _say_away(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, StoreAway)
    return JSONResponse({"detail": error.message}, 503, {"Retry-After": "10"})


class _Described(FastAPI):
    """An interface whose description has the inputs of the workflow."""

    inputs: Sequence[Input] = ()

    def openapi(self) -> dict[str, Any]:
        """Return the description."""
        text = super().openapi()
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {each.name: _schema(each) for each in self.inputs},
            "required": [each.name for each in self.inputs if each.required],
            "additionalProperties": False,
        }
        text["components"]["schemas"]["NewRun"]["properties"]["inputs"] = schema
        return text


_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


def _schema(given: Input) -> dict[str, Any]:
    """Return what is known of an input; the whole check happens when a run is started."""
    base = given.type.rstrip("?")
    kind = _TYPES.get(base) or ("array" if base.startswith("list") else None)
    schema: dict[str, Any] = {"title": f"{given.name} ({given.type})"}
    if kind is not None:
        schema["type"] = [kind, "null"] if given.type.endswith("?") else kind
    if given.description:
        schema["description"] = given.description
    if not given.required:
        schema["default"] = given.default
    return schema
