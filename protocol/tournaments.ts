import Type, { type Static } from 'typebox';
import { checker, described, IdSchema, Strict, TextSchema } from './schema.ts';

/** Fantasy contests: what is set about a tournament, the teams that take part, and what its channels hold. */

/** The league that holds every team; nobody has to name it. */
export const LEAGUE_OF_ALL = 'all';
export const MAX_CARDS_PER_TEAM = 50;
/** Besides the league of all. */
export const MAX_LEAGUES_PER_TEAM = 100;
/** That can be named in the settings; whoever names none lets any player take part. */
export const MAX_NAMED_PLAYERS = 10_000;
export const MAX_MATCHES_PER_TOURNAMENT = 100;

/** Points of players in a match, by the name of a point system. */
export const POINT_SYSTEMS = ['dream11-t20-2020'] as const;
export type PointSystemName = (typeof POINT_SYSTEMS)[number];

export const TournamentMatchSchema = Strict({
  match: described(IdSchema, 'The match; it need not be there yet'),
  system: Type.Enum(POINT_SYSTEMS, { description: 'What players get for what they do in it' }),
});

/** The body of `PUT /v1/tournaments/{id}`. */
export const TournamentSettingsSchema = Strict({
  title: Type.Optional(described(TextSchema, 'What it is called')),
  players: Type.Optional(
    Type.Array(TextSchema, {
      minItems: 1,
      maxItems: MAX_NAMED_PLAYERS,
      description:
        'Who can be on cards and get points; others are refused. Left out: whoever is on a card or gets points',
    }),
  ),
  matches: Type.Optional(
    Type.Array(TournamentMatchSchema, {
      minItems: 1,
      maxItems: MAX_MATCHES_PER_TOURNAMENT,
      description:
        'Matches whose balls give the points: a player has the sum over them. Left out: points are published',
    }),
  ),
});
export type TournamentSettings = Static<typeof TournamentSettingsSchema>;
export const tournamentSettingsChecker = checker(TournamentSettingsSchema);

export const TournamentStatusSchema = Type.Union([Type.Literal('open'), Type.Literal('started')], {
  description: '`open`: teams are registered; `started`: they score, and change one by one',
});
export type TournamentStatus = Static<typeof TournamentStatusSchema>;

const BonusSchema = Type.Number({
  minimum: 0.001,
  maximum: 1000,
  description: 'What the points of the player are multiplied by; at most three decimals',
});
export const CardSchema = Strict({ player: described(TextSchema, 'Who is on the card'), bonus: BonusSchema });

const rosterFields = {
  cards: Type.Array(CardSchema, {
    minItems: 1,
    maxItems: MAX_CARDS_PER_TEAM,
    description: 'Each with another player',
  }),
  leagues: Type.Optional(
    Type.Array(IdSchema, {
      maxItems: MAX_LEAGUES_PER_TEAM,
      description: `The leagues it is in, besides \`${LEAGUE_OF_ALL}\`, which holds every team`,
    }),
  ),
};

/** A line of an upload. Whether it is one is decided by `contest/check-team.ts`, which says what is wrong in its own words. */
export const TeamSchema = Strict(
  { team: described(TextSchema, 'Its name, unique in the tournament'), ...rosterFields },
  { description: 'A team of cards' },
);
/** The body of `PUT /v1/tournaments/{id}/teams/{team}`: a whole team does as well. */
export const RosterSchema = Strict(
  { team: Type.Optional(described(TextSchema, 'Its name, as in the address')), ...rosterFields },
  { description: 'The cards and leagues of a team' },
);

/** At most three decimals, which no schema can say of a double. */
export const PointsSchema = Type.Number({
  minimum: -9_007_199_254.74,
  maximum: 9_007_199_254.74,
  description: 'His new total, with at most three decimals; the latest one counts',
});

export const PointsEventSchema = Strict(
  {
    type: Type.Literal('points'),
    tournament: described(IdSchema, 'The tournament'),
    player: described(TextSchema, 'Whose points'),
    points: PointsSchema,
  },
  { description: 'A player has so many points in a tournament now: absolute, so it can be sent again' },
);
export type PointsEvent = Static<typeof PointsEventSchema>;

/** What a request has to say where its address says all. */
export const NothingSchema = Strict({}, { description: 'Nothing' });
export const nothingChecker = checker(NothingSchema);

/** The body of `POST /v1/tournaments/{id}/teams` as it should be. Each team of it is judged on its own. */
export const TeamBodySchema = Type.Union([
  TeamSchema,
  Type.Array(TeamSchema, { description: 'Several of them' }),
]);
