import { isRefused, type Refused } from '../../contest/refusal.ts';
import { type GenerateData, GenerateDataSchema, generateDataChecker } from '../../protocol/demo-data.ts';
import { PublishReplySchema } from '../../protocol/replies.ts';
import type { Clock } from '../../runtime/clock.ts';
import { simulateMatch } from '../../scoring/cricket/simulator.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import { createDemoArea } from '../demo/demo-area.ts';
import { beginDemoContest, type DemoContestDeps } from '../demo/demo-contest.ts';
import { beginDemoMatch, demoSeed } from '../demo/demo-cricket.ts';
import { DEMO_AREA_SIZE, DEMO_AREAS, DEMO_PRODUCT } from '../demo/demo-feed.ts';
import { createDemoMatches } from '../demo/demo-matches.ts';
import { demoPlayers, demoPoints } from '../demo/demo-points.ts';
import { createDemoGame } from '../demo/demo-scores.ts';
import { demoTeams } from '../demo/demo-teams.ts';
import type { Ingest } from '../ingest/ingest-types.ts';
import type { ServerLimits } from '../limits.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { decide, identify, unauthorized } from './access.ts';
import { readBody } from './checked-body.ts';
import { replyTo } from './events-route.ts';
import { answer } from './formats.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';
import { refusalReply } from './tournament-access.ts';

/** What the demonstration plays on where a request does not say. */
export interface DemoDefaults {
  readonly board: string;
  readonly players: number;
  readonly random: () => number;
}

export interface DemoDeps {
  readonly ingest: Pick<Ingest, 'publish'>;
  readonly authenticator: Authenticator;
  readonly demo: DemoDefaults;
  readonly store: Pick<ScoreStore, 'configureMatch' | 'removeMatch'> & DemoContestDeps['store'];
  readonly clock: Clock;
}

const GENERATE: RouteDoc = {
  tag: 'Operation',
  summary: 'Make demonstration data',
  description:
    'Random events of one kind, only where the demonstration is on. Teams of a contest count like events.',
  needs:
    '`publish` on `board:<board>`, `product:<product>`, `area:<area>`, `match:<match>` or `tournament:<tournament>`',
  body: {
    schema: GenerateDataSchema,
    examples: {
      'a hundred scores': { kind: 'board', count: 100 },
      'games of rock, paper, scissors': { kind: 'results', count: 10, players: 20 },
      'the beginning of a match': { kind: 'match', count: 100, match: 'generated', format: 'T20' },
      'a fantasy contest': { kind: 'fantasy', count: 500, tournament: 'generated' },
      'users who come and go': { kind: 'area', count: 100, area: '111', users: 50, modes: 5 },
    },
  },
  replies: {
    200: {
      description: 'What became of the events',
      schema: PublishReplySchema,
      example: { applied: 100, duplicates: 0, rejected: [] },
    },
  },
  errors: ['rate_limited', 'conflict', 'not_found'],
};

/** `POST /v1/generate_data {kind, count, ...}` answers as `POST /v1/events` does. */
export function demoRoute(deps: DemoDeps, limits: Pick<ServerLimits, 'eventsPerPublish'>): DescribedRoute {
  return {
    method: 'POST',
    pattern: '/v1/generate_data',
    doc: GENERATE,
    handler: (request) => generate(request, deps, limits.eventsPerPublish),
  };
}

async function generate(request: HttpRequest, deps: DemoDeps, maxEvents: number): Promise<HttpReply> {
  const { ingest, authenticator } = deps;
  const caller = await identify(request, authenticator);
  if (!caller.ok) return caller.reply;
  if (caller.anonymous) return unauthorized('publishing needs a token');
  const body = await readBody(request, generateDataChecker);
  if (!body.ok) return body.reply;
  const source = sourceOf(body.value, deps);
  const permission = decide(caller, { publish: source.scope });
  if (!permission.ok) return permission.reply;
  const most = Math.max(1, Math.floor(maxEvents / source.eventsEach));
  const begun = (await source.begin?.()) ?? 0;
  if (isRefused(begun)) return refusalReply(begun.refused);
  let applied = begun;
  for (let left = body.value.count; left > 0; left -= most) {
    const events = source.next(Math.min(left, most));
    if (events.length === 0) break;
    const verdict = await ingest.publish(events, permission.identity);
    if (!verdict.ok || verdict.rejected.length > 0) return replyTo(request, verdict);
    applied += verdict.applied;
  }
  return answer(request, { applied, duplicates: 0, rejected: [] });
}

interface Source {
  /** What one needs to publish to. */
  readonly scope: string;
  readonly eventsEach: number;
  /** Gives what it has made besides the events. */
  readonly begin?: () => Promise<number | Refused>;
  /** None where there are no more. */
  readonly next: (count: number) => readonly unknown[];
}

function sourceOf(wanted: GenerateData, deps: DemoDeps): Source {
  const { demo } = deps;
  const { random } = demo;
  switch (wanted.kind) {
    case 'board': {
      const { board = demo.board, players = demo.players } = wanted;
      return { scope: `board:${board}`, eventsEach: 1, next: createDemoGame(board, players, random).next };
    }
    case 'results': {
      const { product = DEMO_PRODUCT, players = demo.players } = wanted;
      const { next } = createDemoMatches(product, players, random);
      return { scope: `product:${product}`, eventsEach: 3, next };
    }
    case 'match':
      return matchSource(wanted, deps);
    case 'fantasy':
      return fantasySource(wanted, deps);
    case 'area': {
      const { area = DEMO_AREAS[0], users = DEMO_AREA_SIZE.users, modes = DEMO_AREA_SIZE.modes } = wanted;
      return {
        scope: `area:${area}`,
        eventsEach: 1,
        next: createDemoArea(area, { users, modes }, random).next,
      };
    }
  }
}

function matchSource(
  { match = 'generated', format }: Extract<GenerateData, { kind: 'match' }>,
  { demo, store, clock }: DemoDeps,
): Source {
  let game: Iterator<unknown> | undefined;
  return {
    scope: `match:${match}`,
    eventsEach: 1,
    begin: async () => {
      const options = { seed: demoSeed(demo.random), ...(format === undefined ? {} : { format }) };
      game = await beginDemoMatch(store, match, clock.now(), simulateMatch(match, options));
      return 0;
    },
    next: (count) => {
      const events: unknown[] = [];
      while (events.length < count) {
        const next = game?.next();
        if (next === undefined || next.done === true) break;
        events.push(next.value);
      }
      return events;
    },
  };
}

function fantasySource(
  { tournament = 'generated', count }: Extract<GenerateData, { kind: 'fantasy' }>,
  deps: DemoDeps,
): Source {
  const { random } = deps.demo;
  const players = demoPlayers();
  let points = demoPoints(tournament, players, random);
  return {
    scope: `tournament:${tournament}`,
    eventsEach: 1,
    begin: () =>
      beginDemoContest(deps, tournament, { players: [...players] }, demoTeams(players, count, random)),
    next: (most) => {
      const events = points.slice(0, most);
      points = points.slice(most);
      return events;
    },
  };
}
