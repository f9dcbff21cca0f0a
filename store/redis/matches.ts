import { randomBytes } from 'node:crypto';
import type { Fixture, MatchSummary } from '../../protocol/matches.ts';
import { assert } from '../../runtime/errors.ts';
import { foldEvents, judgeFixture, type MatchRules, noRules, summaryOf, viewOf } from '../match-rules.ts';
import { partitionOfMatch } from '../partitions.ts';
import {
  type FixtureVerdict,
  type MatchHistory,
  type MatchListing,
  type MatchView,
  type ScoreStore,
  type StoreOptions,
  StoreUnavailableError,
} from '../score-store.ts';
import type { Keys } from './keys.ts';
import { type KnownMatch, parseEvent, parseJson, parseStored } from './known-match.ts';
import { MatchCache } from './match-cache.ts';
import { createMatchRefresh } from './match-refresh.ts';
import type { RunScript } from './scripts.ts';

type Matches = Pick<
  ScoreStore,
  'configureMatch' | 'removeMatch' | 'readMatches' | 'readMatchEvents' | 'listMatches'
>;

/** How often others may go on with a match while it gets another fixture. */
const MAX_CONFLICTS = 20;

/** Matches but for their events, which come with batches (apply.ts). What is folded here has been committed. */
export function createMatches(run: RunScript, keys: Keys, options: StoreOptions, rules: MatchRules): Matches {
  const refresh = createMatchRefresh(run, keys);
  const cache = new MatchCache();

  const locate = (match: string) => {
    const partition = keys.partitions[partitionOfMatch(match, keys.partitions.length)];
    assert(partition, 'a match has a partition');
    return { partition, events: partition.matchEvents(match) };
  };
  const keysOfChange = (match: string): string[] => {
    const { partition, events } = locate(match);
    const { matches, summaries, matchIds, position, log, dirty, allDirty } = partition;
    return [matches, summaries, matchIds, events, position, log, dirty, allDirty];
  };
  const limits = [String(options.maxDirtyNames), String(options.logOperations)];

  /** What is to be sent for this change of the match as it is known, or the verdict where there is none to be sent. */
  const plan = (known: KnownMatch, fixture: Fixture): FixtureVerdict | readonly string[] => {
    const { fixture: before, version, events } = known;
    const judged = judgeFixture(before && { fixture: before, events: version.events }, fixture, rules);
    if (judged !== undefined) return judged;
    const fold = foldEvents(known.id, fixture, events, rules);
    const summary = fold && summaryOf(fold, fixture, rules);
    if (summary === undefined) return { ok: false, ...noRules(fixture) };
    const creation = version.label === '' ? newMark() : version.label.split(' ', 1);
    return [
      ...[version.label, String(version.events), version.last, `${creation} ${newMark()}`],
      ...[JSON.stringify(fixture), JSON.stringify(summary)],
    ];
  };

  return {
    async configureMatch(match, fixture, acceptedAt): Promise<FixtureVerdict> {
      for (let attempts = 0; attempts < MAX_CONFLICTS; attempts++) {
        let planned: FixtureVerdict | readonly string[] | undefined;
        await refresh([cache.get(match)], (known) => {
          cache.keep(known);
          planned = plan(known, fixture);
        });
        assert(planned, 'a match that was read has been told of');
        if ('ok' in planned) return planned;
        const args = [match, ...planned, String(acceptedAt), ...limits];
        const [label] = planned;
        if ((await run('configure-match', keysOfChange(match), args)) === 1) {
          return { ok: true, created: label === '' };
        }
      }
      throw new StoreUnavailableError('the match changes all the time', { change: 'refused' });
    },

    async removeMatch(match, acceptedAt): Promise<boolean> {
      return (await run('remove-match', keysOfChange(match), [match, String(acceptedAt), ...limits])) === 1;
    },

    async readMatches(matches): Promise<readonly (MatchView | undefined)[]> {
      const views = new Map<string, MatchView | undefined>();
      const asked = [...new Set(matches)].map((id) => cache.get(id));
      await refresh(asked, (match) => {
        cache.keep(match);
        const { id, fixture } = match;
        const fold = fixture && match.fold(rules);
        views.set(id, fold && viewOf(fold, fixture, rules));
      });
      return matches.map((id) => views.get(id));
    },

    async readMatchEvents(match, { after, limit }): Promise<MatchHistory | undefined> {
      const { partition, events } = locate(match);
      const args = [match, String(after), String(limit)];
      const reply = await run('read-match-events', [partition.matches, events], args);
      const [count, ...texts] = reply as [number, ...string[]];
      if (count < 0) return undefined;
      const records = texts.map((text, index) => ({ n: after + index + 1, ...parseEvent(text) }));
      return { events: count, records };
    },

    async listMatches({ after, limit }): Promise<readonly MatchListing[]> {
      const lowest = after === undefined ? '-' : `(${after}`;
      const replies = await Promise.all(
        keys.partitions.map(({ matchIds, matches, summaries }) =>
          run('list-matches', [matchIds, matches, summaries], [lowest, String(limit)]),
        ),
      );
      const found = replies.flatMap((reply) => toListings(reply as string[]));
      // Ids are ASCII, so that JavaScript's order of strings is byte order.
      return found.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
    },
  };
}

/** Another one each time, also in a store that was set back to what it had been. */
function newMark(): string {
  return randomBytes(9).toString('base64url');
}

function toListings(flat: readonly string[]): MatchListing[] {
  const listings: MatchListing[] = [];
  for (let i = 0; i < flat.length; i += 3) {
    const [id = '', stored = '', summary = ''] = flat.slice(i, i + 3);
    const { fixture } = parseStored(stored);
    assert(fixture, 'a match that is listed has a fixture');
    listings.push({ id, fixture, summary: parseJson(summary) as MatchSummary });
  }
  return listings;
}
