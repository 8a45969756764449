"""Two officers at one procedure in the same moment.

Cast: 王秀英's household in 白文村; 赵镇 and 孙镇 of the township, 周县 of the county.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.recognition import actions
from yimaqing.domains.recognition.actions import AlreadyOpen, NotNow
from yimaqing.domains.recognition.factories import make_procedure
from yimaqing.domains.recognition.machine import State
from yimaqing.domains.recognition.models import Procedure, Step
from yimaqing.domains.recognition.tests.cast import (
    TODAY,
    TOWNSHIP,
    acting,
    ago,
    make_places,
    officers,
    wang,
)
from yimaqing.domains.work.models import Todo


def together(*tries):
    """What each came to: None where it was done, else the kind of its refusal."""
    ready = Barrier(len(tries))

    def run(attempt):
        try:
            ready.wait(timeout=20)
            attempt()
        except NotNow as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tries)) as pool:
        return {told.result() for told in [pool.submit(run, one) for one in tries]}


def test_of_two_who_pass_it_one_does_and_of_two_clues_one_is_opened(database):
    make_places()
    by, other = officers(), make_user("township_officer", TOWNSHIP, display_name="孙镇")
    held = make_procedure(household_id=wang().pk, until=State.TOWNSHIP, by=by, begun=ago(20))

    def passing(user):
        said = {"procedure": held, "on": TODAY, "words": "同意"}
        return lambda: acting(user, actions.pass_on, **said)

    assert together(passing(by.township), passing(other)) == {None, NotNow}
    assert Step.objects.using("owner").filter(act="pass").count() == 1
    open_now = Todo.objects.using("owner").filter(state="open", subject_kind="procedure")
    assert [todo.kind for todo in open_now] == ["recognition.county"]

    home = wang()

    def opening(way):
        said = {"household_id": home.pk, "way": way, "clue": "丈夫受伤", "on": TODAY}
        return lambda: acting(by.village, actions.open_procedure, **said)

    assert together(opening("self"), opening("cadre")) == {None, AlreadyOpen}
    assert Procedure.objects.using("owner").filter(household_id=home.pk).count() == 1
