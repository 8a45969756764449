"""The part of the demonstration that needs Django: `yimaqing demo` goes on as this program.

Arguments: host and port to serve at; without them everything is prepared and that is all.
"""

import os
import sys
from pathlib import Path

from yimaqing.config.cli import set_up_django

set_up_django()

from yimaqing.config.demo.fill import fill  # noqa: E402 - models exist only once Django is set up

status = fill()
if status or len(sys.argv) < 3:
    sys.exit(status)
host, port = sys.argv[1:3]
program = str(Path(sys.executable).with_name("yimaqing"))
ports = ["--port", port, "--scan-port", str(int(port) + 1)]
sys.stdout.flush()
os.execv(program, [program, "serve", "--host", host, *ports])  # noqa: S606 - ourselves
