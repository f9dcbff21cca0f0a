/** What we read of Cricsheet's files (JSON, version 1.x). Older files lack much of it, newer ones have more. */

export interface CricsheetMatch {
  readonly info: {
    readonly teams: readonly string[];
    readonly players?: Readonly<Record<string, readonly string[]>>;
    /** Who may come for another, by team. */
    readonly supersubs?: Readonly<Record<string, string>>;
    readonly match_type?: string;
    readonly overs?: number;
    readonly balls_per_over?: number;
    readonly event?: { readonly name?: string };
    readonly toss?: { readonly winner?: string; readonly decision?: string };
    readonly outcome?: CricsheetOutcome;
  };
  readonly innings?: readonly CricsheetInnings[];
}

export interface CricsheetOutcome {
  readonly winner?: string;
  readonly by?: { readonly runs?: number; readonly wickets?: number; readonly innings?: number };
  /** `draw`, `no result` or `tie`. */
  readonly result?: string;
  readonly method?: string;
  /** Who won a tied match by super over, or by whatever followed it. */
  readonly eliminator?: string;
  readonly bowl_out?: string;
}

export interface CricsheetInnings {
  readonly team: string;
  readonly overs?: readonly CricsheetOver[];
  readonly super_over?: boolean;
  readonly declared?: boolean;
  readonly forfeited?: boolean;
  readonly absent_hurt?: readonly string[];
  readonly target?: { readonly runs?: number; readonly overs?: number };
  /** Runs for this innings that belong to no ball: from before it, and from after it. */
  readonly penalty_runs?: { readonly pre?: number; readonly post?: number };
  /** By the number of the over, from 0: how many balls it had; some files have that number as a text. */
  readonly miscounted_overs?: Readonly<Record<string, { readonly balls?: number | string }>>;
}

export interface CricsheetOver {
  readonly over: number;
  readonly deliveries: readonly CricsheetDelivery[];
}

export interface CricsheetDelivery {
  readonly batter: string;
  readonly bowler: string;
  readonly non_striker: string;
  readonly runs: {
    readonly batter: number;
    readonly extras: number;
    readonly total: number;
    readonly non_boundary?: boolean;
  };
  readonly extras?: Readonly<Partial<Record<'wides' | 'noballs' | 'byes' | 'legbyes' | 'penalty', number>>>;
  readonly wickets?: readonly {
    readonly player_out: string;
    readonly kind: string;
    readonly fielders?: readonly (string | { readonly name?: string; readonly substitute?: boolean })[];
  }[];
  readonly replacements?: {
    readonly match?: readonly (Replacement & { readonly in?: string; readonly team?: string })[];
    readonly role?: readonly (Replacement & { readonly in?: string; readonly role?: string })[];
  };
}

interface Replacement {
  readonly out?: string;
  readonly reason?: string;
}
