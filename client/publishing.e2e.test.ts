import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { waitUntil } from '../test/support/processes.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../test/support/scorewire.ts';
import { seededRandom } from '../test/support/seeded-random.ts';
import { startTcpProxy, type TcpProxy } from '../test/support/tcp-proxy.ts';
import { type Ack, connect, type ScorewireClient } from './index.ts';

const MEMBERS = 40;
const EVENTS = 30_000;
const CUTS = 12;

let server: RunningScorewire | undefined;
let proxy: TcpProxy | undefined;
let client: ScorewireClient | undefined;

afterEach(async () => {
  await client?.close();
  await proxy?.stop();
  await server?.stop();
});

async function readScores(): Promise<Map<string, number>> {
  const { body } = await request(`${server?.url}/v1/boards/sums?limit=1000`);
  return new Map(body.rows.map(({ member, score }: { member: string; score: number }) => [member, score]));
}

test.each(['json', 'msgpack'] as const)(
  'over a network that breaks all the time every score is counted once (%s)',
  async (encoding) => {
    const seed = Date.now() % 1_000_000;
    const random = seededRandom(seed);
    server = await startScorewire(OPEN_TO_READERS);
    const cutting = await startTcpProxy(Number(new URL(server.url).port));
    proxy = cutting;
    const publisher = connect({
      url: `ws://127.0.0.1:${cutting.port}/v1/ws`,
      encoding,
      WebSocket,
      token: await adminToken(),
      backoff: { baseMs: 20, capMs: 100 },
      maxPendingEvents: 3000,
    });
    client = publisher;
    const expected = new Map<string, number>();
    let published = 0;
    let rejections = 0;
    const acks: Promise<Ack>[] = [];
    const publishSome = (): void => {
      const count = Math.min(1 + Math.floor(random() * 40), EVENTS - published);
      const events = Array.from({ length: count }, (_, place) => {
        const member = `m${Math.floor(random() * MEMBERS)}`;
        const delta = 1 + Math.floor(random() * 100);
        published += 1;
        // Here and there one that is refused.
        if (place === 7) return { type: 'score' as const, board: 'no board!', member, delta };
        expected.set(member, (expected.get(member) ?? 0) + delta);
        return { type: 'score' as const, board: 'sums', member, delta };
      });
      rejections += count > 7 ? 1 : 0;
      acks.push(publisher.publish(events));
    };
    for (let cuts = 0; published < EVENTS; ) {
      await waitUntil(() => publisher.pendingEvents < 2000, `room (seed ${seed})`);
      publishSome();
      if (cuts < CUTS && published > ((cuts + 1) * EVENTS) / (CUTS + 1)) {
        cuts += 1;
        const before = cutting.accepted;
        cutting.cut();
        await waitUntil(() => cutting.accepted > before, `a new connection (seed ${seed})`);
      }
    }
    expect(await publisher.flush(20_000)).toBe(true);
    const settled = await Promise.all(acks);
    expect(settled.reduce((sum, ack) => sum + ack.rejected.length, 0)).toBe(rejections);
    expect(settled.reduce((sum, ack) => sum + ack.applied + ack.duplicates, 0)).toBe(EVENTS - rejections);
    expect(new Set(settled.flatMap((ack) => ack.rejected.map(({ index }) => index)))).toEqual(new Set([7]));
    expect(await readScores()).toEqual(expected);
  },
  60_000,
);
