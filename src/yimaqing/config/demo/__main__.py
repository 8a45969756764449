"""The part of the demonstration that needs Django: run by `yimaqing demo` once settings exist."""

import sys

from yimaqing.config.cli import set_up_django

set_up_django()

from yimaqing.config.demo.fill import fill  # noqa: E402 - models exist only once Django is set up

sys.exit(fill())
