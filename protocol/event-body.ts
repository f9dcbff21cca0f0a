import Type from 'typebox';
import { EVENT_SCHEMAS } from './events.ts';

/** The body of `POST /v1/events` as it should be. Each event of it is judged on its own, so nothing is held against the whole of this. */

const EventSchema = Type.Union(Object.values(EVENT_SCHEMAS), { description: 'One of the events' });

export const EventBodySchema = Type.Union([
  EventSchema,
  Type.Array(EventSchema, { description: 'Several of them' }),
]);
