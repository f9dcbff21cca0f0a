import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { type History, openHistory } from '../../test/support/history.ts';
import { type PostgresServer, startPostgres } from '../../test/support/postgres-server.ts';
import { archiveContract } from '../archive.contract.ts';
import type { Archive } from '../archive.ts';
import { entriesArbitrary } from '../entries.contract.ts';
import { rowsOf } from '../rows.ts';
import { createPostgresArchive, DEFAULT_POSTGRES_OPTIONS } from './postgres-archive.ts';

let server: PostgresServer;
let history: History;
const archives: Archive[] = [];
const create = (options: Partial<typeof DEFAULT_POSTGRES_OPTIONS> = {}): Archive => {
  const all = { ...DEFAULT_POSTGRES_OPTIONS, ...options, url: server.url };
  const archive = createPostgresArchive({ logger: silentLogger }, all);
  archives.push(archive);
  return archive;
};

beforeAll(async () => {
  server = await startPostgres();
  history = await openHistory(server.url);
});
afterEach(async () => {
  for (const archive of archives.splice(0)) await archive.close();
  await history.query('DROP SCHEMA IF EXISTS scorewire CASCADE');
});
afterAll(async () => {
  await history.close();
  await server.stop();
});

archiveContract(async () => ({
  create,
  rows: (partition) => history.rows(partition),
  lost: (partition) => history.rows(partition, 'lost_operations'),
  gaps: () => history.gaps(),
}));

const ROW = { position: 1, step: 1, at: 1 };
const addition = (operation: object, windows?: readonly string[]) => ({
  ...{ partition: 0, after: 0, reached: { position: 1, at: 1 } },
  rows: [{ ...ROW, operation: operation as never, ...(windows === undefined ? {} : { windows }) }],
});

describe('the archive in PostgreSQL', () => {
  it('makes its schema once, whoever comes first, and leaves it as it is afterwards', async () => {
    const [one, other] = [create(), create()];
    const opened = await Promise.all([one.open(1), other.open(1)]);
    expect(opened.filter((reached) => reached !== undefined)).toEqual([[{ position: 0, at: undefined }]]);
    const versions = 'SELECT version, made_at FROM scorewire.schema_versions ORDER BY version';
    const before = await history.query(versions);
    expect(before.map(({ version }) => version)).toEqual([1, 2]);
    await one.close();
    await other.close();
    await create().open(1);
    expect(await history.query(versions)).toEqual(before);
  });

  it('refuses a schema of a newer program, and the history of another installation', async () => {
    const archive = create();
    await archive.open(3);
    await archive.close();
    await expect(archive.open(4)).rejects.toThrow('is of 3 partitions, not 4');
    await archive.close();
    await history.query('INSERT INTO scorewire.schema_versions (version) VALUES (99)');
    await expect(archive.open(3)).rejects.toThrow('version 99, made by a newer program');
  });

  it('ends the session of who does not move, so that another one can write', async () => {
    const idle = create({ idleTimeoutMs: 1500 });
    await idle.open(1);
    const next = create();
    await expect.poll(() => next.open(1), { timeout: 10_000 }).toEqual([{ position: 0, at: undefined }]);
    await expect(idle.append([addition({ op: 'delta' })])).rejects.toThrow('PostgreSQL: ');
  });

  it('gives up a statement that is not answered', async () => {
    const archive = create({ statementTimeoutMs: 300 });
    await archive.open(1);
    await history.query('BEGIN; LOCK TABLE scorewire.positions');
    await expect(archive.append([addition({ op: 'delta' })])).rejects.toThrow(/timeout/);
    await history.query('ROLLBACK');
    expect(await history.count()).toBe(0);
  });

  it('has columns for what is asked most', async () => {
    const archive = create();
    await archive.open(1);
    const value = 0.1 + 0.2;
    await archive.append([
      addition({ op: 'set', board: 'b', member: '🏏 \\"x', value }, ['daily.2026-11-21', 'weekly.2026-W47']),
    ]);
    expect(
      await history.query('SELECT kind, board, member, value, windows, exact FROM scorewire.operations'),
    ).toEqual([
      {
        ...{ kind: 'set', board: 'b', member: '🏏 \\"x', value, exact: null },
        windows: ['daily.2026-11-21', 'weekly.2026-W47'],
      },
    ]);
  });

  it('gives back what the log had, whatever that was', async () => {
    const archive = create();
    await archive.open(1);
    await fc.assert(
      fc.asyncProperty(entriesArbitrary, async (entries) => {
        await history.query('TRUNCATE scorewire.operations; UPDATE scorewire.positions SET position = 0');
        const last = entries.at(-1);
        const reached = { position: last?.to ?? 0, at: last?.at };
        await archive.append([{ partition: 0, after: 0, reached, rows: entries.flatMap(rowsOf) }]);
        expect(await history.entries(0)).toEqual(entries);
      }),
    );
  });

  it.each([
    ['NUL', 'a\0b', 'a\ufffdb'],
    ['half a character', 'a\ud83cb', 'a\ufffdb'],
    ['another half', '\udfcf', '\ufffd'],
    ['what only looks like NUL', '\\u0000', '\\u0000'],
    ['a whole character', '🏏', '🏏'],
  ])('keeps a text with %s exactly, beside what PostgreSQL can hold', async (_, text, stored) => {
    const archive = create();
    await archive.open(1);
    const operation = { op: 'append', match: 'm', event: { type: 'match', action: 'note', text } };
    await archive.append([addition(operation)]);
    const [row] = await history.rows(0);
    expect(row?.operation).toEqual(operation);
    const [found] = await history.query(`SELECT event ->> 'text' AS text FROM scorewire.match_events`);
    expect(found.text).toBe(stored);
  });
});
