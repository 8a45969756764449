"""The command itself: database and settings first, then everything that needs Django."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from yimaqing.config.cluster import Cluster, ClusterError, environment
from yimaqing.config.demo.memory import OtherDemo, recall_or_begin

CHINA = ZoneInfo("Asia/Shanghai")  # settings have the same, but cannot be read yet
PROGRAM = Path(sys.executable).with_name("yimaqing")


@click.command()
@click.option(
    "--scale", default="small", show_default=True, help="small | prefecture | 户数 households"
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="监听地址；填本机局域网地址，手机才能扫码 your LAN address lets a phone scan",
)
@click.option("--no-serve", is_flag=True, help="准备好即退出 prepare everything, do not serve")
def demo(scale: str, port: int, host: str, no_serve: bool) -> None:
    """演示 a whole installation with synthetic households; killed anywhere, it goes on."""
    home = environment.home()
    home.mkdir(parents=True, exist_ok=True)
    try:
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
    # a process of its own: settings are read once, and only now is there something to read
    filled = subprocess.run([sys.executable, "-m", "yimaqing.config.demo"], check=False)
    if filled.returncode != 0:
        raise click.ClickException("演示未准备好 not ready; 重新运行即继续 run it again to go on")
    if not no_serve:
        sys.stdout.flush()
        os.execv(PROGRAM, [str(PROGRAM), "serve", "--host", host, "--port", str(port)])  # noqa: S606 - ourselves
