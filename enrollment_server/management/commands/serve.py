"""Serve with gunicorn, in the foreground."""

import os
import sys
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Callable
from typing import Any, NoReturn

from django.conf import settings
from django.core import checks
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from enrollment_server.demo import seed
from enrollment_server.demo.admin_login import AdminLogin, ensure_admin
from enrollment_server.serving.banner import demo_banner, production_banner
from enrollment_server.serving.health import missing_migrations
from enrollment_server.serving.listening import AddressUnavailable, listen, url
from enrollment_server.serving.record_guard import refuse_mixed_records
from enrollment_server.serving.startup import StartupBlocked, migrate, startup_lock
from enrollment_server.worker import companion


class Command(BaseCommand):
    help = "Serve on HOST:PORT: a seeded demo bank, or with --no-demo a production server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-demo",
            dest="demo",
            action="store_false",
            help="serve the database as it is: no demo bank, no admin login",
        )
        parser.add_argument(
            "--migrate", action="store_true", help="with --no-demo: bring the tables up to date"
        )
        parser.add_argument(
            "--no-admin",
            dest="admin",
            action="store_false",
            help="seed the demo bank without an admin login",
        )
        parser.add_argument(
            "--worker",
            action=BooleanOptionalAction,
            help="run `manage.py worker` beside the server; the default with the demo bank",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            # A taken port is noticed before anything is written; it is opened for good below,
            # so that nobody waits on a server that is still migrating.
            listen(settings.HOST, settings.PORT).close()
            banner = self._demo(options) if options["demo"] else self._production(options)
            listener = listen(settings.HOST, settings.PORT)
        except (AddressUnavailable, StartupBlocked) as error:
            raise CommandError(str(error)) from error
        port = listener.getsockname()[1]
        self.stdout.write(banner(url(settings.HOST, port)))
        wanted = options["worker"]
        self._run(listener.detach(), worker=options["demo"] if wanted is None else wanted)

    def _demo(self, options: dict[str, Any]) -> Callable[[str], str]:
        login: AdminLogin | None = None
        with startup_lock():
            migrate()
            refuse_mixed_records()
            seed.seed(at=timezone.now())
            if options["admin"]:
                login = ensure_admin()
        return lambda root: demo_banner(root, login)

    def _production(self, options: dict[str, Any]) -> Callable[[str], str]:
        found = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
        for warning in found:
            if warning.level >= checks.WARNING and not warning.is_silenced():
                self.stderr.write(self.style.WARNING(f"{warning.id}: {warning.msg}"))
        if options["migrate"]:
            with startup_lock():
                migrate()
        elif missing_migrations():
            self.stderr.write(self.style.WARNING("The tables are not up to date: run migrate."))
        refuse_mixed_records()
        return production_banner

    def _run(self, listener: int, *, worker: bool) -> NoReturn:
        """Become gunicorn: it gets the signals and its exit status is ours."""
        connection.close()
        os.set_inheritable(listener, True)
        environment = dict(os.environ)
        known = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join(
            [str(settings.BASE_DIR), *([known] if known else [])]
        )
        if worker:
            companion.start(environment)
        self.stdout.flush()
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener}"]
        command += ["--config", "python:enrollment_server.serving.gunicorn_conf"]
        os.execve(  # noqa: S606
            sys.executable, [*command, "enrollment_server.wsgi:application"], environment
        )
