/** A query with its place in the list asked, and the partition that answers it. */
export interface Located<Query> {
  readonly query: Query;
  readonly index: number;
  readonly partition: number;
}

export interface Chunk<Query> {
  readonly partition: number;
  readonly items: readonly Located<Query>[];
}

/** Parts of one partition each, in order, whose weight is at most `maxWeight` (a heavier query stands alone). */
export function chunkByWeight<Query>(
  located: readonly Located<Query>[],
  weigh: (query: Query) => number,
  maxWeight: number,
): Chunk<Query>[] {
  const chunks: Chunk<Query>[] = [];
  const open = new Map<number, { items: Located<Query>[]; weight: number }>();
  for (const item of located) {
    const weight = weigh(item.query);
    let chunk = open.get(item.partition);
    if (chunk === undefined || chunk.weight + weight > maxWeight) {
      chunk = { items: [], weight: 0 };
      open.set(item.partition, chunk);
      chunks.push({ partition: item.partition, items: chunk.items });
    }
    chunk.items.push(item);
    chunk.weight += weight;
  }
  return chunks;
}
