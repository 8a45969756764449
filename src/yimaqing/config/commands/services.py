"""`yimaqing serve` and `yimaqing jobs`."""

from __future__ import annotations

import shlex
import sys

import click
from django.conf import settings

from yimaqing.config import jobs as job_service
from yimaqing.config.doctor.findings import State
from yimaqing.config.doctor.keys import data_key, secret_key
from yimaqing.config.ports import PortTaken, require_free
from yimaqing.config.serve import ALL, Shape, supervisor

SERVICES = click.Choice(ALL)


@click.command()
@click.option("--host", default=Shape.host, show_default=True, help="监听地址 address to bind")
@click.option("--port", default=Shape.port, show_default=True, help="网页端口 port of the pages")
@click.option(
    "--scan-port", default=Shape.scan_port, show_default=True, help="扫码端口 of the scan"
)
@click.option("--web-workers", default=Shape.web_workers, show_default=True)
@click.option("--web-threads", default=Shape.web_threads, show_default=True)
@click.option("--scan-workers", default=Shape.scan_workers, show_default=True)
@click.option("--job-threads", default=Shape.job_threads, show_default=True)
@click.option(
    "--only", type=SERVICES, multiple=True, help="只启动 only these services (repeatable)"
)
def serve(only: tuple[str, ...], **shape: object) -> None:
    """启动服务 web, scan and jobs, supervised.

    A service that dies is started again; one that cannot stay up ends all with status 1.
    So is an embedded database that was killed, where this account may start it.
    SIGTERM or Ctrl-C lets running requests finish. Behind nginx, see deploy/nginx.conf.
    """
    broken = [found for found in (secret_key(), data_key()) if found.state == State.FAIL]
    if broken:
        raise click.ClickException("\n".join(f"{one.message} → {one.remedy}" for one in broken))
    wanted, services = Shape(**shape), only or ALL  # type: ignore[arg-type]
    ports = {"web": ("--port", wanted.port), "scan": ("--scan-port", wanted.scan_port)}
    try:
        require_free(wanted.host, dict(ports[name] for name in services if name in ports))
    except PortTaken as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    status = supervisor(wanted, services).run()
    if settings.DEMO:
        stop = f"YIMAQING_HOME={shlex.quote(str(settings.HOME))} yimaqing db stop"
        click.echo(f"数据库仍在运行，停止它 the database runs on, stop it with: {stop}")
    sys.exit(status)


@click.command()
@click.option("--threads", default=Shape.job_threads, show_default=True, help="同时任务数 at once")
def jobs(threads: int) -> None:
    """后台任务 work on background jobs until SIGTERM; several may run at once."""
    job_service.work(threads)
