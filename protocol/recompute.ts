import Type from 'typebox';
import { parseChannel } from './channels.ts';
import { isId } from './names.ts';
import { checker, Strict } from './schema.ts';
import { isCurrentWindow } from './windows.ts';

/** The body of `POST /v1/recompute`. */
export const RecomputeSchema = Strict({
  target: Type.String({
    maxLength: 256,
    description:
      'What to recompute: `board:<id>`, with its windows, or one fixed window, `board:<id>@daily.2026-11-21`, from the log; or the scores of all teams of a tournament, `tournament:<id>`, from cards and points',
  }),
});

export const recomputeChecker = checker(RecomputeSchema);

/** The board, or the fixed window of one, that a target names; `undefined` for anything else. */
export function boardOfTarget(target: string): string | undefined {
  const channel = parseChannel(target);
  if (channel?.type !== 'board') return undefined;
  const { board, window } = channel;
  if (window === undefined) return board;
  return isCurrentWindow(window) ? undefined : `${board}@${window}`;
}

const TOURNAMENT = 'tournament:';

export function tournamentOfTarget(target: string): string | undefined {
  const id = target.startsWith(TOURNAMENT) ? target.slice(TOURNAMENT.length) : '';
  return isId(id) ? id : undefined;
}
