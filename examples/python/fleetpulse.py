"""A Fleetpulse client for Python 3.9 and newer, with the standard library only.

Reports in the background and never harms its host: nothing raises, memory is bounded, and the thread is a daemon.
Events have the fields of docs/events.md, e.g. client.event({"type": "task", "agent": "a-1", ...}).
"""

import atexit
import collections
import datetime
import email.utils
import gzip
import json
import math
import os
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

BATCH_AGENTS = 25  # what waits goes out when it comes from more agents than this
BATCH_EVENTS = 500
BATCH_BYTES = 256 * 1024
MAX_EVENTS = 10_000
DESCRIBE_AGAIN_S, MOST_DESCRIBED = 600, 10_000
MAX_BYTES = 8 * 1024 * 1024
MAX_AGE_S = 23 * 3600  # Fleetpulse refuses events that are older than 24 hours
REQUEST_TIMEOUT_S = 10
FAILURE_HALF_LIFE = 5  # so many flush intervals later, a failed task counts half in what is usual
UNUSUAL_FAILURES = 3  # more failed tasks than this many times the usual are not usual
RETRIED = {408, 425, 429}
REFUSED_KEY = {401, 403}
DROPPED_FIRST = ("sample", "heartbeat")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to another host."""

    def redirect_request(self, *_):
        return None


class _Event:
    __slots__ = ("number", "type", "agent", "json", "failed", "at")

    def __init__(self, number, type_, agent, text, failed):
        self.number, self.type, self.agent, self.json, self.failed = number, type_, agent, text, failed
        self.at = time.monotonic()


class _Batch:
    """Its body stays as it is for good: by its content Fleetpulse tells that it has a batch already.

    The nonce is content, so that batches that say the same by chance are two.
    """

    def __init__(self, events, drops):
        self.events = events
        self.drops = drops
        self.may_have_arrived = False
        lines = [event.json for event in events]
        if drops:
            report = {"type": "metric", "name": "fleetpulse.client.dropped", "kind": "counter", "value": drops}
            lines.append(json.dumps({**report, "at": now_ms()}))
        self.body = ('{"nonce":"%s","events":[%s]}' % (uuid.uuid4(), ",".join(lines))).encode()


class _UsualFailures:
    """How many tasks fail in a flush interval: an exponentially weighted mean, zero at first."""

    def __init__(self, flush_s):
        self._half_life_s = FAILURE_HALF_LIFE * max(0.001, flush_s)
        self._mean, self._at = 0.0, 0.0

    def per_flush(self, now):
        return self._mean * 0.5 ** (max(0.0, now - self._at) / self._half_life_s)

    def add(self, failed_at, now):
        weight = 0.5 ** (max(0.0, now - failed_at) / self._half_life_s)
        self._mean = self.per_flush(now) + math.log(2) / FAILURE_HALF_LIFE * weight
        self._at = now

    def is_exceeded_by(self, waiting, now):
        return waiting > UNUSUAL_FAILURES * self.per_flush(now)


def now_ms():
    """Epoch milliseconds, as events take them."""
    return time.time() * 1000


def _epoch_s(iso):
    return datetime.datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp()


def _expired(directive):
    return {**directive, "status": "expired"}


class Client:
    """Without url or key (FLEETPULSE_URL, FLEETPULSE_KEY) it does nothing.

    stats: enqueued = accepted + rejected + dropped + what is queued.
    """

    def __init__(self, url=None, key=None, flush_s=60, on_error=None, exit_timeout_s=3):
        self._url = (url or os.environ.get("FLEETPULSE_URL", "")).rstrip("/")
        self._key = key or os.environ.get("FLEETPULSE_KEY", "")
        self._enabled = bool(self._url and self._key)
        self._flush_s = flush_s
        self._on_error = on_error or (lambda message: None)
        self._opener = urllib.request.build_opener(_NoRedirect)
        self._wake = threading.Condition()
        self._low = collections.deque()
        self._other = collections.deque()
        self._agents = collections.Counter()
        self._failures_waiting = 0
        self._usual_failures = _UsualFailures(flush_s)
        self._pending = []  # batches that were cut, oldest first
        self._in_flight = None
        self._bytes = 0
        self._number = 0
        self._urgent_number = 0
        self._reported_drops = 0
        self._failures = 0
        self._backoff_until = 0.0  # the client's own patience
        self._held_until = 0.0  # what the server asked for
        self._closed = False
        self._callbacks = []
        self._version = None
        self._delivered = {}  # id: [form, in force, directive]
        self._leases = threading.RLock()
        self._lease_timer = None
        self._directives_not_before = 0.0
        self._directive_failures = 0
        self._described = {}  # agent: [monotonic time, fields]
        self.stats = dict.fromkeys(("enqueued", "accepted", "rejected", "dropped", "retries", "failed_batches"), 0)
        if self._enabled:
            threading.Thread(target=self._run, name="fleetpulse", daemon=True).start()
            atexit.register(self.close, exit_timeout_s)

    # -- reporting

    def event(self, event, may_wait=False):
        """Takes an event as it is now; what is no JSON is counted as dropped."""
        if not self._enabled:
            return
        try:
            text = json.dumps(event, separators=(",", ":"), allow_nan=False)
            type_ = event["type"]
            agent = event.get("agent") if isinstance(event.get("agent"), str) else None
            failed, urgent = _is_failed_task(event), not may_wait and _is_urgent_news(event)
        except Exception as error:  # whatever the host's objects raise
            with self._wake:
                self.stats["enqueued"] += 1
                self.stats["dropped"] += 1
            self._tell(f"an event cannot be sent: {error!r}")
            return
        with self._wake:
            self.stats["enqueued"] += 1
            if self._closed or len(text) > MAX_BYTES // 2:
                self.stats["dropped"] += 1
                return
            self._make_room(len(text))
            self._number += 1
            queue = self._low if type_ in DROPPED_FIRST else self._other
            queue.append(_Event(self._number, type_, agent, text, failed))
            self._bytes += len(text)
            if failed:
                self._failures_waiting += 1
                urgent = self._usual_failures.is_exceeded_by(self._failures_waiting, time.monotonic())
            if agent is not None:
                self._agents[agent] += 1
            if urgent:
                self._urgent_number = self._number
            self._wake.notify()

    def task(self, **fields):
        self.event({"type": "task", "endedAt": now_ms(), **fields})

    def heartbeat(self, **fields):
        self.event({"type": "heartbeat", "at": now_ms(), **fields})
        self._describe_again(fields.get("agent"), fields.get("state"))

    def sample(self, **fields):
        self.event({"type": "sample", "at": now_ms(), **fields})

    def agent(self, **fields):
        self.event({"type": "agent", "at": now_ms(), **fields})
        with self._wake:
            self._described.pop(fields.get("agent"), None)
            self._described[fields.get("agent")] = [time.monotonic(), fields]
            if len(self._described) > MOST_DESCRIBED:
                del self._described[next(iter(self._described))]

    def _describe_again(self, agent, state):
        """With a heartbeat: what was said once may have been lost on the way, or forgotten."""
        with self._wake:
            if state == "stopped":
                self._described.pop(agent, None)
            described = self._described.get(agent)
            if described is None or time.monotonic() - described[0] < DESCRIBE_AGAIN_S:
                return
            described[0] = time.monotonic()
        self.event({"type": "agent", **described[1], "at": now_ms()}, may_wait=True)

    def beat(self, agent, every_s=60, progress=None, state="ready"):
        """Beats now and then every so many seconds. The function that is returned ends it and says stopped."""
        ended = threading.Event()

        def report(as_state):
            fields = {"agent": agent, "state": as_state, "intervalMs": every_s * 1000}
            try:
                self.heartbeat(**fields, **({} if progress is None else {"progress": progress()}))
            except Exception as error:  # progress is the host's
                self._tell(f"progress failed: {error!r}")
                self.heartbeat(**fields)

        def run():
            while not ended.wait(every_s):
                report(state)

        def stop():
            if not ended.is_set():
                ended.set()
                report("stopped")

        report(state)
        threading.Thread(target=run, name=f"fleetpulse beat of {agent}", daemon=True).start()
        return stop

    def on_directive(self, callback):
        """callback(directive) for each that becomes active or changes, and once more when it ends.

        A lease that runs out is told as expired by itself, also when Fleetpulse cannot be reached.
        """
        with self._wake:
            self._callbacks.append(callback)
            self._version = None

    def acknowledge(self, directive_id, applied, note=None):
        """Whether Fleetpulse took it. Needs the scope control."""
        body = {"applied": applied, **({} if note is None else {"note": note})}
        try:
            path = f"/v1/directives/{urllib.parse.quote(directive_id, safe='')}/ack"
            return self._request("POST", path, json.dumps(body).encode())[0] == 200
        except Exception as error:
            self._tell(f"directive {directive_id} could not be acknowledged: {error}")
            return False

    def flush(self, timeout_s=3):
        """Sends what waits. Whether nothing is left of what was enqueued before."""
        with self._wake:
            number = self._urgent_number = self._number
            self._backoff_until = 0.0
            self._wake.notify_all()
            return self._wake.wait_for(lambda: self._oldest() > number, timeout_s)

    def close(self, timeout_s=3):
        """Flushes, and drops the rest. The client takes no more events."""
        if not self._enabled or self._closed:
            return True
        complete = self.flush(timeout_s)
        with self._wake:
            self._closed = True
            for batch in list(self._pending):
                self._give_up(batch)
            while self._take_oldest():
                self.stats["dropped"] += 1
            self._wake.notify_all()
        return complete

    # -- the queue; all of it under the lock

    def _queued(self):
        return len(self._low) + len(self._other) + sum(len(batch.events) for batch in self._pending)

    def _oldest(self):
        if self._pending:
            return self._pending[0].events[0].number
        heads = [queue[0].number for queue in (self._low, self._other) if queue]
        return min(heads, default=float("inf"))

    def _take_oldest(self):
        queues = [queue for queue in (self._low, self._other) if queue]
        return self._take(min(queues, key=lambda queue: queue[0].number)) if queues else None

    def _take(self, queue):
        event = queue.popleft()
        self._bytes -= len(event.json)
        self._failures_waiting -= event.failed
        if event.agent is not None:
            self._agents[event.agent] -= 1
            if self._agents[event.agent] == 0:
                del self._agents[event.agent]
        return event

    def _make_room(self, size):
        """Samples and heartbeats go first, then the oldest; never what is under way, nor the newest."""
        while self._queued() + 1 > MAX_EVENTS or self._bytes + self._pending_bytes() + size > MAX_BYTES:
            waiting = next((batch for batch in self._pending if batch is not self._in_flight), None)
            if self._low:
                self._take(self._low)
                self.stats["dropped"] += 1
            elif waiting:
                self._give_up(waiting)
            elif self._other:
                self._take(self._other)
                self.stats["dropped"] += 1
            else:
                return

    def _pending_bytes(self):
        return sum(len(batch.body) for batch in self._pending)

    def _give_up(self, batch):
        self._pending.remove(batch)
        self._reported_drops -= batch.drops
        self.stats["dropped"] += len(batch.events)
        self.stats["failed_batches"] += 1

    def _cut(self):
        events, size = [], 0
        while True:
            queues = [queue for queue in (self._low, self._other) if queue]
            if not queues:
                break
            queue = min(queues, key=lambda each: each[0].number)
            if events and (len(events) >= BATCH_EVENTS or size + len(queue[0].json) > BATCH_BYTES):
                break
            event = self._take(queue)
            if time.monotonic() - event.at > MAX_AGE_S:
                self.stats["dropped"] += 1
                continue
            if event.failed:
                self._usual_failures.add(event.at, time.monotonic())
            events.append(event)
            size += len(event.json)
        if events:
            drops = self.stats["dropped"] - self._reported_drops
            self._reported_drops += drops
            self._pending.append(_Batch(events, drops))

    def _due_in(self):
        """Seconds until the next request is to begin; None when nothing waits."""
        now = time.monotonic()
        held = max(0.0, max(self._backoff_until, self._held_until) - now)
        if self._pending:
            return held
        waiting = len(self._low) + len(self._other)
        if not waiting:
            return None
        full = waiting >= BATCH_EVENTS or self._bytes >= BATCH_BYTES or len(self._agents) > BATCH_AGENTS
        if full or self._oldest() <= self._urgent_number:
            return held
        oldest = min(queue[0].at for queue in (self._low, self._other) if queue)
        return max(held, oldest + self._flush_s - now)

    # -- sending; in the background thread

    def _run(self):
        while True:
            with self._wake:
                due_in = self._due_in()
                while not self._closed and (due_in is None or due_in > 0):
                    self._wake.wait(due_in)
                    due_in = self._due_in()
                if self._closed:
                    return
                if not self._pending:
                    self._cut()
                if not self._pending:
                    continue
                batch = self._in_flight = self._pending[0]
            version = None
            try:
                status, headers, answer = self._request("POST", "/v1/events", batch.body)
                version = self._settle(batch, status, headers, answer)
            except Exception as error:  # no answer, or none that can be read
                self._tell(f"no answer from Fleetpulse: {error}")
                with self._wake:
                    self._in_flight = None
                    batch.may_have_arrived = True
                    self._retry(batch, 0)
            if version is not None:
                self._read_directives(version)

    def _settle(self, batch, status, headers, answer):
        """The version of directives that the answer names, if any."""
        receipt = _receipt(answer) if 200 <= status < 300 else None
        if receipt is None:
            self._tell(f"status {status}: {answer[:300]!r}")
        with self._wake:
            self._in_flight = None
            if batch not in self._pending:  # dropped by close
                return None
            if receipt is not None:
                self._failures, self._backoff_until, self._held_until = 0, 0.0, 0.0
                indexes = {each.get("index") for each in receipt.get("rejected", [])}
                rejected = len(indexes & set(range(len(batch.events))))
                self._pending.remove(batch)
                self.stats["rejected"] += rejected
                self.stats["accepted"] += len(batch.events) - rejected
                self._wake.notify_all()
                return receipt.get("directivesVersion")
            if status < 300 or status in RETRIED or status >= 500:
                batch.may_have_arrived |= status not in (425, 429)
                self._retry(batch, _retry_after(headers.get("retry-after")))
            elif status in REFUSED_KEY:  # the key may be on its way
                self._retry(batch, 60)
            elif status == 413 and len(batch.events) > 1 and not batch.may_have_arrived:
                middle = len(batch.events) // 2
                parts = [_Batch(batch.events[:middle], batch.drops), _Batch(batch.events[middle:], 0)]
                at = self._pending.index(batch)
                self._pending[at : at + 1] = parts
            else:
                self._failures = 0
                self._give_up(batch)
                self._wake.notify_all()
        return None

    def _retry(self, batch, at_least_s):
        if batch not in self._pending:
            return
        if time.monotonic() - batch.events[-1].at > MAX_AGE_S:
            self._give_up(batch)
            return
        backoff = random.random() * min(30, 0.5 * 2 ** min(self._failures, 10))
        self._failures += 1
        self.stats["retries"] += 1
        self._backoff_until = time.monotonic() + backoff
        self._held_until = time.monotonic() + at_least_s

    def _request(self, method, path, body=None):
        headers = {"x-api-key": self._key, "content-type": "application/json"}
        if body is not None and len(body) > 1024:
            # API Gateway passes gzip on undamaged only under a content type that it takes for binary.
            headers.update({"content-type": "application/vnd.fleetpulse+gzip", "content-encoding": "gzip"})
            body = gzip.compress(body, 1)
        request = urllib.request.Request(self._url + path, data=body, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=REQUEST_TIMEOUT_S) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def _read_directives(self, version):
        """Only when the version has changed. A failure is tried again with a later answer."""
        if not self._callbacks or version == self._version or time.monotonic() < self._directives_not_before:
            return
        try:
            status, _, answer = self._request("GET", "/v1/directives")
            if status != 200:
                raise OSError(f"status {status}")
            listed = json.loads(answer)
            with self._leases:
                ids = {directive["id"] for directive in listed["directives"]}
                self._delivered = {key: each for key, each in self._delivered.items() if key in ids or each[1]}
                for directive in reversed(listed["directives"]):  # oldest first
                    form = json.dumps([directive[key] for key in ("kind", "params", "status", "expiresAt")])
                    known = self._delivered.get(directive["id"], [None, False, None])
                    active = directive["status"] == "active" and time.time() < _epoch_s(directive["expiresAt"])
                    if form == known[0] or not (active or known[1]):
                        continue
                    self._delivered[directive["id"]] = [form, active, directive]
                    self._call(directive if active or directive["status"] != "active" else _expired(directive))
                self._arm_leases()
            self._version = listed["version"]
            self._directive_failures = 0
        except Exception as error:
            delay = min(60, 2 ** min(self._directive_failures, 10))
            self._directives_not_before = time.monotonic() + delay
            self._directive_failures += 1
            self._tell(f"directives could not be read: {error}")

    def _call(self, directive):
        for callback in self._callbacks:
            try:
                callback(directive)
            except Exception as error:  # the host's
                self._tell(f"a callback failed: {error!r}")

    def _arm_leases(self):
        """Wakes when the first lease runs out."""
        if self._lease_timer:
            self._lease_timer.cancel()
        ends = [_epoch_s(directive["expiresAt"]) for _, active, directive in self._delivered.values() if active]
        if ends and not self._closed:
            self._lease_timer = threading.Timer(max(0, min(ends) - time.time()), self._end_leases)
            self._lease_timer.daemon = True
            self._lease_timer.start()

    def _end_leases(self):
        with self._leases:
            for each in list(self._delivered.values()):
                if not self._closed and each[1] and time.time() >= _epoch_s(each[2]["expiresAt"]):
                    each[1] = False
                    self._call(_expired(each[2]))
            self._arm_leases()

    def _tell(self, message):
        try:
            self._on_error(message)
        except Exception:
            pass  # there is nobody left to tell


def _is_failed_task(event):
    return event["type"] == "task" and event.get("status") in ("failed", "timeout", "rejected")


def _is_urgent_news(event):
    if event["type"] == "heartbeat":
        return event.get("state") in ("stopped", "draining")
    return event["type"] == "agent"


def _receipt(answer):
    try:
        receipt = json.loads(answer)
        return receipt if isinstance(receipt.get("accepted"), int) else None
    except (ValueError, AttributeError):
        return None  # not from Fleetpulse, or cut off


def _retry_after(header):
    """Seconds or an HTTP date, as seconds from now: 0..60."""
    try:
        seconds = float(header or 0)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(header).timestamp() - time.time()
        except (TypeError, ValueError):
            seconds = 0
    return min(60.0, max(0.0, seconds))
