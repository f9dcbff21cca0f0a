import Type from 'typebox';
import { CHANNEL_MAX_LENGTH } from './channels.ts';

/** What stands in paths, queries and headers of HTTP. */

/** The same range is what a request is held against and what the document says. */
export interface IntegerRange {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

export function integerSchema({ default: fallback, min, max }: IntegerRange) {
  return Type.Integer({ minimum: min, maximum: max, default: fallback });
}

export const WindowParameterSchema = Type.String({
  pattern: '^(daily|weekly|monthly)(\\.[0-9W-]+)?$',
  description:
    'A window: `daily`, `weekly` or `monthly` (the current one), or a fixed one such as `daily.2026-11-21`, `weekly.2026-W47`, `monthly.2026-11`',
});

export function headerSchema(maxLength: number) {
  return Type.String({ pattern: '^[ -~]+$', minLength: 1, maxLength });
}

export const ChannelsParameterSchema = Type.Array(
  Type.String({ minLength: 1, maxLength: CHANNEL_MAX_LENGTH, description: 'The name of a channel' }),
  { minItems: 1 },
);

/** Of matches; one or several with commas between them. */
export const StatusesParameterSchema = Type.String({ pattern: '^[a-z]+(,[a-z]+)*$' });

export const TokenParameterSchema = Type.String({ description: 'A JWT' });

/** In the text format of Prometheus. */
export const MetricsTextSchema = Type.String({ description: 'A metric in each line' });

/** As `text/event-stream` has them. */
export const EventStreamSchema = Type.String({
  description:
    'Events, each with `event` (the type of the frame), `data` (the frame as JSON), and `id` where it has a position',
});
