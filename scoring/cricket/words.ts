import { oversOfInnings } from './overs.ts';
import type { Innings } from './state.ts';

/** Words that commentary, results and summaries share. */

/** `1 run`, `2 runs`, `3 leg byes`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** `Root`, `Root and Foakes`, `Root, Bairstow and Foakes`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** `175/7`. */
export function scoreOf({ runs, wickets }: Innings): string {
  return `${runs}/${wickets}`;
}

/** `20 overs`, `1 over`, `18.2 overs`. */
export function oversInWords(innings: Innings): string {
  const overs = oversOfInnings(innings);
  return `${overs} ${overs === '1' ? 'over' : 'overs'}`;
}

/** What has an end of its own keeps it: `OUT!` needs no full stop. */
export function joinSentences(sentences: readonly string[]): string {
  return sentences.reduce((text, sentence) => `${text}${/[.!?…]$/.test(text) ? '' : '.'} ${sentence}`);
}
