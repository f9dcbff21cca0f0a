/** /openapi.json: what the routes tell of themselves, as OpenAPI 3.1. */
import { STATUS_CODES } from 'node:http';
import { BoardConfigSchema } from '../../protocol/boards.ts';
import { MatchStateSchema } from '../../protocol/channel-states.ts';
import { ERROR_CODES, type ErrorCode } from '../../protocol/codes.ts';
import { EVENT_SCHEMAS } from '../../protocol/events.ts';
import { RejectionSchema } from '../../protocol/frames.ts';
import { CricketDocumentSchema, FixtureSchema, GenericDocumentSchema } from '../../protocol/matches.ts';
import {
  BoardReplySchema,
  ProblemSchema,
  ProductReplySchema,
  PublishReplySchema,
  RankedRowSchema,
} from '../../protocol/replies.ts';
import { TeamReplySchema, TournamentReplySchema } from '../../protocol/tournament-replies.ts';
import { TeamSchema, TournamentSettingsSchema } from '../../protocol/tournaments.ts';
import { type BodyDoc, type DescribedRoute, errorsOf, type RouteDoc, TAGS } from '../http/route-doc.ts';
import { nameSchemas } from './json-schema.ts';

const { use, all } = nameSchemas(
  {
    ScoreEvent: EVENT_SCHEMAS.score,
    ResultEvent: EVENT_SCHEMAS.result,
    TrackEvent: EVENT_SCHEMAS.track,
    SessionEvent: EVENT_SCHEMAS.session,
    PointsEvent: EVENT_SCHEMAS.points,
    DeliveryEvent: EVENT_SCHEMAS.delivery,
    MatchEvent: EVENT_SCHEMAS.match,
    ProfileEvent: EVENT_SCHEMAS.profile,
    Rejection: RejectionSchema,
    PublishReply: PublishReplySchema,
    BoardConfig: BoardConfigSchema,
    Board: BoardReplySchema,
    RankedRow: RankedRowSchema,
    Product: ProductReplySchema,
    Fixture: FixtureSchema,
    Match: MatchStateSchema,
    CricketMatch: CricketDocumentSchema,
    GenericMatch: GenericDocumentSchema,
    TournamentSettings: TournamentSettingsSchema,
    Tournament: TournamentReplySchema,
    TeamOfCards: TeamSchema,
    Team: TeamReplySchema,
    Problem: ProblemSchema,
  },
  { lists: 'prefixItems' },
);

const DESCRIPTION = `Real-time leaderboards and live scores. Scores come in as events, and ranks go out to everyone who watches, twice a second.

This is HTTP. Live updates come over the WebSocket \`/v1/ws\`, which [/asyncapi.json](/asyncapi.json) describes, or, for who can't use one, as Server-Sent Events from \`/v1/sse\`.

- Every answer is JSON, or MessagePack where \`Accept: application/msgpack\` asks for it; bodies may be either too.
- Scores are IEEE doubles, times are Unix milliseconds.
- A text (a member, a player, a mode) is any UTF-8 of 1 to 128 bytes without control characters, percent-encoded in paths.
- A refusal is \`application/problem+json\` with a \`code\` to go by.`;

export function openApiDocument(routes: readonly DescribedRoute[]): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = pathOf(route.pattern);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'scorewire',
      version: '1',
      summary: 'Leaderboards and live scores',
      description: DESCRIPTION,
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: all,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Without keys in its settings, a server prints a token at its start.',
        },
      },
    },
  };
}

/** `/v1/boards/:board` is `/v1/boards/{board}` there. */
function pathOf(pattern: string): string {
  return pattern.replaceAll(/:(\w+)/g, '{$1}');
}

function operationOf({ method, pattern, doc }: DescribedRoute): object {
  const { tag, summary, description, needs, anonymous, body } = doc;
  const words = [description, needs === undefined ? undefined : `Needs ${needs}.`];
  const parameters = parametersOf(pattern, doc);
  return {
    operationId: doc.operationId ?? operationIdOf(method, pattern),
    tags: [tag],
    summary,
    description: words.filter((each) => each !== undefined).join('\n\n'),
    // Reading may be permitted to those without a token.
    ...(needs === undefined
      ? {}
      : { security: method === 'GET' && anonymous !== false ? [{}, { token: [] }] : [{ token: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: responsesOf(doc),
  };
}

/** Such as `get_v1_boards_board_members_member`. */
function operationIdOf(method: string, pattern: string): string {
  const words = pattern.split(/[/:.]+/).filter((word) => word !== '');
  return [method.toLowerCase(), ...words].join('_');
}

function parametersOf(pattern: string, { parameters = {} }: RouteDoc): object[] {
  return Object.entries(parameters).map(([name, { in: place, schema, description, required, example }]) => {
    const ofPath = pattern.split('/').includes(`:${name}`);
    return {
      name,
      in: ofPath ? 'path' : (place ?? 'query'),
      ...(ofPath || required === true ? { required: true } : {}),
      ...(description === undefined ? {} : { description }),
      schema: use(schema),
      ...(example === undefined ? {} : { example }),
    };
  });
}

function contentOf({ schema, ndjson, examples }: BodyDoc): object {
  const named = Object.entries(examples).map(([summary, value]) => [idOf(summary), { summary, value }]);
  return {
    'application/json': { schema: use(schema), examples: Object.fromEntries(named) },
    'application/msgpack': { schema: use(schema) },
    ...(ndjson === undefined
      ? {}
      : { 'application/x-ndjson': { schema: { type: 'string', description: ndjson } } }),
  };
}

function idOf(summary: string): string {
  return summary.replaceAll(/[^A-Za-z0-9]+/g, '_');
}

function responsesOf(doc: RouteDoc): object {
  const responses: Record<string, unknown> = {};
  for (const [status, { description, mediaType, schema, example }] of Object.entries(doc.replies)) {
    const content =
      mediaType === undefined
        ? {
            'application/json': { schema: use(schema), example },
            'application/msgpack': { schema: use(schema) },
          }
        : { [mediaType]: { schema: use(schema), example } };
    responses[status] = { description, content };
  }
  for (const [status, codes] of problemsOf(doc)) {
    // Several codes may share a status.
    const means = codes.map((code) => `\`${code}\`: ${ERROR_CODES[code].means}`);
    const [code = 'malformed'] = codes;
    responses[status] = {
      description: means.join('\n\n'),
      ...(status === 503 || status === 429 ? { headers: RETRY_AFTER } : {}),
      content: {
        'application/problem+json': { schema: use(ProblemSchema), example: problemExample(status, code) },
      },
    };
  }
  return responses;
}

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds', schema: { type: 'integer', minimum: 1 } } };

/** Refusals by status. What a body is made of has a status of its own. */
export function problemsOf(doc: RouteDoc): ReadonlyMap<number, readonly ErrorCode[]> {
  const byStatus = new Map<number, ErrorCode[]>();
  const add = (status: number, code: ErrorCode): void => {
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  };
  for (const code of errorsOf(doc)) add(ERROR_CODES[code].status, code);
  if (doc.body !== undefined) add(415, 'malformed');
  return byStatus;
}

function problemExample(status: number, code: ErrorCode): object {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: ERROR_CODES[code].means,
    code,
    ...(code === 'unavailable' || code === 'rate_limited' ? { retryAfterMs: 1000 } : {}),
  };
}
