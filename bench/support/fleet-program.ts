/** A process with many viewers, which takes calls from `fleet.ts`. */
import { RawViewer } from './raw-viewer.ts';

export interface FleetOptions {
  readonly port: number;
  readonly path: string;
  readonly protocol: string;
  readonly viewers: number;
  /** What each sends at once. */
  readonly hello: readonly string[];
  /** So many frames make a viewer ready. */
  readonly greetings: number;
}

export type FleetCall =
  | { readonly do: 'connect'; readonly options: FleetOptions }
  | { readonly do: 'reset'; readonly tickMs: number }
  | { readonly do: 'read' }
  | { readonly do: 'close' };

/** What all viewers together have got since the last reset. */
export interface FleetCounts {
  readonly frames: number;
  /** Those among them that are looked into: updates, and nothing else, where a `tickMs` was given. */
  readonly updates: number;
  readonly bytes: number;
  /** Milliseconds from the tick that published a frame to its arrival, at the 50th and 99th percentile. */
  readonly p50: number;
  readonly p99: number;
}

/** Connections that are opened at a time, as many as the listening queue of a server holds. */
const AT_ONCE = 200;
const AT = Buffer.from('"at":');
const DIGITS_OF_A_TIME = 13;

let viewers: RawViewer[] = [];
let frames = 0;
let bytes = 0;
let tickMs = 0;
let waits: number[] = [];
let isMeasured = false;

process.on('message', async (call: FleetCall) => {
  try {
    process.send?.({ value: await perform(call) });
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit(0));

async function perform(call: FleetCall): Promise<unknown> {
  switch (call.do) {
    case 'connect':
      for (let left = call.options.viewers; left > 0; left -= AT_ONCE) {
        await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => join(call.options)));
      }
      return undefined;
    case 'reset':
      frames = 0;
      bytes = 0;
      waits = [];
      tickMs = call.tickMs;
      isMeasured = true;
      return undefined;
    case 'read':
      return { frames, updates: waits.length, bytes, ...percentiles() } satisfies FleetCounts;
    case 'close':
      for (const viewer of viewers) viewer.close();
      viewers = [];
      return undefined;
  }
}

function join({ greetings, ...options }: FleetOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let missing = greetings;
    const viewer = new RawViewer({
      ...options,
      onFrame: (buffer, start, end) => {
        if (--missing === 0) resolve();
        if (isMeasured && missing < 0) count(buffer, start, end);
      },
      onEnd: (reason) => {
        reject(new Error(reason));
        if (missing <= 0) throw new Error(`a viewer was sent away: ${reason}`);
      },
    });
    viewers.push(viewer);
  });
}

function count(buffer: Buffer, start: number, end: number): void {
  frames += 1;
  bytes += end - start;
  if (tickMs === 0) return;
  const found = buffer.indexOf(AT, start);
  if (found === -1 || found > end) return;
  const digits = found + AT.length;
  const at = Number(buffer.toString('latin1', digits, digits + DIGITS_OF_A_TIME));
  // What was accepted in the millisecond of a tick is published by the next.
  const publishedAt = (Math.floor(at / tickMs) + 1) * tickMs;
  waits.push(performance.timeOrigin + performance.now() - publishedAt);
}

function percentiles(): { p50: number; p99: number } {
  const sorted = Float64Array.from(waits).sort();
  const at = (part: number) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
