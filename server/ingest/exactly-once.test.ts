import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ProductConfig } from '../../protocol/products.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { createMemoryStore, type MemoryScoreStore } from '../../store/memory/memory-store.ts';
import { ADMIN, identityWith } from '../../test/support/identities.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { TroubledStore, turn } from '../../test/support/troubled-store.ts';
import { createIngest, type RunningIngest } from './ingest.ts';
import type { ProducerSession, ProducerVerdict } from './ingest-types.ts';

/**
 * Two nodes over one store, a network that loses and delays, and publishers that repeat themselves, hang up, come back
 * elsewhere and leave old connections behind. Whatever happens: each event counts once or was rejected, as they were told.
 */

const BOARDS = ['a', 'b', 'c', 'd'];
const LIMITED = identityWith({
  publish: ['board:a', 'board:b', 'board:c', 'board:total', 'board:huge', 'product:open', 'product:moving'],
});
/** `moving` is scored on one board or the other, from one moment to the next. */
const MOVING_BOARDS = ['here', 'there'];
const wins = (board: string): ProductConfig => ({
  leaderboards: [{ board, handler: 'wins' }],
  stats: 'default',
});
/** The second result of a winner would not be finite on the board, while it can be counted. */
const OVERFLOWING: ProductConfig = {
  leaderboards: [{ board: 'overflowing', handler: 'points', options: { win: 1e308 } }],
  stats: 'default',
};
const CLOCK = { now: () => Date.now(), after: () => () => undefined };

interface World {
  readonly data: MemoryScoreStore;
  readonly nodes: readonly { readonly ingest: RunningIngest; readonly store: TroubledStore }[];
  readonly random: () => number;
}

function createWorld(seed: number, partitions: number): World {
  const random = seededRandom(seed);
  const data = createMemoryStore({ partitions });
  const nodes = [0, 1].map(() => {
    const store = new TroubledStore(data.connect(), random);
    const limits = { eventsPerPublish: 10_000, pendingEvents: 500_000 };
    return {
      store,
      ingest: createIngest({ store, clock: CLOCK, logger: silentLogger, scoring: BUILT_IN_SCORING }, limits),
    };
  });
  return { data, nodes, random };
}

/** The event with this number. Each score has a member of its own, so that one that counts twice is seen at once. */
function eventOf(producer: string, number: number): unknown {
  if (number % 11 === 0) return { type: 'score', board: 'a', member: 'no number' };
  if (number % 17 === 0) return { type: 'profile', member: `${producer}:${number - 1}`, name: `${number}` };
  if (number % 13 === 0) return { type: 'score', board: 'huge', member: 'm', delta: 1e308 };
  const player = `${producer}:${number}`;
  if (number % 19 === 0) return result(number % 2 === 0 ? 'open' : 'closed', player);
  if (number % 23 === 0) return result('moving', player);
  if (number % 29 === 0) return result('overflowing', 'w', player);
  if (number % 31 === 0) return { type: 'track', product: 'open', player, event: 'jump' };
  if (number % 37 === 0) {
    return { type: 'session', area: '111', mode: `${number % 4}`, user: producer, action: 'LOGIN' };
  }
  if (number % 7 === 0) return { type: 'score', board: 'total', member: producer, delta: number };
  if (number % 5 === 0) return { type: 'score', board: 'total', member: `last ${producer}`, set: number };
  return { type: 'score', board: boardOf(number), member: `${producer}:${number}`, delta: 1 };
}

const result = (product: string, winner: string, loser = `${winner}'`) => ({
  type: 'result',
  product,
  winner,
  loser,
});
const boardOf = (number: number): string => BOARDS[number % BOARDS.length] ?? 'a';
/** What events other than scores are made of. */
const OTHERS = [11, 17, 13, 19, 23, 29, 31, 37];
const isOwn = (number: number) => [...OTHERS, 7, 5].every((one) => number % one !== 0);

class Publisher {
  readonly #id: string;
  readonly #world: World;
  readonly #events: number;
  readonly #frameEvents: number;
  readonly verdicts = new Map<number, string>();
  readonly problems: unknown[] = [];
  settled = 0;
  #session: ProducerSession | undefined;
  #old: { session: ProducerSession; next: number } | undefined;
  #next = 1;

  constructor(world: World, id: string, events: number, frameEvents: number) {
    this.#world = world;
    this.#id = id;
    this.#events = events;
    this.#frameEvents = frameEvents;
  }

  get done(): boolean {
    return this.settled === this.#events;
  }

  connect(): void {
    const { nodes, random } = this.#world;
    this.#session?.close();
    this.#session = nodes[Math.floor(random() * nodes.length)]?.ingest.openProducer(this.#id);
    this.#next = this.settled + 1;
  }

  /** Comes back elsewhere, and the old connection does not know yet that it is over. */
  comeBack(): void {
    this.#old?.session.close();
    if (this.#session !== undefined) this.#old = { session: this.#session, next: this.#next };
    this.#session = undefined;
    this.connect();
  }

  forgetOld(): void {
    this.#old?.session.close();
    this.#old = undefined;
  }

  /** What was on its way when the connection was given up arrives. */
  arriveLate(): void {
    const old = this.#old;
    if (old === undefined || old.next === 1) return;
    const from = old.next;
    const size = this.#size(from);
    old.next += size;
    this.#watch(this.#publish(old.session, from, size).then((verdict) => this.#note(from, size, verdict)));
  }

  send(): void {
    const session = this.#session;
    if (session === undefined) return;
    const { random } = this.#world;
    const from =
      random() < 0.1 ? this.settled + 1 + Math.floor(random() * (this.#next - this.settled)) : this.#next;
    const size = this.#size(from);
    this.#next = from + size;
    // An answer that is lost: the publisher sees nothing but a connection that ends.
    const isLost = random() < 0.05 * (this.#world.nodes[0]?.store.trouble ?? 0);
    this.#watch(
      this.#publish(session, from, size).then((verdict) => {
        this.#note(from, size, verdict);
        if (session !== this.#session) return;
        if (isLost) this.connect();
        else this.#obey(from, size, verdict);
      }),
    );
  }

  #watch(work: Promise<void>): void {
    work.catch((error: unknown) => this.problems.push(error));
  }

  #obey(from: number, size: number, verdict: ProducerVerdict | undefined): void {
    if (verdict === undefined) return;
    if (verdict.ok) {
      expect(verdict.seq).toBeGreaterThanOrEqual(from + size - 1);
      this.settled = Math.max(this.settled, from + size - 1);
    } else if (verdict.code === 'resend') {
      this.#next = verdict.seq;
    } else if (verdict.code === 'unavailable') {
      this.#next = this.settled + 1;
    } else {
      expect(verdict.code).toBe('conflict');
      // An old connection claims the producer where what was on its way there is the first that arrives: it is taken back.
      this.connect();
    }
  }

  #size(from: number): number {
    const size = Math.floor(this.#world.random() * (this.#frameEvents + 1));
    return Math.max(0, Math.min(size, this.#events - from + 1));
  }

  #publish(session: ProducerSession, from: number, size: number): Promise<ProducerVerdict | undefined> {
    const events = Array.from({ length: size }, (_, i) => eventOf(this.#id, from + i));
    return session.publish(from, events, this.#world.random() < 0.5 ? ADMIN : LIMITED);
  }

  #note(from: number, size: number, verdict: ProducerVerdict | undefined): void {
    if (!verdict?.ok) return;
    expect(verdict.applied + verdict.duplicates + verdict.rejected.length).toBe(size);
    const rejected = new Map(verdict.rejected.map(({ index, code }) => [from + index, code]));
    for (let number = from; number < from + size; number++) {
      const now: string = rejected.get(number) ?? 'counted';
      expect(this.verdicts.get(number) ?? now, `the verdict on ${this.#id} ${number}`).toBe(now);
      this.verdicts.set(number, now);
    }
  }
}

async function scoresOf(data: MemoryScoreStore, board: string): Promise<Map<string, number>> {
  const [page] = await data.readPages([{ board, offset: 0, limit: 100_000 }]);
  return new Map(page?.rows.map(({ member, score }) => [member, score]));
}

async function expectCountedOnce(data: MemoryScoreStore, id: string, { verdicts }: Publisher): Promise<void> {
  const counted = (keep: (number: number) => boolean) =>
    [...verdicts]
      .filter(([number, verdict]) => verdict === 'counted' && keep(number))
      .map(([number]) => number);
  for (const board of BOARDS) {
    const scores = [...(await scoresOf(data, board))].filter(([member]) => member.startsWith(`${id}:`));
    const numbers = counted((number) => isOwn(number) && boardOf(number) === board);
    expect(new Map(scores), board).toEqual(new Map(numbers.map((number) => [`${id}:${number}`, 1])));
  }
  const plain = (number: number, divisor: number) =>
    number % divisor === 0 && OTHERS.every((one) => number % one !== 0);
  const total = await scoresOf(data, 'total');
  expect(total.get(id) ?? 0).toBe(
    counted((number) => plain(number, 7)).reduce((sum, number) => sum + number, 0),
  );
  const sets = counted((number) => plain(number, 5) && number % 7 !== 0);
  expect(total.get(`last ${id}`) ?? 0).toBe(Math.max(0, ...sets));
}

/** Of those whose first divisor in the list this is. */
const isKind = (number: number, divisor: number) =>
  number % divisor === 0 &&
  OTHERS.slice(0, OTHERS.indexOf(divisor)).every((earlier) => number % earlier !== 0);

async function expectResultsCountedOnce(
  data: MemoryScoreStore,
  id: string,
  { verdicts }: Publisher,
): Promise<void> {
  const scores = new Map(
    await Promise.all(
      ['open', 'closed', ...MOVING_BOARDS].map(
        async (board) => [board, await scoresOf(data, board)] as const,
      ),
    ),
  );
  for (const [number, verdict] of verdicts) {
    const player = `${id}:${number}`;
    const times = (board: string) => scores.get(board)?.get(player) ?? 0;
    const counters = async (product: string, whom = player) =>
      Object.fromEntries((await data.readPlayers([{ product, player: whom }]))[0] ?? []);
    const isCounted = verdict === 'counted';
    if (isKind(number, 19) && number % 2 === 0) {
      expect([isCounted, times('open')], player).toEqual([true, 1]);
      expect([await counters('open'), await counters('open', `${player}'`)]).toEqual([
        { wins: 1 },
        { losses: 1 },
      ]);
    } else if (isKind(number, 19)) {
      // A part of it may have been applied before another connection was not permitted to send it again.
      expect(times('closed')).toBeLessThanOrEqual(1);
      expect((await counters('closed')).wins ?? 0).toBeLessThanOrEqual(1);
    } else if (isKind(number, 23)) {
      const [here, there] = MOVING_BOARDS.map(times) as [number, number];
      expect(isCounted, player).toBe(true);
      // Nobody knows by which settings it was scored when another connection sends it again: on both boards, or on
      // neither where a later event had come by before, but never twice on one.
      expect(Math.max(here, there), `${player} on ${here} and ${there}`).toBeLessThanOrEqual(1);
      expect(await counters('moving')).toEqual({ wins: 1 });
    } else if (isKind(number, 31)) {
      expect(await counters('open'), player).toEqual(isCounted ? { jump_count: 1 } : {});
    }
  }
}

async function runStory(
  seed: number,
  partitions: number,
  events: number,
  frameEvents: number,
): Promise<World> {
  const world = createWorld(seed, partitions);
  const { data, nodes, random } = world;
  await data.configureProduct('overflowing', OVERFLOWING, 0);
  await data.configureProduct('moving', wins('here'), 0);
  const publishers = new Map(['p', 'q'].map((id) => [id, new Publisher(world, id, events, frameEvents)]));
  for (const node of nodes) node.store.trouble = 0.25;
  for (const publisher of publishers.values()) publisher.connect();
  const steps: readonly [number, (publisher: Publisher) => void][] = [
    [0.6, (publisher) => publisher.send()],
    [0.7, (publisher) => publisher.arriveLate()],
    [0.75, (publisher) => publisher.comeBack()],
    [0.85, () => nodes[Math.floor(random() * 2)]?.store.happenLate()],
    [
      0.95,
      () => void nodes[0]?.ingest.publish([{ type: 'score', board: 'a', member: 'anon', delta: 1 }], ADMIN),
    ],
  ];
  for (let step = 0; step < 150; step++) {
    for (const publisher of publishers.values()) {
      const choice = random();
      steps.find(([below]) => choice < below)?.[1](publisher);
    }
    if (random() < 0.7) await turn();
    if (random() < 0.2) {
      await data.configureProduct('moving', wins(MOVING_BOARDS[Math.floor(random() * 2)] ?? ''), 0);
    }
  }
  // The trouble is over: everybody gets to the end.
  for (const node of nodes) node.store.trouble = 0;
  for (const publisher of publishers.values()) {
    publisher.forgetOld();
    // The same connection must do as well.
    if (random() < 0.3) publisher.connect();
  }
  for (let turns = 0; [...publishers.values()].some(({ done }) => !done); turns++) {
    if (turns > 20_000) throw new Error('a publisher does not get to the end');
    for (const publisher of publishers.values()) {
      if (publisher.problems.length > 0) throw publisher.problems[0];
      if (!publisher.done) publisher.send();
    }
    await turn();
  }
  for (const node of nodes) for (let late = 0; late < 50; late++) node.store.happenLate();
  await Promise.all(nodes.map(({ ingest }) => ingest.settle()));
  for (const [id, publisher] of publishers) {
    expect(publisher.problems).toEqual([]);
    expect(publisher.verdicts.size).toBe(events);
    await expectCountedOnce(data, id, publisher);
    await expectResultsCountedOnce(data, id, publisher);
  }
  return world;
}

it('a claim that was given up and happens late takes the producer from nobody', async () => {
  const { nodes } = createWorld(1, 3);
  const [first, second] = nodes;
  if (first === undefined || second === undefined) throw new Error('there are two nodes');
  const claimLate = async (session: ProducerSession, number: number) => {
    first.store.next = 'late';
    expect(await session.publish(number, [eventOf('p', number)], ADMIN)).toMatchObject({
      code: 'unavailable',
    });
  };
  const publish = async (session: ProducerSession, number: number) =>
    expect(await session.publish(number, [eventOf('p', number)], ADMIN)).toMatchObject({
      applied: 1,
      seq: number,
    });
  const session = first.ingest.openProducer('p');
  await claimLate(session, 1);
  await publish(session, 1);
  first.store.happenLate();
  await turn();
  await publish(session, 2);
  const left = first.ingest.openProducer('p');
  await claimLate(left, 3);
  left.close();
  const current = second.ingest.openProducer('p');
  await publish(current, 3);
  first.store.happenLate();
  await turn();
  await publish(current, 4);
});

it('each event counts exactly once or was rejected, as its publisher was told, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 4 }), (seed, partitions) =>
      runStory(seed, partitions, 200, 12).then(() => undefined),
    ),
    { numRuns: 60 },
  );
}, 60_000);

it('also where frames are larger than what a store takes at once', async () => {
  const behind = { applied: 0, left: 0 };
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 2 }), async (seed, partitions) => {
      const { nodes } = await runStory(seed, partitions, 6000, 1600);
      for (const { store } of nodes) {
        behind.applied += store.behind.applied;
        behind.left += store.behind.left;
      }
    }),
    { numRuns: 5 },
  );
  expect(Math.min(behind.applied, behind.left)).toBeGreaterThan(0);
}, 60_000);
