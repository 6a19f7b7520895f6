"""Celery the way Catalyst runs it: Redis has the jobs and the results, two prefork processes work. See python.js."""

import signal
import sys
import time

from celery import Celery

from deliver import deliver

role, redis, receiver = sys.argv[1:]

# With a result backend the sender would subscribe to the result of every job.
backend = f"{redis}/1" if role == "work" else None
app = Celery("jobs", broker=f"{redis}/0", backend=backend)
# Jobs are fetched well ahead of the two processes, and acknowledged when they are done, not when they begin.
app.conf.update(worker_prefetch_multiplier=25, task_acks_late=True)
task = app.task(deliver, name="deliver")


def enqueue():
    bodies = sys.stdin.read().splitlines()
    with app.producer_pool.acquire() as producer:
        started_at = time.perf_counter()
        for text in bodies:
            task.apply_async((receiver, text), producer=producer)
        print((time.perf_counter() - started_at) * 1000)


def wait_until_told(_):
    print(0, flush=True)
    sys.stdin.readline()


def work():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    app.WorkController(pool="prefork", concurrency=2, ready_callback=wait_until_told).start()


{"enqueue": enqueue, "work": work}[role]()
