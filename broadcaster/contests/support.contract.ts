/** For the tests of this folder: tournaments in a memory store, and broadcasters that compute them in this thread. */
import { createInProcessBus, type InProcessBus } from '../../bus/in-process-bus.ts';
import { DEFAULT_TIMING } from '../../bus/timing.ts';
import { packLines } from '../../contest/pack-lines.ts';
import { type Logger, silentLogger } from '../../runtime/logger.ts';
import { type ContestAsker, createContestAsker } from '../../server/contests/contest-asker.ts';
import { createMemoryStore, type MemoryScoreStore } from '../../store/memory/memory-store.ts';
import { partitionOfTournament } from '../../store/partitions.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import { createFakeClock, type FakeClock } from '../../test/support/fake-clock.ts';
import { InlineContestHost } from '../../test/support/inline-contest-host.ts';
import { createBroadcaster } from '../broadcaster.ts';
import { type Broadcaster, type BroadcasterStore, DEFAULT_BROADCASTER_LIMITS } from '../broadcaster-types.ts';

export const CUP = 'cup';

export interface TeamLine {
  readonly team: string;
  readonly cards: readonly { readonly player: string; readonly bonus: number }[];
  readonly leagues?: readonly string[];
}

export function line(team: string, bonuses: Readonly<Record<string, number>>, leagues?: string[]): TeamLine {
  const cards = Object.entries(bonuses).map(([player, bonus]) => ({ player, bonus }));
  return { team, cards, ...(leagues === undefined ? {} : { leagues }) };
}

/** Registers teams as the edge does, so many a piece. */
export async function register(store: ScoreStore, teams: readonly TeamLine[], perPiece = 2): Promise<void> {
  for (let from = 0; from < teams.length; from += perPiece) {
    const lines = teams.slice(from, from + perPiece).map((team) => JSON.stringify(team));
    const { packed, rejected } = packLines(Buffer.from(lines.join('\n')), 1);
    if (packed === undefined || rejected.length > 0) throw new Error(`rejected: ${JSON.stringify(rejected)}`);
    const verdict = await store.addTeams(CUP, packed, 1000);
    if (!verdict.ok) throw new Error(verdict.message);
  }
}

/** Points with decimals. Gives the codes of those that were refused. */
export async function setPoints(
  store: Pick<ScoreStore, 'apply' | 'partitions'>,
  totals: Readonly<Record<string, number>>,
): Promise<readonly string[]> {
  const partition = partitionOfTournament(CUP, store.partitions);
  const operations = Object.entries(totals).map(
    ([player, points]) =>
      ({ op: 'points', tournament: CUP, player, points: Math.round(1000 * points) }) as const,
  );
  const { parts } = await store.apply({ partition, acceptedAt: 1000, parts: [{ operations }] });
  const [verdict] = parts;
  return verdict?.status === 'settled' ? verdict.refused.map(({ code }) => code) : [];
}

export interface ContestRig {
  readonly clock: FakeClock;
  readonly bus: InProcessBus;
  readonly store: MemoryScoreStore;
  readonly hosts: InlineContestHost[];
  readonly asker: ContestAsker;
  broadcaster(name: string, store?: BroadcasterStore, logger?: Logger): Promise<Broadcaster>;
  /** What comes of it when as much time passes as it needs. */
  settle<T>(pending: Promise<T>, ms?: number): Promise<T>;
}

export async function createContestRig(): Promise<ContestRig> {
  const clock = createFakeClock();
  const bus = createInProcessBus({ clock });
  const store = createMemoryStore({ partitions: 4 }, { clock });
  const hosts: InlineContestHost[] = [];
  const asker = createContestAsker(
    { bus: bus.endpoint('server'), clock, logger: silentLogger },
    { asker: 'server-1', partitions: 4 },
  );
  await asker.start();
  return {
    ...{ clock, bus, store, hosts, asker },
    broadcaster: async (name, own = store.connect(), logger = silentLogger) => {
      const broadcaster = createBroadcaster(
        {
          ...{
            store: own,
            bus: bus.endpoint(name),
            clock,
            logger,
            random: () => 'f'.repeat(16),
          },
          createContestHost: (onLost) => {
            const host = new InlineContestHost(onLost);
            hosts.push(host);
            return host;
          },
        },
        { name, timing: DEFAULT_TIMING, limits: DEFAULT_BROADCASTER_LIMITS },
      );
      const starting = broadcaster.start();
      await clock.advance(100);
      await starting;
      return broadcaster;
    },
    settle: async (pending, ms = 8000) => {
      let isDone = false;
      void pending.finally(() => {
        isDone = true;
      });
      for (let passed = 0; passed < ms && !isDone; passed += 50) await clock.advance(50);
      return pending;
    },
  };
}
