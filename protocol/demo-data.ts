import Type, { type Static } from 'typebox';
import { checker, described, IdSchema, Strict } from './schema.ts';

const DEMO_COUNT_MAX = 1_000_000;
const DEMO_PLAYERS_MAX = 10_000;
const DEMO_MODES_MAX = 100;

const countOf = (what: string) =>
  Type.Integer({ minimum: 1, maximum: DEMO_COUNT_MAX, description: `${what} to publish` });
const OpponentsSchema = Type.Optional(
  Type.Integer({ minimum: 2, maximum: DEMO_PLAYERS_MAX, description: 'Among so many players' }),
);

/** The body of `POST /v1/generate_data`: demonstration data, only where the demonstration is on. */
export const GenerateDataSchema = Type.Union([
  Strict({
    kind: Type.Literal('board'),
    count: countOf('Score changes'),
    board: Type.Optional(IdSchema),
    players: Type.Optional(
      Type.Integer({ minimum: 1, maximum: DEMO_PLAYERS_MAX, description: 'Among so many players' }),
    ),
  }),
  Strict({
    kind: Type.Literal('results'),
    count: countOf('Games, each with what both players chose,'),
    product: Type.Optional(described(IdSchema, 'The game; default: `rps`')),
    players: OpponentsSchema,
  }),
  Strict({
    kind: Type.Literal('match'),
    count: Type.Integer({
      minimum: 1,
      maximum: DEMO_COUNT_MAX,
      description: 'Events of the match to publish, from its start on; it may end before',
    }),
    match: Type.Optional(
      described(IdSchema, 'The match, which replaces one of that name; default: `generated`'),
    ),
    format: Type.Optional(Type.Enum(['T20', 'ODI', 'Test', 'Hundred'], { description: 'Default: `T20`' })),
  }),
  Strict({
    kind: Type.Literal('fantasy'),
    count: Type.Integer({
      minimum: 1,
      maximum: DEMO_COUNT_MAX,
      description: 'Teams of the contest; where it has started before, they are as they were',
    }),
    tournament: Type.Optional(
      described(
        IdSchema,
        'The contest, which is started, and gets points for all players; default: `generated`',
      ),
    ),
  }),
  Strict({
    kind: Type.Literal('area'),
    count: countOf('Logins and logouts'),
    area: Type.Optional(described(IdSchema, 'The area; default: `111`')),
    users: Type.Optional(
      Type.Integer({ minimum: 1, maximum: DEMO_PLAYERS_MAX, description: 'Of so many users; default: 40' }),
    ),
    modes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: DEMO_MODES_MAX, description: 'In so many modes; default: 5' }),
    ),
  }),
]);
export type GenerateData = Static<typeof GenerateDataSchema>;

export const generateDataChecker = checker(GenerateDataSchema);
