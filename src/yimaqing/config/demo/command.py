"""The command itself: database and settings first, then everything that needs Django."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from yimaqing.config.cluster import Cluster, ClusterError, environment
from yimaqing.config.demo.memory import OtherDemo, recall, recall_or_begin
from yimaqing.config.ports import PortTaken, require_free

CHINA = ZoneInfo("Asia/Shanghai")  # settings have the same, but cannot be read yet


@click.command()
@click.option(
    "--scale", default="small", show_default=True, help="small | prefecture | 户数 households"
)
@click.option("--port", type=click.IntRange(1, 65534), default=8000, show_default=True)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="监听地址；填本机局域网地址，手机才能扫码 your LAN address lets a phone scan",
)
@click.option("--no-serve", is_flag=True, help="准备好即退出 prepare everything, do not serve")
def demo(scale: str, port: int, host: str, no_serve: bool) -> None:
    """演示 a whole installation with synthetic households; killed anywhere, it goes on."""
    try:
        if not no_serve:  # the scan service listens at the next one
            require_free(host, {"--port": port})
            require_free(host, {"--port": port + 1})
    except PortTaken as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    home = environment.home()
    home.mkdir(parents=True, exist_ok=True)
    try:
        _refuse_real_data(home)
        memory = recall_or_begin(home, scale=scale, as_of=dt.datetime.now(CHINA).date())
        Cluster(home, say=lambda line: click.echo(f"… {line}", err=True)).start()
    except (OtherDemo, ClusterError) as error:
        raise click.ClickException(str(error)) from error
    environment.write(
        home,
        {
            "YIMAQING_DEMO": "1",
            "YIMAQING_PUBLIC_URL": f"http://{host}:{port}",
            "YIMAQING_REGION_NAME": "吕梁市",
        },
    )
    click.echo(f"演示数据目录 data directory: {memory.home}")
    sys.stdout.flush()
    # Settings are read once, and only now is there something to read: the same process goes
    # on as a new program, so that whoever kills it kills all of it.
    address = [] if no_serve else [host, str(port)]
    os.execv(sys.executable, [sys.executable, "-m", "yimaqing.config.demo", *address])  # noqa: S606 - ourselves


def _refuse_real_data(home: Path) -> None:
    """Raise OtherDemo where synthetic households would be mixed with real ones."""
    addresses = {"YIMAQING_DATABASE_URL", "YIMAQING_OWNER_DATABASE_URL"}
    if named := addresses & set(os.environ):
        raise OtherDemo(
            f"环境变量 {', '.join(sorted(named))} 指向别的数据库 names another database:"
            " 演示只用自己的数据库，先取消该变量 the demo uses its own only, unset it"
        )
    if addresses & set(environment.read(home)) and recall(home) is None:
        raise OtherDemo(
            f"{home} 已是正式安装 is an installation already:"
            " 请另设 YIMAQING_HOME use another YIMAQING_HOME for the demo"
        )
