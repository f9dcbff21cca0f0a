import Type from 'typebox';
import { RejectionSchema } from './frames.ts';
import { CountSchema, described, EventNumberSchema, IdSchema, Strict, TextSchema } from './schema.ts';
import {
  CardSchema,
  LEAGUE_OF_ALL,
  TournamentMatchSchema,
  TournamentSettingsSchema,
  TournamentStatusSchema,
} from './tournaments.ts';

/** What HTTP answers about tournaments. The documents show these schemas, and the tests hold every answer against them. */

const RankSchema = Type.Integer({
  minimum: 1,
  description: '1 + the number of teams with a strictly better score',
});
const TeamScoreSchema = Type.Number({
  description: 'The sum of bonus × points over its cards: exact, in at most six decimals',
});
const TotalSchema = described(CountSchema, 'Teams of the league');

const tournamentState = {
  status: TournamentStatusSchema,
  registered: described(
    CountSchema,
    'Lines of teams that are stored, those that were sent again included: how far an upload is',
  ),
};

export const TournamentReplySchema = Strict(
  { id: IdSchema, ...TournamentSettingsSchema.properties, ...tournamentState },
  { description: 'A tournament and its settings' },
);

const { title } = TournamentSettingsSchema.properties;

export const TournamentListReplySchema = Strict({
  tournaments: Type.Array(
    Strict({
      id: IdSchema,
      title,
      matches: Type.Optional(Type.Array(TournamentMatchSchema)),
      ...tournamentState,
    }),
  ),
  next: Type.Optional(described(IdSchema, 'There when more may follow: the `after` of the next page')),
});

const { code, message } = RejectionSchema.properties;

export const UploadReplySchema = Strict(
  {
    lines: described(CountSchema, 'All that were read'),
    accepted: described(CountSchema, 'Those that are teams; of a team that comes again the latest counts'),
    rejected: Type.Array(Strict({ line: described(EventNumberSchema, 'From 1'), code, message }), {
      description: 'Lines that were refused, the first of them; they cost no other',
    }),
    omitted: described(CountSchema, 'Refused lines that are not in the list'),
  },
  { description: 'What became of the lines' },
);

export const TeamOutcomeSchema = Type.Union(
  [Type.Literal('registered'), Type.Literal('added'), Type.Literal('replaced'), Type.Literal('unchanged')],
  { description: '`registered`: before the start; then it is new, has other cards, or is as it was' },
);

export const TeamPutReplySchema = Strict({ team: TextSchema, outcome: TeamOutcomeSchema });

export const LeaguePageReplySchema = Strict({
  league: IdSchema,
  total: TotalSchema,
  rows: Type.Array(Strict({ rank: RankSchema, team: TextSchema, score: TeamScoreSchema }), {
    description: 'Best first, among equals whoever was registered first; none past the end',
  }),
});

export const TeamReplySchema = Strict(
  {
    team: TextSchema,
    rank: described(RankSchema, 'Among all teams'),
    score: TeamScoreSchema,
    total: described(CountSchema, 'All teams'),
    cards: Type.Array(
      Strict({
        ...CardSchema.properties,
        points: Type.Number({ description: 'Those that the player has now' }),
      }),
    ),
    leagues: Type.Record(Type.String(), RankSchema, {
      description: `Its rank in each of its leagues besides \`${LEAGUE_OF_ALL}\``,
    }),
    carried: Type.Optional(
      Type.Number({
        description:
          'Of a team that came or changed after the start: its score is this and the sum of bonus × points',
      }),
    ),
  },
  { description: 'A team and how it stands' },
);

export const ContestRecomputeReplySchema = Strict(
  {
    target: Type.String(),
    checked: described(CountSchema, 'Teams'),
    corrected: described(CountSchema, 'Teams whose score differed and was set right'),
    differences: Type.Array(
      Strict({
        team: TextSchema,
        was: Type.Number({ description: 'The score that it had' }),
        is: Type.Number({ description: 'What its cards give' }),
      }),
      { description: 'The first of them' },
    ),
  },
  { description: 'Of a tournament' },
);
