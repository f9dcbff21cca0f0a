import type { ScoreEvent, ScorewireEvent } from '../../protocol/events.ts';
import { compareByteOrder } from '../../protocol/names.ts';
import type { State } from '../../protocol/views.ts';
import type { Api } from '../api.ts';
import { Problems } from '../problems.ts';
import type { Book, Model, ModelVerdict } from '../scenario.ts';

interface RankedRow {
  readonly rank: number;
  readonly member: string;
  readonly score: number;
}

/** What was acknowledged, and what may have been applied beside it. */
interface Sum {
  acknowledged: number;
  unknown: number;
}

const PAGE_ROWS = 1000;

/** Boards that only ever get positive deltas: the score of a member is their sum, whatever their order was. */
export class ScoreModel implements Book, Model {
  readonly #boards: ReadonlyMap<string, Map<string, Sum>>;
  readonly #top: number;

  constructor(boards: readonly string[], top = 100) {
    this.#boards = new Map(boards.map((board) => [board, new Map()]));
    this.#top = top;
  }

  applied(events: readonly ScorewireEvent[]): void {
    for (const event of events as readonly ScoreEvent[]) this.#sumOf(event).acknowledged += deltaOf(event);
  }

  unknown(events: readonly ScorewireEvent[]): void {
    for (const event of events as readonly ScoreEvent[]) this.#sumOf(event).unknown += deltaOf(event);
  }

  async check(api: Api, channels: ReadonlySet<string>): Promise<ModelVerdict> {
    const problems = new Problems();
    const states = new Map<string, State>();
    await api.each(this.#boards, async ([board, sums]) => {
      const rows = await readBoard(api, board, problems);
      this.#compare(board, sums, rows, problems);
      const top = `board:${board}`;
      if (channels.has(top))
        states.set(
          top,
          rows.slice(0, this.#top).map(({ member, score }) => [member, score]),
        );
      for (const { member, rank, score } of rows) {
        const channel = `rank:${board}:${member}`;
        if (channels.has(channel)) states.set(channel, { member, total: rows.length, rank, score });
      }
    });
    return { problems: problems.list(), states };
  }

  async remove(api: Api): Promise<void> {
    await api.each(this.#boards.keys(), async (board) => {
      await api.call('DELETE', `/v1/boards/${board}`);
    });
  }

  #compare(
    board: string,
    sums: ReadonlyMap<string, Sum>,
    rows: readonly RankedRow[],
    problems: Problems,
  ): void {
    const scores = new Map(rows.map(({ member, score }) => [member, score]));
    for (const [member, { acknowledged, unknown }] of sums) {
      const score = scores.get(member) ?? 0;
      const most = acknowledged + unknown;
      if (score < acknowledged) {
        problems.add(`${board}: ${member} has ${score}, but acknowledged events make ${acknowledged}`);
      } else if (score > most) {
        problems.add(`${board}: ${member} has ${score}, but events that were sent make ${most}`);
      }
    }
    for (const [index, row] of rows.entries()) {
      if (!sums.has(row.member)) problems.add(`${board}: ${row.member} was never sent`);
      const before = rows[index - 1];
      if (row.rank !== rankAfter(before, row, index)) {
        problems.add(
          `${board}: ${row.member} is at place ${index + 1} with ${row.score} and rank ${row.rank}`,
        );
      }
    }
  }

  #sumOf({ board, member }: ScoreEvent): Sum {
    const sums = this.#boards.get(board);
    if (sums === undefined) throw new Error(`there is no board ${board} in this run`);
    const found = sums.get(member);
    if (found !== undefined) return found;
    const made = { acknowledged: 0, unknown: 0 };
    sums.set(member, made);
    return made;
  }
}

/** By competition ranking; `undefined` where the row should not stand below the one before it. */
function rankAfter(before: RankedRow | undefined, row: RankedRow, index: number): number | undefined {
  if (before === undefined) return 1;
  if (before.score > row.score) return index + 1;
  const isBelow = before.score === row.score && compareByteOrder(before.member, row.member) < 0;
  return isBelow ? before.rank : undefined;
}

async function readBoard(api: Api, board: string, problems: Problems): Promise<readonly RankedRow[]> {
  const rows: RankedRow[] = [];
  for (;;) {
    const page = await api.call('GET', `/v1/boards/${board}?limit=${PAGE_ROWS}&offset=${rows.length}`);
    rows.push(...page.rows);
    if (page.rows.length === PAGE_ROWS) continue;
    if (page.total !== rows.length)
      problems.add(`${board}: has ${page.total} members and shows ${rows.length}`);
    return rows;
  }
}

function deltaOf(event: ScoreEvent): number {
  return 'delta' in event ? event.delta : 0;
}
