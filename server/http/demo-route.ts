import { GenerateDataSchema, generateDataChecker } from '../../protocol/demo-data.ts';
import { PublishReplySchema } from '../../protocol/replies.ts';
import type { Authenticator } from '../auth/identity.ts';
import { createDemoGame } from '../demo/demo-scores.ts';
import type { Ingest } from '../ingest/ingest-types.ts';
import type { ServerLimits } from '../limits.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { decide, identify, unauthorized } from './access.ts';
import { readBody } from './checked-body.ts';
import { replyTo } from './events-route.ts';
import { answer } from './formats.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

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
}

const GENERATE: RouteDoc = {
  tag: 'Operation',
  summary: 'Make demonstration data',
  description: 'Random score changes, only where the demonstration is on.',
  needs: '`publish` on `board:<board>`',
  body: { schema: GenerateDataSchema, examples: { 'a hundred scores': { kind: 'board', count: 100 } } },
  replies: {
    200: {
      description: 'What became of the events',
      schema: PublishReplySchema,
      example: { applied: 100, duplicates: 0, rejected: [] },
    },
  },
  errors: ['rate_limited'],
};

/** `POST /v1/generate_data {kind:"board", count, board?, players?}` answers as `POST /v1/events` does. */
export function demoRoute(deps: DemoDeps, limits: Pick<ServerLimits, 'eventsPerPublish'>): DescribedRoute {
  return {
    method: 'POST',
    pattern: '/v1/generate_data',
    doc: GENERATE,
    handler: (request) => generate(request, deps, limits.eventsPerPublish),
  };
}

async function generate(request: HttpRequest, deps: DemoDeps, maxEvents: number): Promise<HttpReply> {
  const { demo, ingest, authenticator } = deps;
  const caller = await identify(request, authenticator);
  if (!caller.ok) return caller.reply;
  if (caller.anonymous) return unauthorized('publishing needs a token');
  const body = await readBody(request, generateDataChecker);
  if (!body.ok) return body.reply;
  const { board = demo.board, players = demo.players, count } = body.value;
  const permission = decide(caller, { publish: `board:${board}` });
  if (!permission.ok) return permission.reply;
  const game = createDemoGame(board, players, demo.random);
  let applied = 0;
  for (let left = count; left > 0; left -= maxEvents) {
    const verdict = await ingest.publish(game.next(Math.min(left, maxEvents)), permission.identity);
    if (!verdict.ok || verdict.rejected.length > 0) return replyTo(request, verdict);
    applied += verdict.applied;
  }
  return answer(request, { applied, duplicates: 0, rejected: [] });
}
