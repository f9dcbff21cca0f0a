import { assert } from '../../runtime/errors.ts';
import type { ScoreStore, StoreOptions, SweepResult } from '../score-store.ts';
import type { Keys, PartitionKeys } from './keys.ts';
import type { RunScript } from './scripts.ts';
import { createWindowRemoval } from './window-removal.ts';

/** What one call looks at, however much is asked for: it has to fit into one script. */
const MAX_SWEPT = 1000;

/** Finds what is over, and ends it in steps that look again: what was renewed meanwhile stays. */
export function createSweeping(run: RunScript, keys: Keys, options: StoreOptions): Pick<ScoreStore, 'sweep'> {
  const removeWindow = createWindowRemoval(run, keys, options);

  const endSessions = async (
    partition: PartitionKeys,
    found: readonly string[],
    { now, latestLogin }: { readonly now: number; readonly latestLogin: number },
  ): Promise<number> => {
    if (found.length === 0) return 0;
    const areas = new Map<string, number>();
    const sessions: string[] = [];
    for (const field of found) {
      const colon = field.indexOf(':');
      const area = field.slice(0, colon);
      const place = areas.get(area) ?? areas.size + 1;
      areas.set(area, place);
      sessions.push(String(place), field.slice(colon + 1));
    }
    const { dirty, allDirty, position, log, sessions: sessionsKey, logins } = partition;
    const ended = await run(
      'end-sessions',
      [
        ...[dirty, allDirty, position, log, sessionsKey, logins, partition.areas],
        ...Array.from(areas.keys(), (area) => partition.area(area)),
      ],
      [
        ...[now, options.maxDirtyNames, options.logOperations, latestLogin, areas.size].map(String),
        ...areas.keys(),
        ...sessions,
      ],
    );
    return Number(ended);
  };

  return {
    async sweep(number, now, limit): Promise<SweepResult> {
      const partition = keys.partitions[number];
      assert(partition, 'a partition that exists is swept');
      const latestLogin = now - options.sessionTimeoutMs;
      const most = Math.min(limit, MAX_SWEPT);
      const found = await run(
        'read-over',
        [partition.logins, partition.windows],
        [latestLogin, now, most].map(String),
      );
      const [overSessions, overWindows] = found as [string[], string[]];
      const sessions = await endSessions(partition, overSessions, { now, latestLogin });
      let windows = 0;
      for (const window of overWindows) {
        if (await removeWindow(window, now, now)) windows++;
      }
      return { sessions, windows, more: overSessions.length + overWindows.length === most };
    },
  };
}
