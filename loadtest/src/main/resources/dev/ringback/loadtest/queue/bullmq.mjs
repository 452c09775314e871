// BullMQ, driven as the harness drives a gateway: node bullmq.mjs worker|client HOST PORT CONCURRENCY. Answers each line with a line.
//
// The client answers {"rate","jobs","inputBytes"} with when each job came how far, in nanoseconds from when it was due, -1 where it did
// not. Both processes read the machine's monotonic clock.
import {createInterface} from 'node:readline';
import {isMainThread, parentPort, Worker as Thread, workerData} from 'node:worker_threads';

const QUEUE = 'load';
const LEAD_NANOS = 250_000_000n;
const PATIENCE_MILLIS = 30_000;

const now = () => process.hrtime.bigint();

// Timers of the main loop are a millisecond coarse: a thread that sleeps until each job is due is not.
function tick({start, rate, jobs}) {
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < jobs; i++) {
    const left = Number(start + BigInt(Math.floor((i * 1e9) / rate)) - now()) / 1e6;
    if (left > 0) {
      Atomics.wait(asleep, 0, 0, left);
    }
    parentPort.postMessage(i);
  }
}

async function follow(queue, events, due, i, input, times) {
  const since = (nanos) => Number(nanos - due);
  times.posted[i] = since(now());
  const job = await queue.add('load', input);
  times.accepted[i] = since(now());
  const result = await job.waitUntilFinished(events, PATIENCE_MILLIS);
  const told = since(now());
  if (result.n !== i) {
    throw new Error(`job ${i} was told of the end of ${result.n}`);
  }
  times.leased[i] = since(BigInt(result.at));
  times.told[i] = told;
}

async function run(queue, events, {rate, jobs, inputBytes}) {
  const unknown = () => new Array(jobs).fill(-1);
  const times = {posted: unknown(), accepted: unknown(), leased: unknown(), told: unknown(), wrong: []};
  const x = 'x'.repeat(inputBytes);
  const start = now() + LEAD_NANOS;
  const all = [];
  const ticker = new Thread(new URL(import.meta.url), {workerData: {start, rate, jobs}});
  await new Promise((resolve) => {
    ticker.on('exit', resolve);
    ticker.on('message', (i) => {
      const due = start + BigInt(Math.floor((i * 1e9) / rate));
      all.push(follow(queue, events, due, i, {n: i, x}, times).catch((e) => times.wrong.push(String(e.message))));
    });
  });
  await Promise.all(all);
  times.wrong.splice(20);
  return times;
}

async function serve() {
  const [role, host, port, concurrency] = process.argv.slice(2);
  const {Queue, QueueEvents, Worker} = await import('bullmq');
  const connection = {host, port: Number(port)};
  const parts = [];
  let answer;
  if (role === 'worker') {
    const work = async (job) => ({n: job.data.n, at: String(now())});
    parts.push(new Worker(QUEUE, work, {connection, concurrency: Number(concurrency)}));
    answer = async () => 'ready';
  } else {
    const queue = new Queue(QUEUE, {connection});
    const events = new QueueEvents(QUEUE, {connection});
    parts.push(queue, events);
    parts.forEach((part) => part.setMaxListeners(0));
    answer = async (line) => JSON.stringify(await run(queue, events, JSON.parse(line)));
  }
  await Promise.all(parts.map((part) => part.waitUntilReady()));
  for await (const line of createInterface({input: process.stdin})) {
    process.stdout.write(`${await answer(line)}\n`);
  }
  await Promise.all(parts.map((part) => part.close()));
}

if (isMainThread) {
  await serve();
  process.exit(0);
} else {
  tick(workerData);
}
