"""A worker that reports to Fleetpulse and hears of its route directives. See README.md beside it."""

import argparse
import json
import random
import time
import uuid

import fleetpulse

options = argparse.ArgumentParser()
options.add_argument("--agent", default="reviewer-1")
options.add_argument("--pool", default="writers")
options.add_argument("--tasks", type=int, default=None, help="how many to work on; without it, until Ctrl-C")
options.add_argument("--task-s", type=float, default=0.8, help="how long one takes on average")
args = options.parse_args()

client = fleetpulse.Client(on_error=lambda message: print("fleetpulse:", message))
client.agent(agent=args.agent, pool=args.pool, team="content", capacity=1, version="1.0.0")


def hear(directive):
    # It gives work to nobody, so it has no weights to apply, and does not say that it did: the first yes starts the
    # measurement. Whoever draws agents by the weights acknowledges: client.acknowledge(directive["id"], applied=True).
    if directive["kind"] != "route":
        return
    if directive["status"] != "active":
        print(f"{directive['id']} is {directive['status']}: equal weights again", flush=True)
        return
    weights = json.dumps(directive["params"]["weights"])
    print(f"{directive['summary']} until {directive['expiresAt']}: {weights}", flush=True)


client.on_directive(hear)
finished = 0
stop = client.beat(args.agent, every_s=30, progress=lambda: finished, state="busy")


def review(number):
    """One task, reported however it ends."""
    started = time.perf_counter()
    outcome = {"status": "completed"}
    try:
        time.sleep(random.random() * 2 * args.task_s)
        if number % 7 == 0:
            raise ValueError("seven is not reviewed")
    except Exception as error:
        outcome = {"status": "failed", "error": {"type": type(error).__name__}}
    client.task(
        agent=args.agent,
        task=str(uuid.uuid4()),
        taskType="review",
        durationMs=(time.perf_counter() - started) * 1000,
        tokens={"input": 500, "output": 80},
        costUsd=0.001,
        **outcome,
    )
    return outcome["status"]


try:
    while args.tasks is None or finished < args.tasks:
        print(f"review {finished + 1}: {review(finished + 1)}", flush=True)
        finished += 1
except KeyboardInterrupt:
    pass
stop()
client.close()
print(json.dumps(client.stats))
