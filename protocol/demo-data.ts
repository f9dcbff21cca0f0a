import Type, { type Static } from 'typebox';
import { checker, IdSchema, Strict } from './schema.ts';

/** The body of `POST /v1/generate_data`: demonstration data, only where the demonstration is on. */
export const GenerateDataSchema = Strict({
  kind: Type.Literal('board'),
  count: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Score changes to write' }),
  board: Type.Optional(IdSchema),
  players: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Among so many players' })),
});

export type GenerateData = Static<typeof GenerateDataSchema>;
export const generateDataChecker = checker(GenerateDataSchema);
