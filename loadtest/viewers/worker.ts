/** A thread of viewers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Latencies } from '../latencies.ts';
import { Problems } from '../problems.ts';
import { DecodedFrames } from './decoded-frames.ts';
import { FinalCheck } from './final-check.ts';
import {
  type FromWorker,
  newViewerCounts,
  type ToWorker,
  type ViewerCounts,
  type WorkerInput,
} from './fleet-messages.ts';
import { SharedStates } from './shared-states.ts';
import { Viewer } from './viewer.ts';

const CONNECTING_AT_A_TIME = 50;
const COUNTS_MS = 500;
const LOOK_MS = 50;
/** Longer than it takes until a message that was lost is made up for: who hears nothing for so long will not become right. */
const QUIET_MS = 6000;

const { url, token, viewers: plans } = workerData as WorkerInput;
const decoders = { json: new DecodedFrames('json'), msgpack: new DecodedFrames('msgpack') };
const counts = newViewerCounts();
const latencies = new Latencies();
const problems = new Problems();
const shared = new SharedStates();
const viewers = plans.map((plan, index) => {
  const tell = (problem: string): void => problems.add(`viewer ${index + 1} (${plan.encoding}): ${problem}`);
  return new Viewer(plan, { url, token, decoders, shared, latencies, counts, tell });
});

parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'check') {
    void check(message);
    return;
  }
  for (const viewer of viewers) viewer.begin();
  setInterval(() => tell({ type: 'counts', counts: countsNow() }), COUNTS_MS);
});

await joinAll();
tell({ type: 'joined' });

async function joinAll(): Promise<void> {
  const waiting = viewers.values();
  const join = async (): Promise<void> => {
    for (const viewer of waiting) await viewer.join();
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_A_TIME }, join));
}

async function check({ states, deadlineMs }: Extract<ToWorker, { type: 'check' }>): Promise<void> {
  for (const viewer of viewers) viewer.calmDown();
  const final = new FinalCheck(states);
  const deadline = performance.now() + deadlineMs;
  let quietAt = performance.now();
  let { bytes } = counts;
  while (!viewers.every((viewer) => final.isRight(viewer))) {
    const now = performance.now();
    if (bytes !== counts.bytes || viewers.some(({ isJoined }) => !isJoined)) quietAt = now;
    ({ bytes } = counts);
    if (now > deadline || now > quietAt + QUIET_MS) break;
    await sleep(LOOK_MS);
  }
  const wrong = final.explain(viewers).list();
  const report = {
    counts: countsNow(),
    latencies: latencies.encode(),
    problems: [...problems.list(), ...wrong],
  };
  tell({ type: 'checked', report });
}

function countsNow(): ViewerCounts {
  return { ...counts, decoded: decoders.json.decoded + decoders.msgpack.decoded };
}

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}
