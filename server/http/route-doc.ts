import type { ErrorCode } from '../../protocol/codes.ts';
import type { Schema } from '../../protocol/schema.ts';
import type { HttpRoute } from '../transport/http-types.ts';

/** What a route tells of itself, beside its handler. /openapi.json is made of it, and the tests hold every answer against it. */
export interface RouteDoc {
  readonly tag: Tag;
  /** Default: made of the method and the pattern without its version. */
  readonly operationId?: string;
  /** A few words, as in a table of contents. */
  readonly summary: string;
  readonly description?: string;
  /** What the token must permit, such as `publish` on `board:<id>`; absent: no token is looked at. */
  readonly needs?: string;
  /** False where reading takes a token in any case, and not only where the settings do not permit it to all. */
  readonly anonymous?: false;
  /** By name. Those that the pattern names are of the path. */
  readonly parameters?: Readonly<Record<string, ParameterDoc>>;
  readonly body?: BodyDoc;
  /** By status. */
  readonly replies: Readonly<Record<number, ReplyDoc>>;
  /** Refusals of its own, besides those that its needs, its parameters and its body bring with them. */
  readonly errors?: readonly ErrorCode[];
}

export const TAGS = {
  Events: 'Publishing what happened',
  Boards: 'Leaderboards and their members',
  Products: 'Games: how their results are scored, and what is counted of their players',
  Areas: 'What is being played where',
  Matches: 'Fixtures, what happens in them, and how they stand',
  Tournaments: 'Fantasy contests: teams of players, scored by what the players do',
  Live: 'Being told of changes',
  Operation: 'For those who run the server',
} as const;
export type Tag = keyof typeof TAGS;

export interface ParameterDoc {
  /** Of those that are not of the path; default: `query`. */
  readonly in?: 'query' | 'header';
  readonly schema: Schema;
  readonly description?: string;
  readonly required?: true;
  /** Always there for one of the path. */
  readonly example?: string | number | readonly string[];
}

export interface BodyDoc {
  readonly schema: Schema;
  /** Besides JSON and MessagePack: what is in each line. */
  readonly ndjson?: string;
  /** By what they show. All of them are sent to a running server by a test. */
  readonly examples: Readonly<Record<string, unknown>>;
}

export interface ReplyDoc {
  readonly description: string;
  /** JSON and MessagePack, where it does not say otherwise. */
  readonly mediaType?: string;
  readonly schema: Schema;
  readonly example: unknown;
}

export interface DescribedRoute extends HttpRoute {
  readonly doc: RouteDoc;
}

/** Every code that it may refuse with. */
export function errorsOf({ needs, parameters, body, errors = [] }: RouteDoc): readonly ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      ...(parameters === undefined && body === undefined ? [] : (['malformed'] as const)),
      ...(needs === undefined ? [] : (['unauthorized', 'forbidden', 'unavailable'] as const)),
      ...(body === undefined ? [] : (['too_large'] as const)),
      ...errors,
    ]),
  ];
}
