import { randomUUID } from 'node:crypto';
import { equalJson } from '../../protocol/json-equality.ts';
import type { TournamentSettings } from '../../protocol/tournaments.ts';
import { assert } from '../../runtime/errors.ts';
import type {
  PointsOperation,
  StartVerdict,
  TeamChange,
  TeamChunk,
  TeamsVerdict,
  TeamVerdict,
  TournamentListing,
  TournamentVerdict,
} from '../score-store.ts';
import { assertChange, assertChunk, NO_TOURNAMENT, playersConflict } from '../tournament-rules.ts';
import type { Effect } from './effect.ts';
import type { IdList } from './id-list.ts';
import { MemoryTournament } from './memory-tournament.ts';
import type { LogStep } from './partition-log.ts';

/** Takes a step of the partition that is about a tournament. */
export type TakeStep = (step: Extract<LogStep, { tournament: string }>) => void;

const NOT_THERE = { ok: false, code: 'not_found', message: NO_TOURNAMENT } as const;

/** The tournaments of one partition. */
export class MemoryTournaments {
  readonly #tournaments = new Map<string, MemoryTournament>();
  /** Of all partitions. */
  readonly #ids: IdList;

  constructor(ids: IdList) {
    this.#ids = ids;
  }

  get(id: string): MemoryTournament | undefined {
    return this.#tournaments.get(id);
  }

  configure(id: string, settings: TournamentSettings, at: number, takeStep: TakeStep): TournamentVerdict {
    const known = this.get(id);
    if (known !== undefined && equalJson(known.settings, settings)) return { ok: true, created: false };
    const conflict = known?.isInUse ? playersConflict(known.settings, settings) : undefined;
    if (conflict !== undefined) return { ok: false, code: 'conflict', message: conflict };
    if (known === undefined) {
      this.#tournaments.set(id, new MemoryTournament(settings, randomUUID()));
      this.#ids.add(id);
    } else {
      known.configure(settings);
    }
    takeStep({ kind: 'configure-tournament', at, tournament: id, settings });
    return { ok: true, created: known === undefined };
  }

  addTeams(id: string, chunk: TeamChunk, at: number, takeStep: TakeStep): TeamsVerdict {
    assertChunk(chunk);
    const verdict = this.get(id)?.addTeams(chunk) ?? NOT_THERE;
    if (verdict.ok) takeStep({ kind: 'add-teams', at, tournament: id, teams: chunk.teams });
    return verdict;
  }

  start(id: string, at: number, takeStep: TakeStep): StartVerdict {
    const tournament = this.get(id);
    if (tournament === undefined) return { ok: false, code: 'not_found' };
    if (tournament.status === 'started') return { ok: true, started: false };
    tournament.status = 'started';
    takeStep({ kind: 'start-tournament', at, tournament: id });
    return { ok: true, started: true };
  }

  remove(id: string, at: number, takeStep: TakeStep): boolean {
    if (!this.#tournaments.delete(id)) return false;
    this.#ids.remove(id);
    takeStep({ kind: 'remove-tournament', at, tournament: id });
    return true;
  }

  putTeam(id: string, change: TeamChange, at: number, takeStep: TakeStep): TeamVerdict {
    assertChange(change);
    const verdict = this.get(id)?.putTeam(change) ?? NOT_THERE;
    if (verdict.ok && verdict.outcome !== 'unchanged') {
      takeStep({ kind: 'put-team', at, tournament: id, change });
    }
    return verdict;
  }

  apply(operation: PointsOperation): Effect {
    return this.get(operation.tournament)?.apply(operation) ?? { code: 'not_found' };
  }

  listing(id: string): TournamentListing {
    const tournament = this.get(id);
    assert(tournament, 'what is listed is there');
    return { id, ...tournament.view() };
  }
}
