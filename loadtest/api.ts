import { type Answer, request } from '../test/support/scorewire.ts';

/** The HTTP interface, for what is prepared and what is checked; the load itself goes other ways. */
export interface Api {
  /** The body of an answer of 200. Throws at any other. */
  call(method: string, path: string, body?: unknown): Promise<Answer['body']>;
  /** Each as a line of NDJSON. */
  upload(path: string, lines: readonly unknown[]): Promise<Answer['body']>;
  /** As many at a time as do no harm. */
  each<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void>;
}

const AT_A_TIME = 16;

export function connectApi(url: string, token: string): Api {
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    type?: string,
  ): Promise<Answer['body']> => {
    const answer = await request(new URL(path, url).href, {
      method,
      ...(token === '' ? {} : { token }),
      ...(body === undefined ? {} : { body }),
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
    });
    if (answer.status !== 200) {
      throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body.detail ?? ''}`);
    }
    return answer.body;
  };
  return {
    call: ask,
    upload: (path, lines) => {
      const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      return ask('POST', path, body, 'application/x-ndjson');
    },
    each: async (items, work) => {
      const iterator = items[Symbol.iterator]();
      const worker = async (): Promise<void> => {
        for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value);
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    },
  };
}
