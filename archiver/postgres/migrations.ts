import { readFileSync } from 'node:fs';
import type { ClientBase } from 'pg';

/** In the order in which they are made; one that was released never changes. */
const MIGRATIONS = ['1-operations', '2-views'] as const;

/** Brings the schema to what this program knows, each step whole or not at all. Whoever calls is alone. */
export async function migrate(client: ClientBase): Promise<void> {
  await client.query(
    `CREATE SCHEMA IF NOT EXISTS scorewire;
     CREATE TABLE IF NOT EXISTS scorewire.schema_versions (
       version integer PRIMARY KEY,
       made_at timestamptz NOT NULL DEFAULT now()
     )`,
  );
  const { rows } = await client.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM scorewire.schema_versions',
  );
  const version = rows[0]?.version ?? 0;
  if (version > MIGRATIONS.length) {
    throw new Error(
      `the schema scorewire is of version ${version}, made by a newer program; this one knows ${MIGRATIONS.length}`,
    );
  }
  for (const [i, name] of MIGRATIONS.entries()) {
    if (i + 1 <= version) continue;
    const sql = readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
    await client.query(
      `BEGIN; ${sql}; INSERT INTO scorewire.schema_versions (version) VALUES (${i + 1}); COMMIT`,
    );
  }
}
