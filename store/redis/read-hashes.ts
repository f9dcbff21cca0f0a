import { chunkByWeight } from './chunks.ts';
import type { RunScript } from './scripts.ts';

/** What one script call reads at most. */
const CALL_FIELDS = 1000;

/** Values of fields of hashes, '' for one that is not there; the fields of one partition are all of one hash. */
export async function readHashes(
  run: RunScript,
  fields: readonly string[],
  locate: (field: string) => { readonly partition: number; readonly key: string },
): Promise<readonly string[]> {
  const values = new Array<string>(fields.length).fill('');
  const located = fields.map((query, index) => ({ query, index, partition: locate(query).partition }));
  const calls = chunkByWeight(located, () => 1, CALL_FIELDS).map(async ({ items }) => {
    const asked = items.map(({ query }) => query);
    const [first = ''] = asked;
    const reply = await run('read-hash', [locate(first).key], asked);
    (reply as string[]).forEach((value, i) => {
      const item = items[i];
      if (item) values[item.index] = value;
    });
  });
  await Promise.all(calls);
  return values;
}
