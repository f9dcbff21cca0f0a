import type { LatencySummary } from './latencies.ts';
import type { ProcessUse } from './processes.ts';
import type { ViewerCounts } from './viewers/fleet-messages.ts';

/** What a run came to: what `--json` writes, and the table and the report show. */
export interface RunResult {
  readonly scenario: string;
  readonly about: string;
  readonly startedAt: string;
  /** Of what was asked for. */
  readonly options: Readonly<Record<string, string | number>>;
  readonly machine: Readonly<Record<string, string>>;
  /** Everything was as it must be. */
  readonly ok: boolean;
  readonly problems: readonly string[];
  /** What was compared, in words. */
  readonly checked: readonly string[];
  /** Of load, without preparing and checking. */
  readonly seconds: number;
  readonly published: Published;
  readonly viewers: ViewerCounts & { readonly count: number; readonly channels: number };
  readonly latencies: readonly LatencySummary[];
  readonly moments: readonly Moment[];
}

/** In events, but for what is counted by publish. */
export interface Published {
  readonly sent: number;
  readonly acknowledged: number;
  readonly postponed: number;
  readonly unanswered: number;
  readonly missed: number;
  readonly lost: number;
}

/** One second of a run. */
export interface Moment {
  /** Since the load began. */
  readonly seconds: number;
  /** Per second, since the moment before. */
  readonly acknowledged: number;
  readonly delivered: number;
  readonly processes: readonly ProcessUse[];
  /** Busy ones of the machine, whoever kept them busy; not known without /proc. */
  readonly cores: number | undefined;
}

/** Over the moments of load: the mean of the cores, and the most memory. */
export function usesOf(moments: readonly Moment[]): readonly ProcessUse[] {
  const names = [...new Set(moments.flatMap(({ processes }) => processes.map(({ name }) => name)))];
  return names.map((name) => {
    const uses = moments.flatMap(({ processes }) => processes.filter((each) => each.name === name));
    const cores = uses.reduce((sum, use) => sum + use.cores, 0) / uses.length;
    return { name, cores, megabytes: Math.max(...uses.map(({ megabytes }) => megabytes)) };
  });
}

/** The mean over the moments. */
export function machineCores(moments: readonly Moment[]): number | undefined {
  const known = moments.flatMap(({ cores }) => cores ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, cores) => sum + cores, 0) / known.length;
}
