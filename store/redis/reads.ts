import type { BoardConfig } from '../../protocol/boards.ts';
import { assert } from '../../runtime/errors.ts';
import { partitionOfBoard } from '../partitions.ts';
import type {
  BoardPage,
  BoardSummary,
  PageQuery,
  ScoreStore,
  Standing,
  Standings,
  StandingsQuery,
} from '../score-store.ts';
import { windowKey } from '../windows-of.ts';
import { chunkByWeight, type Located } from './chunks.ts';
import type { Keys, PartitionKeys } from './keys.ts';
import { readHashes } from './read-hashes.ts';
import { parseConfig, parseScore, rankedRows } from './replies.ts';
import type { RunScript } from './scripts.ts';

type Reads = Pick<
  ScoreStore,
  'readPages' | 'readStandings' | 'readNeighbourhood' | 'readConfigs' | 'listBoards' | 'listWindows'
>;

/** What one script call reads at most, so that no call holds Redis up for long. */
const CALL_ROWS = 4000;
const CALL_MEMBERS = 1000;
/** What reading a board costs beside its rows, and what a page of the board's own `top` is taken to have. */
const BOARD_WEIGHT = 10;
const TOP_WEIGHT = 100;

export function createReads(run: RunScript, keys: Keys): Reads {
  const locate = <Query extends { readonly board: string }>(queries: readonly Query[]): Located<Query>[] =>
    queries.map((query, index) => {
      const partition = partitionOfBoard(query.board, keys.partitions.length);
      return { query, index, partition };
    });
  const keysOf = (partition: number): PartitionKeys => {
    const found = keys.partitions[partition];
    assert(found, 'a board has a partition');
    return found;
  };

  return {
    async readPages(queries): Promise<readonly BoardPage[]> {
      const pages = new Array<BoardPage>(queries.length);
      const weigh = ({ limit }: PageQuery) => BOARD_WEIGHT + (limit === 'top' ? TOP_WEIGHT : limit);
      const calls = chunkByWeight(locate(queries), weigh, CALL_ROWS).map(async ({ partition, items }) => {
        const ofPartition = keysOf(partition);
        const reply = await run(
          'read-pages',
          [
            ...[ofPartition.configs, ofPartition.profiles, ofPartition.windows],
            ...items.map(({ query }) => ofPartition.board(query.board).ranking),
          ],
          items.flatMap(({ query }) => [query.board, String(query.offset), String(query.limit)]),
        );
        (reply as PageReply[]).forEach((page, i) => {
          const item = items[i];
          if (item) pages[item.index] = toPage(page, item.query.offset);
        });
      });
      await Promise.all(calls);
      return pages;
    },

    async readStandings(queries): Promise<readonly Standings[]> {
      const totals = new Array<number>(queries.length).fill(0);
      const standings = queries.map(({ members }) => new Array<Standing | undefined>(members.length));
      const parts = locate(queries.flatMap(splitMembers));
      const weigh = ({ members }: StandingsPart) => BOARD_WEIGHT + members.length;
      const calls = chunkByWeight(parts, weigh, CALL_MEMBERS).map(async ({ partition, items }) => {
        const ofPartition = keysOf(partition);
        const scriptKeys = [ofPartition.configs, ofPartition.windows];
        const args: string[] = [];
        for (const { query } of items) {
          const { ranking, arrivals } = ofPartition.board(query.board);
          scriptKeys.push(ranking, arrivals);
          args.push(query.board, String(query.members.length), ...query.members);
        }
        const reply = await run('read-standings', scriptKeys, args);
        (reply as StandingsReply[]).forEach((answer, i) => {
          const item = items[i];
          if (!item) return;
          const { owner, from, members } = item.query;
          totals[owner] = answer[1];
          members.forEach((_, at) => {
            const target = standings[owner];
            if (target) target[from + at] = toStanding(answer, at);
          });
        });
      });
      await Promise.all(calls);
      return standings.map((each, i) => ({ total: totals[i] ?? 0, standings: Array.from(each) }));
    },

    async readNeighbourhood(board, member, around) {
      const ofPartition = keysOf(partitionOfBoard(board, keys.partitions.length));
      const { ranking, arrivals } = ofPartition.board(board);
      const reply = await run(
        'read-neighbourhood',
        [ofPartition.configs, ofPartition.profiles, ranking, arrivals, ofPartition.windows],
        [board, member, String(around)],
      );
      if (reply === 0) return undefined;
      const [config, total, index, firstIndex, firstRank, flat, names] = reply as NeighbourhoodReply;
      const rows = rankedRows({ config: parseConfig(config), firstIndex, firstRank, flat, names });
      const own = rows[index - firstIndex];
      assert(own, 'a member is among its neighbours');
      return { total, member: own, around: rows };
    },

    async readConfigs(boards): Promise<readonly (BoardConfig | undefined)[]> {
      const configs = await readHashes(run, boards, (board) => {
        const partition = partitionOfBoard(board, keys.partitions.length);
        return { partition, key: keysOf(partition).configs };
      });
      return configs.map((config) => (config === '' ? undefined : parseConfig(config)));
    },

    async listWindows(board): Promise<readonly string[]> {
      const { windows } = keysOf(partitionOfBoard(board, keys.partitions.length)).board(board);
      const names = (await run('list-windows', [windows], [])) as string[];
      return names.map((window) => windowKey(board, window)).sort();
    },

    async listBoards({ after, limit }): Promise<readonly BoardSummary[]> {
      const lowest = after === undefined ? '-' : `(${after}`;
      const replies = await Promise.all(
        keys.partitions.map(({ boards, configs, totals }) =>
          run('list-boards', [boards, configs, totals], [lowest, String(limit)]),
        ),
      );
      const found = replies.flatMap((reply) => toSummaries(reply as string[]));
      return found.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
    },
  };
}

type PageReply = string | readonly [text: string, names: (string | null)[]];
type StandingsReply = [config: string, total: number, flat: (number | string)[]];
type NeighbourhoodReply = [
  config: string,
  total: number,
  index: number,
  firstIndex: number,
  firstRank: number,
  flat: string[],
  names: (string | null)[],
];

function toPage(reply: PageReply, firstIndex: number): BoardPage {
  if (reply === '') return { exists: false, total: 0, rows: [] };
  const [text, names] = typeof reply === 'string' ? [reply, []] : reply;
  const [config = '', total, firstRank, ...flat] = text.split('\n');
  // Where there are no rows, nothing stands after the last separator.
  if (flat[0] === '') flat.pop();
  const rows = rankedRows({
    ...{ config: parseConfig(config), firstIndex },
    ...{ firstRank: Number(firstRank), flat, names },
  });
  return { exists: true, total: Number(total), rows };
}

/** Some of the members of query `owner`, beginning at its member `from`. */
interface StandingsPart extends StandingsQuery {
  readonly owner: number;
  readonly from: number;
}

function splitMembers({ board, members }: StandingsQuery, owner: number): StandingsPart[] {
  const size = CALL_MEMBERS - BOARD_WEIGHT;
  const parts = Math.max(1, Math.ceil(members.length / size));
  return Array.from({ length: parts }, (_, part) => {
    const from = part * size;
    return { board, owner, from, members: members.slice(from, from + size) };
  });
}

function toStanding([config, , flat]: StandingsReply, at: number): Standing | undefined {
  const rank = flat[2 * at];
  const stored = flat[2 * at + 1];
  if (typeof rank !== 'number' || typeof stored !== 'string' || rank === 0) return undefined;
  return { rank, score: parseScore(stored, parseConfig(config)) };
}

/** Ids are ASCII, so that JavaScript's order of strings is byte order. */
function toSummaries(flat: readonly string[]): BoardSummary[] {
  const summaries: BoardSummary[] = [];
  for (let i = 0; i < flat.length; i += 3) {
    summaries.push({
      id: flat[i] ?? '',
      config: parseConfig(flat[i + 1] ?? ''),
      total: Number(flat[i + 2]),
    });
  }
  return summaries;
}
