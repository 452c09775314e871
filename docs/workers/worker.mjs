// Works on jobs of a queue of Ringback. Node 18 or newer, nothing else.
//     GATEWAY=http://127.0.0.1:8080 TYPE=thumbnails node worker.mjs
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const { GATEWAY, TYPE, TOKEN } = process.env;
const CONCURRENCY = Number(process.env.CONCURRENCY ?? 1); // jobs at once
const LEASE = Number(process.env.LEASE ?? 30); // seconds without a heartbeat, then somebody else gets the job
const GRACE = Number(process.env.GRACE ?? 20); // seconds that a job may take after SIGTERM before it is given back
const NAME = `${hostname()}-${process.pid}`; // by which workers are counted

const stopping = new AbortController();
const held = new Set(); // jobs that this process works on

// A failure that would be the same again: the job fails for good. Any other error is tried again.
export class Permanent extends Error {}

// What you do about a job goes here: returns the result, anything that JSON can say.
async function work(job) {
  if (!job.input?.pages) throw new Permanent('no pages in the input');
  for (let page = 1; page <= job.input.pages; page++) {
    await sleep(100, null, { signal: job.cancelled }); // throws when the result is not wanted any more
    await job.progress(page, job.input.pages, `page ${page}`);
  }
  return { pages: job.input.pages };
}

// A job in this worker's hands. `cancelled` is an AbortSignal that fires when its result is not wanted any more.
class Job {
  #leaseId;
  #lease;
  #abort = new AbortController();
  #heart;

  constructor({ leaseId, leaseSeconds, job, input }) {
    Object.assign(this, { id: job.jobId, attempt: job.attempt, input, cancelled: this.#abort.signal, over: false });
    this.#leaseId = leaseId;
    this.#lease = leaseSeconds;
    this.#beat(leaseSeconds / 3);
  }

  #beat(seconds) {
    this.#heart = setTimeout(async () => {
      const status = await this.say({}, this.#lease / 4); // one that hangs leaves time for others
      if (!this.over) this.#beat(isFinal(status) ? this.#lease / 3 : Math.min(1, this.#lease / 10));
    }, seconds * 1000);
  }

  progress(current, total, message) {
    return this.say({ progress: { current, total, message } });
  }

  // Tells the gateway once; the status of its answer, 0 where it is away. Without news it is a heartbeat.
  async say(news, seconds = 10) {
    const { status, answer } = await post(`/jobs/${this.id}/events`, { leaseId: this.#leaseId, ...news }, Math.min(10, seconds));
    if ([404, 409, 410].includes(status) || answer?.cancelled) this.#abort.abort(); // by a client, or another worker has it
    return status;
  }

  // Tells the gateway until it has heard.
  async end(news) {
    if (this.over) return;
    JSON.stringify(news); // throws, and so fails the job, where JSON can't say the result
    this.#close();
    for (let failures = 1; !this.cancelled.aborted; failures++) {
      const status = await this.say(news);
      if ([400, 413].includes(status) && news.status === 'completed') {
        const error = { code: 'refused', message: `the result was answered ${status}`, retryable: false };
        news = { status: 'failed', error };
      } else if (isFinal(status)) return;
      else await pause(failures);
    }
  }

  async giveBack() {
    if (this.over) return;
    this.#close();
    this.#abort.abort();
    await this.say({ status: 'queued' });
  }

  #close() {
    this.over = true;
    clearTimeout(this.#heart);
  }
}

// The status and the answer; 0 where the gateway is away, or too slow, or its answer breaks off.
async function post(path, news, seconds, unless) {
  const headers = { 'Content-Type': 'application/json', ...(TOKEN && { Authorization: `Bearer ${TOKEN}` }) };
  const body = JSON.stringify(news);
  const call = new AbortController();
  const abort = () => call.abort();
  const late = setTimeout(abort, seconds * 1000);
  unless?.addEventListener('abort', abort);
  try {
    const response = await fetch(GATEWAY + path, { method: 'POST', headers, body, signal: call.signal });
    const text = await response.text();
    if (!response.ok) console.error(path, response.status, text);
    return { status: response.status, answer: response.status === 200 ? JSON.parse(text) : null };
  } catch (away) {
    if (!stopping.signal.aborted) console.error(path, away.cause?.message ?? away.message);
    return { status: 0, answer: null };
  } finally {
    clearTimeout(late);
    unless?.removeEventListener('abort', abort);
  }
}

// Whether the gateway has heard, or would refuse it again.
function isFinal(status) {
  return status >= 200 && status < 429 && status !== 408;
}

function pause(failures, signal) {
  return sleep(Math.min(15_000, 200 * 2 ** failures) * (0.5 + Math.random() / 2), null, { signal }).catch(() => {});
}

async function take(work) {
  const path = `/queues/${encodeURIComponent(TYPE)}/lease?wait=30&lease=${LEASE}&worker=${encodeURIComponent(NAME)}`;
  for (let failures = 0; !stopping.signal.aborted; ) {
    const asked = performance.now();
    const { status, answer } = await post(path, {}, 40, stopping.signal);
    const waited = status === 204 && performance.now() - asked > 1000; // at once: it lets nobody wait now
    failures = status === 200 || waited ? 0 : failures + 1;
    if (status === 200) await finish(new Job(answer), work);
    else if (failures) await pause(failures, stopping.signal);
  }
}

async function finish(job, work) {
  held.add(job);
  try {
    const result = await work(job);
    await job.end({ status: 'completed', result: result ?? null });
  } catch (failure) {
    const retryable = !(failure instanceof Permanent);
    const error = { code: failure?.name ?? 'Error', message: String(failure?.message ?? failure).slice(0, 1000), retryable };
    await job.end({ status: 'failed', error });
  }
  held.delete(job);
}

export async function run(work) {
  // Idle takers end at once, busy ones when they have finished; what takes too long is given back.
  process.once('SIGTERM', () => {
    stopping.abort();
    setTimeout(() => Promise.all([...held].map(job => job.giveBack())).finally(() => process.exit()), GRACE * 1000).unref();
  });
  await Promise.all(Array.from({ length: CONCURRENCY }, () => take(work)));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await run(work);
