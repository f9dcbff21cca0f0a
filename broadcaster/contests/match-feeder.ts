import type { Clock } from '../../runtime/clock.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/logger.ts';
import { partitionOfTournament } from '../../store/partitions.ts';
import { MAX_BATCH_OPERATIONS, type ScoreStore } from '../../store/score-store.ts';
import { FedTournament } from './fed-tournament.ts';

export type FeederStore = Pick<
  ScoreStore,
  | ('partitions' | 'state' | 'onState' | 'apply' | 'listTournaments' | 'readTournaments')
  | ('readContestTail' | 'readMatchEvents' | 'readMatches')
>;

interface MatchFeederDeps {
  readonly store: FeederStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether it is this process that looks after the partition. */
  readonly mayWorkOn: (partition: number) => boolean;
}

interface MatchFeederOptions {
  /** Milliseconds from the end of one round to the beginning of the next. */
  readonly pauseMs: number;
}

/** Rounds after which it is looked again which tournaments there are, */
const ROUNDS_PER_LISTING = 4;
/** and after which nothing is trusted that was read before: whatever went wrong unnoticed is put right then. */
const ROUNDS_PER_DOUBT = 60;
const TOURNAMENTS_PER_PAGE = 500;

/**
 * Gives players the points of the matches that feed their tournaments: what they have by all events of these matches, folded as they stand now, is
 * compared with what the store has, and where that is something else it is set. So it does not matter how often this is done, by whom, or
 * what was missed; a correction of a match is a fold like any other. Two who do it at once set the same, or are put right in the next round.
 */
export function createMatchFeeder(
  { store, clock, logger, mayWorkOn }: MatchFeederDeps,
  { pauseMs }: MatchFeederOptions,
): Service {
  const fed = new Map<string, FedTournament>();
  let rounds = 0;
  let isStopped = false;
  let isFailing = false;
  let cancelTimer = (): void => undefined;
  let endListening = (): void => undefined;
  let running: Promise<void> = Promise.resolve();

  const isOurs = (tournament: string): boolean =>
    mayWorkOn(partitionOfTournament(tournament, store.partitions));

  /** Those that have matches and are ours, as they are set at present. */
  async function list(): Promise<void> {
    const found = new Set<string>();
    for (let after: string | undefined, more = true; more && !isStopped; ) {
      const page = await store.listTournaments({
        limit: TOURNAMENTS_PER_PAGE,
        ...(after === undefined ? {} : { after }),
      });
      for (const { id, settings } of page) {
        if (settings.matches === undefined || !isOurs(id)) continue;
        found.add(id);
        if (!fed.has(id)) fed.set(id, new FedTournament(store, id));
      }
      after = page.at(-1)?.id;
      more = page.length === TOURNAMENTS_PER_PAGE;
    }
    for (const id of fed.keys()) if (!found.has(id)) fed.delete(id);
  }

  async function feed(tournament: FedTournament): Promise<void> {
    const partition = partitionOfTournament(tournament.id, store.partitions);
    const operations = await tournament.missing();
    for (let from = 0; from < operations.length; from += MAX_BATCH_OPERATIONS) {
      if (isStopped || !isOurs(tournament.id)) return;
      const some = operations.slice(from, from + MAX_BATCH_OPERATIONS);
      const { parts } = await store.apply({
        partition,
        acceptedAt: clock.now(),
        parts: [{ operations: some }],
      });
      const [verdict] = parts;
      const refused = verdict?.status === 'settled' ? verdict.refused : [];
      tournament.noteRefused(
        refused.flatMap(({ index }) => (some[index] === undefined ? [] : [some[index]])),
      );
    }
  }

  async function round(): Promise<void> {
    if (store.state !== 'up') return;
    if (rounds % ROUNDS_PER_DOUBT === 0) fed.clear();
    if (rounds % ROUNDS_PER_LISTING === 0) await list();
    rounds++;
    for (const [id, tournament] of fed) {
      if (isStopped) return;
      if (isOurs(id)) await feed(tournament);
      else fed.delete(id);
    }
    if (isFailing) logger.info({}, 'points of matches are fed again');
    isFailing = false;
  }

  function arm(): void {
    if (isStopped) return;
    const begin = (): void => {
      running = round()
        .catch((error: unknown) => {
          if (!isFailing)
            logger.warn({ err: error }, 'points of matches could not be fed; it is tried again');
          isFailing = true;
          // What was read of a store that is away now may be another one's then.
          fed.clear();
          rounds = 0;
        })
        .then(arm);
    };
    cancelTimer = clock.after(pauseMs, begin, 'about');
  }

  return {
    start: async () => {
      endListening = store.onState((state) => {
        if (state === 'up') rounds = 0;
      });
      arm();
    },
    stop: async () => {
      isStopped = true;
      cancelTimer();
      endListening();
      await running;
    },
  };
}
