import Type, { type Static } from 'typebox';
import { CountSchema, checker, described, IdSchema, Strict, TextSchema } from './schema.ts';

/** What is set about a match before it begins, and what its channels hold. What happens in it is in `match-events.ts`. */

const MAX_SQUAD = 60;

const TeamsSchema = Type.Tuple([TextSchema, TextSchema], { description: 'The two sides' });

/** How long an innings is and who may bowl: the playing conditions that the laws leave open. */
export const CricketFormatSchema = Strict({
  overs: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'Overs of an innings; left out: no limit' }),
  ),
  ballsPerOver: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 12, description: 'Legal balls of an over; default: 6' }),
  ),
  inningsPerSide: Type.Optional(
    Type.Union([Type.Literal(1), Type.Literal(2)], {
      description: 'Innings of each side; default: 1 with a limit of overs, else 2',
    }),
  ),
  playersPerSide: Type.Optional(
    Type.Integer({
      minimum: 2,
      maximum: 22,
      description: 'Who may bat; default: 11, or the squad where it is smaller',
    }),
  ),
  consecutiveOvers: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 10,
      description: 'Overs that a bowler may bowl on end (in The Hundred 2); default: 1',
    }),
  ),
});
export type CricketFormat = Static<typeof CricketFormatSchema>;

/** The body of `PUT /v1/matches/{id}`. */
export const FixtureSchema = Strict({
  sport: described(IdSchema, 'Whose rules fold the events: `cricket`, `generic` or one of your own'),
  teams: TeamsSchema,
  title: Type.Optional(described(TextSchema, 'Default: the one side v the other')),
  squads: Type.Optional(
    Type.Tuple(
      [Type.Array(TextSchema, { maxItems: MAX_SQUAD }), Type.Array(TextSchema, { maxItems: MAX_SQUAD })],
      { description: 'The players of each side, in the order of `teams`; where given, others are refused' },
    ),
  ),
  format: Type.Optional(CricketFormatSchema),
});
export type Fixture = Static<typeof FixtureSchema>;
export const fixtureChecker = checker(FixtureSchema);

export const MatchStatusSchema = Type.Union(
  [
    Type.Literal('scheduled'),
    Type.Literal('live'),
    Type.Literal('break'),
    Type.Literal('complete'),
    Type.Literal('abandoned'),
  ],
  { description: '`break`: between innings, or play is interrupted' },
);
export type MatchStatus = Static<typeof MatchStatusSchema>;

export const MarginSchema = Type.Union(
  [
    Strict({ runs: CountSchema }),
    Strict({ wickets: CountSchema }),
    Strict({ innings: Type.Integer({ minimum: 1 }), runs: CountSchema }),
  ],
  { description: 'By how much' },
);
export type Margin = Static<typeof MarginSchema>;

export const MatchResultSchema = Strict({
  winner: Type.Optional(described(TextSchema, 'Left out: nobody won')),
  by: Type.Optional(MarginSchema),
  text: Type.String({ description: 'The result in words, such as `England won by 3 wickets`' }),
});
export type MatchResult = Static<typeof MatchResultSchema>;

/** What the document of a match of any sport begins with. */
export const matchHead = {
  id: IdSchema,
  sport: Type.String(),
  title: TextSchema,
  status: MatchStatusSchema,
  teams: TeamsSchema,
  result: Type.Optional(MatchResultSchema),
  events: described(CountSchema, 'Events so far, corrections too: what the next one may name as `expected`'),
};

/** What a list of matches shows, so that nobody has to fold every one of them for it. */
export const MatchSummarySchema = Strict({
  status: MatchStatusSchema,
  result: Type.Optional(MatchResultSchema),
  scores: Type.Optional(
    Type.Array(Strict({ team: TextSchema, text: Type.String() }), {
      maxItems: 2,
      description: 'Sides that have a score, in the order of `teams`: `175/7 (20)`, `243 & 12/0 (3.1)`, `2`',
    }),
  ),
});
export type MatchSummary = Static<typeof MatchSummarySchema>;

export const ExtrasSchema = Strict(
  {
    wides: CountSchema,
    noballs: CountSchema,
    byes: CountSchema,
    legbyes: CountSchema,
    penalty: CountSchema,
  },
  { description: 'Runs that no batter made' },
);

const OversSchema = Type.String({
  description: 'Completed overs, and after a point the legal balls of an unfinished one: `20`, `12.3`',
});
const OrderSchema = Type.Integer({ minimum: 1 });

export const BatterSchema = Strict({
  order: described(OrderSchema, 'His place in the batting order, from 1'),
  runs: CountSchema,
  balls: described(CountSchema, 'Balls faced: all but wides'),
  fours: CountSchema,
  sixes: CountSchema,
  out: Type.Optional(
    Strict({
      kind: Type.String(),
      bowler: Type.Optional(described(TextSchema, 'Where the wicket is his')),
      fielders: Type.Optional(Type.Array(TextSchema)),
    }),
  ),
  retired: Type.Optional(
    Type.String({ description: '`retired hurt` or `retired not out`: away, but not out' }),
  ),
});

export const BowlerSchema = Strict({
  order: described(OrderSchema, 'His place among the bowlers, from 1'),
  balls: described(CountSchema, 'Legal balls'),
  overs: OversSchema,
  maidens: CountSchema,
  runs: described(CountSchema, 'Conceded: without byes, leg byes and penalties'),
  wickets: CountSchema,
  wides: described(CountSchema, 'Deliveries that were wide'),
  noballs: described(CountSchema, 'Deliveries that were no-balls'),
});

export const InningsSchema = Strict({
  team: TextSchema,
  runs: CountSchema,
  wickets: CountSchema,
  balls: described(CountSchema, 'Legal balls'),
  overs: OversSchema,
  declared: Type.Optional(Type.Literal(true)),
  forfeited: Type.Optional(Type.Literal(true)),
  superOver: Type.Optional(Type.Literal(true)),
  target: Type.Optional(
    described(CountSchema, 'Runs to win, as the scores or the umpires (D/L) have set it'),
  ),
  maxOvers: Type.Optional(described(OversSchema, 'Overs that this innings may last')),
  extras: ExtrasSchema,
  batting: Type.Record(Type.String(), BatterSchema),
  bowling: Type.Record(Type.String(), BowlerSchema),
  fall: Type.Record(
    Type.String(),
    Strict({ runs: CountSchema, over: OversSchema, player: TextSchema }, { description: 'Over and ball' }),
  ),
  partnership: Strict({
    runs: CountSchema,
    balls: described(CountSchema, 'All but wides'),
    batters: Type.Array(TextSchema, { maxItems: 2, description: 'Who are in; one after a wicket' }),
  }),
});

export const CurrentSchema = Strict(
  {
    innings: Type.String({ description: 'The key of the innings that is played' }),
    striker: Type.Optional(TextSchema),
    nonStriker: Type.Optional(TextSchema),
    bowler: Type.Optional(TextSchema),
    runRate: described(Type.Number(), 'Runs an over'),
    requiredRate: Type.Optional(described(Type.Number(), 'Runs an over that are needed to win')),
  },
  { description: 'There while an innings is played' },
);

export const CricketDocumentSchema = Strict(
  {
    ...matchHead,
    innings: Type.Record(Type.String(), InningsSchema),
    current: Type.Optional(CurrentSchema),
  },
  { description: 'A match of cricket as its card prints it' },
);

export type ExtrasDocument = Static<typeof ExtrasSchema>;
export type BatterDocument = Static<typeof BatterSchema>;
export type BowlerDocument = Static<typeof BowlerSchema>;
export type InningsDocument = Static<typeof InningsSchema>;
export type CricketDocument = Static<typeof CricketDocumentSchema>;

const PointsSchema = Type.Record(Type.String(), Type.Integer());

export const GenericDocumentSchema = Strict(
  {
    ...matchHead,
    scores: described(PointsSchema, 'The points of each side'),
    period: Type.Optional(described(TextSchema, 'Such as `2nd half`')),
    clock: Type.Optional(
      Strict(
        { seconds: Type.Number({ minimum: 0 }), running: Type.Boolean() },
        { description: 'As it was told last; one that runs has gone on since' },
      ),
    ),
    players: Type.Optional(
      Type.Record(Type.String(), PointsSchema, { description: 'Who made them, by side and player' }),
    ),
  },
  { description: 'A match of any sport of two sides that score points' },
);
export type GenericDocument = Static<typeof GenericDocumentSchema>;

/** What the broadcaster needs to know of a match, whatever its sport. */
export interface MatchDocument {
  readonly id: string;
  readonly sport: string;
  readonly title: string;
  readonly status: MatchStatus;
  readonly teams: readonly [string, string];
  readonly result?: MatchResult;
  readonly events: number;
}
