import type { Addition } from '../archive.ts';
import type { ArchivedRow } from '../rows.ts';

/** What JSON may hold and `jsonb` may not: NUL, and halves of characters. Found in the text, where a backslash before it may deceive. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

/**
 * Rows as the one JSON text that `INSERT_ROWS` unpacks: `[[partition, position, step, at, operation, windows, exact], ...]`. Where `jsonb`
 * can't take an operation, it gets one with replacement characters, and `exact` is the text of what it is.
 */
export function formatRows({ partition, rows }: Addition): string {
  const text = JSON.stringify(rows.map((row) => fieldsOf(partition, row)));
  if (!UNSTORABLE.test(text)) return text;
  return JSON.stringify(rows.map((row) => storableFieldsOf(partition, row)));
}

function fieldsOf(partition: number, { position, step, at, operation, windows }: ArchivedRow): unknown[] {
  return windows === undefined
    ? [partition, position, step, at, operation]
    : [partition, position, step, at, operation, windows];
}

function storableFieldsOf(partition: number, row: ArchivedRow): unknown[] {
  const exact = JSON.stringify(row.operation);
  if (!UNSTORABLE.test(exact)) return fieldsOf(partition, row);
  const { position, step, at, operation, windows = null } = row;
  return [partition, position, step, at, storable(operation), windows, exact];
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/[\0\p{Surrogate}]/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storable(key), storable(each)]));
}

/** $1: rows, as above. */
export const INSERT_ROWS = `
  INSERT INTO scorewire.operations (
    partition, position, step, accepted_at, kind, board, member, opponent, product, player, area, match, tournament,
    value, windows, operation, exact
  )
  SELECT
    (r ->> 0)::integer, (r ->> 1)::bigint, (r ->> 2)::bigint, to_timestamp((r ->> 3)::double precision / 1000),
    coalesce(o ->> 'op', o ->> 'kind'), o ->> 'board', coalesce(o ->> 'member', o ->> 'winner', o ->> 'user'),
    o ->> 'loser', o ->> 'product', o ->> 'player', o ->> 'area', o ->> 'match', o ->> 'tournament',
    coalesce(o ->> 'value', o ->> 'by', o ->> 'points')::double precision,
    CASE WHEN jsonb_typeof(r -> 5) = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(r -> 5)) END,
    o, (r ->> 6)::json
  FROM jsonb_array_elements($1::jsonb) AS r, LATERAL (SELECT r -> 4 AS o) AS unpacked`;
