import { randomBytes } from 'node:crypto';
import { equalJson } from '../../protocol/json-equality.ts';
import type { TournamentSettings, TournamentStatus } from '../../protocol/tournaments.ts';
import { assert } from '../../runtime/errors.ts';
import { partitionOfTournament } from '../partitions.ts';
import {
  type ContestTail,
  MAX_CONTEST_CHANGES,
  type ScoreStore,
  type StartVerdict,
  type StoreOptions,
  StoreUnavailableError,
  TEAM_CHUNKS_READ_BYTES,
  type TeamChunks,
  type TeamsVerdict,
  type TeamVerdict,
  type Tournament,
  type TournamentListing,
  type TournamentVerdict,
} from '../score-store.ts';
import { assertChange, assertChunk, playersConflict, weightOf } from '../tournament-rules.ts';
import { chunkByWeight } from './chunks.ts';
import { listIds } from './id-lists.ts';
import type { Keys } from './keys.ts';
import { parseJson } from './known-match.ts';
import { decodeText } from './packing.ts';
import type { RunScript, ScriptArgument } from './scripts.ts';
import { packCards, packRoster, parseRecord } from './team-records.ts';
import { isOutcome, refusalOf } from './tournament-refusals.ts';

type Tournaments = Pick<
  ScoreStore,
  | 'configureTournament'
  | 'addTeams'
  | 'startTournament'
  | 'putTeam'
  | 'removeTournament'
  | 'readTournaments'
  | 'listTournaments'
  | 'readTeamChunks'
  | 'readContestTail'
>;

/** How often others may change a tournament while it gets other settings. */
const MAX_CONFLICTS = 20;
/** What one script call reads at most. */
const CALL_TOURNAMENTS = 1000;

/** Tournaments but for the points of players, which come with batches (apply.ts). */
export function createTournaments(run: RunScript, keys: Keys, options: StoreOptions): Tournaments {
  const locate = (id: string) => {
    const partition = keys.partitions[partitionOfTournament(id, keys.partitions.length)];
    assert(partition, 'a tournament has a partition');
    const { position, log, dirty, allDirty } = partition;
    return { partition, own: partition.tournament(id), history: [position, log, dirty, allDirty] };
  };
  const changed = (acceptedAt: number): string[] =>
    [acceptedAt, options.maxDirtyNames, options.logOperations].map(String);

  const readTournaments = async (ids: readonly string[]): Promise<readonly (Tournament | undefined)[]> => {
    const found: (Tournament | undefined)[] = ids.map(() => undefined);
    const located = ids.map((query, index) => ({
      ...{ query, index },
      partition: partitionOfTournament(query, keys.partitions.length),
    }));
    const calls = chunkByWeight(located, () => 1, CALL_TOURNAMENTS).map(async ({ items }) => {
      const asked = items.map(({ query }) => locate(query).own.itself);
      const reply = (await run('read-tournaments', asked, [])) as string[][];
      for (const [i, { index }] of items.entries()) found[index] = toTournament(reply[i] ?? []);
    });
    await Promise.all(calls);
    return found;
  };

  const configure = async (
    id: string,
    known: Tournament | undefined,
    isInUse: boolean,
    settings: TournamentSettings,
    acceptedAt: number,
  ): Promise<boolean> => {
    const { partition, own, history } = locate(id);
    const before = known === undefined ? '' : JSON.stringify(known.settings);
    const { matches, players } = settings;
    const flags = [matches, players].map((list) => (list === undefined ? '' : '1'));
    const reply = await run(
      'configure-tournament',
      [own.itself, own.players, partition.tournamentIds, ...history],
      [
        ...[id, before, isInUse ? '1' : '0', JSON.stringify(settings), ...flags, newMark()],
        ...[...changed(acceptedAt), ...(players ?? [])],
      ],
    );
    return reply === 1;
  };

  const readTail = async (id: string, after: number, limit: number): Promise<ContestTail | undefined> => {
    const { itself, players, late, changes, chunks } = locate(id).own;
    const reply = await run(
      'read-contest-tail',
      [itself, players, late, changes, chunks],
      [String(after), String(limit)],
      'bytes',
    );
    return toTail(reply as readonly (Buffer | number | Buffer[])[]);
  };

  return {
    async configureTournament(id, settings, acceptedAt): Promise<TournamentVerdict> {
      for (let attempts = 0; attempts < MAX_CONFLICTS; attempts++) {
        const known = await readTail(id, 0, 1);
        if (known !== undefined && equalJson(known.settings, settings)) {
          return { ok: true, created: false };
        }
        const isInUse = known !== undefined && (known.registered > 0 || known.changes > 0);
        const conflict = isInUse ? playersConflict(known.settings, settings) : undefined;
        if (conflict !== undefined) return { ok: false, code: 'conflict', message: conflict };
        const isDone = await configure(id, known, isInUse, settings, acceptedAt);
        if (isDone) return { ok: true, created: known === undefined };
      }
      throw new StoreUnavailableError('the tournament changes all the time', { change: 'refused' });
    },

    async addTeams(id, chunk, acceptedAt): Promise<TeamsVerdict> {
      assertChunk(chunk);
      const { own, history } = locate(id);
      const bytes = Buffer.from(chunk.bytes.buffer, chunk.bytes.byteOffset, chunk.bytes.byteLength);
      const args: ScriptArgument[] = [
        ...[id, bytes, String(chunk.teams), String(chunk.heaviest)],
        ...[...changed(acceptedAt), ...chunk.players],
      ];
      const reply = await run('add-teams', [own.itself, own.players, own.chunks, ...history], args);
      return typeof reply === 'number' ? { ok: true, registered: reply } : refusalOf(String(reply));
    },

    async startTournament(id, acceptedAt): Promise<StartVerdict> {
      const { own, history } = locate(id);
      const reply = await run('start-tournament', [own.itself, ...history], [id, ...changed(acceptedAt)]);
      return reply === -1 ? { ok: false, code: 'not_found' } : { ok: true, started: reply === 1 };
    },

    async putTeam(id, change, acceptedAt): Promise<TeamVerdict> {
      assertChange(change);
      const { own, history } = locate(id);
      const registered = change.registered === undefined ? '' : packCards(change.registered);
      const args = [
        ...[id, change.team, packRoster(change), registered, String(weightOf(change.cards))],
        ...changed(acceptedAt),
      ];
      const scriptKeys = [own.itself, own.players, own.late, own.changes, ...history];
      const outcome = String(await run('put-team', scriptKeys, args));
      return isOutcome(outcome) ? { ok: true, outcome } : refusalOf(outcome);
    },

    async removeTournament(id, acceptedAt): Promise<boolean> {
      const { partition, own, history } = locate(id);
      const { itself, players, chunks, late, changes } = own;
      const scriptKeys = [itself, players, chunks, late, changes, partition.tournamentIds, ...history];
      return (await run('remove-tournament', scriptKeys, [id, ...changed(acceptedAt)])) === 1;
    },

    readTournaments,

    async listTournaments({ after, limit }): Promise<readonly TournamentListing[]> {
      const ids = await listIds(
        run,
        keys.partitions.map(({ tournamentIds }) => tournamentIds),
        { after, limit },
      );
      const found = await readTournaments(ids);
      return ids.flatMap((id, i) => (found[i] === undefined ? [] : [{ id, ...found[i] }]));
    },

    async readTeamChunks(id, from): Promise<TeamChunks> {
      const args = [String(from), String(TEAM_CHUNKS_READ_BYTES)];
      const reply = await run('read-team-chunks', [locate(id).own.chunks], args, 'bytes');
      const [count, ...chunks] = reply as [number, ...Buffer[]];
      const next = from + chunks.length;
      return next < count ? { chunks, next } : { chunks };
    },

    readContestTail: (id, after) => readTail(id, after, MAX_CONTEST_CHANGES),
  };
}

/** Another one each time, also in a store that was set back to what it had been. */
function newMark(): string {
  return randomBytes(9).toString('base64url');
}

function toTournament([settings, status, registered]: readonly string[]): Tournament | undefined {
  if (settings === undefined) return undefined;
  return {
    settings: parseJson(settings) as TournamentSettings,
    status: status as TournamentStatus,
    registered: Number(registered),
  };
}

function toTail(reply: readonly (Buffer | number | Buffer[])[]): ContestTail | undefined {
  const [settings, status, registered, mark, chunks, changes, reached, flatPoints, flatTeams] = reply;
  const tournament = toTournament(
    [settings, status, registered].flatMap((text) => (text === undefined ? [] : String(text))),
  );
  if (tournament === undefined) return undefined;
  return {
    ...tournament,
    ...{ mark: String(mark), chunks: Number(chunks), changes: Number(changes), reached: Number(reached) },
    points: pairsOf(flatPoints).map(([player, points]) => [player, Number(points)] as const),
    teams: pairsOf(flatTeams).map(([team, record]) => parseRecord(team, record)),
  };
}

function pairsOf(flat: Buffer | number | Buffer[] | undefined): readonly (readonly [string, Buffer])[] {
  const list = flat as readonly Buffer[];
  const pairs: (readonly [string, Buffer])[] = [];
  for (let i = 0; i < list.length; i += 2) pairs.push([decodeText(list[i] as Buffer), list[i + 1] as Buffer]);
  return pairs;
}
