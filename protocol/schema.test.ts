import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import {
  checker,
  IdSchema,
  ScoreSchema,
  Strict,
  TextSchema,
  TimeZoneSchema,
  taggedChecker,
} from './schema.ts';

describe('a checker', () => {
  const one = checker(
    Strict({
      id: IdSchema,
      inner: Type.Optional(Strict({ count: Type.Integer({ minimum: 0 }) })),
      list: Type.Optional(Type.Array(Strict({ name: Type.String() }))),
    }),
  );

  it('refuses what it does not name, at every level', () => {
    expect(one.check({ id: 'a', inner: { count: 1 }, list: [{ name: 'x' }] })).toBe(true);
    expect(one.check({ id: 'a', extra: 1 })).toBe(false);
    expect(one.check({ id: 'a', inner: { count: 1, extra: 1 } })).toBe(false);
  });

  it.each<[unknown, string]>([
    [{ id: 'a', inner: { count: -1 } }, '"inner.count" must be >= 0'],
    [{ id: 'a', inner: { count: 1, x: 1 } }, '"inner" must not have "x"'],
    [{ id: 'a', inner: {} }, '"inner" needs "count"'],
    [{ id: 'a', inner: [] }, '"inner" must be an object'],
    [{ id: 'a', list: [{ name: 'x' }, { name: 2 }] }, '"list.1.name" must be string'],
    [{ id: 'a', list: {} }, '"list" must be array'],
    [{ x: 1, y: 2, z: 3, w: 4 }, 'must not have "x", "y", "z"'],
  ])('names the first field that is wrong in %j', (value, message) => {
    expect(one.explain(value)).toBe(message);
  });

  it('finds what is wrong at the end of a long list', () => {
    const list = Array.from({ length: 100_000 }, (_, i) => ({ name: i === 99_999 ? 1 : 'x' }));
    expect(one.explain({ id: 'a', list })).toBe('"list.99999.name" must be string');
  });
});

describe('a refusal', () => {
  const fields = checker(
    Type.Partial(
      Strict({
        zone: TimeZoneSchema,
        name: TextSchema,
        score: ScoreSchema,
        kinds: Type.Array(Type.Enum(['a', 'b', 'c']), { uniqueItems: true, maxItems: 3 }),
        list: Type.Array(Strict({ name: Type.String() }), { maxItems: 2 }),
      }),
      { additionalProperties: false },
    ),
  );
  const NO_ZONE = '"zone" is not an IANA time zone, such as Europe/Paris or UTC';

  it.each<[unknown, string]>([
    [{ zone: 'Mars/Base' }, NO_ZONE],
    [{ zone: '+02:00' }, NO_ZONE],
    [{ zone: 2 }, '"zone" must be string'],
    [{ name: '' }, '"name" is not a text: any UTF-8 of 1 to 128 bytes without control characters'],
    [{ kinds: ['a', 'b', 'a'] }, '"kinds" has "a" twice'],
    [{ kinds: ['a', 'd'] }, '"kinds.1" must be one of: a, b, c'],
    [{ list: [{ name: 'x' }, { name: 'x' }, { name: 'x' }] }, '"list" must have at most 2 entries, not 3'],
    // What binary values in MessagePack are decoded to.
    [{ name: Number.NaN }, '"name" must be string'],
    [{ score: Number.NaN }, '"score" must be a finite number'],
  ])('of %j says what is wrong and not something else', (value, message) => {
    expect(fields.check(value)).toBe(false);
    expect(fields.explain(value)).toBe(message);
  });

  const shapes = checker(
    Type.Union([
      Strict({ kind: Type.Literal('circle'), radius: Type.Integer({ minimum: 1 }) }),
      Strict({ kind: Type.Literal('square'), side: Type.Integer(), colour: Type.Optional(Type.String()) }),
    ]),
  );

  it.each<[unknown, string]>([
    [{ kind: 'square', side: 'x' }, '"side" must be integer'],
    [{ kind: 'circle', radius: 0 }, '"radius" must be >= 1'],
    [{ kind: 'square', side: 1, colour: 1 }, '"colour" must be string'],
    [{ kind: 'square', radius: 1 }, 'must not have "radius"'],
    [{ kind: 'oval', side: 1 }, '"kind" must be one of: circle, square'],
    [{ side: 1 }, 'needs "kind"'],
  ])('of %j speaks of the alternative that was named', (value, message) => {
    expect(shapes.check(value)).toBe(false);
    expect(shapes.explain(value)).toBe(message);
  });
});

describe('a tagged checker', () => {
  const shapes = taggedChecker(
    {
      circle: Strict({ type: Type.Literal('circle'), radius: Type.Number() }),
      square: Strict({ type: Type.Literal('square'), side: Type.Number() }),
    },
    'a shape',
  );

  it('speaks of the member that was meant', () => {
    expect(shapes.check({ type: 'square', side: 1 })).toBe(true);
    expect(shapes.explain({ type: 'square', radius: 1 })).toBe('must not have "radius"');
  });

  it('lists the types where none was meant', () => {
    expect(shapes.explain({ type: '__proto__' })).toBe('a shape needs a "type" of: circle, square');
  });
});
