import { Client } from 'pg';
import type { Logger } from '../../runtime/logger.ts';
import { ArchiveError } from '../archive.ts';

export interface SessionOptions {
  readonly url: string;
  /** Without an answer for this long a statement counts as failed. */
  readonly statementTimeoutMs: number;
  /** Who does not ask for anything for this long loses the session, and with it what it has locked. */
  readonly idleTimeoutMs: number;
}

/** Waiting for a connection. */
const CONNECT_TIMEOUT_MS = 5000;

/** One connection. When it breaks, all that it had locked is free, and what it had not committed has not happened. */
export class Session {
  readonly #client: Client;
  #broken: Error | undefined;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async connect(
    { logger }: { readonly logger: Logger },
    { url, statementTimeoutMs, idleTimeoutMs }: SessionOptions,
  ): Promise<Session> {
    const client = new Client({
      connectionString: url,
      application_name: 'scorewire archiver',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      query_timeout: statementTimeoutMs,
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: idleTimeoutMs,
    });
    const session = new Session(client);
    client.on('error', (error) => {
      session.#broken ??= error;
    });
    client.on('notice', (notice) => logger.debug({ notice: notice.message }, 'PostgreSQL says'));
    try {
      await client.connect();
      // Times are read and written as numbers, texts as they are, whatever the settings of the role are.
      await client.query(`SET idle_session_timeout = ${idleTimeoutMs}; SET search_path = scorewire, public`);
    } catch (error) {
      await session.close();
      throw failureOf(error);
    }
    return session;
  }

  /** Several statements at once are one transaction, unless they say otherwise. */
  async run<Row extends object = object>(
    text: string,
    values: readonly unknown[] = [],
    timeoutMs?: number,
  ): Promise<{ readonly rows: readonly Row[]; readonly count: number }> {
    if (this.#broken !== undefined) throw failureOf(this.#broken);
    try {
      const { rows, rowCount } = await this.#client.query<Row>({
        text,
        values: [...values],
        ...(timeoutMs === undefined ? {} : { query_timeout: timeoutMs }),
      });
      return { rows, count: rowCount ?? 0 };
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** All of it happens, or nothing. After a failure the session is of no more use. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run('BEGIN');
    const result = await work();
    await this.run('COMMIT');
    return result;
  }

  /** For what needs the client itself. */
  async using<T>(work: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await work(this.#client);
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** At once, whatever is under way: that fails. */
  async close(): Promise<void> {
    this.#broken ??= new Error('the connection was closed');
    await this.#client.end().catch(() => undefined);
  }
}

function failureOf(error: unknown): ArchiveError {
  if (error instanceof ArchiveError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ArchiveError(`PostgreSQL: ${message}`, { cause: error });
}
