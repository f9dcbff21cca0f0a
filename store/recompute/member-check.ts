import type { Clock } from '../../runtime/clock.ts';
import { isSameRecord } from '../memory/memory-board.ts';
import type { MemberRecord, Repair, ScoreStore } from '../score-store.ts';
import type { LogReplay, Unprovable } from './log-replay.ts';
import type { ShadowBoard } from './shadow-board.ts';

/** How often a member that differs is looked at before it is left to the next recomputation. */
const MAX_ROUNDS = 100;

/** Absent: the member was not on the board, or should not be. */
export interface Difference {
  readonly member: string;
  readonly found?: MemberRecord;
  readonly right?: MemberRecord;
}

export interface MemberCheckDependencies {
  readonly store: Pick<ScoreStore, 'readRecords' | 'repairBoard'>;
  readonly clock: Clock;
  readonly replay: Pick<LogReplay, 'advanceTo'>;
  readonly shadow: ShadowBoard;
  /** Told once per member, before it is repaired. */
  readonly onDifference: (difference: Difference) => void;
}

/**
 * Compares members with the shadow, repairs those that differ, and looks again until they do not: a write in between may have made the
 * repair impossible, or wrong (a `best` that a false score had outdone changes nothing in the store, but does in the log). Gives the number
 * of members that would not come right.
 */
export async function checkMembers(
  { store, clock, replay, shadow, onDifference }: MemberCheckDependencies,
  board: string,
  members: readonly string[],
): Promise<number | Unprovable> {
  let suspects = members;
  for (let round = 0; suspects.length > 0; round++) {
    const { position, records } = await store.readRecords(board, suspects);
    const refusal = await replay.advanceTo(position);
    if (refusal !== undefined) return refusal;
    const repairs: Repair[] = [];
    for (const [index, member] of suspects.entries()) {
      const [found, right] = [records[index], shadow.record(member)];
      if (!isSameRecord(found, right)) repairs.push({ member, found, right });
    }
    if (round === 0) for (const repair of repairs) onDifference(differenceOf(repair));
    if (round === MAX_ROUNDS) return repairs.length;
    if (repairs.length > 0) await store.repairBoard(board, repairs, clock.now());
    suspects = repairs.map(({ member }) => member);
  }
  return 0;
}

function differenceOf({ member, found, right }: Repair): Difference {
  return { member, ...(found === undefined ? {} : { found }), ...(right === undefined ? {} : { right }) };
}
