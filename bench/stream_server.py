"""The two servers that bench_stream compares, each in a process of its own: `python -m bench.stream_server ours|bare`.

Prints its port and path. For each line `go` on stdin it sends one update to all viewers, stamped with the system-wide
monotonic clock before it is sent (ours: before it is written to the database and committed), and prints how many
viewers and how much memory (kB) it has; for another line it only prints that.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from datetime import timedelta
from pathlib import Path

import uvicorn
from flask import Flask

from core import config, live, tokens
from core.config import Settings
from core.db import db, transaction
from core.engine import engine_options
from web.asgi import ImpatientProtocol, Server, build_stream

CHANNEL = "stage:bench"
GO = b"go\n"
PADDING = "x" * 90  # with the rest about 190 bytes, as in a patch of the stage


def memory() -> int:
    """Resident kB of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise LookupError("VmRSS")


async def commands() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def say(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


async def bare() -> None:
    """Nothing but asyncio: keeps the writers, writes to each."""
    writers: set[asyncio.StreamWriter] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: hello\n\n")
        writers.add(writer)
        await reader.read()  # until the reader is gone
        writers.discard(writer)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=4096)
    say(port=server.sockets[0].getsockname()[1], path="/")
    reader = await commands()
    while line := await reader.readline():
        update = f'id: 1\ndata: {{"at":{time.monotonic()},"padding":"{PADDING}"}}\n\n'.encode()
        for writer in writers if line == GO else ():
            writer.write(update)
        say(viewers=len(writers), memory=memory())


async def ours(folder: str) -> None:
    """The stream as it is run, on its embedded database; the update is published as a use case does."""
    settings = Settings(data_dir=Path(folder), max_viewers=20_000)
    config.use(settings)
    app = Flask("bench")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.sqlalchemy_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.sqlalchemy_url)
    db.init_app(app)
    with app.app_context():
        db.create_all()

    def publish() -> None:
        with app.app_context(), transaction():
            live.publish(CHANNEL, "stage.patch", at_monotonic=time.monotonic(), padding=PADDING)

    application = build_stream(settings)
    options = uvicorn.Config(
        application, port=0, http=ImpatientProtocol, ws="none", access_log=False, log_config=None, backlog=4096
    )
    server = Server(options, application, lambda _line: None)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    token = tokens.issue_fleeting("live", CHANNEL, expires_in=timedelta(hours=1))
    say(port=server.servers[0].sockets[0].getsockname()[1], path=f"/live/{token}")
    reader = await commands()
    while line := await reader.readline():
        if line == GO:
            await asyncio.to_thread(publish)
        say(viewers=application.stream.hub.count, memory=memory())
    server.should_exit = True
    await serving


if __name__ == "__main__":
    logging.disable(logging.INFO)
    asyncio.run(bare() if sys.argv[1] == "bare" else ours(sys.argv[2]))
