import { isId, isText } from '../../protocol/names.ts';
import { isWindow } from '../../protocol/windows.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { problem } from './problem.ts';

/** What paths and queries carry. A bad one is told, never corrected: a silent default would be taken for an answer. */
export type Parameter<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reply: HttpReply };

export function idAt(request: HttpRequest, index: number, what: string): Parameter<string> {
  const value = request.params[index] ?? '';
  return isId(value) ? { ok: true, value } : bad(`${what} must be 1 to 64 of A-Z a-z 0-9 _ . -`);
}

export function textAt(request: HttpRequest, index: number, what: string): Parameter<string> {
  const value = request.params[index] ?? '';
  return isText(value)
    ? { ok: true, value }
    : bad(`${what} must be 1 to 128 bytes of UTF-8 without control characters`);
}

export function idQuery(request: HttpRequest, name: string): Parameter<string | undefined> {
  const value = request.query.get(name) ?? undefined;
  return value === undefined || isId(value) ? { ok: true, value } : bad(`"${name}" must be an id`);
}

export function integerQuery(
  request: HttpRequest,
  name: string,
  range: { readonly default: number; readonly min: number; readonly max: number },
): Parameter<number> {
  const text = request.query.get(name);
  if (text === null) return { ok: true, value: range.default };
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return value >= range.min && value <= range.max
    ? { ok: true, value }
    : bad(`"${name}" must be an integer from ${range.min} to ${range.max}, not ${text.slice(0, 32)}`);
}

export function windowQuery(request: HttpRequest): Parameter<string | undefined> {
  const value = request.query.get('window') ?? undefined;
  return value === undefined || isWindow(value)
    ? { ok: true, value }
    : bad('"window" must be daily, weekly, monthly, or a fixed one such as weekly.2026-W47');
}

function bad(message: string): { readonly ok: false; readonly reply: HttpReply } {
  return { ok: false, reply: problem('malformed', message) };
}
