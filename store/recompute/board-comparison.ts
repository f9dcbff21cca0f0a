import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { MAX_BATCH_OPERATIONS, type ScoreStore, type Stray } from '../score-store.ts';
import type { LogReplay, Refusal, Unprovable } from './log-replay.ts';
import { checkMembers, type Difference } from './member-check.ts';
import type { ShadowBoard } from './shadow-board.ts';

/** Differences that are listed and logged, the first; all are counted and repaired. */
export const MAX_LISTED_DIFFERENCES = 100;

export interface ComparisonDependencies {
  readonly store: Pick<ScoreStore, 'readRecords' | 'scanMembers' | 'repairBoard' | 'removeStrays'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Compared {
  readonly board: string;
  readonly shadow: ShadowBoard;
  readonly replay: Pick<LogReplay, 'advanceTo'>;
}

export interface Comparison {
  /** Members of the board, by its log and by the store. */
  readonly checked: number;
  /** Members that differed and were set right. */
  readonly corrected: number;
  /** Members that differed and could not be set right, being written too often or on no board; 0 where all is well. */
  readonly unsettled: number;
  readonly differences: readonly Difference[];
}

/** Compares the whole board with the shadow, which the replay keeps in step with what is read, and sets right what differs. */
export async function compareBoard(
  { store, clock, logger }: ComparisonDependencies,
  { board, shadow, replay }: Compared,
): Promise<Comparison | Refusal> {
  const differences: Difference[] = [];
  let [checked, found, unsettled] = [0, 0, 0];
  const onDifference = (difference: Difference): void => {
    found++;
    if (differences.length === MAX_LISTED_DIFFERENCES) return;
    differences.push(difference);
    logger.warn({ board, ...difference }, 'a score differs from what the log gives');
  };
  const check = async (members: readonly string[]): Promise<Unprovable | undefined> => {
    for (let from = 0; from < members.length; from += MAX_BATCH_OPERATIONS) {
      const some = members.slice(from, from + MAX_BATCH_OPERATIONS);
      const left = await checkMembers({ store, clock, replay, shadow, onDifference }, board, some);
      if (typeof left !== 'number') return afterRepairs(left, found - unsettled);
      checked += some.length;
      unsettled += left;
    }
    return undefined;
  };

  const removeStrays = async (strays: readonly Stray[]): Promise<void> => {
    for (let from = 0; from < strays.length; from += MAX_BATCH_OPERATIONS) {
      await store.removeStrays(board, strays.slice(from, from + MAX_BATCH_OPERATIONS), clock.now());
    }
  };

  const known = new Set(shadow.members());
  const refusal = await check([...known]);
  if (refusal !== undefined) return refusal;
  // Those that the log did not know are found by looking at everybody who is there; it may have come to know them by now.
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await store.scanMembers(board, cursor);
    const unknown = [...new Set(page.members)].filter((member) => !known.has(member));
    const stopped = await check(unknown);
    if (stopped !== undefined) return stopped;
    for (const member of unknown) known.add(member);
    for (const { member, score } of page.strays) onDifference({ member, found: { score } });
    // One that is not removed is a member's by now. The total, in the end, tells of what else may be left.
    if (page.strays.length > 0) await removeStrays(page.strays);
    cursor = page.next;
  }
  const { position, exists, total } = await store.readRecords(board, []);
  const last = await replay.advanceTo(position);
  if (last !== undefined) return afterRepairs(last, found - unsettled);
  if (!exists && shadow.config === undefined) return afterRepairs(notFound(board), found - unsettled);
  // What counts in a store and was not found on the way must not go untold.
  const strays = Math.abs(total - shadow.total);
  return { checked, corrected: found - unsettled, unsettled: Math.max(unsettled, strays), differences };
}

export function notFound(board: string): Extract<Refusal, { refused: 'not_found' }> {
  return { refused: 'not_found', message: `there is no board ${board}` };
}

function afterRepairs<R extends Refusal>(refusal: R, corrected: number): R {
  if (corrected === 0) return refusal;
  return { ...refusal, message: `${refusal.message} (${corrected} members had been set right before)` };
}
