import { equalJson, isJsonObject, type JsonObject } from './json-equality.ts';
import { PatchError } from './patch-error.ts';
import type { Document, DocumentPatch, Json } from './views.ts';

/**
 * The JSON Merge Patch (RFC 7386) that turns `before` into `after`, or `undefined` where they are equal. Neither
 * may contain a null: a null of the patch deletes the key. An object over an object is a merge, so what went
 * away is named; anything else is replaced whole.
 */
export function diffDocument(before: Document, after: Document): DocumentPatch | undefined {
  let patch: { [key: string]: Json } | undefined;
  const put = (key: string, value: Json): void => {
    patch ??= {};
    setOwn(patch, key, value);
  };
  for (const key of Object.keys(after)) {
    const next = after[key] as Json;
    if (!Object.hasOwn(before, key)) {
      put(key, next);
      continue;
    }
    const previous = before[key] as Json;
    // What has not changed is often the same object, such as the innings of a match that are over.
    if (previous === next) continue;
    if (isJsonObject(previous) && isJsonObject(next)) {
      const inner = diffDocument(previous, next);
      if (inner !== undefined) put(key, inner);
    } else if (!equalJson(previous, next)) {
      put(key, next);
    }
  }
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) put(key, null);
  }
  return patch;
}

/**
 * The document after the patch, by RFC 7386. Throws `PatchError` where either is not an object; `state` is never
 * changed, and what the patch does not touch is shared with it.
 */
export function applyDocumentPatch(state: Document, patch: DocumentPatch): Document {
  if (!isJsonObject(state)) throw new PatchError('the state is not a document');
  if (!isJsonObject(patch)) throw new PatchError('a patch of a document must be an object');
  return merge(state, patch);
}

const NOTHING: JsonObject = {};

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  const result: { [key: string]: Json } = { ...target };
  for (const key of Object.keys(patch)) {
    const value = patch[key] as Json;
    if (value === null) {
      delete result[key];
    } else if (isJsonObject(value)) {
      const inner = Object.hasOwn(target, key) ? (target[key] as Json) : NOTHING;
      setOwn(result, key, merge(isJsonObject(inner) ? inner : NOTHING, value));
    } else {
      setOwn(result, key, value);
    }
  }
  return result;
}

/** Plain assignment to `__proto__` would set the prototype instead of the key. */
function setOwn(object: { [key: string]: Json }, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}
