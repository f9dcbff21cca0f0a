import Type from 'typebox';
import { CricketDocumentSchema, GenericDocumentSchema, matchHead } from './matches.ts';
import { CountSchema, described, EventNumberSchema, ScoreSchema, Strict, TextSchema } from './schema.ts';

/** What the states of channels look like, for the documents; the tests hold what is sent against them. */

export const BoardStateSchema = Type.Array(
  Type.Union([Type.Tuple([TextSchema, ScoreSchema]), Type.Tuple([TextSchema, ScoreSchema, TextSchema])]),
  {
    description:
      '`[member, score]`, best first; `[member, score, name]` where the member has a profile; at most `top` of the board',
  },
);

export const RankStateSchema = Strict(
  {
    member: TextSchema,
    total: described(CountSchema, 'Members of the board'),
    rank: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Left out while the member is not on the board' }),
    ),
    score: Type.Optional(described(ScoreSchema, 'Left out while the member is not on the board')),
  },
  { description: 'Where one member stands' },
);

export const AreaStateSchema = Type.Array(Type.Tuple([TextSchema, Type.Integer({ minimum: 1 })]), {
  description: '`[mode, activeUsers]`, most played first',
});

export const PlayerStateSchema = Type.Record(Type.String(), Type.Number(), {
  description: 'The counters of the product for the player, by their names',
});

/** Of a sport that is not known here: what every document begins with. */
const AnyMatchSchema = Type.Object(matchHead, { description: 'A match of a sport of your own' });

export const MatchStateSchema = Type.Union([CricketDocumentSchema, GenericDocumentSchema, AnyMatchSchema], {
  description: 'How the match stands, by the rules of its sport',
});

export const FeedStateSchema = Type.Array(
  Type.Tuple([
    described(EventNumberSchema, 'The number of the event'),
    Type.String({ description: 'The event in a sentence' }),
    Type.Object({ type: Type.String() }, { description: 'The event' }),
  ]),
  { description: '`[n, text, event]`, oldest first: the last events that stand' },
);

export const LeagueStateSchema = Type.Array(Type.Tuple([TextSchema, ScoreSchema]), {
  description: '`[team, score]`, best first, among equals whoever was registered first; the best 100',
});

export const TeamStateSchema = Strict(
  {
    member: described(TextSchema, 'The team'),
    total: described(CountSchema, 'Teams of the tournament; 0 before the start'),
    rank: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Among all; left out while it does not take part' }),
    ),
    score: Type.Optional(described(ScoreSchema, 'Left out while it does not take part')),
  },
  { description: 'Where a team stands' },
);
