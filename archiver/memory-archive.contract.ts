import type { LogEntry } from '../store/score-store.ts';
import { type Addition, type Archive, ArchiveError, type Correction, type Reached } from './archive.ts';
import { type ArchivedRow, entryOf } from './rows.ts';

/** What several archives share, as a database would keep it. */
export class MemoryHistory {
  readonly reached: Reached[] = [];
  readonly rows = new Map<number, ArchivedRow[]>();
  readonly lost: ArchivedRow[] = [];
  readonly gaps: (readonly [partition: number, after: number, to: number])[] = [];
  writer: object | undefined;
  /** Thrown by the next calls, as long as it is there. */
  failure: Error | undefined;
  /** Called in the midst of a change, which is then only done where it returns. */
  onChange: () => void = () => undefined;

  rowsOf(partition: number): ArchivedRow[] {
    const found = this.rows.get(partition) ?? [];
    this.rows.set(partition, found);
    return found;
  }

  entries(partition = 0): readonly LogEntry[] {
    return entriesOf(this.rowsOf(partition));
  }
}

/** The steps that rows are of. */
export function entriesOf(rows: readonly ArchivedRow[]): readonly LogEntry[] {
  const steps = new Map<number, ArchivedRow[]>();
  for (const row of rows) steps.set(row.step, [...(steps.get(row.step) ?? []), row]);
  return [...steps.values()].map(entryOf);
}

/** The model of an archive. */
export function createMemoryArchive(history: MemoryHistory): Archive {
  const self = {};
  const check = (): void => {
    if (history.failure !== undefined) throw history.failure;
    if (history.writer !== self) throw new ArchiveError('not open');
  };
  const move = (moves: readonly Correction[]): void => {
    check();
    for (const { partition, after } of moves) {
      if (history.reached[partition]?.position !== after) throw new ArchiveError('changed by another');
    }
    history.onChange();
    for (const { partition, reached } of moves) history.reached[partition] = reached;
  };
  return {
    open: async (partitions) => {
      if (history.failure !== undefined) throw history.failure;
      history.writer ??= self;
      if (history.writer !== self) return undefined;
      for (let i = history.reached.length; i < partitions; i++) {
        history.reached.push({ position: 0, at: undefined });
      }
      return [...history.reached];
    },
    confirm: async () => check(),
    append: async (additions: readonly Addition[]) => {
      move(additions);
      for (const { partition, rows } of additions) history.rowsOf(partition).push(...rows);
      return additions.map(({ rows }) => JSON.stringify(rows).length);
    },
    skip: async (gap) => {
      move([gap]);
      history.gaps.push([gap.partition, gap.after, gap.reached.position]);
    },
    putAside: async (loss) => {
      move([loss]);
      const rows = history.rowsOf(loss.partition);
      const first = rows.findIndex(({ position }) => position > loss.reached.position);
      const lost = first < 0 ? [] : rows.splice(first);
      history.lost.push(...lost);
      return lost.length;
    },
    readSteps: async (partition, from, limit) => {
      check();
      return history
        .rowsOf(partition)
        .filter(({ position, step }) => position === step && position <= from)
        .map(({ position, at }) => ({ position, at }))
        .toReversed()
        .slice(0, limit);
    },
    close: async () => {
      if (history.writer === self) history.writer = undefined;
    },
  };
}
