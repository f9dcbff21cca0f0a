/** What the routes of matches tell of themselves. */
import { MatchStateSchema } from '../../protocol/channel-states.ts';
import { ActionBodySchema, DeliveryBodySchema, UndoBodySchema } from '../../protocol/match-bodies.ts';
import { FixtureSchema } from '../../protocol/matches.ts';
import { integerSchema, StatusesParameterSchema } from '../../protocol/parameters.ts';
import {
  FixtureReplySchema,
  MatchEventReplySchema,
  MatchHistoryReplySchema,
  MatchListReplySchema,
  RemovedReplySchema,
} from '../../protocol/replies.ts';
import { IdSchema } from '../../protocol/schema.ts';
import { HTTP_LIMITS } from '../limits.ts';
import { KEY_PARAMETER } from './idempotency-key.ts';
import {
  EXAMPLE_DELIVERY,
  EXAMPLE_DOCUMENT,
  EXAMPLE_FIXTURE,
  EXAMPLE_MATCH,
  EXAMPLE_WICKET,
  EXAMPLE_WIDE,
} from './match-examples.ts';
import type { RouteDoc } from './route-doc.ts';

export const LISTED = { default: HTTP_LIMITS.listedMatches, min: 1, max: HTTP_LIMITS.listedMatches };
export const RECORDS = {
  after: { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER },
  limit: { default: HTTP_LIMITS.listedMatchEvents, min: 1, max: HTTP_LIMITS.listedMatchEvents },
};

const MATCH_PARAMETER = { schema: IdSchema, description: 'The match', example: EXAMPLE_MATCH };
const NEEDS_READING = '`subscribe` or `publish` on `match:<id>`';
const NEEDS_SCORING = '`publish` on `match:<id>`';
const FIXTURE_REPLY = { id: EXAMPLE_MATCH, ...EXAMPLE_FIXTURE };

export const LIST: RouteDoc = {
  tag: 'Matches',
  summary: 'List matches',
  description:
    'Those that the caller may see, in byte order of their ids. A page may hold fewer matches than `limit` though more follow.',
  needs: `${NEEDS_READING}, of each match that is listed`,
  parameters: {
    status: {
      schema: StatusesParameterSchema,
      description:
        'Only those that are `scheduled`, `live`, `break`, `complete` or `abandoned`; several with commas between them',
      example: 'live,break',
    },
    limit: { schema: integerSchema(LISTED), description: 'Matches that are looked at for one page' },
    after: { schema: IdSchema, description: 'Begins after this id: the `next` of the page before' },
  },
  replies: {
    200: {
      description: 'A page of matches',
      schema: MatchListReplySchema,
      example: {
        matches: [
          {
            id: EXAMPLE_MATCH,
            sport: 'cricket',
            title: 'Asia v Europe, final',
            teams: ['Asia', 'Europe'],
            summary: { status: 'live', scores: [{ team: 'Asia', text: '4/0 (0.1)' }] },
          },
        ],
      },
    },
  },
};

export const CONFIGURE: RouteDoc = {
  tag: 'Matches',
  summary: 'Create a match, or change its fixture',
  description:
    'Replaces all of the fixture. Once the match has had an event only its title can change (`conflict`). The same again is no error, so it can be sent again.',
  needs: NEEDS_SCORING,
  parameters: { match: MATCH_PARAMETER },
  body: {
    schema: FixtureSchema,
    examples: {
      'a sport whose rules are not known here': { sport: 'generic', teams: ['Ajax', 'PSV'] },
      'with squads, after which nobody else can play': {
        ...EXAMPLE_FIXTURE,
        squads: [
          ['Ann', 'Björn', 'Emil'],
          ['Carla', 'Dora', 'Finn'],
        ],
      },
      'twenty overs a side': EXAMPLE_FIXTURE,
    },
  },
  replies: {
    200: { description: 'The fixture as it is now', schema: FixtureReplySchema, example: FIXTURE_REPLY },
  },
  errors: ['conflict'],
};

export const READ: RouteDoc = {
  tag: 'Matches',
  summary: 'Read how a match stands',
  description: 'The live document, as the channel `match:<id>` has it.',
  needs: NEEDS_READING,
  parameters: { match: MATCH_PARAMETER },
  replies: {
    200: { description: 'The document', schema: MatchStateSchema, example: EXAMPLE_DOCUMENT },
  },
  errors: ['not_found'],
};

export const FIXTURE: RouteDoc = {
  tag: 'Matches',
  summary: 'Read the fixture of a match',
  needs: NEEDS_READING,
  parameters: { match: MATCH_PARAMETER },
  replies: {
    200: { description: 'As it was set', schema: FixtureReplySchema, example: FIXTURE_REPLY },
  },
  errors: ['not_found'],
};

export const HISTORY: RouteDoc = {
  tag: 'Matches',
  summary: 'Read what happened in a match, event by event',
  description:
    'Every event as it was taken, corrections among them; none of them ever changes. `GET /v1/matches/{id}` tells what they come to.',
  needs: NEEDS_READING,
  parameters: {
    match: MATCH_PARAMETER,
    after: { schema: integerSchema(RECORDS.after), description: 'Begins after the event of this number' },
    limit: { schema: integerSchema(RECORDS.limit), description: 'Events of one page' },
  },
  replies: {
    200: {
      description: 'A page of events',
      schema: MatchHistoryReplySchema,
      example: {
        events: 4,
        records: [
          {
            n: 1,
            at: Date.UTC(2026, 10, 21, 12),
            event: { type: 'match', match: EXAMPLE_MATCH, action: 'start' },
          },
        ],
      },
    },
  },
  errors: ['not_found'],
};

export const REMOVE: RouteDoc = {
  tag: 'Matches',
  summary: 'Remove a match with all its events',
  description:
    'Who watches it keeps the last state, which is told to be stale within seconds. Removing what is not there is no error, so it can be sent again.',
  needs: NEEDS_SCORING,
  parameters: { match: MATCH_PARAMETER },
  replies: {
    200: { description: 'It is gone', schema: RemovedReplySchema, example: { removed: true } },
  },
};

const SCORING = {
  tag: 'Matches',
  needs: NEEDS_SCORING,
  parameters: { match: MATCH_PARAMETER, ...KEY_PARAMETER },
  replies: {
    200: {
      description: 'It was taken, now or before under the same key',
      schema: MatchEventReplySchema,
      example: { n: 5, events: 5 },
    },
  },
  errors: ['conflict', 'not_found', 'rate_limited'],
} as const satisfies Partial<RouteDoc>;

const OF_REFUSALS =
  'What the rules of the sport do not take is refused with a reason: the problem has the number of `events` and, as `match`, how the match stands. With `expected` (the `events` of the document) it is refused (`conflict`) where somebody else was first.';

export const DELIVER: RouteDoc = {
  ...SCORING,
  summary: 'Score a ball',
  description: `One ball of cricket; several go to \`POST /v1/events\` together. ${OF_REFUSALS} With \`override\` the scorer knows better than the laws.`,
  body: {
    schema: DeliveryBodySchema,
    examples: {
      'a wide': { innings: 1, over: 0, delivery: EXAMPLE_WIDE },
      'four runs': { innings: 1, over: 0, delivery: EXAMPLE_DELIVERY },
      'a catch': { innings: 1, over: 0, delivery: EXAMPLE_WICKET },
    },
  },
};

export const UNDO: RouteDoc = {
  ...SCORING,
  summary: 'Take back the last event of a match',
  description: `It is an event itself, so the list grows. What is taken back is the last event that still stands; another one is put right by the action \`amend\`. ${OF_REFUSALS}`,
  body: { schema: UndoBodySchema, examples: { 'whatever it is': {} } },
};

export const ACTION: RouteDoc = {
  ...SCORING,
  summary: 'Tell what happens in a match other than a ball',
  description: OF_REFUSALS,
  body: {
    schema: ActionBodySchema,
    examples: {
      'play stops': { action: 'break', reason: 'Rain' },
      'play goes on': { action: 'resume' },
      'something worth telling': { action: 'note', text: 'Drinks are taken' },
      'the first ball was no four, it was run': {
        action: 'amend',
        n: 4,
        event: {
          type: 'delivery',
          match: EXAMPLE_MATCH,
          innings: 1,
          over: 0,
          delivery: { ...EXAMPLE_DELIVERY, runs: { batter: 4, extras: 0, total: 4, non_boundary: true } },
        },
      },
    },
  },
};
