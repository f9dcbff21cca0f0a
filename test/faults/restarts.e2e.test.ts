import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BoardRow, RankDocument, ScorewireClient, Subscription } from '../../client/index.ts';
import { type Installation, portOf, publishUntilAccepted, startInstallation } from '../support/cluster.ts';
import { waitUntil } from '../support/processes.ts';
import { type RunningScorewire, request } from '../support/scorewire.ts';

/** What a viewer holds: the board and one rank on it. */
interface Viewer {
  readonly client: ScorewireClient;
  readonly board: Subscription<readonly BoardRow[]>;
  readonly rank: Subscription<RankDocument>;
}

const set = (member: string, value: number) => ({ type: 'score', board: 'cup', member, set: value });

describe('parts that stop and start again in any order', () => {
  let house: Installation;
  let servers: RunningScorewire[];
  let broadcasters: RunningScorewire[];
  let viewers: Viewer[];

  const watch = (server: RunningScorewire): Viewer => {
    const client = house.client(server);
    return { client, board: client.subscribe('board:cup'), rank: client.subscribe('rank:cup:alice') };
  };
  const [first, second] = [() => at(servers, 0), () => at(servers, 1)];
  /** Every viewer, on whichever server, holds exactly this. */
  const everybodySees = (rows: readonly (readonly [string, number])[], rank: number) =>
    waitUntil(
      () =>
        viewers.every(
          ({ board, rank: place }) =>
            JSON.stringify(board.state) === JSON.stringify(rows) &&
            place.state?.rank === rank &&
            board.status === 'live' &&
            place.status === 'live',
        ),
      `every viewer to hold ${JSON.stringify(rows)}; they hold ${viewers.map(({ board }) => `${JSON.stringify(board.state)} ${board.status}`).join(' | ')}`,
      20_000,
    );

  beforeEach(async () => {
    house = await startInstallation();
    broadcasters = [await house.broadcaster(), await house.broadcaster()];
    servers = await Promise.all([house.server(), house.server()]);
    viewers = [...servers, ...servers].map(watch);
    await publishUntilAccepted(house, first(), [set('alice', 10), set('bob', 5)]);
    await everybodySees(
      [
        ['alice', 10],
        ['bob', 5],
      ],
      1,
    );
  }, 60_000);
  afterEach(async () => {
    await house.stop();
  }, 60_000);

  it('two servers show the same board, whichever was written to', async () => {
    await publishUntilAccepted(house, second(), [set('bob', 20)]);
    await everybodySees(
      [
        ['bob', 20],
        ['alice', 10],
      ],
      2,
    );
  }, 60_000);

  it('a broadcaster that is killed is replaced by the other', async () => {
    // Whichever of the two is the owner, one of these kills hits it.
    for (const value of [30, 31]) {
      const victim = at(broadcasters.splice(0, 1), 0);
      victim.process.signal('SIGKILL');
      await victim.process.exited;
      await publishUntilAccepted(house, first(), [set('bob', value)]);
      await everybodySees(
        [
          ['bob', value],
          ['alice', 10],
        ],
        2,
      );
      broadcasters.push(await house.broadcaster());
    }
  }, 90_000);

  it('a server that is killed is found again by its clients, on the same port', async () => {
    const port = portOf(first());
    first().process.signal('SIGKILL');
    await first().process.exited;
    await publishUntilAccepted(house, second(), [set('bob', 40)]);
    servers[0] = await house.server(port);
    await everybodySees(
      [
        ['bob', 40],
        ['alice', 10],
      ],
      2,
    );
  }, 60_000);

  it('Redis that dies and comes back: unavailable is said, then everybody is right without reloading', async () => {
    house.redis.kill();
    await waitUntil(
      async () => (await house.publish(first(), [set('bob', 1)])) === 503,
      'publishing to be unavailable',
    );
    const page = await request(`${first().url}/v1/boards/cup`);
    expect(page).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
    await waitUntil(
      () => viewers.every(({ board }) => board.status === 'stale'),
      'every board to be stale',
      20_000,
    );
    expect(viewers[0]?.board.state).toEqual([
      ['alice', 10],
      ['bob', 5],
    ]);
    await house.redis.restart();
    await publishUntilAccepted(house, second(), [set('bob', 50)]);
    await everybodySees(
      [
        ['bob', 50],
        ['alice', 10],
      ],
      2,
    );
  }, 90_000);

  it('Redis that is paused: the same', async () => {
    house.redis.pause();
    await waitUntil(
      () => viewers.every(({ board }) => board.status === 'stale'),
      'every board to be stale',
      20_000,
    );
    house.redis.resume();
    await publishUntilAccepted(house, second(), [set('bob', 60)]);
    await everybodySees(
      [
        ['bob', 60],
        ['alice', 10],
      ],
      2,
    );
  }, 90_000);

  it('NATS that dies and comes back: writes go on, boards are stale, then right', async () => {
    house.nats.kill();
    await publishUntilAccepted(house, first(), [set('bob', 70)]);
    await waitUntil(
      () => viewers.every(({ board }) => board.status === 'stale'),
      'every board to be stale',
      20_000,
    );
    await house.nats.restart();
    await everybodySees(
      [
        ['bob', 70],
        ['alice', 10],
      ],
      2,
    );
  }, 90_000);

  it('everything stopped, and started in the opposite order', async () => {
    const ports = servers.map(portOf);
    await Promise.all([...servers, ...broadcasters].map((process) => process.stop()));
    house.nats.kill();
    house.redis.kill();
    await house.redis.restart();
    await house.nats.restart();
    servers = await Promise.all(ports.map((port) => house.server(port)));
    await publishUntilAccepted(house, first(), [set('bob', 80)]);
    broadcasters = [await house.broadcaster()];
    await everybodySees(
      [
        ['bob', 80],
        ['alice', 10],
      ],
      2,
    );
  }, 90_000);
});

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
}
