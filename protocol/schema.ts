import Type, { type Static, type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import Format from 'typebox/format';
import { explainMismatch, TEXT_FORMAT, TIME_ZONE_FORMAT } from './explain.ts';
import { ID_FORM, ID_PATTERN, isText, TEXT_FORM } from './names.ts';
import { isTimeZone } from './windows.ts';

/** Any of our schemas, for who only shows them or checks with them. */
export type Schema = TSchema;

/** The building blocks of every schema; each schema gives the static type, the validation and the documents. */

Format.Set(TEXT_FORMAT, isText);
Format.Set(TIME_ZONE_FORMAT, isTimeZone);

export const IdSchema = Type.String({ pattern: ID_PATTERN, description: `An id: ${ID_FORM}` });
export const TextSchema = Type.String({ format: TEXT_FORMAT, description: `A text: ${TEXT_FORM}` });
export const TimeZoneSchema = Type.String({
  format: TIME_ZONE_FORMAT,
  maxLength: 64,
  description: 'An IANA time zone, such as `Europe/Paris`',
});
export const ScoreSchema = Type.Number({ description: 'An IEEE double; NaN and infinities are refused' });
export const RequestIdSchema = Type.Integer({
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Any integer the client chooses; the reply repeats it',
});
export const TimeSchema = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Unix milliseconds',
});
export const SeqSchema = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Events of a producer are numbered from 1. */
export const EventNumberSchema = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const CountSchema = Type.Integer({ minimum: 0 });
export const EPOCH_MAX_LENGTH = 64;
export const EpochSchema = Type.String({ minLength: 1, maxLength: EPOCH_MAX_LENGTH });

/** An object that refuses properties it does not name, so that a typing error is told and not swallowed. */
export function Strict<T extends Record<string, TSchema>>(
  properties: T,
  options: { description?: string } = {},
) {
  return Type.Object(properties, { ...options, additionalProperties: false });
}

/** For those who put together what is described elsewhere. */
export function anyOf(schemas: readonly Schema[]): Schema {
  return Type.Union([...schemas]);
}

/** The same schema with words for the place where it is used. A spread would lose the library's hidden properties. */
export function described<T extends TSchema>(schema: T, description: string): T {
  const copy: T = Object.create(Object.getPrototypeOf(schema), Object.getOwnPropertyDescriptors(schema));
  return Object.assign(copy, { description });
}

/** A compiled schema: `check` is what hot paths call, `explain` says in one line what is wrong. */
export interface Checker<T> {
  check(value: unknown): value is T;
  explain(value: unknown): string;
}

export function checker<S extends TSchema>(schema: S): Checker<Static<S>> {
  const compiled = Compile(schema) as Validator;
  const explain = (value: unknown): string => explainMismatch(schema, value);
  const shortest = withoutOptionals(schema);
  if (shortest === undefined) return { check: (value): value is Static<S> => compiled.Check(value), explain };
  // Most objects have none of their optional properties, and to count properties takes half as long as to look at their names.
  const common = Compile(shortest) as Validator;
  return { check: (value): value is Static<S> => common.Check(value) || compiled.Check(value), explain };
}

/** What a strict object is that has none of its optional properties; nothing where there are none. */
function withoutOptionals(schema: TSchema): TSchema | undefined {
  if (!Type.IsObject(schema) || !('additionalProperties' in schema) || schema.additionalProperties !== false)
    return undefined;
  const all = Object.entries(schema.properties);
  const required = all.filter(([, property]) => !Type.IsOptional(property));
  return required.length < all.length ? Strict(Object.fromEntries(required)) : undefined;
}

/**
 * One checker for a family of objects told apart by their `type`, so that the refusal speaks of the member
 * that was meant and not of every alternative.
 */
export function taggedChecker<M extends Record<string, TSchema>>(
  members: M,
  what: string,
): Checker<Static<M[keyof M]>> {
  const byType = new Map(Object.entries(members).map(([type, schema]) => [type, checker(schema)]));
  const find = (value: unknown): Checker<unknown> | undefined => {
    if (typeof value !== 'object' || value === null) return undefined;
    const { type } = value as { type?: unknown };
    return typeof type === 'string' ? byType.get(type) : undefined;
  };
  return {
    check: (value): value is Static<M[keyof M]> => find(value)?.check(value) ?? false,
    explain: (value) =>
      find(value)?.explain(value) ?? `${what} needs a "type" of: ${[...byType.keys()].join(', ')}`,
  };
}
