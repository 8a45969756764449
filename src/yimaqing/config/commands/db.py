"""`yimaqing db …`: the embedded PostgreSQL."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from yimaqing.config.cluster import Cluster, ClusterError, environment

NOT_RUNNING = 3  # as `systemctl status` and LSB have it

PORT = click.option("--port", type=click.IntRange(1024, 65535), help="套接字端口 names the socket")
TIMEOUT = click.option(
    "--timeout",
    type=float,
    default=3600,
    show_default=True,
    help="崩溃恢复等待秒数 seconds to wait",
)


def _cluster() -> Cluster:
    return Cluster(environment.home(), say=lambda line: click.echo(f"… {line}", err=True))


class Mendable(click.Group):
    """Says a ClusterError in one line, without a trace."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the subcommand; exit status 1 with the remedy on a fault."""
        try:
            return super().invoke(ctx)
        except ClusterError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Mendable)
def db() -> None:
    """内置数据库 the embedded PostgreSQL in $YIMAQING_HOME."""


@db.command()
@PORT
def init(port: int | None) -> None:
    """Make data directory, roles' addresses and keys; keeps what is there."""
    cluster = _cluster()
    cluster.init(port)
    click.echo(f"{cluster.data} · {cluster.home / environment.FILE}")


@db.command()
@PORT
@TIMEOUT
def start(port: int | None, timeout: float) -> None:
    """Start the server (and make it first where there is none); may be run again."""
    cluster = _cluster()
    cluster.start(timeout, port)
    click.echo(f"数据库已就绪 accepting connections: {cluster.socket} (pid {cluster.status().pid})")


@db.command()
def stop() -> None:
    """Stop the server: open transactions are rolled back, committed ones stay."""
    click.echo("已停止 stopped" if _cluster().stop() else "未在运行 was not running")


@db.command()
def run() -> None:
    """Serve in the foreground until SIGTERM, for systemd."""
    sys.exit(_cluster().run())


@db.command()
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
def status(as_json: bool) -> None:
    """Say whether the server accepts connections; exit status 3 when it does not."""
    found = _cluster().status()
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        for key, value in asdict(found).items():
            click.echo(f"{key:12} {value}")
    if not found.accepting:
        sys.exit(NOT_RUNNING)
