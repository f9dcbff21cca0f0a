import { setTimeout as sleep } from 'node:timers/promises';
import { SUBPROTOCOLS } from '../protocol/codec.ts';
import type { ScorewireEvent } from '../protocol/events.ts';
import { adminToken, OPEN_TO_READERS, startScorewire } from '../test/support/scorewire.ts';
import { BareServer } from './support/bare-server.ts';
import { ChangeFeed } from './support/change-feed.ts';
import { Fleet } from './support/fleet.ts';
import { compare, type Figures, rowOf } from './support/pairs.ts';

/**
 * How long a change is under way beyond the wait for the tick: from the tick that publishes what was accepted before it, to the arrival of the frame at
 * each viewer. Beside it the way from `publish` to arrival of a bare uWebSockets.js program, with as many viewers and bytes.
 */
const VIEWERS = 1000;
const EVENTS_PER_SECOND = 5000;
const TICK_MS = 500;
/** Between two publishes. */
const EVERY_MS = 20;
const MEMBERS = 1000;
const ROUND_MS = 5000;
const CHANNEL = JSON.stringify({ type: 'subscribe', id: 1, channel: 'board:season' });

export async function* tables() {
  const server = await startScorewire({ ...OPEN_TO_READERS, MAX_PUBLISHES_PER_SECOND: '0' });
  const bare = await BareServer.start();
  const feed = await ChangeFeed.connect(server.socketUrl, await adminToken());
  await feed.publish(Array.from({ length: MEMBERS }, (_, i) => score(i, i * 10)));
  const shared = { viewers: VIEWERS, protocol: SUBPROTOCOLS.json };
  const ourViewers = await Fleet.connect({
    ...shared,
    port: Number(new URL(server.url).port),
    path: '/v1/ws',
    hello: [CHANNEL],
    greetings: 2,
  });
  const bareViewers = await Fleet.connect({
    ...shared,
    port: bare.port,
    path: '/ws/1',
    hello: [],
    greetings: 1,
  });
  let bytes = 0;
  const during = async (fleet: Fleet): Promise<Figures> => {
    await sleep(2 * TICK_MS);
    await fleet.reset(TICK_MS);
    await sleep(ROUND_MS);
    const { p50, p99, ...counts } = await fleet.read();
    if (fleet === ourViewers) bytes = Math.round(counts.bytes / counts.frames);
    return { p50, p99, frames: counts.frames };
  };
  const compared = await compare({
    ours: async () => {
      feed.begin(EVERY_MS, changes);
      const figures = await during(ourViewers);
      feed.rest();
      return figures;
    },
    limit: async () => {
      bare.publish({ everyMs: TICK_MS, topics: 1, bytes });
      const figures = await during(bareViewers);
      bare.rest();
      return figures;
    },
  });
  feed.close();
  await Promise.all([ourViewers.close(), bareViewers.close()]);
  await Promise.all([server.stop(), bare.stop()]);
  yield [
    `from the tick to ${VIEWERS} viewers, ${EVENTS_PER_SECOND} events per second`,
    {
      'p50, ms': rowOf(compared('p50'), 'at most 1.3 x + 5 ms', 1),
      'p99, ms': rowOf(compared('p99'), 'at most 1.3 x + 5 ms', 1),
      frames: rowOf(compared('frames'), 'the same'),
    },
  ] as const;
}

function changes(): ScorewireEvent[] {
  const events = (EVENTS_PER_SECOND * EVERY_MS) / 1000;
  return Array.from({ length: events }, () =>
    score(Math.floor(Math.random() * MEMBERS), Math.floor(Math.random() * 20)),
  );
}

function score(member: number, delta: number): ScorewireEvent {
  return { type: 'score', board: 'season', member: `player_${member}`, delta };
}
