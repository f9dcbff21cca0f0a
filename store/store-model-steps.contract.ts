import type { BoardSettings } from '../protocol/boards.ts';
import type { Fixture } from '../protocol/matches.ts';
import type { ProductConfig } from '../protocol/products.ts';
import type { TournamentSettings } from '../protocol/tournaments.ts';
import type { MemberRecord, Operation, TeamChange, TeamChunk } from './score-store.ts';

/** What the comparison of the stores draws from: everything that a store can be told or asked. */

/** Operations of one publisher, each in its own partition; a profile is in all of them, others without a place of their own in the publisher's home. */
export interface Publish {
  /** Empty: none. */
  readonly producer: string;
  /** Which of its claims, from the latest back. */
  readonly claimsBack: number;
  /** How many of the numbers sent before are sent again, and how many of the next are left out. */
  readonly again: number;
  readonly skipped: number;
  readonly operations: readonly Operation[];
  /** Of how many operations some numbers are. */
  readonly shared: number;
}

export type Step =
  | { readonly do: 'apply'; readonly publishes: readonly Publish[]; readonly at: number }
  | { readonly do: 'claim'; readonly producer: string }
  | { readonly do: 'begin'; readonly key: string; readonly bodyHash: string }
  | {
      readonly do: 'repair';
      readonly board: string;
      readonly repairs: readonly {
        readonly member: string;
        /** As it is, or this. */
        readonly found: 'as read' | MemberRecord | undefined;
        readonly right: MemberRecord | undefined;
      }[];
      readonly at: number;
    }
  | { readonly do: 'fill'; readonly board: string; readonly members: number; readonly at: number }
  | {
      readonly do: 'configure';
      readonly board: string;
      readonly settings: BoardSettings;
      readonly at: number;
    }
  | {
      readonly do: 'configureProduct';
      readonly product: string;
      readonly config: ProductConfig;
      readonly at: number;
    }
  | { readonly do: 'configureMatch'; readonly match: string; readonly fixture: Fixture; readonly at: number }
  | {
      readonly do: 'configureTournament';
      readonly tournament: string;
      readonly settings: TournamentSettings;
      readonly at: number;
    }
  | { readonly do: 'addTeams'; readonly tournament: string; readonly chunk: TeamChunk; readonly at: number }
  | { readonly do: 'startTournament' | 'removeTournament'; readonly tournament: string; readonly at: number }
  | { readonly do: 'putTeam'; readonly tournament: string; readonly change: TeamChange; readonly at: number }
  | { readonly do: 'removeMatch'; readonly match: string; readonly at: number }
  | { readonly do: 'matchEvents'; readonly match: string; readonly after: number; readonly limit: number }
  | { readonly do: 'sweep'; readonly partition: number; readonly limit: number; readonly at: number }
  | { readonly do: 'removeBoard'; readonly board: string; readonly at: number }
  | { readonly do: 'removeMember'; readonly board: string; readonly member: string; readonly at: number }
  | { readonly do: 'page'; readonly board: string; readonly offset: number; readonly limit: number }
  | { readonly do: 'neighbourhood'; readonly board: string; readonly member: string; readonly around: number }
  | { readonly do: 'list'; readonly after: string; readonly limit: number }
  | { readonly do: 'take'; readonly fence: number }
  | { readonly do: 'acquire' | 'renew' | 'release'; readonly owner: string; readonly half: number };
