import type { Scoring } from '../../scoring/scoring.ts';
import type { MatchRules } from '../match-rules.ts';
import type { AppliedOperation, ProfileOperation, StoreOptions } from '../score-store.ts';
import { type Effect, markIn, type Undo } from './effect.ts';
import type { MemoryCounters } from './memory-counters.ts';
import type { MemoryMatches } from './memory-matches.ts';
import type { MemorySessions } from './memory-sessions.ts';
import type { MemoryTournaments } from './memory-tournaments.ts';
import type { BoardEffects, PartitionBoards } from './partition-boards.ts';

/** What a change depends on besides the data. */
export interface Occasion {
  readonly now: number;
  readonly acceptedAt: number;
  readonly options: StoreOptions;
  readonly scoring: Scoring;
  readonly rules: MatchRules;
}

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

/** What operations change. */
export interface PartitionContent {
  readonly boards: PartitionBoards;
  readonly counters: MemoryCounters;
  readonly sessions: MemorySessions;
  readonly matches: MemoryMatches;
  readonly tournaments: MemoryTournaments;
  readonly profiles: Map<string, string>;
}

/** Does one operation, or refuses it. `position` is that of the partition before. */
export function applyTo(
  content: PartitionContent,
  operation: AppliedOperation,
  position: number,
  effect: BatchEffect,
  occasion: Occasion,
  undo: Undo | undefined,
): Effect {
  switch (operation.op) {
    case 'delta':
    case 'set':
    case 'best':
    case 'result':
      return content.boards.apply(operation, position, occasion, effect, undo);
    case 'profile':
      return markIn(effect.changedProfiles, operation.member, name(content.profiles, operation, undo), undo);
    case 'count': {
      const done = content.counters.apply(operation, occasion.options.maxCountersPerProduct, undo);
      return markIn(effect.changedProducts, operation.product, done, undo);
    }
    case 'login':
    case 'logout': {
      const done = content.sessions.apply(operation, occasion.acceptedAt, undo);
      return markIn(effect.changedAreas, operation.area, done, undo);
    }
    case 'append': {
      // The only one of its event: nothing has to take it back.
      const done = content.matches.append(operation, occasion.acceptedAt, occasion.rules);
      return markIn(effect.changedMatches, operation.match, done, undefined);
    }
    case 'points': {
      const done = content.tournaments.apply(operation);
      return markIn(effect.changedTournaments, operation.tournament, done, undefined);
    }
  }
}

function name(
  profiles: Map<string, string>,
  { member, name: given }: ProfileOperation,
  undo: Undo | undefined,
): Effect {
  const previous = profiles.get(member);
  profiles.set(member, given);
  undo?.push(() => {
    if (previous === undefined) profiles.delete(member);
    else profiles.set(member, previous);
  });
  return previous === given ? 'unchanged' : 'changed';
}
