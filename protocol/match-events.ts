import Type, { type Static } from 'typebox';
import { MarginSchema } from './matches.ts';
import { CountSchema, described, EventNumberSchema, IdSchema, Strict, TextSchema } from './schema.ts';

/** What happens in a match. Whether it can have happened is for the rules of its sport; here is only its form. */

const RUNS_MAX = 999;
const COMMENTARY_MAX_LENGTH = 2000;
const RunsSchema = Type.Integer({ minimum: 0, maximum: RUNS_MAX });

export const WICKET_KINDS = [
  'bowled',
  'caught',
  'caught and bowled',
  'handled the ball',
  'hit the ball twice',
  'hit wicket',
  'lbw',
  'obstructing the field',
  'retired hurt',
  'retired not out',
  'retired out',
  'run out',
  'stumped',
  'timed out',
] as const;
export type WicketKind = (typeof WICKET_KINDS)[number];

export const WicketSchema = Strict({
  player_out: described(TextSchema, 'Who is out'),
  kind: Type.Enum(WICKET_KINDS, { description: 'How' }),
  fielders: Type.Optional(
    Type.Array(
      Strict({
        name: Type.Optional(described(TextSchema, 'Left out: not known')),
        substitute: Type.Optional(Type.Boolean({ description: 'Not of the side' })),
      }),
      { maxItems: 11, description: 'Who had a hand in it, in order' },
    ),
  ),
});
export type Wicket = Static<typeof WicketSchema>;

/** One ball, in the shape of Cricsheet's files. */
export const DeliverySchema = Strict({
  batter: described(TextSchema, 'Who faced it'),
  bowler: described(TextSchema, 'Who bowled it'),
  non_striker: described(TextSchema, 'Who was at the other end'),
  runs: Strict(
    {
      batter: described(RunsSchema, 'Off the bat'),
      extras: described(RunsSchema, 'No batter made them'),
      total: described(RunsSchema, 'Both together'),
      non_boundary: Type.Optional(
        Type.Boolean({ description: 'The four or six runs were run, so it is no boundary' }),
      ),
    },
    { description: 'What it was worth' },
  ),
  extras: Type.Optional(
    Strict(
      {
        wides: Type.Optional(described(RunsSchema, 'With what was run on them')),
        noballs: Type.Optional(described(RunsSchema, 'For the no-ball itself')),
        byes: Type.Optional(described(RunsSchema, 'Run without bat or body')),
        legbyes: Type.Optional(described(RunsSchema, 'Run off the body')),
        penalty: Type.Optional(described(RunsSchema, 'Given by the umpires with this ball')),
      },
      { description: 'Runs by their account; they sum up to `runs.extras`' },
    ),
  ),
  wickets: Type.Optional(
    Type.Array(WicketSchema, { maxItems: 11, description: 'Who got out, or retired, with it' }),
  ),
  commentary: Type.Optional(
    Type.String({
      maxLength: COMMENTARY_MAX_LENGTH,
      description: 'What the feed tells of it; left out: it is put into words',
    }),
  ),
  replacements: Type.Optional(
    Type.Object(
      {
        match: Type.Optional(
          Type.Array(
            Type.Object({
              in: TextSchema,
              team: TextSchema,
              out: Type.Optional(TextSchema),
              reason: Type.Optional(Type.String({ description: 'Why' })),
            }),
            { maxItems: 22, description: 'Who came into a side' },
          ),
        ),
        role: Type.Optional(
          Type.Array(
            Type.Object({
              role: Type.String({ description: '`bowler` or `batter`' }),
              out: Type.Optional(TextSchema),
              reason: Type.Optional(Type.String({ description: 'Why' })),
            }),
            { maxItems: 22, description: 'Who took over what somebody did' },
          ),
        ),
      },
      {
        description:
          'Who came for whom: `match` adds to a squad, `role` of `bowler` lets another finish the over, of `batter` another come in',
      },
    ),
  ),
  review: Type.Optional(Type.Unknown({ description: 'Not used' })),
  actual_delivery: Type.Optional(Type.Unknown({ description: 'Not used' })),
});
export type Delivery = Static<typeof DeliverySchema>;

const overridden = Type.Optional(
  Type.Boolean({
    description: 'The scorer knows better: what the rules hold for impossible is taken as it is told',
  }),
);

const expected = Type.Optional(
  described(
    CountSchema,
    'How many events the match has had, as its document tells (`events`); where it has had others, this one is refused (`conflict`)',
  ),
);

/** An innings by its number from 1, as a number or as the key of the document. */
const InningsNumberSchema = Type.Union(
  [Type.Integer({ minimum: 1, maximum: 99 }), Type.String({ pattern: '^[1-9][0-9]?$' })],
  { description: 'The number of the innings from 1, as in the document' },
);

const match = described(IdSchema, 'The match');

export const DeliveryEventSchema = Strict(
  {
    type: Type.Literal('delivery'),
    match,
    innings: InningsNumberSchema,
    over: Type.Integer({ minimum: 0, maximum: 9999, description: 'The over, counted from 0' }),
    delivery: described(DeliverySchema, 'In the shape of Cricsheet'),
    override: overridden,
    expected,
  },
  { description: 'A ball was bowled' },
);

/** Overs and balls of an unfinished one, such as 9.4. */
const OversNumberSchema = Type.Number({
  minimum: 0,
  maximum: 1000,
  description: 'Overs, and after the point balls',
});

const actionFields = { type: Type.Literal('match'), match, override: overridden, expected };
const action = <A extends string>(name: A) => Type.Literal(name);

const RESULT_KINDS = ['tie', 'draw', 'no result', 'abandoned'] as const;
export type ResultKind = (typeof RESULT_KINDS)[number];

export const StatedResultSchema = Strict({
  winner: Type.Optional(TextSchema),
  by: Type.Optional(MarginSchema),
  kind: Type.Optional(
    Type.Enum(RESULT_KINDS, {
      description: 'Where nobody won by the score; `tie` may have a winner by `method`',
    }),
  ),
  method: Type.Optional(
    described(TextSchema, 'How it was decided, such as `D/L`, `super over`, `bowl-out` or `awarded`'),
  ),
  text: Type.Optional(described(TextSchema, 'Default: made of the other fields')),
});
export type StatedResult = Static<typeof StatedResultSchema>;

const TargetSchema = Strict({ runs: CountSchema, overs: Type.Optional(OversNumberSchema) });

export const MATCH_ACTION_SCHEMAS = {
  start: Strict({ ...actionFields, action: action('start') }),
  toss: Strict({
    ...actionFields,
    action: action('toss'),
    winner: TextSchema,
    decision: Type.Union([Type.Literal('bat'), Type.Literal('field')]),
  }),
  innings: Strict({
    ...actionFields,
    action: action('innings'),
    team: described(TextSchema, 'Who bats'),
    superOver: Type.Optional(Type.Boolean()),
    target: Type.Optional(TargetSchema),
    absent: Type.Optional(Type.Array(TextSchema, { maxItems: 22, description: 'Who cannot bat' })),
  }),
  revise: Strict({
    ...actionFields,
    action: action('revise'),
    runs: Type.Optional(described(CountSchema, 'The target of the innings that is played')),
    overs: Type.Optional(OversNumberSchema),
  }),
  over: Strict({ ...actionFields, action: action('over') }),
  declare: Strict({
    ...actionFields,
    action: action('declare'),
    forfeited: Type.Optional(Type.Boolean()),
  }),
  penalty: Strict({ ...actionFields, action: action('penalty'), team: TextSchema, runs: RunsSchema }),
  retire: Strict({
    ...actionFields,
    action: action('retire'),
    player: TextSchema,
    kind: Type.Union([
      Type.Literal('retired hurt'),
      Type.Literal('retired not out'),
      Type.Literal('retired out'),
      Type.Literal('timed out'),
    ]),
  }),
  break: Strict({ ...actionFields, action: action('break'), reason: Type.Optional(TextSchema) }),
  resume: Strict({ ...actionFields, action: action('resume') }),
  end: Strict({ ...actionFields, action: action('end'), result: Type.Optional(StatedResultSchema) }),
  /** What sides score in sports whose rules are not known here. */
  score: Strict({
    ...actionFields,
    action: action('score'),
    team: TextSchema,
    points: Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 }),
    player: Type.Optional(TextSchema),
    text: Type.Optional(TextSchema),
  }),
  period: Strict({ ...actionFields, action: action('period'), name: TextSchema }),
  clock: Strict({
    ...actionFields,
    action: action('clock'),
    running: Type.Boolean(),
    seconds: Type.Number({ minimum: 0, maximum: 1_000_000 }),
  }),
  note: Strict({ ...actionFields, action: action('note'), text: TextSchema }),
} as const;

type Actions = typeof MATCH_ACTION_SCHEMAS;
export type MatchAction = keyof Actions;
export type ActionEvent<A extends MatchAction = MatchAction> = { [K in A]: Static<Actions[K]> }[A];
export type DeliveryEvent = Static<typeof DeliveryEventSchema>;

/** What a sport folds: everything but the corrections. */
export type PlayEvent = DeliveryEvent | ActionEvent;

const PlayEventSchema = Type.Union([DeliveryEventSchema, ...Object.values(MATCH_ACTION_SCHEMAS)]);

export const UndoSchema = Strict({
  type: Type.Literal('match'),
  match,
  action: action('undo'),
  expected,
});
export const AmendSchema = Strict({
  type: Type.Literal('match'),
  match,
  action: action('amend'),
  n: described(EventNumberSchema, 'The number of the event that is replaced'),
  event: PlayEventSchema,
  expected,
});
export type UndoEvent = Static<typeof UndoSchema>;
export type AmendEvent = {
  type: 'match';
  match: string;
  action: 'amend';
  n: number;
  event: PlayEvent;
  expected?: number;
};
export type MatchEvent = PlayEvent | UndoEvent | AmendEvent;

export const MatchEventSchema = Type.Union(
  [...Object.values(MATCH_ACTION_SCHEMAS), UndoSchema, AmendSchema],
  { description: 'Something about a match other than a ball' },
);
