import { ID_FORM, isId, isText } from '../../protocol/names.ts';
import { isWindow } from '../../protocol/windows.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { problem } from './problem.ts';

/**
 * What paths and queries carry. A bad one, or one that is given twice, is told and never corrected: a silent default would be taken for an
 * answer.
 */
export type Parameter<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reply: HttpReply };

export function idAt(request: HttpRequest, index: number, what: string): Parameter<string> {
  const value = request.params[index] ?? '';
  return isId(value) ? { ok: true, value } : bad(`${what} must be ${ID_FORM}`);
}

export function textAt(request: HttpRequest, index: number, what: string): Parameter<string> {
  const value = request.params[index] ?? '';
  return isText(value)
    ? { ok: true, value }
    : bad(`${what} must be 1 to 128 bytes of UTF-8 without control characters`);
}

export function textQuery(request: HttpRequest, name: string): Parameter<string | undefined> {
  const [value, ...others] = request.query.getAll(name);
  return others.length === 0 ? { ok: true, value } : bad(`"${name}" must be given once`);
}

export function idQuery(request: HttpRequest, name: string): Parameter<string | undefined> {
  return checkedQuery(request, name, isId, `must be an id: ${ID_FORM}`);
}

export function requiredIdQuery(request: HttpRequest, name: string): Parameter<string> {
  const id = idQuery(request, name);
  if (!id.ok) return id;
  return id.value === undefined ? bad(`"${name}" is needed: an id`) : { ok: true, value: id.value };
}

export function integerQuery(
  request: HttpRequest,
  name: string,
  range: { readonly default: number; readonly min: number; readonly max: number },
): Parameter<number> {
  const text = textQuery(request, name);
  if (!text.ok) return text;
  if (text.value === undefined) return { ok: true, value: range.default };
  const value = /^\d{1,16}$/.test(text.value) ? Number(text.value) : Number.NaN;
  return value >= range.min && value <= range.max
    ? { ok: true, value }
    : bad(`"${name}" must be an integer from ${range.min} to ${range.max}, not ${text.value.slice(0, 32)}`);
}

export function windowQuery(request: HttpRequest): Parameter<string | undefined> {
  const form = 'must be daily, weekly, monthly, or a fixed one such as weekly.2026-W47';
  return checkedQuery(request, 'window', isWindow, form);
}

function checkedQuery(
  request: HttpRequest,
  name: string,
  isGood: (value: string) => boolean,
  form: string,
): Parameter<string | undefined> {
  const text = textQuery(request, name);
  if (!text.ok || text.value === undefined || isGood(text.value)) return text;
  return bad(`"${name}" ${form}`);
}

function bad(message: string): { readonly ok: false; readonly reply: HttpReply } {
  return { ok: false, reply: problem('malformed', message) };
}
