/** The bodies of requests about one match: the events, without what the address says already. */
import Type, { type TSchema } from 'typebox';
import { AmendSchema, DeliveryEventSchema, MATCH_ACTION_SCHEMAS, UndoSchema } from './match-events.ts';
import { checker, Strict } from './schema.ts';

export const DeliveryBodySchema = withoutAddress(DeliveryEventSchema, 'A ball was bowled');

export const ActionBodySchema = Type.Union(
  [...Object.values(MATCH_ACTION_SCHEMAS), UndoSchema, AmendSchema].map((schema) => withoutAddress(schema)),
  { description: 'Something about a match other than a ball' },
);

const { expected } = UndoSchema.properties;
export const UndoBodySchema = Strict({ expected }, { description: 'Which event is last, if that matters' });

export const deliveryBodyChecker = checker(DeliveryBodySchema);
export const actionBodyChecker = checker(ActionBodySchema);
export const undoBodyChecker = checker(UndoBodySchema);

function withoutAddress(
  { properties }: { readonly properties: Record<string, TSchema> },
  description?: string,
): TSchema {
  const { type: _type, match: _match, ...rest } = properties;
  return Strict(rest, description === undefined ? {} : { description });
}
