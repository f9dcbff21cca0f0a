import { assert } from '../../runtime/errors.ts';
import { partitionOfArea, partitionOfPlayers } from '../partitions.ts';
import type { AreaQuery, ModeCount, PlayerQuery, ScoreStore } from '../score-store.ts';
import { chunkByWeight, type Located } from './chunks.ts';
import { listIds } from './id-lists.ts';
import type { Keys, PartitionKeys } from './keys.ts';
import type { RunScript } from './scripts.ts';

type PlayerReads = Pick<ScoreStore, 'readPlayers' | 'readAreas' | 'listAreas'>;

/** What one script call reads at most, so that no call holds Redis up for long: of a player all names of the product are looked up. */
const CALL_PLAYERS = 50;
const CALL_ROWS = 4000;
const AREA_WEIGHT = 10;

export function createPlayerReads(run: RunScript, keys: Keys): PlayerReads {
  const { length } = keys.partitions;
  const keysOf = (partition: number): PartitionKeys => {
    const found = keys.partitions[partition];
    assert(found, 'whatever is read has a partition');
    return found;
  };

  return {
    async readPlayers(queries): Promise<readonly ReadonlyMap<string, number>[]> {
      const players = queries.map(() => new Map<string, number>());
      const located = queries.map((query, index): Located<PlayerQuery> => {
        return { query, index, partition: partitionOfPlayers(query.product, length) };
      });
      // One product after the other, so that the names of each are read once per call.
      located.sort((a, b) =>
        a.query.product < b.query.product ? -1 : a.query.product > b.query.product ? 1 : 0,
      );
      const calls = chunkByWeight(located, () => 1, CALL_PLAYERS).map(async ({ partition, items }) => {
        const byProduct = new Map<string, string[]>();
        for (const { query } of items) {
          const ofProduct = byProduct.get(query.product) ?? [];
          byProduct.set(query.product, ofProduct);
          ofProduct.push(query.player);
        }
        const { counters, counterNames } = keysOf(partition);
        const reply = await run(
          'read-players',
          [...byProduct.keys()].flatMap((product) => [counterNames(product), counters(product)]),
          [...byProduct.values()].flatMap((ofProduct) => [String(ofProduct.length), ...ofProduct]),
        );
        for (const [i, flat] of (reply as string[][]).entries()) {
          const counted = players[items[i]?.index ?? -1];
          for (let at = 0; at < flat.length; at += 2) counted?.set(flat[at] ?? '', Number(flat[at + 1]));
        }
      });
      await Promise.all(calls);
      return players;
    },

    listAreas({ after, limit }): Promise<readonly string[]> {
      const ids = keys.partitions.map(({ areas }) => areas);
      return listIds(run, ids, { after, limit });
    },

    async readAreas(queries): Promise<readonly (readonly ModeCount[])[]> {
      const areas = new Array<readonly ModeCount[]>(queries.length).fill([]);
      const located = queries.map((query, index): Located<AreaQuery> => {
        return { query, index, partition: partitionOfArea(query.area, length) };
      });
      const weigh = ({ limit }: AreaQuery) => AREA_WEIGHT + limit;
      const calls = chunkByWeight(located, weigh, CALL_ROWS).map(async ({ partition, items }) => {
        const reply = await run(
          'read-areas',
          items.map(({ query }) => keysOf(partition).area(query.area)),
          items.map(({ query }) => String(query.limit)),
        );
        for (const [i, flat] of (reply as string[][]).entries()) {
          const item = items[i];
          if (item !== undefined) areas[item.index] = toModes(flat);
        }
      });
      await Promise.all(calls);
      return areas;
    },
  };
}

function toModes(flat: readonly string[]): ModeCount[] {
  const modes: ModeCount[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    modes.push({ mode: flat[i] ?? '', count: 0 - Number(flat[i + 1]) });
  }
  return modes;
}
