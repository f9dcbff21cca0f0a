import { type Comparison, compareBoard } from './board-comparison.ts';
import { findStart } from './board-start.ts';
import { formatCheckpoint } from './checkpoint-format.ts';
import type { SweepDependencies } from './checkpoint-places.ts';
import { LogReplay, type Unprovable } from './log-replay.ts';
import { ShadowBoard } from './shadow-board.ts';
import { ShadowBoards } from './shadow-boards.ts';

export interface Group {
  readonly partition: number;
  readonly boards: readonly string[];
  /** Where the log begins, and where it ended when the sweep began. */
  readonly trimmedTo: number;
  readonly end: number;
}

/**
 * Brings boards forward from their checkpoints, compares each with the store, sets right what differs, and saves the next checkpoint. The
 * log is read once for all of them. Gives why the log proves none of them; what is wrong with one is told, and the others go on.
 */
export async function checkGroup(deps: SweepDependencies, group: Group): Promise<Unprovable | undefined> {
  const { store, obstacles } = deps;
  const { partition, boards, end } = group;
  const shadows = new ShadowBoards();
  let first = end;
  for (const board of boards) {
    const from = await obstacles.around(board, () => restore(deps, group, shadows, board));
    first = Math.min(first, from ?? end);
  }
  const replay = new LogReplay({ store, shadow: shadows }, { partition, position: first });
  const behind = await replay.advanceTo(end);
  if (behind !== undefined) return behind;
  for (const [board, { shadow }] of shadows.boards) {
    const refusal = await obstacles.around(board, () => check(deps, { board, shadow, shadows, replay }));
    if (refusal !== undefined) return refusal;
  }
  for (const [board, why] of shadows.failures) obstacles.tell(board, why);
  return undefined;
}

/** Gives from where, if there is anything to do. */
async function restore(
  deps: SweepDependencies,
  { trimmedTo, end }: Group,
  shadows: ShadowBoards,
  board: string,
): Promise<number | undefined> {
  const start = await findStart(deps, board, trimmedTo);
  if ('refused' in start) {
    if (start.refused === 'conflict') deps.obstacles.tell(board, start.why);
    return undefined;
  }
  const { position, state, newConfig } = start;
  // Somebody has just recomputed it.
  if (position >= end) return undefined;
  shadows.add(
    board,
    await ShadowBoard.restored(board, state, { scoring: deps.scoring, newConfig }),
    position,
  );
  return position;
}

interface Checked {
  readonly board: string;
  readonly shadow: ShadowBoard;
  readonly shadows: ShadowBoards;
  readonly replay: LogReplay;
}

async function check(
  deps: SweepDependencies,
  { board, shadow, shadows, replay }: Checked,
): Promise<Unprovable | undefined> {
  const advanceTo = async (position: number): Promise<Unprovable | undefined> => {
    const behind = await replay.advanceTo(position);
    const message = shadows.failures.get(board);
    return behind ?? (message === undefined ? undefined : { refused: 'conflict', message });
  };
  const comparison = await compareBoard(deps, { board, shadow, replay: { advanceTo } });
  if ('refused' in comparison) {
    // A window goes when its time is over; what the log can't be replayed for is told with the others.
    if (comparison.refused === 'not_found' || shadows.failures.has(board)) return undefined;
    return comparison;
  }
  report(deps, board, comparison);
  const texts = await formatCheckpoint(shadow);
  await deps.store.saveCheckpoint(board, { position: replay.position, texts });
  return undefined;
}

function report({ logger }: SweepDependencies, board: string, { corrected, unsettled }: Comparison): void {
  if (corrected + unsettled === 0) return;
  const message = 'scores differed from what the log gives; what could be was set right';
  logger.error({ board, corrected, unsettled }, message);
}
