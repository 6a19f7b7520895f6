"""RQ the way NetBox runs it: Redis has the jobs and the results, one worker forks for every job. See python.js."""

import sys
import time

from redis import Redis
from rq import Queue, Worker

# Before the fork: else every job imports `requests` again.
from deliver import deliver

ONE_DAY = 86400
role, redis, receiver = sys.argv[1:]
connection = Redis.from_url(redis)
queue = Queue("deliveries", connection=connection)


def enqueue():
    bodies = sys.stdin.read().splitlines()
    started_at = time.perf_counter()
    for start in range(0, len(bodies), 1000):
        some = bodies[start : start + 1000]
        queue.enqueue_many([Queue.prepare_data(deliver, (receiver, text), result_ttl=ONE_DAY) for text in some])
    print((time.perf_counter() - started_at) * 1000)


def work():
    worker = Worker([queue], connection=connection)
    print(0, flush=True)
    sys.stdin.readline()
    worker.work(logging_level="WARNING")


{"enqueue": enqueue, "work": work}[role]()
