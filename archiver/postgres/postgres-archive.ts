import { assert } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type Addition, type Archive, ArchiveError, type Correction, type Reached } from '../archive.ts';
import { migrate } from './migrations.ts';
import { formatRows, INSERT_ROWS } from './row-format.ts';
import { Session, type SessionOptions } from './session.ts';

/** Of the one who writes, for as long as its session lives. Nobody else uses this number, it is said in the documentation. */
const WRITER_LOCK = 7_266_729_347;

/** Of statements that put aside all that was ever archived. */
const LONG_TIMEOUT_MS = 3_600_000;

export interface PostgresArchiveOptions extends Omit<SessionOptions, 'url'> {
  readonly url: string;
}

export const DEFAULT_POSTGRES_OPTIONS: Omit<PostgresArchiveOptions, 'url'> = {
  statementTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
};

/**
 * The archive in PostgreSQL. The right to write is a lock of the session, so it ends with the session, and who lost the one can't use the
 * other. A pool in between that shares sessions would break that, but nothing more: each change compares the position that it goes on from.
 */
export function createPostgresArchive(
  deps: { readonly logger: Logger },
  options: PostgresArchiveOptions,
): Archive {
  let session: Session | undefined;
  /** While it is the one that writes, which it is until it ends. */
  let writing: Session | undefined;

  function opened(): Session {
    if (writing === undefined) throw new ArchiveError('PostgreSQL: this archiver does not write');
    return writing;
  }

  async function readReached(ours: Session, partitions: number): Promise<readonly Reached[]> {
    const select = `SELECT partition, position::double precision,
      (extract(epoch FROM accepted_at) * 1000)::double precision AS at
      FROM scorewire.positions ORDER BY partition`;
    type Row = { partition: number; position: number; at: number | null };
    const { rows } = await ours.run<Row>(select);
    if (rows.length === 0) {
      const insert = 'INSERT INTO scorewire.positions (partition) SELECT generate_series(0, $1::integer - 1)';
      await ours.run(insert, [partitions]);
      return Array.from({ length: partitions }, () => ({ position: 0, at: undefined }));
    }
    if (rows.length !== partitions) {
      throw new ArchiveError(
        `the history in DATABASE_URL is of ${rows.length} partitions, not ${partitions}: it is another installation's`,
      );
    }
    return rows.map(({ position, at }) => ({ position, at: at ?? undefined }));
  }

  /** Moves positions, each from where it has to be. Their rows stay locked until the end of the transaction. */
  async function move(ours: Session, moves: readonly Correction[]): Promise<void> {
    const { count } = await ours.run(
      `UPDATE scorewire.positions AS p
       SET position = m.position, accepted_at = to_timestamp(m.at / 1000), changed_at = now()
       FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::double precision[])
         AS m (partition, after, position, at)
       WHERE p.partition = m.partition AND p.position = m.after`,
      [
        moves.map(({ partition }) => partition),
        moves.map(({ after }) => after),
        moves.map(({ reached }) => reached.position),
        moves.map(({ reached }) => reached.at ?? null),
      ],
    );
    if (count !== moves.length) throw new ArchiveError('another archiver has changed the history meanwhile');
  }

  async function close(): Promise<void> {
    const closing = session;
    session = undefined;
    writing = undefined;
    await closing?.close();
  }

  return {
    open: async (partitions) => {
      session ??= await Session.connect(deps, options);
      const ours = session;
      const { rows } = await ours.run<{ locked: boolean }>(
        `SELECT pg_try_advisory_lock(${WRITER_LOCK}) AS locked`,
      );
      if (rows[0]?.locked !== true) return undefined;
      await ours.using(migrate);
      const reached = await readReached(ours, partitions);
      writing = ours;
      return reached;
    },

    confirm: async () => {
      await opened().run('SELECT 1');
    },

    append: async (additions: readonly Addition[]) => {
      const ours = opened();
      const texts = additions.map(formatRows);
      await ours.transaction(async () => {
        await move(ours, additions);
        for (const text of texts) await ours.run(INSERT_ROWS, [text]);
      });
      return texts.map((text) => text.length);
    },

    skip: async (gap: Correction) => {
      const ours = opened();
      await ours.transaction(async () => {
        await move(ours, [gap]);
        const insert =
          'INSERT INTO scorewire.gaps (partition, after_position, to_position) VALUES ($1, $2, $3)';
        await ours.run(insert, [gap.partition, gap.after, gap.reached.position]);
      });
    },

    putAside: async (loss: Correction) => {
      const ours = opened();
      return ours.transaction(async () => {
        await move(ours, [loss]);
        await ours.run(`SET LOCAL statement_timeout = ${LONG_TIMEOUT_MS}`);
        const { count } = await ours.run(
          `WITH lost AS (
             DELETE FROM scorewire.operations WHERE partition = $1 AND position > $2 RETURNING *
           )
           INSERT INTO scorewire.lost_operations SELECT lost.*, now() FROM lost`,
          [loss.partition, loss.reached.position],
          LONG_TIMEOUT_MS,
        );
        return count;
      });
    },

    readSteps: async (partition, from, limit) => {
      assert(limit > 0, 'some steps are read');
      const { rows } = await opened().run<{ position: number; at: number }>(
        `SELECT position::double precision, (extract(epoch FROM accepted_at) * 1000)::double precision AS at
         FROM scorewire.operations
         WHERE partition = $1 AND position <= $2 AND position = step ORDER BY position DESC LIMIT $3`,
        [partition, from, limit],
      );
      return rows;
    },

    close,
  };
}
