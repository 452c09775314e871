// docs/workers/worker.mjs with work whose outcome the input chooses; see WorkerExample.
import { setTimeout as sleep } from 'node:timers/promises';
import { Permanent, run } from '../../../../docs/workers/worker.mjs';

await run(async job => {
  const { mode, millis = 0 } = job.input, first = job.attempt === 1;
  if (mode === 'steady') await job.progress(0, 1, 'begun');
  await sleep(millis, null, { signal: job.cancelled });
  if (mode === 'crash' && first) process.kill(process.pid, 'SIGKILL');
  if (mode === 'permanent') throw new Permanent('never');
  if (mode === 'poison' || (mode === 'flaky' && first)) throw new Error('not "now"');
  for (let step = 1; mode === 'slow' && first; step++) {
    await sleep(200, null, { signal: job.cancelled });
    await job.progress(step, 1000, 'still at it');
  }
  if (mode === 'nonsense') return { size: 10n };
  if (mode === 'large') return 'x'.repeat(2 << 20);
  return { by: 'node', attempt: job.attempt };
});
