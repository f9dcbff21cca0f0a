import Type, { type Static } from 'typebox';
import { described, IdSchema, ScoreSchema, Strict, TextSchema, taggedChecker } from './schema.ts';

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

export const EVENT_SCHEMAS = { score: ScoreEventSchema, profile: ProfileEventSchema } as const;

export type ScoreEvent = Static<typeof ScoreEventSchema>;
export type ProfileEvent = Static<typeof ProfileEventSchema>;
export type ScorewireEvent = ScoreEvent | ProfileEvent;

export const eventChecker = taggedChecker(EVENT_SCHEMAS, 'an event');
