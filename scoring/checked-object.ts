/** What a handler gave, where it is an object. A promise would else pass for one that says nothing, and end the process if it fails. */
export function checkedObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (value instanceof Promise) {
    value.catch(() => undefined);
    throw new TypeError(`${what} gave a promise: handlers must not be asynchronous`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${what} gave what is not an object`);
  }
  return value as Record<string, unknown>;
}

/** What an object has that is not for the winner or the loser, if anything: without a list of its names, as there is hardly ever one. */
export function keyBesidePlayers(given: Readonly<Record<string, unknown>>): string | undefined {
  for (const key in given) {
    if (key !== 'winner' && key !== 'loser' && Object.hasOwn(given, key)) return key;
  }
  return undefined;
}
