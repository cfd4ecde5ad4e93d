"""Max-min by hand: who would be served worst comes first, at the seller's price."""

from gridtie.market.rules import RULES


def cleared(book):
    return RULES["max-min"](book)


def test_an_organisation_with_many_requests_does_not_crowd_out_one_with_a_single_one(made):
    many = [made.request(n, organisation="org_many") for n in range(6)]
    single = made.request(9, organisation="org_single")
    result = cleared(made.book([made.capacity(units=2)], requests=[*many, single]))
    assert "req_9" in {trade.request for trade in result.trades}
    posted = RULES["posted-price"](made.book([made.capacity(units=2)], requests=[*many, single]))
    assert "req_9" not in {trade.request for trade in posted.trades}


def test_a_weight_moves_an_organisation_ahead(made):
    requests = [made.request(n, organisation=f"org_{n}") for n in range(3)]
    book = made.book([made.capacity(units=1)], requests=requests, fair_weights={"org_2": 3})
    (trade,) = cleared(book).trades
    assert trade.request == "req_2"


def test_each_pays_the_sellers_price_and_who_finds_no_room_is_told(made):
    result = cleared(made.book([made.capacity(units=1)], requests=[made.request(1), made.request(2)]))
    assert [trade.price for trade in result.trades] == [2_000_000]
    (refusal,) = result.refusals
    assert refusal.code == "busy"


def test_a_gang_larger_than_what_is_free_takes_no_share_from_others(made):
    big = made.request(1, made.wanted(accelerators=8))
    result = cleared(made.book([made.capacity(units=4)], requests=[big, made.request(2)]))
    assert [trade.request for trade in result.trades] == ["req_2"]


def test_an_empty_book_clears_to_nothing(made):
    assert cleared(made.book(requests=[])).trades == ()
