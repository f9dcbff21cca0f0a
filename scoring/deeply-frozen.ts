/** Those that were frozen as a whole, so that each is walked over once. */
const known = new WeakSet<object>();

/**
 * The value itself, which nobody can change any more, nor anything in it: handlers are given what the settings hold, and one that wrote into
 * it would score every later result by something that no log knows.
 */
export function deeplyFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || known.has(value)) return value;
  for (const each of Object.values(value)) deeplyFrozen(each);
  known.add(Object.freeze(value));
  return value;
}
