import {
  type BoardSummary,
  type CheckpointMove,
  type LogEntry,
  MAX_BATCH_OPERATIONS,
} from '../score-store.ts';
import { checkGroup } from './checkpoint-group.ts';
import {
  type CheckpointStore,
  findPlaces,
  inBatches,
  type Placed,
  type SweepDependencies,
  tooLarge,
} from './checkpoint-places.ts';
import { LogReplay, type Unprovable } from './log-replay.ts';
import { MAX_CHECKPOINT_MEMBERS } from './recompute-board.ts';
import { boardsOf } from './shadow-boards.ts';

export interface SweepOptions {
  readonly partition: number;
  /** All boards of the partition. */
  readonly boards: readonly BoardSummary[];
  /** Boards whose checkpoint is this far behind get the next. */
  readonly lag: number;
}

/**
 * Gives every board of a partition, and every window, whose checkpoint is old the next one. What the log has not named since keeps its
 * checkpoint, which only moves on. The others are brought forward from theirs by the log, together, as many as fit into memory; each is
 * compared with the store, set right where it differs, and saved. Gives the position up to which no checkpoint is behind.
 */
export async function sweepPartition(
  deps: SweepDependencies,
  { partition, boards, lag }: SweepOptions,
): Promise<number | Unprovable> {
  const { store, obstacles } = deps;
  obstacles.begin();
  const { position: end, trimmedTo } = await store.readLog(partition, 0, 1);
  const placed = await findPlaces(deps, { boards, trimmedTo, oldTo: end - lag });
  const old = placed.filter(({ isOld }) => isOld);
  if (old.length > 0) {
    const named = await readNames(store, { partition, position: oldestOf(old, end), end });
    if ('refused' in named) return named;
    const isQuiet = ({ board, position }: Placed): boolean => (named.get(board) ?? 0) <= position;
    const quiet = old.filter(isQuiet).map(({ board, position }) => ({ board, from: position }));
    for await (const moves of inBatches<CheckpointMove>(quiet)) await store.advanceCheckpoints(moves, end);
    const changed = old.filter((each) => !isQuiet(each));
    for await (const group of groupsOf(deps, changed)) {
      const refusal = await checkGroup(deps, { partition, boards: group, trimmedTo, end });
      if (refusal !== undefined) return refusal;
    }
  }
  obstacles.end();
  return oldestOf(
    placed.filter(({ isOld }) => !isOld),
    end,
  );
}

/** Up to where the log names each board, and each window. */
async function readNames(
  store: CheckpointStore,
  { partition, position, end }: { partition: number; position: number; end: number },
): Promise<ReadonlyMap<string, number> | Unprovable> {
  const named = new Map<string, number>();
  const shadow = {
    replay: (entry: LogEntry) => {
      for (const board of boardsOf(entry)) named.set(board, entry.to);
    },
  };
  const reading = new LogReplay({ store, shadow }, { partition, position });
  return (await reading.advanceTo(end)) ?? named;
}

/** As many boards at once as have no more members together than the largest that gets a checkpoint. */
async function* groupsOf(
  { store, obstacles }: SweepDependencies,
  boards: readonly Placed[],
): AsyncGenerator<readonly string[]> {
  let group: string[] = [];
  let members = 0;
  for (const { board, total: listed } of boards) {
    const readTotal = async () => (await store.readRecords(board, [])).total;
    const total = listed ?? (await obstacles.around(board, readTotal));
    if (total === undefined) continue;
    const why = tooLarge(total);
    if (why !== undefined) {
      obstacles.tell(board, why);
      continue;
    }
    if (members + total > MAX_CHECKPOINT_MEMBERS || group.length === MAX_BATCH_OPERATIONS) {
      yield group;
      [group, members] = [[], 0];
    }
    group.push(board);
    members += total;
  }
  if (group.length > 0) yield group;
}

function oldestOf(boards: readonly Placed[], end: number): number {
  return boards.reduce((oldest, { position }) => Math.min(oldest, position), end);
}
