"""Deliver callbacks and end what is over, in the foreground, until a signal ends it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrollment_server.serving.listening import AddressUnavailable, listen, url
from enrollment_server.serving.record_guard import refuse_mixed_records
from enrollment_server.worker import companion, ending
from enrollment_server.worker.jobs import JOBS
from enrollment_server.worker.loop import Worker
from enrollment_server.worker.probe import ProbeServer


class Command(BaseCommand):
    help = (
        "Deliver callbacks, end what has expired and delete what has served. Run it beside the "
        "servers, on as many machines as you like; SIGTERM and Ctrl-C end it after the present "
        "run, or after WORKER_GRACE_S seconds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what is due, and end: for a scheduler"
        )
        parser.add_argument(
            "--beside", type=int, metavar="PID", help="end with the process that started this one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_mixed_records()
        worker = Worker(JOBS, grace_s=ending.job_grace_s())
        end = ending.on_signals(worker.stop)
        if options["once"]:
            worker.run_once()
            return
        self._answer(worker)
        if options["beside"] is not None:
            companion.follow(options["beside"], end)
            companion.show_life()
        else:
            self.stdout.write("Worker: ready")
            self.stdout.flush()
        ending.leave(0 if worker.run() else 1)

    def _answer(self, worker: Worker) -> None:
        """Answer those who watch, on the port that is set for it."""
        if settings.WORKER_PORT < 0:
            return
        try:
            listener = listen(settings.WORKER_HOST, settings.WORKER_PORT, prefix="WORKER_")
        except AddressUnavailable as error:
            raise CommandError(str(error)) from error
        port = listener.getsockname()[1]
        self.stdout.write(f"Worker: answers on {url(settings.WORKER_HOST, port)}")
        ProbeServer(listener, worker).start()
