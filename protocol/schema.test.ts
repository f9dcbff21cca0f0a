import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { checker, IdSchema, Strict, taggedChecker } from './schema.ts';

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
