"""Pages of rule versions: who sees and begins what.

Cast: 赵刚 and 陈静, officers of 临县 (141124); 周平 of 离石 (141102).
"""

import pypdfium2
import pytest
from django.db import connections

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.monitoring.actions import (
    preview_version,
    publish_version,
    run,
    submit_version,
)
from yimaqing.domains.monitoring.models import Effect, RulesetVersion
from yimaqing.domains.monitoring.tests.rules_cast import BAIWEN, LIN, drafted, published
from yimaqing.domains.places.models import Place
from yimaqing.kit.rowscope import Scope, scoped


def test_the_list_beside_a_preview_shows_a_viewer_only_his_own_places(homes, officers):
    run()
    zhao = officers[0]
    with scoped(Scope((("141124", "141125"),), user_id=zhao.pk)):
        draft = drafted(zhao)
        preview_version(number=draft.pk, by=zhao)
        assert Effect.objects.count() == 1
    with scoped(Scope((("141102", "141103"),))):
        assert Effect.objects.count() == 0
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM monitoring_effect")
        assert cursor.fetchone() == (1,)


def test_pages_show_a_version_to_its_region_and_what_is_published_to_all(within, client, settings):
    Place.objects.using("owner").create(
        code="141100000000", name="吕梁市", level=2, kind="prefecture"
    )
    zhao, chen, zhou = within
    draft = drafted(zhao)
    at = f"/warnings/rules/versions/{draft.pk}/"
    for user, status in ((zhao, 200), (chen, 200), (zhou, 404)):
        client.force_login(user)
        assert client.get(at).status_code == status
    assert client.post(at + "step/", {"step": "withdraw"}).status_code == 403
    worker = make_user("village_worker", BAIWEN)
    client.force_login(worker)
    assert client.post("/warnings/rules/versions/begin/", {"region": LIN}).status_code == 403
    RulesetVersion.objects.filter(pk=draft.pk).update(effect={})
    submit_version(number=draft.pk, reason="x", by=zhao)
    publish_version(number=draft.pk, by=chen)
    page = client.get(at).content.decode()
    assert "20 升/人·日" in page
    assert "30 升/人·日" in page
    assert "（吕梁市）" in page
    assert "（1411）" not in page
    assert "按这一版另立新版本" not in page
    book = client.get("/warnings/rules/").content.decode()
    assert draft.identity in book
    assert "吕梁市" in book
    assert "1411<" not in book
    settings.DEMO = True
    paper = client.get("/warnings/rules/paper/", {"version": draft.identity})
    words = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(paper.content)]
    assert all("演示数据" in page for page in words)
    assert "吕梁市" in "".join(words)
    assert client.get("/warnings/rules/paper/", {"version": "nothing"}).status_code == 404


def test_the_country_s_rules_are_gone_back_to_from_their_page_and_what_changes_is_told(
    within, client
):
    zhao, chen, _zhou = within
    published(zhao, chen)
    client.force_login(zhao)
    book = client.get("/warnings/rules/", {"version": "national-2021@2021.1"}).content.decode()
    assert 'name="based_on" value="national-2021@2021.1"' in book
    begun = client.post(
        "/warnings/rules/versions/begin/", {"region": LIN, "based_on": "national-2021@2021.1"}
    )
    page = client.get(begun["Location"]).content.decode()
    # Not against the version that it equals: against what judges today.
    assert "两个版本没有不同" not in page
    assert page.index("30 升/人·日") < page.index("20 升/人·日")


@pytest.mark.parametrize("region", ["", "1411", "14112", "141124x", "１４１１２４"])
def test_a_region_that_is_none_of_ones_own_is_refused(within, client, region):
    client.force_login(within[0])
    asked = client.post("/warnings/rules/versions/begin/", {"region": region})
    assert asked.status_code == 403
    unknown = {"region": LIN, "based_on": "national-2021@gone"}
    assert client.post("/warnings/rules/versions/begin/", unknown).status_code == 404
