import type { Standing } from './standings.ts';

/** What has just happened to a member, for as long as it is worth showing. */
export interface Mark {
  /** Places won (positive) or lost since the first move that is still shown. */
  readonly places: number;
  readonly movedAt: number;
  /** What the last update added to the score. */
  readonly delta: number;
  readonly scoredAt: number;
  /** Was not on the board before. */
  readonly entered: boolean;
}

export type Marks = ReadonlyMap<string, Mark>;

export const NO_MARKS: Marks = new Map();
/** Milliseconds that a move, or a newcomer, is shown. */
export const MOVE_SHOWN_MS = 8000;
/** Milliseconds that a score's change is shown. */
export const DELTA_SHOWN_MS = 1800;

/** The marks after an update. Moves add up while they are shown, so that a climb over several updates reads as one. */
export function markChanges(
  marks: Marks,
  before: readonly Standing[],
  after: readonly Standing[],
  now: number,
): Marks {
  const standingsBefore = new Map(before.map((standing) => [standing.member, standing]));
  const next = new Map<string, Mark>();
  for (const standing of after) {
    const held = marks.get(standing.member);
    const mark = markOf(held && fade(held, now), standingsBefore.get(standing.member), standing, now);
    if (isShown(mark)) next.set(standing.member, mark);
  }
  return next;
}

/** Without what has been shown long enough; the very same map where nothing has. */
export function fadeMarks(marks: Marks, now: number): Marks {
  let changed = false;
  const next = new Map<string, Mark>();
  for (const [member, mark] of marks) {
    const faded = fade(mark, now);
    changed ||= faded !== mark;
    if (isShown(faded)) next.set(member, faded);
  }
  return changed ? next : marks;
}

const BLANK: Mark = { places: 0, movedAt: 0, delta: 0, scoredAt: 0, entered: false };

function markOf(held: Mark = BLANK, before: Standing | undefined, after: Standing, now: number): Mark {
  if (!before) return { ...BLANK, entered: true, movedAt: now };
  const places = before.rank - after.rank;
  const delta = after.score - before.score;
  return {
    ...held,
    ...(places !== 0 && { places: held.places + places, movedAt: now, entered: false }),
    ...(delta !== 0 && { delta: tidy(delta), scoredAt: now }),
  };
}

function fade(mark: Mark, now: number): Mark {
  const moveIsOver = (mark.places !== 0 || mark.entered) && now - mark.movedAt >= MOVE_SHOWN_MS;
  const deltaIsOver = mark.delta !== 0 && now - mark.scoredAt >= DELTA_SHOWN_MS;
  if (!moveIsOver && !deltaIsOver) return mark;
  return {
    ...mark,
    ...(moveIsOver && { places: 0, entered: false }),
    ...(deltaIsOver && { delta: 0 }),
  };
}

function isShown({ places, delta, entered }: Mark): boolean {
  return places !== 0 || delta !== 0 || entered;
}

/** 0.3 - 0.1 is not what anybody wants to read. */
function tidy(delta: number): number {
  return Number(delta.toPrecision(12));
}
