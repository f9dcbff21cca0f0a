/** The history in PostgreSQL, as tests look at it. */
import { Client } from 'pg';
import { entriesOf } from '../../archiver/memory-archive.contract.ts';
import type { ArchivedRow } from '../../archiver/rows.ts';
import type { LogEntry } from '../../store/score-store.ts';

export interface History {
  readonly client: Client;
  rows(partition: number, table?: 'operations' | 'lost_operations'): Promise<readonly ArchivedRow[]>;
  /** As the log had them. */
  entries(partition: number): Promise<readonly LogEntry[]>;
  count(): Promise<number>;
  gaps(): Promise<readonly (readonly [partition: number, after: number, to: number])[]>;
  // biome-ignore lint/suspicious/noExplicitAny: rows of every shape are looked into by expectations
  query(sql: string, values?: readonly unknown[]): Promise<any[]>;
  close(): Promise<void>;
}

interface StoredRow {
  readonly position: number;
  readonly step: number;
  readonly at: number;
  readonly windows: readonly string[] | null;
  readonly operation: ArchivedRow['operation'];
  readonly exact: ArchivedRow['operation'] | null;
}

export async function openHistory(url: string): Promise<History> {
  const client = new Client({ connectionString: url });
  // Of a server that is killed.
  client.on('error', () => undefined);
  await client.connect();
  const history: History = {
    client,
    query: async (sql, values = []) => (await client.query(sql, [...values])).rows,
    rows: async (partition, table = 'operations') => {
      const { rows } = await client.query<StoredRow>(
        `SELECT position::double precision, step::double precision,
          (extract(epoch FROM accepted_at) * 1000)::double precision AS at, windows, operation, exact
         FROM scorewire.${table} WHERE partition = $1 ORDER BY position`,
        [partition],
      );
      return rows.map(({ position, step, at, windows, operation, exact }) => {
        const row = { position, step, at, operation: exact ?? operation };
        return windows === null ? row : { ...row, windows };
      });
    },
    entries: async (partition) => entriesOf(await history.rows(partition)),
    count: async () => {
      const [row] = await history.query('SELECT count(*)::integer AS count FROM scorewire.operations');
      return row.count;
    },
    gaps: async () => {
      const sql = `SELECT partition, after_position::integer, to_position::integer
        FROM scorewire.gaps ORDER BY noticed_at`;
      return (await history.query(sql)).map(({ partition, after_position, to_position }) => [
        partition,
        after_position,
        to_position,
      ]);
    },
    close: () => client.end(),
  };
  return history;
}
