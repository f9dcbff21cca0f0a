import { assert } from '../../runtime/errors.ts';
import { partitionOfMatch } from '../partitions.ts';
import { chunkByWeight } from './chunks.ts';
import type { Keys } from './keys.ts';
import type { KnownMatch, MatchReply } from './known-match.ts';
import type { RunScript } from './scripts.ts';

/** What one script call reads at most. */
const CALL_MATCHES = 200;
const CALL_EVENTS = 1000;

/**
 * Reads what has happened in matches since they were last seen. Tells of each, once, as soon as it is as it was in Redis at a moment after the call: at
 * that very moment, as another call may go on with it right after.
 */
export type RefreshMatches = (
  matches: readonly KnownMatch[],
  tell: (match: KnownMatch) => void,
) => Promise<void>;

export function createMatchRefresh(run: RunScript, keys: Keys): RefreshMatches {
  const read = async (
    partition: number,
    matches: readonly KnownMatch[],
    tell: (match: KnownMatch) => void,
  ): Promise<void> => {
    const ofPartition = keys.partitions[partition];
    assert(ofPartition, 'a match has a partition');
    for (let pending = matches; pending.length > 0; ) {
      const asked = pending.map((match) => ({ match, version: match.version }));
      const replies = await run(
        'read-matches',
        [ofPartition.matches, ...pending.map(({ id }) => ofPartition.matchEvents(id))],
        [
          String(CALL_EVENTS),
          ...asked.flatMap(({ match, version }) => [
            ...[match.id, version.label, String(version.events), version.last],
          ]),
        ],
      );
      pending = asked.flatMap(({ match, version }, i) => {
        // Another call has gone on with it meanwhile: what this one has read need not follow upon that.
        const isOutdated = match.version !== version;
        if (isOutdated || !match.receive((replies as MatchReply[])[i] as MatchReply)) return [match];
        tell(match);
        return [];
      });
    }
  };

  return async (matches, tell) => {
    const located = matches.map((query, index) => {
      return { query, index, partition: partitionOfMatch(query.id, keys.partitions.length) };
    });
    const chunks = chunkByWeight(located, () => 1, CALL_MATCHES);
    await Promise.all(
      chunks.map(({ partition, items }) =>
        read(
          partition,
          items.map(({ query }) => query),
          tell,
        ),
      ),
    );
  };
}
