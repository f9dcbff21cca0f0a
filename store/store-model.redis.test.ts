import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../runtime/logger.ts';
import { type RedisServer, startRedis } from '../test/support/redis-server.ts';
import {
  BOARD_KEYS,
  BOARDS,
  boardArbitrary,
  contentOf,
  fixtureArbitrary,
  keyArbitrary,
  MATCHES,
  matchArbitrary,
  memberArbitrary,
  operationsArbitrary,
  productArbitrary,
  productConfigArbitrary,
  settingsArbitrary,
  TOURNAMENTS,
  teamChangeArbitrary,
  teamChunkArbitrary,
  timeArbitrary,
  tournamentArbitrary,
  tournamentSettingsArbitrary,
  windowsArbitrary,
} from './arbitraries.contract.ts';
import { FIXTURE } from './matches-support.contract.ts';
import { createMemoryStore } from './memory/memory-store.ts';
import { partitionOfOperation, partitionOfProducer } from './partitions.ts';
import { createRedisStore } from './redis/redis-store.ts';
import {
  DEFAULT_STORE_OPTIONS,
  type LogEntry,
  type MemberRecord,
  type Operation,
  type Part,
  type PartitionLease,
  type ScoreStore,
  type StoreOptions,
} from './score-store.ts';
import { contractScoring } from './scoring.contract.ts';
import type { Publish, Step } from './store-model-steps.contract.ts';
import { allPartitions, eachOnce, leasesOf, readEntries } from './support.contract.ts';
import { takeOver } from './take-over.ts';

/** Small bounds, so that a short run crosses them. */
const OPTIONS: StoreOptions = {
  ...DEFAULT_STORE_OPTIONS,
  partitions: 2,
  maxDirtyNames: 5,
  maxConversionMembers: 9,
  maxCountersPerProduct: 4,
  sessionTimeoutMs: 12 * 3_600_000,
  windowRetentionMs: 0,
};
const OWNERS = ['one', 'two'];
const KEYS = ['once:x', 'once:y'];
const PRODUCERS = ['p', '__proto__'];
const LONG_MS = 3_600_000;

/** What one of the two clients did. */
interface Done {
  readonly step: Step;
  readonly client: number;
}

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

test('the Redis store answers and stores what the memory store does, whatever is done in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(doneArbitrary, { minLength: 60, maxLength: 60 }), async (steps) => {
      const memory = createMemoryStore(OPTIONS, { scoring: contractScoring });
      const model = new Subject([memory, memory.connect()]);
      const options = { ...OPTIONS, url: redis.url, logger: silentLogger, scoring: contractScoring };
      const keyPrefix = `${randomUUID()}:`;
      const real = new Subject([1, 2].map(() => createRedisStore({ ...options, keyPrefix })));
      try {
        await model.start();
        await real.start();
        for (const { step, client } of [...FIRST, ...steps]) {
          expect(await real.perform(step, client)).toEqual(await model.perform(step, client));
          expect(await real.observe()).toEqual(await model.observe());
        }
        const last: Step = { do: 'take', fence: 1000 };
        expect(await real.perform(last)).toEqual(await model.perform(last));
        expect(await real.readHistory()).toEqual(await model.readHistory());
      } finally {
        await real.stop();
      }
    }),
    // A failure prints its seed and its path; the time limit bounds the search for a smaller one.
    { numRuns: 30, interruptAfterTimeLimit: 25_000 },
  );
});

/** Arrivals matter on boards that have this from the beginning, and so do windows. Matches are made before anything happens in them. */
const FIRST: readonly Done[] = [
  {
    step: { do: 'configure', board: 'a', settings: { ties: 'first', windows: ['daily'] }, at: 1 },
    client: 1,
  },
  { step: { do: 'configure', board: 'b', settings: { windows: ['weekly', 'monthly'] }, at: 1 }, client: 1 },
  ...MATCHES.map((match) => ({
    step: { do: 'configureMatch', match, fixture: FIXTURE, at: 1 } as const,
    client: 1,
  })),
  ...TOURNAMENTS.map((tournament) => ({
    step: { do: 'configureTournament', tournament, settings: {}, at: 1 } as const,
    client: 1,
  })),
  { step: { do: 'startTournament', tournament: 't', at: 1 }, client: 0 },
];

/** One engine with its clients, and with the claims and the fencing number it gave: they come from the time, so each engine has its own. */
class Subject {
  readonly #clients: readonly ScoreStore[];
  readonly #fences = new Map<number, number>();
  /** Per producer, the latest first. */
  readonly #claims = new Map<string, number[]>();
  readonly #sent = new Map<string, number>();
  /** By key, the id of its parts: it comes from the time. */
  readonly #uses = new Map<string, string>();

  constructor(clients: readonly ScoreStore[]) {
    this.#clients = clients;
  }

  async start(): Promise<void> {
    for (const client of this.#clients) await client.start();
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) await client.stop();
  }

  #client(index: number): ScoreStore {
    const client = this.#clients[index];
    if (client === undefined) throw new Error(`there is no client ${index}`);
    return client;
  }

  /** Gives whatever the caller of the engine would see and both must agree on. */
  async perform(step: Step, client = 0): Promise<unknown> {
    const store = this.#client(client);
    switch (step.do) {
      case 'apply':
        return this.#apply(store, step.publishes, step.at);
      case 'fill': {
        const members = Array.from({ length: step.members }, (_, index) => index);
        const operations = members.map(
          (index): Operation => ({ op: 'set', board: step.board, member: `m${index}`, value: index % 7 }),
        );
        const publish = { producer: '', claimsBack: 0, again: 0, skipped: 0, operations, shared: 1 };
        return this.#apply(store, [publish], step.at);
      }
      case 'claim': {
        const { claim, last, settled, rejected } = await takeOver(store, step.producer);
        const earlier = this.#claimsOf(step.producer);
        this.#claims.set(step.producer, [claim, ...earlier]);
        return { grew: earlier.every((known) => claim > known), last, settled, rejected };
      }
      case 'begin': {
        const verdict = await store.beginOnce(step.key, step.bodyHash);
        if (!verdict.ok) return verdict;
        this.#uses.set(step.key, verdict.id);
        return { ok: true, settled: verdict.settled, rejected: verdict.rejected };
      }
      case 'repair': {
        const { records } = await store.readRecords(
          step.board,
          step.repairs.map(({ member }) => member),
        );
        const repairs = step.repairs.map(({ member, found, right }, index) => ({
          member,
          found: found === 'as read' ? records[index] : found,
          right,
        }));
        return store.repairBoard(step.board, repairs, step.at);
      }
      case 'configure': {
        const verdict = await store.configureBoard(step.board, step.settings, step.at);
        return verdict.ok ? verdict : { ok: false, code: verdict.code };
      }
      case 'configureProduct':
        return store.configureProduct(step.product, step.config, step.at);
      case 'configureMatch':
        return store.configureMatch(step.match, step.fixture, step.at);
      case 'configureTournament':
        return store.configureTournament(step.tournament, step.settings, step.at);
      case 'addTeams':
        return store.addTeams(step.tournament, step.chunk, step.at);
      case 'removeTournament':
        return store.removeTournament(step.tournament, step.at);
      case 'startTournament':
        return store.startTournament(step.tournament, step.at);
      case 'putTeam':
        return store.putTeam(step.tournament, step.change, step.at);
      case 'removeMatch':
        return store.removeMatch(step.match, step.at);
      case 'matchEvents':
        return [
          await store.readMatchEvents(step.match, step),
          await store.listMatches({ after: step.match, limit: step.limit }),
        ];
      case 'sweep':
        return store.sweep(step.partition, step.at, step.limit);
      case 'removeBoard':
        return store.removeBoard(step.board, step.at);
      case 'removeMember':
        return store.removeMember(step.board, step.member, step.at);
      case 'page':
        return store.readPages([step]);
      case 'neighbourhood':
        return store.readNeighbourhood(step.board, step.member, step.around);
      case 'list':
        return [await store.listBoards({ limit: step.limit }), await store.listBoards(step)];
      case 'take': {
        const { taken, fenced } = await store.takeDirty(leasesOf(allPartitions(store), step.fence));
        return { taken: taken.map(eachOnce), fenced };
      }
      case 'acquire': {
        const all = allPartitions(store).filter((partition) => partition % 2 === step.half);
        const leases = await store.acquireLeases(leasesOf(all, 0), step.owner, LONG_MS);
        // The numbers are those of two clocks; what is the same is whether they grew.
        const grew = leases.map(({ partition, fence }) => fence > (this.#fences.get(partition) ?? 0));
        for (const { partition, fence } of leases) this.#fences.set(partition, fence);
        return { acquired: leases.map(({ partition }) => partition), grew };
      }
      case 'renew':
        return (await store.renewLeases(this.#leases(), step.owner, LONG_MS)).map(
          ({ partition }) => partition,
        );
      case 'release':
        return store.releaseLeases(this.#leases(), step.owner);
    }
  }

  /** As they were last acquired, by whomever. */
  #leases(): readonly PartitionLease[] {
    return Array.from(this.#fences, ([partition, fence]) => ({ partition, fence }));
  }

  async observe(): Promise<unknown> {
    const store = this.#client(0);
    return [await contentOf(store), await store.readNeighbourhood('a', 'ann', 2)];
  }

  /** Every step of every partition, and who is on every board. */
  async readHistory(): Promise<unknown> {
    const store = this.#client(0);
    const logs = await Promise.all(allPartitions(store).map((partition) => readEntries(store, partition)));
    return { logs: logs.map((entries) => entries.map(plain)), members: await this.#scanBoards(store) };
  }

  async #scanBoards(store: ScoreStore): Promise<readonly (readonly string[])[]> {
    const boards: string[][] = [];
    for (const board of BOARD_KEYS) {
      const found = new Set<string>();
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const page = await store.scanMembers(board, cursor);
        for (const member of page.members) found.add(member);
        cursor = page.next;
      }
      boards.push([...found].sort());
    }
    return boards;
  }

  /** A key has none, whoever else has had none yet has these. */
  #claimsOf(producer: string): readonly number[] {
    return this.#claims.get(producer) ?? [2, 1];
  }

  /** As ingest does: the operations of each partition, in order, as one batch. */
  async #apply(store: ScoreStore, publishes: readonly Publish[], acceptedAt: number): Promise<unknown> {
    const numbered = publishes.map((publish) => ({
      part: this.#number(publish),
      home: partitionOfProducer(publish.producer, store.partitions),
    }));
    const verdicts: unknown[] = [];
    for (const partition of allPartitions(store)) {
      const parts = numbered
        .map(({ part, home }) => cut(part, home, partition, store.partitions))
        .filter(({ operations }) => operations.length > 0);
      const { position, parts: ofParts } = await store.apply({ partition, acceptedAt, parts });
      verdicts.push(position, ofParts);
    }
    return verdicts;
  }

  #number({ producer: id, claimsBack, again, skipped, operations, shared }: Publish): Part {
    if (id === '') return { operations, events: eventsOf(operations, shared) };
    const claims = this.#claimsOf(id);
    const claim = KEYS.includes(id) ? 0 : (claims[Math.min(claimsBack, claims.length - 1)] ?? 0);
    const last = this.#sent.get(id) ?? 0;
    const first = Math.max(1, last + 1 - again);
    const numbers = eventsOf(operations, shared).map((event) => {
      const number = first + event;
      return number > last ? number + skipped : number;
    });
    // A claim that is known to be over sends nothing that will ever count.
    if (claimsBack === 0 || KEYS.includes(id)) this.#sent.set(id, Math.max(last, ...numbers));
    return { operations, producer: { id: this.#uses.get(id) ?? id, claim, numbers } };
  }
}

/** The only operations of their events. */
const isAlone = (op: Operation['op'] | undefined): boolean => op === 'append' || op === 'points';
/** By place of the operation, that of its event. */
function eventsOf(operations: readonly Operation[], shared: number): readonly number[] {
  let event = -1;
  return operations.map(({ op }, index) => {
    if (index % shared === 0 || isAlone(op) || isAlone(operations[index - 1]?.op)) event++;
    return event;
  });
}

/** What of a part goes to a partition. */
function cut(
  { operations, producer, events }: Part,
  home: number,
  partition: number,
  partitions: number,
): Part {
  const isHere = (operation: Operation): boolean =>
    operation.op === 'profile' || (partitionOfOperation(operation, partitions) ?? home) === partition;
  const here = operations.filter(isHere);
  const isOfHere = (_: number, index: number): boolean => isHere(operations[index] as Operation);
  if (producer === undefined) return { operations: here, events: events?.filter(isOfHere) };
  const numbers = producer.numbers.filter(isOfHere);
  return { operations: here, producer: { ...producer, numbers } };
}

/** Without the sign of zero, which means nothing. */
function plain(entry: LogEntry): unknown {
  if (entry.kind !== 'batch') return entry;
  const operations = entry.operations.map((operation) => {
    if ('value' in operation) return { ...operation, value: operation.value + 0 };
    return operation.op === 'count' ? { ...operation, by: operation.by + 0 } : operation;
  });
  return { ...entry, operations };
}

function stepArbitrary(): fc.Arbitrary<Step> {
  const member = memberArbitrary;
  const at = timeArbitrary;
  const publish: fc.Arbitrary<Publish> = fc.record({
    producer: fc.constantFrom('', ...PRODUCERS, ...KEYS),
    claimsBack: fc.constantFrom(0, 0, 0, 0, 1, 2),
    again: fc.constantFrom(0, 0, 0, 2, 9, 100),
    skipped: fc.constantFrom(0, 0, 0, 3),
    operations: operationsArbitrary,
    shared: fc.constantFrom(1, 1, 2, 3),
  });
  const record: fc.Arbitrary<MemberRecord> = fc.record(
    { score: fc.constantFrom(0, 1, 2, 0.1, -5), arrival: fc.integer({ min: 0, max: 20 }) },
    { requiredKeys: ['score'] },
  );
  const settings = fc.oneof(settingsArbitrary, windowsArbitrary);
  const configurable = fc.constantFrom(...BOARDS.slice(0, -1));
  const small = fc.integer({ min: 0, max: 12 });
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant('apply' as const),
        publishes: fc.uniqueArray(publish, {
          minLength: 1,
          maxLength: 4,
          selector: ({ producer }) => producer,
        }),
        at,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('claim' as const), producer: fc.constantFrom(...PRODUCERS) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('begin' as const),
        key: fc.constantFrom(...KEYS),
        bodyHash: fc.constantFrom('one', 'one', 'two'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('repair' as const),
        board: fc.oneof(fc.constant('a'), keyArbitrary),
        repairs: fc.uniqueArray(
          fc.record({
            member,
            found: fc.oneof(
              { weight: 4, arbitrary: fc.constant('as read' as const) },
              { weight: 1, arbitrary: fc.option(record, { nil: undefined }) },
            ),
            right: fc.option(record, { nil: undefined }),
          }),
          { minLength: 1, maxLength: 5, selector: (repair) => repair.member },
        ),
        at,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('fill' as const),
        board: fc.constantFrom('b', 'c'),
        members: fc.constantFrom(20, 300),
        at,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('configure' as const), board: configurable, settings, at }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('configureProduct' as const),
        product: productArbitrary,
        config: productConfigArbitrary,
        at,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('configureMatch' as const),
        match: matchArbitrary,
        fixture: fixtureArbitrary,
        at,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('removeMatch' as const), match: matchArbitrary, at }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        ...{ do: fc.constant('configureTournament' as const), tournament: tournamentArbitrary },
        ...{ settings: tournamentSettingsArbitrary, at },
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        ...{ do: fc.constant('addTeams' as const), tournament: tournamentArbitrary },
        ...{ chunk: teamChunkArbitrary, at },
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'startTournament' as const,
          'startTournament' as const,
          'removeTournament' as const,
        ),
        ...{ tournament: tournamentArbitrary, at },
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        ...{ do: fc.constant('putTeam' as const), tournament: tournamentArbitrary },
        ...{ change: teamChangeArbitrary, at },
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('matchEvents' as const),
        match: matchArbitrary,
        after: small,
        limit: small,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        ...{ do: fc.constant('sweep' as const), partition: fc.nat({ max: OPTIONS.partitions - 1 }) },
        limit: fc.constantFrom(1, 3, 100),
        at,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('removeBoard' as const), board: keyArbitrary, at }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('removeMember' as const), board: keyArbitrary, member, at }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        ...{ do: fc.constant('page' as const), board: boardArbitrary },
        ...{ offset: small, limit: small },
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        ...{ do: fc.constant('neighbourhood' as const), board: keyArbitrary },
        ...{ member, around: small },
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('list' as const),
        ...{ after: fc.constantFrom('', 'a', 'aa', 'c', 'z'), limit: fc.integer({ min: 1, max: 4 }) },
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('take' as const), fence: fc.constantFrom(1, 1, 2, 3) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('acquire' as const, 'renew' as const, 'release' as const),
        ...{ owner: fc.constantFrom(...OWNERS), half: fc.nat(1) },
      }),
    },
  );
}

const doneArbitrary: fc.Arbitrary<Done> = fc.record({
  step: stepArbitrary(),
  client: fc.constantFrom(0, 0, 0, 1),
});
