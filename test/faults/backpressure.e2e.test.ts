import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorFrame } from '../../protocol/frames.ts';
import { type Installation, startInstallation } from '../support/cluster.ts';
import { waitUntil } from '../support/processes.ts';
import { connectRaw } from '../support/raw-client.ts';
import { adminToken, type RunningScorewire } from '../support/scorewire.ts';

const PENDING = 20_000;
const EVENTS = 1000;
/** Far more than would fit, were it all kept: 400 frames of 60 KB. */
const FRAMES = 400;
/** What 20,000 pending events may cost, generously. */
const GROWTH_BYTES = 150 * 1024 * 1024;

describe('a store that is slow or away', () => {
  let house: Installation;
  let server: RunningScorewire;

  beforeAll(async () => {
    house = await startInstallation({ MAX_PENDING_EVENTS: String(PENDING), MAX_PUBLISHES_PER_SECOND: '0' });
    server = await house.server();
  });
  afterAll(() => house.stop());

  const residentBytes = (): number => {
    const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  };
  const events = Array.from({ length: EVENTS }, (_, i) => ({
    type: 'score',
    board: 'slow',
    member: `m${i}`,
    delta: 1,
  }));

  it('stops acks, tells publishers to wait, and costs bounded memory; then goes on', async () => {
    const client = await connectRaw(server.socketUrl, { token: await adminToken() });
    expect(await client.ask({ type: 'publish', events })).toMatchObject({ type: 'ack', applied: EVENTS });
    const before = residentBytes();
    house.redis.pause();
    const seen = client.frames.length;
    for (let id = 1; id <= FRAMES; id++) client.send({ type: 'publish', id: 10_000 + id, events });
    const answers = () =>
      client.frames.slice(seen).filter((frame) => 'id' in frame && (frame.id ?? 0) > 10_000);
    await waitUntil(() => answers().length === FRAMES, 'every publish to be answered', 30_000);
    for (const frame of answers()) {
      expect(['rate_limited', 'unavailable']).toContain((frame as ErrorFrame).code);
      expect((frame as ErrorFrame).retryAfterMs).toBeGreaterThan(0);
    }
    expect(answers().some((frame) => (frame as ErrorFrame).code === 'rate_limited')).toBe(true);
    expect(residentBytes() - before).toBeLessThan(GROWTH_BYTES);
    house.redis.resume();
    await waitUntil(
      async () => (await client.ask({ type: 'publish', events })).type === 'ack',
      'an ack',
      20_000,
    );
    expect(client.violations).toEqual([]);
    client.close();
  }, 90_000);
});
