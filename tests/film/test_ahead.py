import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from rehue.film.ahead import ahead, in_order


def test_items_come_in_order_and_an_error_where_it_arose():
    def work():
        yield from range(5)
        raise ValueError("at six")

    items = ahead(work(), 2)
    assert [next(items) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="at six"):
        next(items)


def test_it_is_only_so_far_ahead():
    made = []

    def work():
        for n in range(100):
            made.append(n)
            yield n

    items = ahead(work(), 3)
    next(items)
    time.sleep(0.1)
    assert len(made) <= 6
    items.close()


def test_closing_ends_the_thread_and_what_it_works_at():
    closed = threading.Event()

    def work():
        try:
            n = 0
            while True:
                yield n
                n += 1
        finally:
            closed.set()

    before = threading.active_count()
    items = ahead(ahead(work(), 2), 2)
    assert next(items) == 0
    items.close()
    assert closed.wait(2)
    assert threading.active_count() == before


def test_work_side_by_side_keeps_its_order():
    def slow(n):
        time.sleep(0.01 * (5 - n % 5))
        return n

    with ThreadPoolExecutor(3) as pool:
        assert list(in_order(slow, range(12), pool, 4)) == list(range(12))
