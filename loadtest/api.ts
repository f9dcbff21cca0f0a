import { type Answer, request } from '../test/support/scorewire.ts';

/** The HTTP interface, for what is prepared and what is checked; the load itself goes other ways. */
export interface Api {
  /** The body of an answer of 200. Throws at any other. */
  call(method: string, path: string, body?: unknown): Promise<Answer['body']>;
  /** As many at a time as do no harm. */
  each<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void>;
}

const AT_A_TIME = 16;

export function connectApi(url: string, token: string): Api {
  return {
    call: async (method, path, body) => {
      const options = { method, ...(token === '' ? {} : { token }), ...(body === undefined ? {} : { body }) };
      const answer = await request(new URL(path, url).href, options);
      if (answer.status !== 200) {
        throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body.detail ?? ''}`);
      }
      return answer.body;
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
