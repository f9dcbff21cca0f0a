import { advance } from '../advance.ts';
import { checkTeam } from '../check-team.ts';
import { Contest } from '../contest.ts';
import type { Watched } from '../contest-types.ts';
import { OrderScratch } from '../order.ts';
import { isRefused, refuse } from '../refusal.ts';
import { registerLines } from '../team-lines.ts';
import type { Answer, AnswerOf, ContestCall, ContestCalls, Question } from './calls.ts';
import { type Phase, tellProgress } from './progress.ts';

interface OpenContest {
  readonly contest: Contest;
  readonly progress: Int32Array | undefined;
  watched: Watched;
}

type Handlers = {
  readonly [C in Exclude<ContestCall, 'open' | 'close'>]: (
    open: OpenContest,
    body: ContestCalls[C]['body'],
  ) => AnswerOf<C>;
};

const HANDLERS: Handlers = {
  load: ({ contest }, { chunk }) => contest.load(chunk),
  register: ({ contest }, { lines, firstLine }) =>
    contest.isStarted
      ? refuse('conflict', 'The tournament has started: its teams change one by one')
      : registerLines(contest, lines, firstLine),
  start: (open) => {
    tell(open, 'indexing');
    open.contest.start();
    return open.contest.figures;
  },
  put: ({ contest }, { team }) => {
    const checked = checkTeam(team);
    if (isRefused(checked)) return checked;
    const outcome = contest.put(checked);
    if (isRefused(outcome)) return outcome;
    const place = outcome === 'unchanged' ? undefined : contest.placeOf(checked.team);
    return place === undefined ? { outcome } : { outcome, chunk: contest.encode([place]) };
  },
  points: ({ contest }, { points }) => ({
    rejected: points.flatMap(([player, total], index) => {
      const refused = contest.setPoints(player, total);
      return refused === undefined ? [] : [{ index, ...refused.refused }];
    }),
  }),
  advance: ({ contest }, changes) => advance(contest, changes),
  tick: (open, { watched }) => {
    open.watched = watched ?? open.watched;
    return open.contest.tick(open.watched);
  },
  page: ({ contest }, { league, offset, limit }) => contest.page(league, offset, limit),
  team: ({ contest }, { team }) => contest.team(team),
  recompute: ({ contest }) => contest.recompute(),
  figures: ({ contest }) => contest.figures,
  chunk: ({ contest }, { index }) => ({ chunks: contest.chunks, chunk: contest.chunk(index) }),
  allPoints: ({ contest }) => contest.points(),
};

/** Several contests, asked one question after the other: the thread's side of `ContestHost`. */
export class ContestDesk {
  readonly #contests = new Map<string, OpenContest>();
  /** Only one contest sorts at a time. */
  readonly #scratch = new OrderScratch();

  answer(question: Question): Answer {
    return { id: question.id, answer: this.#answer(question) };
  }

  #answer(question: Question): AnswerOf<ContestCall> {
    const open = this.#contests.get(question.contest);
    if (question.call === 'open') return this.#open(question as Question<'open'>);
    if (open === undefined) return refuse('not_found', `The contest ${question.contest} is not open`);
    if (question.call === 'close') {
      this.#contests.delete(question.contest);
      return undefined;
    }
    const handle = HANDLERS[question.call] as (open: OpenContest, body: unknown) => AnswerOf<ContestCall>;
    const answer = handle(open, question.body);
    tell(open, open.contest.isStarted ? 'started' : 'open');
    return answer;
  }

  #open({ contest: id, body, progress }: Question<'open'>): AnswerOf<'open'> {
    if (this.#contests.has(id)) return refuse('conflict', `The contest ${id} is open already`);
    const contest = new Contest(body, this.#scratch);
    this.#contests.set(id, { contest, progress, watched: { leagues: [], teams: [] } });
    return undefined;
  }
}

function tell({ contest, progress }: OpenContest, phase: Phase): void {
  if (progress !== undefined) tellProgress(progress, { phase, teams: contest.teams });
}
