import type { TournamentSettings } from '../../protocol/tournaments.ts';
import { partitionOfTournament } from '../partitions.ts';
import type {
  ContestTail,
  ScoreStore,
  StartVerdict,
  TeamChange,
  TeamChunk,
  TeamChunks,
  TeamsVerdict,
  TeamVerdict,
  Tournament,
  TournamentListing,
  TournamentVerdict,
} from '../score-store.ts';
import { MemoryClient } from './memory-client.ts';
import type { MemoryPartition } from './memory-partition.ts';

type Tournaments = Pick<
  ScoreStore,
  | 'configureTournament'
  | 'addTeams'
  | 'startTournament'
  | 'removeTournament'
  | 'putTeam'
  | 'readTournaments'
  | 'listTournaments'
  | 'readTeamChunks'
  | 'readContestTail'
>;

/** What a client does with tournaments. */
export abstract class MemoryTournamentClient extends MemoryClient implements Tournaments {
  async configureTournament(
    id: string,
    settings: TournamentSettings,
    acceptedAt: number,
  ): Promise<TournamentVerdict> {
    const partition = this.#partitionOf(id);
    return partition.tournaments.configure(
      id,
      settings,
      acceptedAt,
      partition.stepper(this.occasion(acceptedAt)),
    );
  }

  async addTeams(id: string, chunk: TeamChunk, acceptedAt: number): Promise<TeamsVerdict> {
    const partition = this.#partitionOf(id);
    return partition.tournaments.addTeams(
      id,
      chunk,
      acceptedAt,
      partition.stepper(this.occasion(acceptedAt)),
    );
  }

  async startTournament(id: string, acceptedAt: number): Promise<StartVerdict> {
    const partition = this.#partitionOf(id);
    return partition.tournaments.start(id, acceptedAt, partition.stepper(this.occasion(acceptedAt)));
  }

  async putTeam(id: string, change: TeamChange, acceptedAt: number): Promise<TeamVerdict> {
    const partition = this.#partitionOf(id);
    return partition.tournaments.putTeam(
      id,
      change,
      acceptedAt,
      partition.stepper(this.occasion(acceptedAt)),
    );
  }

  async removeTournament(id: string, acceptedAt: number): Promise<boolean> {
    const partition = this.#partitionOf(id);
    return partition.tournaments.remove(id, acceptedAt, partition.stepper(this.occasion(acceptedAt)));
  }

  async readTournaments(ids: readonly string[]): Promise<readonly (Tournament | undefined)[]> {
    this.reach();
    return ids.map((id) => this.#partitionOf(id).tournaments.get(id)?.view());
  }

  async listTournaments({
    after,
    limit,
  }: {
    after?: string;
    limit: number;
  }): Promise<readonly TournamentListing[]> {
    const ids = this.reach().tournamentIds.after(after, limit);
    return ids.map((id) => this.#partitionOf(id).tournaments.listing(id));
  }

  async readTeamChunks(id: string, from: number): Promise<TeamChunks> {
    return this.#partitionOf(id).tournaments.get(id)?.chunks(from) ?? { chunks: [] };
  }

  async readContestTail(id: string, after: number): Promise<ContestTail | undefined> {
    return this.#partitionOf(id).tournaments.get(id)?.tail(after);
  }

  #partitionOf(id: string): MemoryPartition {
    return this.reach().partition(partitionOfTournament(id, this.partitions));
  }
}
