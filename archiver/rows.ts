import { assert } from '../runtime/errors.ts';
import type { AppliedOperation, LogEntry } from '../store/score-store.ts';

type Batch = Extract<LogEntry, { kind: 'batch' }>;
type OtherEntry = Exclude<LogEntry, Batch>;
/** A step that is not one of operations. */
export type Change = OtherEntry extends infer E
  ? E extends LogEntry
    ? Omit<E, 'from' | 'to' | 'at'>
    : never
  : never;

/** One position of a partition's history. */
export interface ArchivedRow {
  readonly position: number;
  /** At which the step ended that it was part of: a batch has a row for each of its operations. */
  readonly step: number;
  readonly at: number;
  /** The windows of its board that the operation changed too. */
  readonly windows?: readonly string[];
  readonly operation: AppliedOperation | Change;
}

export function rowsOf(entry: LogEntry): readonly ArchivedRow[] {
  const { from, to: step, at } = entry;
  if (entry.kind !== 'batch') {
    const { from: _from, to: _to, at: _at, ...operation } = entry;
    return [{ position: step, step, at, operation: operation as Change }];
  }
  const { operations, windows } = entry;
  assert(operations.length === step - from, 'a batch of the log has an operation for each of its positions');
  return operations.map((operation, i) => {
    const position = from + 1 + i;
    const own = 'board' in operation ? windows?.get(operation.board) : undefined;
    return own === undefined
      ? { position, step, at, operation }
      : { position, step, at, windows: own, operation };
  });
}

/** The step that these rows are all of. */
export function entryOf(rows: readonly ArchivedRow[]): LogEntry {
  const [first] = rows;
  assert(first !== undefined, 'a step has at least one row');
  const place = { from: first.position - 1, to: first.step, at: first.at };
  assert(place.to - place.from === rows.length, 'all rows of a step are there');
  if (!('op' in first.operation)) return { ...place, ...first.operation } as LogEntry;
  const windows = new Map<string, readonly string[]>();
  const operations = rows.map(({ operation, windows: own }) => {
    assert('op' in operation, 'a batch has operations only');
    if (own !== undefined && 'board' in operation) windows.set(operation.board, own);
    return operation;
  });
  return { ...place, kind: 'batch', operations, ...(windows.size === 0 ? {} : { windows }) };
}
