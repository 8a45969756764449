"""Every label of a sheet is read by a decoder that is not ours, at a printer's coarse dots."""

import cv2
import numpy as np
import pypdfium2
import pytest

from yimaqing.domains.codes.actions import ask_for_labels
from yimaqing.domains.codes.addresses import address_of
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.codes.labels.choosing import Asked, Place
from yimaqing.domains.codes.labels.layout import layouts
from yimaqing.domains.codes.labels.printing import part_path, print_run
from yimaqing.domains.codes.models import Code, LabelPrint
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.tests.card_village import VILLAGE, build
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import open_stored

DOTS = 200
SURNAMES = ["王", "欧阳", "令狐", "张", "阿依古丽·买买", "赵"]


@pytest.fixture
def codes(database, settings):
    """A village with a sheet and a bit of households, of all registers."""
    settings.PUBLIC_URL = "https://yimaqing.luliang.shanxi.gov.cn"
    village = build()
    made = [village.poor_code, village.other_code]
    for number in range(25):
        name = SURNAMES[number % len(SURNAMES)] + "小明"
        register = "archived" if number % 2 else "ordinary"
        held = make_household(place_code=VILLAGE, head_name=name, register_class=register)
        made.append(make_code("household", VILLAGE, held.pk))
    return made


def pages(layout, settings, start, some):
    """Each page of a run's first part as an image, with the run."""
    asked = Asked(start=start, year=2026, codes=tuple(code.pk for code in some))
    run = ask_for_labels(
        place=Place(VILLAGE, 5),
        layout=layout,
        asked=asked,
        by=None,
        actor="system:test",
        using="owner",
    )
    run = print_run(run.pk, using="owner")
    with open_stored(part_path(run.pk, 1), keyring(settings.DATA_KEYS)) as sealed:
        pdf = pypdfium2.PdfDocument(sealed.read())
    return run, [page.render(scale=DOTS / 72, grayscale=True).to_numpy() for page in pdf]


def read(image):
    return cv2.QRCodeDetectorAruco().detectAndDecode(np.ascontiguousarray(image))[0]


#: A sheet that is one label begins with it, and six such sheets are enough to look at.
SHEETS = [(name, start) for name, one in layouts().items() for start in (1, 3)[: one.per_sheet]]
FEW = 6


@pytest.mark.parametrize(("name", "start"), SHEETS)
def test_every_label_of_every_sheet_leads_to_its_code(codes, settings, name, start):
    layout = layouts()[name]
    some = codes if layout.per_sheet > 1 else codes[:FEW]
    run, sheets = pages(name, settings, start, some)
    assert len(sheets) == run.sheets
    scale, found = DOTS / 72, []
    for number in range(run.labels):
        sheet, position = divmod(number + start - 1, layout.per_sheet)
        x, y = layout.corner(position)
        corners = [round(v * scale) for v in (y, y + layout.height, x, x + layout.width)]
        top, bottom, left, right = corners
        found.append(read(sheets[sheet][top:bottom, left:right]))
    prints = LabelPrint.objects.using("owner").filter(run=run).order_by("number")
    tokens = dict(Code.objects.using("owner").values_list("pk", "token"))
    assert found == [address_of(tokens[p.code_id]) for p in prints]
    assert len(set(found)) == len(some)
