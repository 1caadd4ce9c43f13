# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The queue in DBOS: a library that keeps it in PostgreSQL, or in an SQLite file for one host.

A run is one DBOS workflow without steps: what makes it continue where it stood are its checkpoints.
DBOS notices no dead workers; whoever has the queue open does, by their missing signs of life.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ..errors import RuntimeFault
from .database import connect
from .engine import Counts, HandedBack, Order, Outcome, UnknownRun, failure

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions, WorkflowStatus

    from .registry import Registry
    from .work import Work

__all__ = ["DbosQueue", "open_queue", "take_runs"]

CONNECTIONS = 4
POLLING = 0.2  # seconds between two looks for runs to take
LOOKING = 0.5  # seconds between two looks for runs that have ended
PARKING = 30.0  # seconds DBOS gets to notice that a worker has come to rest
WORKFLOW = "run"
FAILED = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
ENDED = ("SUCCESS", "CANCELLED", *FAILED)
LOCK = 0x61676E75  # of PostgreSQL's advisory locks, held while tables are made
_log = logging.getLogger("agentc.queue")
_COUNTS = "SELECT status, count(*) FROM {table} WHERE application_name = :name GROUP BY status"


@asynccontextmanager
async def open_queue(name: str, url: str, registry: Registry) -> AsyncIterator[DbosQueue]:
    """Connect, and make DBOS's tables if they are missing."""
    from dbos import DBOSClient

    dbos_log = logging.getLogger("dbos")
    dbos_log.setLevel(logging.ERROR)
    dbos_log.addFilter(_is_unexpected)
    await asyncio.to_thread(_migrate, url)
    client = await asyncio.to_thread(
        lambda: DBOSClient(
            system_database_url=url,
            system_database_pool_size=CONNECTIONS,
            application_name=name,
        )
    )
    queue = DbosQueue(name, url, client, registry)
    watching = asyncio.create_task(queue.watch())
    try:
        yield queue
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await asyncio.to_thread(client.destroy)


async def take_runs(queue: DbosQueue, graph_hash: str, work: Work, stop: asyncio.Event) -> None:
    """Take runs from the queue until `stop` is set and `work` has come to rest."""
    from dbos import DBOS, WorkflowSerializationFormat

    version = f"{queue.name}-{graph_hash}"
    await queue.client.register_queue_async(
        queue.name, worker_concurrency=work.concurrency, polling_interval_sec=POLLING
    )
    DBOS(
        config={
            "name": queue.name,
            "system_database_url": queue.url,
            "sys_db_pool_size": CONNECTIONS,
            "executor_id": work.worker,
            "application_version": version,
            "run_migrations": False,
            "log_level": "ERROR",
        }
    )

    # `Work` bounds the attempts: it knows better when a run is to blame.
    @DBOS.workflow(
        name=WORKFLOW,
        max_recovery_attempts=None,
        serialization_type=WorkflowSerializationFormat.PORTABLE,
    )
    async def run(order: Order) -> Outcome:
        try:
            return await work.do(order)
        except HandedBack:
            await queue.requeue([queue.key(order["id"])])
            raise

    DBOS.listen_queues([queue.name])
    DBOS.launch()  # inside of the event loop, so that it is this one that runs the runs
    # Runs that nobody has begun are for the version that was started last.
    await DBOS.set_latest_application_version_async(version)
    await stop.wait()
    # Takes no more runs from here on, and returns when none is left.
    patience = int(work.grace + PARKING)
    ending = asyncio.create_task(
        asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=patience)
    )
    await work.rest()
    await ending
    # DBOS had put its threads in the place of the event loop's, and took them along.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())


class DbosQueue:
    """An open queue."""

    def __init__(self, name: str, url: str, client: DBOSClient, registry: Registry) -> None:
        self.name = name
        self.url = url
        self.client = client
        self._registry = registry
        self._expected: dict[str, asyncio.Future[Outcome]] = {}
        self._unseen: set[str] = set()

    def key(self, id: str) -> str:
        """Return what DBOS calls a run: other workflows may share its tables."""
        return f"{self.name}:{id}"

    async def submit(self, order: Order) -> bool:
        """Add a run."""
        from dbos import WorkflowSerializationFormat, error

        key = self.key(order["id"])
        options: EnqueueOptions = {
            "queue_name": self.name,
            "workflow_name": WORKFLOW,
            "workflow_id": key,
            "workflow_id_reuse_policy": "reject",
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        }
        try:
            await self.client.enqueue_async(options, order)
        except error.DBOSWorkflowIDInUseError:
            known = await self._list([key], load_output=True)
            if not all(_may_go_on(each) for each in known):
                return False
            await self.client.delete_workflows_async([key])
            await self.client.enqueue_async(options, order)
        return True

    async def outcome(self, id: str) -> Outcome:
        """Wait until a run has ended."""
        key = self.key(id)
        if key not in self._expected:
            self._expected[key] = asyncio.get_running_loop().create_future()
            self._unseen.add(key)
        return await asyncio.shield(self._expected[key])  # others may wait for it, now or later

    async def counts(self) -> Counts:
        """Return how many runs there are."""
        found = await asyncio.to_thread(self._counted)
        return Counts(
            waiting=found.get("ENQUEUED", 0) + found.get("DELAYED", 0),
            running=found.get("PENDING", 0),
            finished=found.get("SUCCESS", 0),
            failed=sum(found.get(each, 0) for each in FAILED),
            cancelled=found.get("CANCELLED", 0),
        )

    async def cancel(self, id: str) -> None:
        """Make a run end."""
        if not await self._list([self.key(id)]):
            raise UnknownRun(id)
        await self.client.cancel_workflows_async([self.key(id)])
        await asyncio.to_thread(self._registry.revoke, id)

    async def ended_before(self, seconds: float, limit: int) -> list[str]:
        """Return runs that ended so many seconds ago."""
        then = datetime.now(UTC) - timedelta(seconds=seconds)
        found = await self.client.list_workflows_async(
            status=list(ENDED),
            completed_before=then.isoformat(),
            application_name=self.name,
            limit=limit,
            load_input=False,
            load_output=False,
        )
        return [each.workflow_id.removeprefix(self.key("")) for each in found]

    async def forget(self, ids: list[str]) -> None:
        """Delete what the queue keeps of ended runs."""
        await self.client.delete_workflows_async([self.key(id) for id in ids])

    async def requeue(self, keys: list[str]) -> None:
        """Put runs that have begun into the queue again."""
        await self.client.resume_workflows_async(keys, queue_name=self.name)

    async def watch(self) -> None:
        """Look for runs that have ended, and for runs whose workers are dead."""
        from sqlalchemy.exc import SQLAlchemyError

        looked = -self._registry.ttl
        while True:
            try:
                await self._look()
                if time.monotonic() - looked > self._registry.ttl / 3:
                    looked = time.monotonic()
                    await self._rescue()
            except SQLAlchemyError as error:
                _log.warning("the queue does not answer: %s", error)
            await asyncio.sleep(LOOKING)

    async def _look(self) -> None:
        """Tell those who wait which runs have ended."""
        unseen = list(self._unseen)
        if unseen:
            known = {each.workflow_id for each in await self._list(unseen)}
            for key in unseen:
                self._unseen.discard(key)
                if key not in known:
                    id = key.removeprefix(self.key(""))
                    self._expected.pop(key).set_exception(UnknownRun(id))
        if self._expected:
            keys = list(self._expected)
            for ended in await self._list(keys, status=list(ENDED), load_output=True):
                waiting = self._expected.pop(ended.workflow_id)
                if not waiting.done():
                    waiting.set_result(_outcome(ended))

    async def _rescue(self) -> None:
        """Put runs whose workers are dead into the queue again."""
        # Workers are asked for last: one that was not there yet cannot have taken these runs.
        running = await self.client.list_workflows_async(
            status="PENDING", queue_name=self.name, load_input=False, load_output=False
        )
        alive = {each.id for each in await asyncio.to_thread(self._registry.alive)}
        lost = [each.workflow_id for each in running if each.executor_id not in alive]
        if lost:
            _log.warning("%d runs of dead workers go on elsewhere", len(lost))
            await self.requeue(lost)

    async def _list(
        self, keys: list[str], *, status: list[str] | None = None, load_output: bool = False
    ) -> list[WorkflowStatus]:
        return await self.client.list_workflows_async(
            workflow_ids=keys, status=status, load_input=False, load_output=load_output
        )

    def _counted(self) -> dict[str, int]:
        import sqlalchemy as sa

        engine = connect(self.url)
        is_sqlite = engine.dialect.name == "sqlite"
        table = "workflow_status" if is_sqlite else "dbos.workflow_status"
        with engine.connect() as connection:
            rows = connection.execute(sa.text(_COUNTS.format(table=table)), {"name": self.name})
            counts = {str(status): int(count) for status, count in rows}
        engine.dispose()
        return counts


def _is_unexpected(record: logging.LogRecord) -> bool:
    """Whether DBOS must tell it; of runs that have failed or gone elsewhere we have told."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, RuntimeFault)


def _outcome(ended: WorkflowStatus) -> Outcome:
    if ended.status == "SUCCESS":
        return cast(Outcome, ended.output)
    if ended.status == "CANCELLED":
        return {"status": "cancelled"}
    report = getattr(ended.error, "data", None)
    if not isinstance(report, dict):
        report = {"kind": type(ended.error).__name__, "message": str(ended.error)}
    return failure(report)


def _may_go_on(known: WorkflowStatus) -> bool:
    """Whether a run has ended in a way that is not for good."""
    return known.status in ENDED and _outcome(known)["status"] != "finished"


def _migrate(url: str) -> None:
    """Make DBOS's tables if they are missing; those who start at the same time take turns."""
    import sqlalchemy as sa
    from dbos import DBOS

    if url.startswith("sqlite"):
        # DBOS itself would leave the file in a mode in which writers wait long for each other.
        Path(sa.make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
        with connect(url).begin():
            pass
        DBOS.migrate(url)
        return
    engine = connect(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Asked again instead of waited for: a statement that waits would keep DBOS's indexes
        # from being built.
        while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(LOCK))):
            time.sleep(0.1)
        DBOS.migrate(url)
        connection.execute(sa.select(sa.func.pg_advisory_unlock(LOCK)))
    engine.dispose()
