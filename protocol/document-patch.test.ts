import { deepStrictEqual } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { document } from '../test/support/json-arbitraries.ts';
import { CODECS } from './codec.ts';
import { applyDocumentPatch, diffDocument } from './document-patch.ts';
import { PatchError } from './patch-error.ts';
import type { Document, DocumentPatch } from './views.ts';

const parse = (text: string): Document => JSON.parse(text) as Document;

describe('diffDocument and applyDocumentPatch', () => {
  it('are inverse: applying the difference gives the new document', () => {
    fc.assert(
      fc.property(document(), document(), (before, after) => {
        const patch = diffDocument(before, after);
        deepStrictEqual(patch === undefined ? before : applyDocumentPatch(before, patch), after);
      }),
      { numRuns: 500 },
    );
  });

  it('differ in nothing exactly where the documents are equal', () => {
    fc.assert(
      fc.property(document(), document(), (before, after) => {
        expect(diffDocument(before, structuredClone(before))).toBeUndefined();
        expect(diffDocument(before, after) === undefined).toBe(isDeepStrictEqual(before, after));
      }),
    );
  });

  it('mean the same after either encoding', () => {
    fc.assert(
      fc.property(document(), document(), (before, after) => {
        const patch = diffDocument(before, after) ?? {};
        deepStrictEqual(CODECS.json.decode(CODECS.json.encode(patch)), patch);
        deepStrictEqual(CODECS.msgpack.decode(CODECS.msgpack.encode(patch)), patch);
      }),
    );
  });

  it('leave both documents as they were and pollute nothing', () => {
    fc.assert(
      fc.property(document(), document(), (before, after) => {
        const copies = structuredClone([before, after]);
        applyDocumentPatch(before, diffDocument(before, after) ?? {});
        deepStrictEqual([before, after], copies);
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });
});

describe('diffDocument', () => {
  it.each<[string, Document, Document, DocumentPatch | undefined]>([
    ['names only what changed', { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 }],
    ['goes into objects', { a: { x: 1, y: 2 } }, { a: { x: 1, y: 3 } }, { a: { y: 3 } }],
    ['deletes with a null', { a: 1, b: 2 }, { b: 2 }, { a: null }],
    ['deletes inside an object that stays', { a: { x: 1, y: 2 } }, { a: { y: 2 } }, { a: { x: null } }],
    ['empties an object key by key', { a: { x: 1 } }, { a: {} }, { a: { x: null } }],
    [
      'names what goes when an object replaces another',
      { a: { x: 1 } },
      { a: { y: 2 } },
      { a: { x: null, y: 2 } },
    ],
    ['carries a whole object where a scalar was', { a: 1 }, { a: { x: { y: 1 } } }, { a: { x: { y: 1 } } }],
    ['carries a scalar where an object was', { a: { x: 1 } }, { a: 1 }, { a: 1 }],
    ['carries a whole object where a list was', { a: [1] }, { a: { x: 1 } }, { a: { x: 1 } }],
    ['carries a list whole', { a: [1, 2, 3] }, { a: [1, 2, 4] }, { a: [1, 2, 4] }],
    ['adds an empty object', {}, { a: {} }, { a: {} }],
    ['sees through key order', { a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }, undefined],
    ['takes an inherited name for an ordinary key', {}, { toString: 'x' }, { toString: 'x' }],
    ['does not find an inherited value equal', {}, { constructor: 1 }, { constructor: 1 }],
  ])('%s', (_, before, after, patch) => {
    expect(diffDocument(before, after)).toEqual(patch);
    expect(patch === undefined ? after : applyDocumentPatch(before, patch)).toEqual(after);
  });

  it('takes __proto__ for an ordinary key', () => {
    const after = parse('{"__proto__":{"x":1}}');
    const patch = diffDocument({}, after);
    expect(JSON.stringify(patch)).toBe('{"__proto__":{"x":1}}');
    expect(JSON.stringify(diffDocument({}, parse('{"__proto__":{}}')))).toBe('{"__proto__":{}}');
    expect(JSON.stringify(diffDocument(after, {}))).toBe('{"__proto__":null}');
    expect(JSON.stringify(diffDocument(after, parse('{"__proto__":{"x":2}}')))).toBe('{"__proto__":{"x":2}}');
  });
});

describe('applyDocumentPatch', () => {
  // The test cases of RFC 7386, appendix A, as far as they patch objects.
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('%s patched by %s is %s', (state, patch, result) => {
    expect(applyDocumentPatch(parse(state), parse(patch))).toEqual(parse(result));
  });

  it('shares what the patch does not touch', () => {
    const state = { kept: { deep: [1] }, changed: { a: 1 } };
    expect(applyDocumentPatch(state, { changed: { b: 2 } }).kept).toBe(state.kept);
  });

  it('takes __proto__ for an ordinary key, at every level', () => {
    const patched = applyDocumentPatch(
      { a: {} },
      parse('{"__proto__":{"x":1},"a":{"__proto__":{"polluted":true}}}'),
    );
    expect(JSON.stringify(patched)).toBe('{"a":{"__proto__":{"polluted":true}},"__proto__":{"x":1}}');
    expect((patched.a as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(JSON.stringify(applyDocumentPatch(patched, parse('{"__proto__":null,"a":null}')))).toBe('{}');
    expect(JSON.stringify(applyDocumentPatch(patched, parse('{"__proto__":{"y":2},"a":null}')))).toBe(
      '{"__proto__":{"x":1,"y":2}}',
    );
  });

  it.each<[string, unknown]>([
    ['a patch of rows', [[0, 0]]],
    ['null', null],
    ['no patch', undefined],
    ['a number', 1],
    ['a text', 'a'],
  ])('refuses %s', (_, patch) => {
    expect(() => applyDocumentPatch({}, patch as DocumentPatch)).toThrow(PatchError);
  });

  it('refuses to patch rows', () => {
    expect(() => applyDocumentPatch([] as unknown as Document, {})).toThrow(PatchError);
  });
});
