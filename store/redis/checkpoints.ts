import { randomUUID } from 'node:crypto';
import { assert } from '../../runtime/errors.ts';
import { partitionOfBoard } from '../partitions.ts';
import {
  type Checkpoint,
  MAX_BATCH_OPERATIONS,
  MAX_CHECKPOINT_TEXT_BYTES,
  type ScoreStore,
  StoreUnavailableError,
} from '../score-store.ts';
import type { Keys } from './keys.ts';
import type { RunScript } from './scripts.ts';

type Checkpoints = Pick<
  ScoreStore,
  'saveCheckpoint' | 'loadCheckpoint' | 'readCreation' | 'readCheckpointPositions' | 'advanceCheckpoints'
>;

/** A checkpoint whose writer went away is dropped after this time. */
const UNFINISHED_MS = 3_600_000;
/** Texts read at once: at most half a megabyte. */
const CALL_TEXTS = 8;
/** How often reading begins again because the checkpoint was replaced meanwhile. */
const MAX_READS = 5;
/** What scripts say of a label, or a creation, that is not as scorewire wrote it. */
const DAMAGED = 'damaged';

/**
 * A checkpoint is a list: a label with its position, a random id and a check of the two, then the texts. It is written beside the old one
 * in small calls, which hold nobody up, and takes its place with the last.
 */
export function createCheckpoints(run: RunScript, keys: Keys): Checkpoints {
  const locate = (board: string) => {
    const partition = keys.partitions[partitionOfBoard(board, keys.partitions.length)];
    assert(partition, 'a board has a partition');
    return { created: partition.created, checkpoint: partition.board(board).checkpoint };
  };

  /** `'replaced'` where it became another one on the way. */
  const read = async (board: string): Promise<Checkpoint | 'damaged' | undefined | 'replaced'> => {
    const { checkpoint, created } = locate(board);
    const texts: string[] = [];
    let known: string | undefined;
    for (;;) {
      const places = [texts.length + 1, texts.length + CALL_TEXTS].map(String);
      const reply = await run('load-checkpoint', [checkpoint, created], [board, ...places]);
      const [label, ...some] = reply as string[];
      if (known !== undefined && label !== known) return 'replaced';
      if (label === undefined) return undefined;
      if (label === DAMAGED) return 'damaged';
      if (label === '') return { position: Number(some[0]), texts: [] };
      known = label;
      texts.push(...some);
      if (some.length < CALL_TEXTS) return { position: Number(label.split(' ')[0]), texts };
    }
  };

  return {
    async saveCheckpoint(board, { position, texts }) {
      assert(Number.isSafeInteger(position), 'a checkpoint has a position');
      const { created, checkpoint } = locate(board);
      const id = randomUUID();
      const all = [id, ...texts];
      for (const [place, text] of all.entries()) {
        assert(
          Buffer.byteLength(text) <= MAX_CHECKPOINT_TEXT_BYTES,
          'a text of a checkpoint is not too long',
        );
        const isLast = place === all.length - 1 ? '1' : '0';
        const added = await run(
          'save-checkpoint',
          [`${checkpoint}:${id}`, checkpoint, created],
          [board, String(place), text, String(UNFINISHED_MS), isLast, String(position)],
        );
        if (added !== 1) return added === 2;
      }
      return true;
    },

    async loadCheckpoint(board) {
      for (let reads = 0; reads < MAX_READS; reads++) {
        const checkpoint = await read(board);
        if (checkpoint !== 'replaced') return checkpoint;
      }
      throw new StoreUnavailableError('the checkpoint was replaced again and again while it was read');
    },

    async readCreation(board) {
      const position = await run('read-creation', [locate(board).created], [board]);
      return position === null ? undefined : Number(position);
    },

    async readCheckpointPositions(boards) {
      assert(boards.length <= MAX_BATCH_OPERATIONS, 'not too many checkpoints are looked up at once');
      const [first] = boards;
      if (first === undefined) return [];
      const checkpoints = boards.map((board) => locate(board).checkpoint);
      const reply = await run(
        'read-checkpoint-positions',
        [locate(first).created, ...checkpoints],
        [...boards],
      );
      return (reply as string[]).map((position) => {
        if (position === '') return undefined;
        return position === DAMAGED ? 'damaged' : Number(position);
      });
    },

    async advanceCheckpoints(moves, position) {
      assert(moves.length <= MAX_BATCH_OPERATIONS, 'not too many checkpoints are moved at once');
      assert(Number.isSafeInteger(position), 'a checkpoint has a position');
      if (moves.length === 0) return;
      const checkpoints = moves.map(({ board }) => locate(board).checkpoint);
      const found = moves.map(({ from }) => String(from));
      await run('advance-checkpoints', checkpoints, [String(position), ...found]);
    },
  };
}
