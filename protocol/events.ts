import Type, { type Static } from 'typebox';
import { DeliveryEventSchema, type MatchEvent, MatchEventSchema } from './match-events.ts';
import {
  type Checker,
  described,
  IdSchema,
  ScoreSchema,
  Strict,
  TextSchema,
  taggedChecker,
} from './schema.ts';
import { type PointsEvent, PointsEventSchema } from './tournaments.ts';

/** What publishers send. An event is validated on its own: a bad one is rejected with its index, the others apply. */

const scoreFields = {
  type: Type.Literal('score'),
  board: described(IdSchema, 'The board; made with the defaults where there is none'),
  member: described(TextSchema, 'Whose score'),
};

export const ScoreEventSchema = Type.Union(
  [
    Strict({ ...scoreFields, delta: described(ScoreSchema, 'Added to the score; a new member begins at 0') }),
    Strict({ ...scoreFields, set: described(ScoreSchema, 'Replaces the score') }),
    Strict({ ...scoreFields, best: described(ScoreSchema, 'Replaces the score where it is better') }),
  ],
  {
    description:
      'Adds `delta` to the score, replaces it (`set`), or keeps the better of old and new (`best`, by the order of the board)',
  },
);

export const ProfileEventSchema = Strict(
  {
    type: Type.Literal('profile'),
    member: described(TextSchema, 'Whose name'),
    name: described(TextSchema, 'Shown on boards; replaces an earlier one'),
  },
  { description: 'Display name of a member, on every board' },
);

export const ResultEventSchema = Strict(
  {
    type: Type.Literal('result'),
    product: described(IdSchema, 'The game; the defaults score it where nobody has configured it'),
    winner: described(TextSchema, 'Who won; of a draw, one of the two'),
    loser: described(TextSchema, 'Who lost; of a draw, the other one'),
    draw: Type.Optional(Type.Boolean({ description: 'Nobody won; left out: somebody did' })),
  },
  { description: 'A game is over: the leaderboards of the product score it, its stats count it' },
);

export const TrackEventSchema = Strict(
  {
    type: Type.Literal('track'),
    product: described(IdSchema, 'The game'),
    player: described(TextSchema, 'Who did it'),
    event: described(TextSchema, 'What was done, such as `select_weapon`'),
    data: Type.Optional(
      Type.Unknown({ description: 'What the stats handler of the product makes of it; any value' }),
    ),
  },
  { description: 'A player did something: the stats of the product count it' },
);

export const SessionEventSchema = Strict(
  {
    type: Type.Literal('session'),
    area: described(IdSchema, 'Where, such as the code of a region'),
    mode: described(TextSchema, 'What is played'),
    user: described(TextSchema, 'Who is active; in one mode of an area at a time'),
    action: Type.Union([Type.Literal('LOGIN'), Type.Literal('LOGOUT')], {
      description:
        '`LOGIN` begins or moves the activity of the user in the area, `LOGOUT` ends it, whatever its mode',
    }),
  },
  { description: 'A user begins or ends to be active in a mode of an area' },
);

export const EVENT_SCHEMAS = {
  score: ScoreEventSchema,
  result: ResultEventSchema,
  track: TrackEventSchema,
  session: SessionEventSchema,
  points: PointsEventSchema,
  delivery: DeliveryEventSchema,
  match: MatchEventSchema,
  profile: ProfileEventSchema,
} as const;

export type ScoreEvent = Static<typeof ScoreEventSchema>;
export type ResultEvent = Static<typeof ResultEventSchema>;
export type TrackEvent = Static<typeof TrackEventSchema>;
export type SessionEvent = Static<typeof SessionEventSchema>;
export type ProfileEvent = Static<typeof ProfileEventSchema>;
export type ScorewireEvent =
  | ScoreEvent
  | ResultEvent
  | TrackEvent
  | SessionEvent
  | PointsEvent
  | MatchEvent
  | ProfileEvent;

export const eventChecker: Checker<ScorewireEvent> = taggedChecker(EVENT_SCHEMAS, 'an event');
