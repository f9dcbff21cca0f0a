import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING, createScoring } from '../../scoring/registry.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import { createMemoryStore, type MemoryScoreStore } from '../../store/memory/memory-store.ts';
import { ADMIN, identityWith } from '../../test/support/identities.ts';
import { createIngest } from './ingest.ts';

/** A verdict is final for its number, through whatever connection and node it is asked for again. */

const NOBODY = identityWith({});
const CLOCK = { now: () => Date.now(), after: () => () => undefined };
/** Of a node that has handlers of its own. */
const OWN = createScoring({
  leaderboards: { own: { kind: 'additive', add: () => ({ winner: 1 }) } },
  stats: { own: { result: () => ({ winner: { own: 1 } }), track: () => ({ own: 1 }) } },
});

let store: MemoryScoreStore;
beforeEach(async () => {
  store = createMemoryStore({ partitions: 7 }, { scoring: BUILT_IN_SCORING });
  await store.start();
});

/** Through a new connection to a new node. */
function publish(event: unknown, { identity = ADMIN, scoring = BUILT_IN_SCORING, seq = 1 } = {}) {
  const limits = { eventsPerPublish: 10, pendingEvents: 10 };
  const ingest = createIngest(
    { store, clock: CLOCK, logger: silentLogger, scoring: scoring as Scoring },
    limits,
  );
  return ingest.openProducer('p').publish(seq, [event], identity);
}

/** Everything that events could have changed. */
async function world(): Promise<unknown> {
  const boards = await store.listBoards({ limit: 100 });
  const pages = await store.readPages(boards.map(({ id }) => ({ board: id, offset: 0, limit: 100 })));
  const players = await store.readPlayers(
    ['chess', 'odd'].flatMap((product) => ['ann', 'bob'].map((player) => ({ product, player }))),
  );
  const areas = await store.readAreas([{ area: '111', limit: 10 }]);
  return { pages, players: players.map((counters) => [...counters].sort()), areas };
}

const EVENTS = {
  score: { type: 'score', board: 'b', member: 'ann', delta: 1 },
  result: { type: 'result', product: 'chess', winner: 'ann', loser: 'bob' },
  track: { type: 'track', product: 'chess', player: 'ann', event: 'jump' },
  session: { type: 'session', area: '111', mode: 'm', user: 'ann', action: 'LOGIN' },
  profile: { type: 'profile', member: 'ann', name: 'Ann' },
};
const applied = { ok: true, applied: 1, duplicates: 0, rejected: [] };
const duplicate = { ok: true, applied: 0, duplicates: 1, rejected: [] };
const rejected = (code: string) => ({ ok: true, applied: 0, duplicates: 0, rejected: [{ index: 0, code }] });

describe.each(Object.entries(EVENTS))('a %s', (_type, event) => {
  it('that was forbidden stays so, also with a token that permits it', async () => {
    const before = await world();
    expect(await publish(event, { identity: NOBODY })).toMatchObject(rejected('forbidden'));
    expect(await publish(event)).toMatchObject(rejected('forbidden'));
    expect(await publish(event, { identity: NOBODY })).toMatchObject(rejected('forbidden'));
    expect(await world()).toEqual(before);
    expect(await publish(event, { seq: 2 })).toMatchObject(applied);
  });

  it('that was applied stays so, also with a token that forbids it', async () => {
    expect(await publish(event)).toMatchObject(applied);
    const after = await world();
    expect(await publish(event, { identity: NOBODY })).toMatchObject(duplicate);
    expect(await publish(event)).toMatchObject(duplicate);
    expect(await world()).toEqual(after);
  });

  it('that was malformed stays so on its connection, also where it is put right', async () => {
    const limits = { eventsPerPublish: 10, pendingEvents: 10 };
    const deps = { store, clock: CLOCK, logger: silentLogger, scoring: BUILT_IN_SCORING };
    const session = createIngest(deps, limits).openProducer('p');
    const before = await world();
    expect(await session.publish(1, [{ ...event, surprise: 1 }], ADMIN)).toMatchObject(rejected('malformed'));
    expect(await session.publish(1, [event], ADMIN)).toMatchObject(rejected('malformed'));
    expect(await world()).toEqual(before);
    expect(await session.publish(2, [event], ADMIN)).toMatchObject(applied);
    expect(await session.publish(1, [event], ADMIN)).toMatchObject(rejected('malformed'));
  });

  it('that was malformed stays so', async () => {
    expect(await publish({ ...event, surprise: 1 })).toMatchObject(rejected('malformed'));
    expect(await publish(event)).toMatchObject(rejected('malformed'));
    expect(await publish(event, { identity: NOBODY })).toMatchObject(rejected('malformed'));
  });
});

describe.each([
  ['result', { type: 'result', product: 'odd', winner: 'ann', loser: 'bob' }],
  ['track', { type: 'track', product: 'odd', player: 'ann', event: 'jump' }],
])('a %s of a product whose handler another node has', (_type, event) => {
  beforeEach(async () => {
    const leaderboards = [{ board: 'odd', handler: 'own' }];
    await store.configureProduct('odd', { leaderboards, stats: 'own' }, 0);
  });

  it('stays rejected there', async () => {
    const before = await world();
    expect(await publish(event)).toMatchObject(rejected('malformed'));
    expect(await publish(event, { scoring: OWN })).toMatchObject(rejected('malformed'));
    expect(await world()).toEqual(before);
  });

  it('stays applied here', async () => {
    expect(await publish(event, { scoring: OWN })).toMatchObject(applied);
    const after = await world();
    expect(await publish(event)).toMatchObject(duplicate);
    expect(await world()).toEqual(after);
  });
});

it('a result that the store refused stays refused, also with a token that forbids it', async () => {
  const leaderboards = [{ board: 'big', handler: 'points', options: { win: 1e308 } }];
  await store.configureProduct('chess', { leaderboards, stats: 'default' }, 0);
  expect(await publish(EVENTS.result)).toMatchObject(applied);
  expect(await publish(EVENTS.result, { seq: 2 })).toMatchObject(rejected('malformed'));
  expect(await publish(EVENTS.result, { seq: 2, identity: NOBODY })).toMatchObject(rejected('malformed'));
  expect(await publish(EVENTS.result, { seq: 2 })).toMatchObject(rejected('malformed'));
});

it('a result that was applied is not applied again where another handler scores its board by then', async () => {
  expect(await publish(EVENTS.result)).toMatchObject(applied);
  await store.configureProduct(
    'chess',
    { leaderboards: [{ board: 'chess', handler: 'points' }], stats: 'default' },
    0,
  );
  const after = await world();
  expect(await publish(EVENTS.result)).toMatchObject(duplicate);
  expect(await world()).toEqual(after);
});

describe('a refusal that is repeated', () => {
  const AGAIN = 'it was refused before as malformed; the first answer told the reason';
  const told = (message: string) => ({ rejected: [{ index: 0, code: 'malformed', message }] });

  it('tells no other reason than the first one', async () => {
    const fails = (): never => {
      throw new Error('no such weapon');
    };
    const scoring = createScoring({ leaderboards: { fails: { kind: 'rating', rate: fails } } });
    store = createMemoryStore({ partitions: 7 }, { scoring });
    await store.start();
    const leaderboards = [{ board: 'odd', handler: 'fails' }];
    await store.configureProduct('odd', { leaderboards, stats: 'default' }, 0);
    const event = { type: 'result', product: 'odd', winner: 'ann', loser: 'bob' };
    expect(await publish(event, { scoring })).toMatchObject(told('the handler "fails" failed'));
    expect(await publish(event, { scoring })).toMatchObject(told(AGAIN));
  });

  it('does so too where the first one was a score that is not finite', async () => {
    const most = { type: 'score', board: 'b', member: 'ann', delta: 1.7e308 };
    expect(await publish(most)).toMatchObject(applied);
    expect(await publish(most, { seq: 2 })).toMatchObject(told('the score would not be a finite number'));
    expect(await publish(most, { seq: 2 })).toMatchObject(told(AGAIN));
  });

  it('tells the reason where that can be seen from the event', async () => {
    const bad = { type: 'score', board: 'b', member: 'ann' };
    const first = await publish(bad);
    expect(first).toMatchObject(told(expect.stringContaining('needs')));
    expect(await publish(bad)).toEqual(first);
  });
});
