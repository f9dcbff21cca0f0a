import { parseChannel } from '../../protocol/channels.ts';
import { AUTH_LIMITS } from '../limits.ts';

/** A pattern is a channel name (or scope) in which `*` matches any run of characters, the empty one and colons too. */
export type Matcher = (name: string) => boolean;

/** True for a list that is within the limits; the check of an untrusted claim. */
export function arePatterns(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length <= AUTH_LIMITS.patterns &&
    value.every((pattern) => typeof pattern === 'string' && pattern.length <= AUTH_LIMITS.patternLength)
  );
}

const CHANNEL_KINDS = ['board:', 'rank:', 'match:', 'area:', 'player:', 'league:', 'team:'];

/** False where no channel at all can match, which is always a mistake. */
export function mayMatchChannels(pattern: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return parseChannel(pattern) !== undefined;
  const head = pattern.slice(0, star);
  return CHANNEL_KINDS.some((kind) => kind.startsWith(head) || head.startsWith(kind));
}

/** Matches what any of the patterns matches. */
export function compilePatterns(patterns: readonly string[]): Matcher {
  if (patterns.length === 0) return () => false;
  if (patterns.some((pattern) => pattern !== '' && /^\*+$/.test(pattern))) return () => true;
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const matchers = patterns.filter((pattern) => pattern.includes('*')).map(compilePattern);
  return (name) => exact.has(name) || matchers.some((matches) => matches(name));
}

/**
 * Every piece between the stars is taken at its first place after the piece before, which is right for this kind of
 * pattern: so there is nothing to go back over, and no pattern is slow.
 */
export function compilePattern(pattern: string): Matcher {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return (name) => name === pattern;
  const pieces = rest.filter((piece) => piece !== '');
  return (name) => {
    if (!name.startsWith(head)) return false;
    let from = head.length;
    for (const piece of pieces) {
      const at = name.indexOf(piece, from);
      if (at < 0) return false;
      from = at + piece.length;
    }
    return name.length - from >= tail.length && name.endsWith(tail);
  };
}
