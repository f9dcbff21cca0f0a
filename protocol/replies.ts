import Type from 'typebox';
import { BoardConfigSchema } from './boards.ts';
import { MatchStateSchema } from './channel-states.ts';
import { ERROR_CODES, type ErrorCode } from './codes.ts';
import { RejectionSchema } from './frames.ts';
import { FixtureSchema, MatchSummarySchema } from './matches.ts';
import { HandlerOptionsSchema } from './products.ts';
import {
  CountSchema,
  described,
  EventNumberSchema,
  IdSchema,
  ScoreSchema,
  Strict,
  TextSchema,
  TimeSchema,
} from './schema.ts';

/** What HTTP answers with. The documents show these schemas, and the tests hold every answer against them. */

const RankSchema = Type.Integer({
  minimum: 1,
  description: '1 + the number of members with a strictly better score',
});
const TotalSchema = described(CountSchema, 'Members of the board');
const NextSchema = Type.Optional(
  described(IdSchema, 'There when more may follow: the `after` of the next page'),
);

export const RankedRowSchema = Strict({
  rank: RankSchema,
  member: TextSchema,
  score: ScoreSchema,
  name: Type.Optional(described(TextSchema, 'Of the profile of the member, where there is one')),
});

export const PublishReplySchema = Strict(
  {
    applied: described(CountSchema, 'Events that are in the score store'),
    duplicates: described(CountSchema, 'Events that had been applied before, under the same key'),
    rejected: Type.Array(RejectionSchema, { description: 'Events that were refused; the others apply' }),
  },
  { description: 'What became of the events' },
);

const boardFields = { id: IdSchema, ...BoardConfigSchema.properties };
export const BoardReplySchema = Strict(boardFields, { description: 'A board and its settings' });

export const BoardListReplySchema = Strict({
  boards: Type.Array(Strict({ ...boardFields, total: TotalSchema })),
  next: NextSchema,
});

export const BoardPageReplySchema = Strict({
  board: IdSchema,
  total: TotalSchema,
  rows: Type.Array(RankedRowSchema, { description: 'Best first; none past the end' }),
});

export const MemberReplySchema = Strict({
  ...RankedRowSchema.properties,
  total: TotalSchema,
  around: Type.Array(RankedRowSchema, {
    description: 'The member among its neighbours, best first; at an edge the window shifts to stay full',
  }),
});

export const RemovedReplySchema = Strict({
  removed: Type.Boolean({ description: 'Whether there was anything to remove' }),
});

export const ProductReplySchema = Strict(
  {
    product: IdSchema,
    leaderboards: Type.Array(
      Strict({ board: IdSchema, handler: IdSchema, options: Type.Optional(HandlerOptionsSchema) }),
      { description: 'Each scores every result' },
    ),
    stats: described(IdSchema, 'The name of the stats handler'),
  },
  { description: 'A product and its complete settings' },
);

export const ProductListReplySchema = Strict({ products: Type.Array(ProductReplySchema), next: NextSchema });

export const PlayerReplySchema = Type.Record(Type.String(), Type.Number(), {
  description: 'The counters of the player by their names; empty for one of whom nothing was counted',
});

export const AreaListReplySchema = Strict({ areas: Type.Array(IdSchema), next: NextSchema });

export const AreaStatsReplySchema = Strict({
  area_code: IdSchema,
  modes: Type.Array(
    Strict({
      mode: TextSchema,
      count: Type.Integer({ minimum: 1, description: 'Users who are active in it' }),
    }),
    { description: 'Most played first, among equals in byte order; empty where nobody is active' },
  ),
});

const { sport, teams } = FixtureSchema.properties;

export const FixtureReplySchema = Strict(
  { id: IdSchema, ...FixtureSchema.properties },
  { description: 'A match as it was set' },
);

export const MatchListReplySchema = Strict({
  matches: Type.Array(
    Strict({
      id: IdSchema,
      sport,
      title: described(TextSchema, 'What it is called'),
      teams,
      summary: MatchSummarySchema,
    }),
  ),
  next: NextSchema,
});

export const MatchHistoryReplySchema = Strict({
  events: described(CountSchema, 'Events so far'),
  records: Type.Array(
    Strict({
      n: described(EventNumberSchema, 'The number of the event, from 1'),
      at: described(TimeSchema, 'When it was accepted'),
      event: Type.Object({ type: Type.String() }, { description: 'The event as it was sent' }),
    }),
    { description: 'Corrections too, in order' },
  ),
});

export const MatchEventReplySchema = Strict(
  {
    n: Type.Optional(described(EventNumberSchema, 'The number of the event; told to who sent `expected`')),
    events: described(CountSchema, 'Events so far, others that came meanwhile too'),
  },
  { description: 'The event stands' },
);

/** A score that is no number any more may stand in a store that was tampered with: it is told as a text. */
const FoundSchema = Strict({
  score: Type.Union([Type.Number(), Type.String()]),
  arrival: Type.Optional(Type.Number({ description: 'Where in the log it got this score' })),
});

export const RecomputeReplySchema = Strict({
  target: Type.String(),
  checked: described(CountSchema, 'Members of the board and of its windows, by their log and by the store'),
  corrected: described(CountSchema, 'Members that differed and were set right'),
  unsettled: described(CountSchema, 'Members that differed and could not be set right; 0 where all is well'),
  differences: Type.Array(
    Strict({
      member: Type.String(),
      window: Type.Optional(
        described(Type.String(), 'The window, such as `daily.2026-11-21`; absent: the board'),
      ),
      found: Type.Optional(described(FoundSchema, 'What the store held; absent: nothing')),
      right: Type.Optional(described(FoundSchema, 'What the log gives; absent: nothing')),
    }),
    { description: 'The first of them' },
  ),
  fromPosition: described(CountSchema, 'Where the replay began: 0, or the position of a checkpoint'),
  position: described(CountSchema, 'The position of the partition to which all of this holds'),
  checkpoint: Type.Union([Type.Literal('saved'), Type.Literal('board_too_large')], {
    description: 'Whether there is now a checkpoint to recompute from',
  }),
  windows: Type.Array(
    Type.Union([
      Strict({ window: Type.String(), checked: CountSchema, corrected: CountSchema, unsettled: CountSchema }),
      Strict({
        window: Type.String(),
        unprovable: Type.String({ description: 'Why its scores can not be proven' }),
      }),
    ]),
    { description: 'Those of the board, which the sums above include' },
  ),
});

export const HealthReplySchema = Strict({ status: Type.Literal('ok') });

export const ReadyReplySchema = Strict({
  ready: Type.Boolean(),
  problems: Type.Array(Type.String(), { description: 'For operators; may change' }),
  probeAgeMs: Type.Number({
    description:
      'For how long nothing that was written into the score store has come back to this node, in some partition',
  }),
});

export const ProblemSchema = Strict(
  {
    type: Type.Literal('about:blank'),
    title: Type.String({ description: 'Of the status' }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'For people; may change' }),
    code: Type.Unsafe<ErrorCode>({
      type: 'string',
      enum: Object.keys(ERROR_CODES),
      description: 'One of the error codes',
    }),
    retryAfterMs: Type.Optional(described(CountSchema, 'Wait so long before trying again')),
    lines: Type.Optional(
      described(CountSchema, 'Of an upload that broke off: so many lines are in the store, or rejected'),
    ),
    events: Type.Optional(described(CountSchema, 'Of an event that a match refuses: how many it has had')),
    match: Type.Optional(
      described(MatchStateSchema, 'Of an event that a match refuses: how the match stands'),
    ),
  },
  { description: 'A refusal (RFC 9457)' },
);
