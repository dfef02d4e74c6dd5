"""Which process takes a new connection: the rules, without processes."""

from enrollment_server.web.shares import Share, Shares
from enrollment_server.web.turns import Turns

ROWS = 4


def holding(shares: Shares, connections: int) -> Share:
    share = shares.join()
    share.holds(connections)
    return share


def test_process_alone_is_never_ahead() -> None:
    share = holding(Shares(ROWS), 1000)
    assert not share.is_ahead()
    assert not share.has_too_many()


def test_process_with_one_more_than_another_waits_and_with_two_more_sheds() -> None:
    shares = Shares(ROWS)
    holding(shares, 4)
    holding(shares, 9)
    share = shares.join()
    told = []
    for held in (3, 4, 5, 6):
        share.holds(held)
        told.append((share.is_ahead(), share.has_too_many()))
    assert told == [(False, False), (False, False), (True, False), (True, True)]


def test_among_hundreds_a_few_do_not_matter() -> None:
    shares = Shares(ROWS)
    holding(shares, 400)
    share = holding(shares, 449)
    assert not share.is_ahead()
    share.holds(451)
    assert share.has_too_many()


def test_nobody_waits_for_processes_that_start_or_end() -> None:
    shares = Shares(ROWS)
    share = holding(shares, 7)
    shares.join()
    assert not share.is_ahead()
    other = holding(shares, 0)
    assert share.is_ahead()
    other.retires()
    assert not share.is_ahead()


def test_row_of_a_process_that_ended_is_the_next_ones() -> None:
    shares = Shares(1)
    share = holding(shares, 5)
    assert not holding(shares, 9).has_too_many()  # without a row
    share.ended()
    shares.join().holds(0)
    assert shares.least_of_others(1) == 0


def test_connection_that_nobody_fetches_is_taken_after_some_pauses() -> None:
    shares = Shares(ROWS)
    holding(shares, 0)
    turns = Turns(holding(shares, 1))
    assert [turns.leave_to_others() for _ in range(5)] == [True, True, True, True, False]
    # The next one in the queue has waited meanwhile.
    assert [turns.leave_to_others() for _ in range(2)] == [True, False]
    turns.others_came()
    assert [turns.leave_to_others() for _ in range(5)] == [True, True, True, True, False]


def test_clients_are_sent_away_one_by_one() -> None:
    shares = Shares(ROWS)
    holding(shares, 0)
    turns = Turns(holding(shares, 9))
    assert [turns.should_shed() for _ in range(3)] == [True, False, False]
