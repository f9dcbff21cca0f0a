import { equalJson } from './json-equality.ts';
import { keptRows } from './kept-rows.ts';
import { PatchError } from './patch-error.ts';
import type { Row, Rows, RowsPatch, Splice } from './views.ts';

/**
 * The splices that turn `before` into `after`, or `undefined` where they are equal. As many rows as possible
 * stay untouched, so a row that moves costs one deletion and one insertion, wherever it goes.
 */
export function diffRows(before: Rows, after: Rows): RowsPatch | undefined {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && equalJson(before[start] as Row, after[start] as Row)) start++;
  if (start === before.length && start === after.length) return undefined;

  let beforeEnd = before.length;
  let afterEnd = after.length;
  while (
    beforeEnd > start &&
    afterEnd > start &&
    equalJson(before[beforeEnd - 1] as Row, after[afterEnd - 1] as Row)
  ) {
    beforeEnd--;
    afterEnd--;
  }

  const patch: Splice[] = [];
  let b = start;
  let a = start;
  const close = (beforeIndex: number, afterIndex: number): void => {
    // Everything left of the gap is already as in `after`, so the index there is the one to splice at.
    if (beforeIndex > b || afterIndex > a) {
      patch.push([a, beforeIndex - b, ...after.slice(a, afterIndex)]);
    }
    b = beforeIndex + 1;
    a = afterIndex + 1;
  };
  for (const kept of keptRows(before, after, { start, beforeEnd, afterEnd })) close(kept.before, kept.after);
  close(beforeEnd, afterEnd);
  return patch;
}

/** The rows after the patch. Throws `PatchError` where a splice does not fit; `state` is never changed. */
export function applyRowsPatch(state: Rows, patch: RowsPatch): Rows {
  if (!Array.isArray(state)) throw new PatchError('the state is not a list of rows');
  if (!Array.isArray(patch)) throw new PatchError('a patch of rows must be a list of splices');
  let rows: Row[] = state.slice();
  for (const splice of patch as readonly unknown[]) {
    checkSplice(splice, rows.length);
    const [index, deleteCount, ...inserted] = splice;
    if (inserted.length <= SPREAD_MAX) rows.splice(index, deleteCount, ...inserted);
    else rows = [...rows.slice(0, index), ...inserted, ...rows.slice(index + deleteCount)];
  }
  return rows;
}

/** Arguments travel on the stack, so a long list of them would overflow it. */
const SPREAD_MAX = 4096;

function checkSplice(splice: unknown, length: number): asserts splice is Splice {
  if (!Array.isArray(splice)) throw new PatchError('a splice must be a list');
  const [index, deleteCount] = splice as unknown[];
  if (!isCount(index) || index > length) throw new PatchError('the index of a splice is out of range');
  if (!isCount(deleteCount) || deleteCount > length - index) {
    throw new PatchError('a splice deletes more rows than there are');
  }
  for (let i = 2; i < splice.length; i++) {
    if (!Array.isArray(splice[i])) throw new PatchError('a row must be a list');
  }
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
