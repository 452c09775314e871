# Works on jobs of a queue of Ringback, one at a time; run as many as you like. Python 3.9 or newer, nothing else.
#     GATEWAY=http://127.0.0.1:8080 TYPE=thumbnails python3 worker.py
import http.client
import json
import os
import random
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

GATEWAY = os.environ["GATEWAY"].rstrip("/")
TYPE = os.environ["TYPE"]
LEASE = int(os.environ.get("LEASE", "30"))  # seconds without a heartbeat, then somebody else gets the job
GRACE = float(os.environ.get("GRACE", "20"))  # seconds that a job may take after SIGTERM before it is given back
NAME = f"{socket.gethostname()}-{os.getpid()}"  # by which workers are counted
HEADERS = {"Content-Type": "application/json"}
if os.environ.get("TOKEN"):
    HEADERS["Authorization"] = "Bearer " + os.environ["TOKEN"]

stopping = threading.Event()
idle = True  # nothing is lost if this process ends now
held = None  # the job that it works on


class Permanent(Exception):
    """A failure that would be the same again: the job fails for good. Any other exception is tried again."""


def work(job):
    """What you do about a job goes here: returns the result, anything that JSON can say."""
    if "pages" not in job.input:
        raise Permanent("no pages in the input")
    for page in range(job.input["pages"]):
        if job.cancelled.wait(0.1):  # sleeps, but not longer than the job is wanted
            return None
        job.progress(page + 1, job.input["pages"], f"page {page + 1}")
    return {"pages": job.input["pages"]}


class Job:
    """A job in this worker's hands. `cancelled` is set when its result is not wanted any more."""

    def __init__(self, lease):
        self.lease_id, self.id, self.attempt = lease["leaseId"], lease["job"]["jobId"], lease["job"]["attempt"]
        self.input = lease.get("input")
        self.cancelled, self.over = threading.Event(), threading.Event()
        threading.Thread(target=self._beat, args=(lease["leaseSeconds"],), daemon=True).start()

    def progress(self, current, total, message):
        self.say(progress={"current": current, "total": total, "message": message})

    def say(self, timeout=10, **news):
        """Tells the gateway once; what it answers, 0 where it is away. Without news it is a heartbeat."""
        status, answer = post(f"/jobs/{self.id}/events", {"leaseId": self.lease_id, **news}, timeout)
        if status in (404, 409, 410) or (status == 200 and answer.get("cancelled")):
            self.cancelled.set()  # by a client, or another worker has the job
        return status

    def end(self, **news):
        """Tells the gateway until it has heard."""
        self.over.set()
        failures = 0
        while not self.cancelled.is_set():
            status = self.say(**news)
            if status in (400, 413) and news["status"] == "completed":
                error = {"code": "refused", "message": f"the result was answered {status}", "retryable": False}
                news = {"status": "failed", "error": error}
            elif is_final(status):
                return
            else:
                failures += 1
                pause(failures)

    def _beat(self, lease):
        rest = lease / 3
        while not self.over.wait(rest):
            status = self.say(timeout=min(10, lease / 4))  # one that hangs leaves time for others
            rest = lease / 3 if is_final(status) else min(1, lease / 10)


def post(path, body, timeout):
    """The status and the answer; 0 and None where the gateway is away, or its answer breaks off."""
    request = urllib.request.Request(GATEWAY + path, json.dumps(body).encode(), HEADERS)
    try:
        try:
            response = urllib.request.urlopen(request, timeout=timeout)
        except urllib.error.HTTPError as refusal:
            response = refusal
        with response:
            text = response.read()
        if response.status == 200:
            return 200, json.loads(text)
        if response.status != 204:
            print(path, response.status, text, file=sys.stderr, flush=True)
        return response.status, None
    except (OSError, http.client.HTTPException, ValueError) as away:
        print(path, away, file=sys.stderr, flush=True)
        return 0, None


def is_final(status):
    """Whether the gateway has heard, or would refuse it again."""
    return 200 <= status < 429 and status != 408


def pause(failures, rest=time.sleep):
    rest(min(15, 0.2 * 2**failures) * random.uniform(0.5, 1))


def stop(*_):
    """SIGTERM: ends an idle worker; lets a busy one finish, or gives its job back when that takes too long."""
    stopping.set()
    if idle:
        sys.exit()
    late = threading.Timer(GRACE, give_back)
    late.daemon = True
    late.start()


def give_back():
    if held and not held.over.is_set():
        held.say(status="queued")
    os._exit(0)


def run(work):
    global idle, held
    signal.signal(signal.SIGTERM, stop)
    path = f"/queues/{urllib.parse.quote(TYPE, safe='')}/lease?wait=30&lease={LEASE}&worker={urllib.parse.quote(NAME, safe='')}"
    failures = 0
    while not stopping.is_set():
        asked = time.monotonic()
        status, lease = post(path, {}, timeout=40)
        waited = status == 204 and time.monotonic() - asked > 1  # at once: it lets nobody wait now
        failures = 0 if status == 200 or waited else failures + 1
        if status == 200:
            idle = False
            held = Job(lease)
            try:
                held.end(status="completed", result=work(held))
            except Exception as failure:
                retryable = not isinstance(failure, Permanent)
                error = {"code": type(failure).__name__, "message": str(failure)[:1000], "retryable": retryable}
                held.end(status="failed", error=error)
            held, idle = None, True
        elif failures:
            pause(failures, stopping.wait)


if __name__ == "__main__":
    run(work)
