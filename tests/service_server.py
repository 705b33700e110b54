"""A real server on a free loopback port, for as long as a test needs it."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from webmap.service.application import create_application
from webmap.service.serving import address_of, make_server, take_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.model.run import Run


@contextmanager
def running(run: Run) -> Iterator[str]:
    """Serve a run and give the address, without a slash at its end."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    taken = take_port("127.0.0.1", 0)
    server = make_server(create_application(run), taken)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()

    def stop() -> None:
        # in this order nobody is left who would write to a descriptor that is closed
        server.task_dispatcher.shutdown(timeout=10)
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    try:
        yield address_of(taken).rstrip("/")
    finally:
        # the loop closes its own sockets; from this thread it would be caught in the act
        server.trigger.pull_trigger(stop)
        thread.join(timeout=20)
        assert not thread.is_alive()
