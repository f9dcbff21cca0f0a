import type { BoardConfig } from '../../protocol/boards.ts';
import type { Logger } from '../../runtime/logger.ts';
import { baseOf } from '../partitions.ts';
import type { ScoreStore } from '../score-store.ts';
import { notFound } from './board-comparison.ts';
import { type ParsedBoard, parseCheckpoint } from './checkpoint-format.ts';
import type { Refusal, Unprovable } from './log-replay.ts';
import type { BoardState } from './shadow-board.ts';

export interface BoardStart {
  readonly position: number;
  readonly state: BoardState;
  /** The settings with which it would come into being then; absent: the defaults. */
  readonly newConfig?: BoardConfig;
}

/** The log does not give the board. */
export interface Lost extends Unprovable {
  /** Without what changes from one moment to the next. */
  readonly why: string;
}

export type NoStart = Lost | Extract<Refusal, { refused: 'not_found' }>;

export interface BoardStartDependencies {
  readonly store: Pick<ScoreStore, 'loadCheckpoint' | 'readCreation' | 'readRecords' | 'readConfigs'>;
  readonly logger: Logger;
}

/**
 * From where a board, or a window, can be replayed by a log that begins at `trimmedTo`: its checkpoint, and where that is damaged
 * its creation.
 */
export async function findStart(
  deps: BoardStartDependencies,
  board: string,
  trimmedTo: number,
): Promise<BoardStart | NoStart> {
  const { store, logger } = deps;
  const lost = (why: string) => lostBecause(why, trimmedTo);
  const checkpoint = await store.loadCheckpoint(board);
  if (checkpoint === undefined) return gone(deps, board, lost("the board's creation is unknown"));
  if (checkpoint !== 'damaged') {
    const { position, texts } = checkpoint;
    if (position < trimmedTo) {
      const last = texts.length === 0 ? 'creation' : 'last checkpoint';
      return lost(`the board's ${last} was at position ${position}`);
    }
    const parsed = await parseCheckpoint(texts);
    if (parsed !== undefined) return inContext(deps, board, { position, state: parsed }, lost);
  }
  const created = await store.readCreation(board);
  if (created === undefined || created < trimmedTo) {
    return lost("the board's checkpoint can't be read");
  }
  logger.error({ board, created }, "a board's checkpoint can't be read: it is replayed from its creation");
  return inContext(deps, board, { position: created, state: { members: [] } }, lost);
}

/**
 * What order and ties are now, they were when the window got its first member: no change is possible while it has one. The same
 * holds for one that has lost all of its members.
 */
async function inContext(
  deps: BoardStartDependencies,
  board: string,
  { position, state }: { position: number; state: ParsedBoard },
  lost: (why: string) => Lost,
): Promise<BoardStart | NoStart> {
  const base = baseOf(board);
  if (base === board) return { position, state };
  const [newConfig] = await deps.store.readConfigs([base]);
  if (newConfig === undefined) return gone(deps, board, lost('the settings of its board are unknown'));
  const isEmpty = state.config !== undefined && state.members.length === 0;
  return { position, state: isEmpty ? { config: newConfig, members: [] } : state, newConfig };
}

async function gone({ store }: BoardStartDependencies, board: string, lost: Lost): Promise<NoStart> {
  const { exists } = await store.readRecords(board, []);
  return exists ? lost : notFound(board);
}

function lostBecause(why: string, trimmedTo: number): Lost {
  const reason = `the log of the partition begins at position ${trimmedTo}, and ${why}`;
  const advice =
    'recompute while the log still reaches back to the last checkpoint of the board, which each recomputation leaves';
  return { refused: 'conflict', why, message: `${reason}: what it has to be can't be proven; ${advice}` };
}
