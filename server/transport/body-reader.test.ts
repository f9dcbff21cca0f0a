import { expect, it } from 'vitest';
import { BodyReader } from './body-reader.ts';
import type { HttpResponse } from './uws.ts';

/** What the library does with a body: a chunk makes it count the time until the next one, and a pause ends that. */
function libraryWith() {
  let onData = (_chunk: ArrayBuffer, _isLast: boolean): void => undefined;
  const library = { isPaused: false, isCounting: false };
  const response = {
    onData: (handler: typeof onData) => {
      onData = handler;
    },
    pause: () => Object.assign(library, { isPaused: true, isCounting: false }),
    resume: () => Object.assign(library, { isPaused: false, isCounting: true }),
  } as unknown as HttpResponse;
  const give = (text: string, isLast = false): void => {
    library.isCounting = !isLast;
    onData(new TextEncoder().encode(text).buffer, isLast);
  };
  return { library, reader: new BodyReader(response, undefined), give };
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

it('lets who sends wait without a limit, also where several chunks were read at once', async () => {
  const { library, reader, give } = libraryWith();
  const first = reader.next();
  give('a');
  expect(text(await first)).toBe('a');
  give('b');
  give('c');
  expect(library).toEqual({ isPaused: true, isCounting: false });
  expect(text(await reader.next())).toBe('bc');
  expect(library).toEqual({ isPaused: true, isCounting: false });
  const last = reader.next();
  expect(library).toEqual({ isPaused: false, isCounting: true });
  give('d', true);
  expect(text(await last)).toBe('d');
  expect(await reader.next()).toBeUndefined();
});
