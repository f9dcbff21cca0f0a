import Type from 'typebox';
import { checker, IdSchema, Strict } from './schema.ts';

const DEMO_COUNT_MAX = 1_000_000;
const DEMO_PLAYERS_MAX = 10_000;

/** The body of `POST /v1/generate_data`: demonstration data, only where the demonstration is on. */
export const GenerateDataSchema = Strict({
  kind: Type.Literal('board'),
  count: Type.Integer({ minimum: 1, maximum: DEMO_COUNT_MAX, description: 'Score changes to write' }),
  board: Type.Optional(IdSchema),
  players: Type.Optional(
    Type.Integer({ minimum: 1, maximum: DEMO_PLAYERS_MAX, description: 'Among so many players' }),
  ),
});

export const generateDataChecker = checker(GenerateDataSchema);
