# docs/workers/worker.py with work whose outcome the input chooses; see WorkerExample.
import os
import pathlib
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[4] / "docs" / "workers"))
import worker  # noqa: E402


class Job(worker.Job):
    """Where its mode says so, SIGTERM comes before there is a job."""

    def __init__(self, lease):
        if lease["input"]["mode"] == "early":
            os.kill(os.getpid(), signal.SIGTERM)
        super().__init__(lease)


def work(job):
    mode, first = job.input["mode"], job.attempt == 1
    if mode == "steady":
        job.progress(0, 1, "begun")
    if job.cancelled.wait(job.input.get("millis", 0) / 1000):
        return None
    if mode == "crash" and first:
        os.kill(os.getpid(), signal.SIGKILL)
    if mode == "permanent":
        raise worker.Permanent("never")
    if mode == "poison" or (mode == "flaky" and first):
        raise RuntimeError('not "now"')
    step = 0
    while mode == "slow" and first and not job.cancelled.wait(0.2):
        step += 1
        job.progress(step, 1000, "still at it")
    if mode == "nonsense":
        return float("nan")
    if mode == "large":
        return "x" * (2 << 20)
    return {"by": "python", "attempt": job.attempt}


worker.Job = Job
worker.run(work)
