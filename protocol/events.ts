import Type, { type Static } from 'typebox';
import { IdSchema, ScoreSchema, Strict, TextSchema, taggedChecker } from './schema.ts';

/** What publishers send. An event is validated on its own: a bad one is rejected with its index, the others apply. */

export const ScoreEventSchema = Type.Union(
  [
    Strict({ type: Type.Literal('score'), board: IdSchema, member: TextSchema, delta: ScoreSchema }),
    Strict({ type: Type.Literal('score'), board: IdSchema, member: TextSchema, set: ScoreSchema }),
    Strict({ type: Type.Literal('score'), board: IdSchema, member: TextSchema, best: ScoreSchema }),
  ],
  {
    description:
      'Adds `delta` to the score, replaces it (`set`), or keeps the better of old and new (`best`, by the order of the board)',
  },
);

export const ProfileEventSchema = Strict(
  { type: Type.Literal('profile'), member: TextSchema, name: TextSchema },
  { description: 'Display name of a member, on every board' },
);

export const EVENT_SCHEMAS = { score: ScoreEventSchema, profile: ProfileEventSchema } as const;

export type ScoreEvent = Static<typeof ScoreEventSchema>;
export type ProfileEvent = Static<typeof ProfileEventSchema>;
export type ScorewireEvent = ScoreEvent | ProfileEvent;

export const eventChecker = taggedChecker(EVENT_SCHEMAS, 'an event');
