import Type from 'typebox';
import { isId } from './names.ts';
import { checker, Strict } from './schema.ts';

/** The body of `POST /v1/recompute`. */
export const RecomputeSchema = Strict({
  target: Type.String({ maxLength: 256, description: 'What to recompute from the log: board:<id>' }),
});

export const recomputeChecker = checker(RecomputeSchema);

const BOARD = 'board:';

/** The board that a target names; `undefined` for anything else. */
export function boardOfTarget(target: string): string | undefined {
  const board = target.startsWith(BOARD) ? target.slice(BOARD.length) : undefined;
  return board !== undefined && isId(board) ? board : undefined;
}
