import type { AppliedOperation } from '../score-store.ts';
import type { BoardEffects } from './partition-boards.ts';

/** What a batch has done so far. */
export class BatchEffect implements BoardEffects {
  readonly applied: AppliedOperation[] = [];
  readonly windows = new Map<string, readonly string[]>();
  readonly changedBoards = new Set<string>();
  readonly changedProfiles = new Set<string>();
  /** Products whose players have changed. */
  readonly changedProducts = new Set<string>();
  readonly changedAreas = new Set<string>();
  readonly changedMatches = new Set<string>();
  readonly changedTournaments = new Set<string>();

  /** One text for each name, not for each operation. */
  *dirtyNames(): Iterable<string> {
    for (const board of this.changedBoards) yield `board:${board}`;
    for (const member of this.changedProfiles) yield `profile:${member}`;
    for (const product of this.changedProducts) yield `players:${product}`;
    for (const area of this.changedAreas) yield `area:${area}`;
    for (const match of this.changedMatches) yield `match:${match}`;
    for (const tournament of this.changedTournaments) yield `tournament:${tournament}`;
  }
}
