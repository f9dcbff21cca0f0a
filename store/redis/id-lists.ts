import type { RunScript } from './scripts.ts';

/** Ids that lie in a sorted set per partition, in byte order over all of them, beginning after `after`. */
export async function listIds(
  run: RunScript,
  keys: readonly string[],
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<readonly string[]> {
  const lowest = after === undefined ? '-' : `(${after}`;
  const replies = await Promise.all(keys.map((key) => run('list-ids', [key], [lowest, String(limit)])));
  // Ids are ASCII, so that JavaScript's order of strings is byte order.
  return (replies as string[][]).flat().sort().slice(0, limit);
}
