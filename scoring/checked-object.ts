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
