import type { ScoreStore } from '../store/score-store.ts';
import type { Archive, Reached } from './archive.ts';

/** Steps that are compared at once. */
const PAGE_STEPS = 500;

export interface ForkDependencies {
  readonly store: Pick<ScoreStore, 'readLog'>;
  readonly archive: Pick<Archive, 'readSteps'>;
}

/**
 * The last step that the archive and the log of a store that went back have in common. What lies before the beginning of the log can't
 * be compared, and is believed to be the same: the store had kept it once.
 */
export async function findFork(
  { store, archive }: ForkDependencies,
  partition: number,
  reached: Reached,
): Promise<Reached> {
  const { position, trimmedTo } = await store.readLog(partition, Number.MAX_SAFE_INTEGER - 1, 1);
  for (let from = Math.min(position, reached.position); from > 0; ) {
    const steps = await archive.readSteps(partition, from, PAGE_STEPS);
    const [latest, oldest] = [steps[0], steps.at(-1)];
    if (latest === undefined || oldest === undefined) break;
    const times = await readTimes(store, partition, oldest.position, latest.position);
    const common = steps.find((step) => step.position <= trimmedTo || times.get(step.position) === step.at);
    if (common !== undefined) return common.position < trimmedTo ? { ...common, at: undefined } : common;
    from = oldest.position - 1;
  }
  return { position: 0, at: undefined };
}

/** When the steps of a log that end between two positions were accepted. */
async function readTimes(
  store: ForkDependencies['store'],
  partition: number,
  first: number,
  last: number,
): Promise<ReadonlyMap<number, number>> {
  const times = new Map<number, number>();
  for (let after = first - 1; after < last; ) {
    const { entries } = await store.readLog(partition, after, PAGE_STEPS);
    for (const { to, at } of entries) times.set(to, at);
    after = entries.at(-1)?.to ?? last;
  }
  return times;
}
