import { randomUUID } from 'node:crypto';
import type { State } from '../protocol/views.ts';
import { type Api, connectApi } from './api.ts';
import { Latencies } from './latencies.ts';
import { httpPublisher } from './load/http-publisher.ts';
import { addFailure, newTotals, type PublishTotals } from './load/publisher.ts';
import { socketPublisher } from './load/socket-publisher.ts';
import { describeMachine } from './machine.ts';
import type { Options } from './options.ts';
import { Recorder } from './recorder.ts';
import type { Moment, RunResult } from './result.ts';
import type { Plan, Scenario } from './scenario.ts';
import { openTarget, type Target } from './target.ts';
import { Fleet } from './viewers/fleet.ts';
import { addCounts, newViewerCounts, type ViewerReport } from './viewers/fleet-messages.ts';

/** Hears of what goes on. */
export interface Progress {
  phase(text: string): void;
  moment(moment: Moment): void;
}

/** Beyond the last tick: until every viewer must hold the right state. */
const CONVERGE_MS = 20_000;

/** One scenario from its preparation to its verdict. What it started is ended, and what it made on a server that goes on is removed. */
export async function runScenario(
  scenario: Scenario,
  options: Options,
  progress: Progress,
): Promise<RunResult> {
  progress.phase('starting');
  const target = await openTarget(options.target, scenario.settings);
  try {
    const plan = scenario.plan({ ...options, prefix: `load-${randomUUID().slice(0, 8)}` });
    const api = connectApi(target.url, target.token);
    try {
      return await new Run({ scenario, plan, options, target, api, progress }).run();
    } finally {
      // A server that was started for the run takes it all along.
      if (options.target.type === 'running') {
        for (const model of plan.models) await model.remove(api).catch(() => undefined);
      }
    }
  } finally {
    await target.stop();
  }
}

interface RunDeps {
  readonly scenario: Scenario;
  readonly plan: Plan;
  readonly options: Options;
  readonly target: Target;
  readonly api: Api;
  readonly progress: Progress;
}

class Run {
  readonly #deps: RunDeps;
  readonly #latencies = new Latencies();
  readonly #totals: PublishTotals = newTotals();

  constructor(deps: RunDeps) {
    this.#deps = deps;
  }

  async run(): Promise<RunResult> {
    const { plan, api, target, options, progress } = this.#deps;
    const startedAt = new Date().toISOString();
    progress.phase('preparing');
    await plan.prepare?.(api);
    progress.phase(`connecting ${plan.viewers.length} viewers`);
    const { threads } = options;
    const fleet = await Fleet.join(plan.viewers, { url: target.url, token: target.token, threads });
    try {
      const load = await this.#load(fleet);
      progress.phase('checking');
      const { states, problems } = await this.#checkModels();
      const reports = await fleet.check(states, CONVERGE_MS);
      return this.#resultOf({ ...load, reports, startedAt, problems });
    } finally {
      await fleet.stop();
    }
  }

  async #load(fleet: Fleet): Promise<{ seconds: number; moments: readonly Moment[] }> {
    const { plan, target, options, progress } = this.#deps;
    const { seconds } = options;
    const deps = { ...target, seconds, latencies: this.#latencies, totals: this.#totals };
    const publishers = plan.publishers.map((each) => OPEN[each.over](each, deps));
    const recorder = new Recorder(
      {
        totals: this.#totals,
        viewers: () => fleet.counts,
        processes: [...target.processes, { name: 'loadtest', pid: process.pid }],
        onMoment: (moment) => progress.moment(moment),
      },
      seconds,
    );
    progress.phase('under load');
    fleet.begin();
    const ends = await Promise.allSettled(publishers.map((publisher) => publisher.run()));
    const taken = recorder.stop();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return { seconds: taken, moments: recorder.moments };
  }

  async #checkModels(): Promise<{ states: Map<string, State>; problems: string[] }> {
    const { plan, api } = this.#deps;
    const channels = new Set(plan.viewers.flatMap((viewer) => viewer.channels));
    const verdicts = await Promise.all(plan.models.map((model) => model.check(api, channels)));
    return {
      states: new Map(verdicts.flatMap(({ states }) => [...states])),
      problems: verdicts.flatMap(({ problems }) => problems),
    };
  }

  #resultOf(ended: {
    readonly seconds: number;
    readonly moments: readonly Moment[];
    readonly reports: readonly ViewerReport[];
    readonly startedAt: string;
    readonly problems: readonly string[];
  }): RunResult {
    const { scenario, plan, options, target } = this.#deps;
    const { reports, seconds, moments, startedAt } = ended;
    const { failures, ...published } = this.#totals;
    if (published.acknowledged === 0) addFailure(this.#totals, 'not one event was acknowledged');
    if (published.unanswered > 0)
      addFailure(this.#totals, 'events were never answered', published.unanswered);
    for (const { latencies } of reports) this.#latencies.add(latencies);
    const problems = [
      ...[...failures].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`)),
      ...ended.problems,
      ...reports.flatMap((report) => report.problems),
    ];
    const channels = new Set(plan.viewers.flatMap((viewer) => viewer.channels)).size;
    const { type } = options.target;
    return {
      ...{ scenario: options.scenario, about: scenario.about, startedAt },
      options: {
        duration: `${options.seconds} s`,
        rate: `${options.rate} events/s`,
        connections: `${options.connections} ${scenario.counts}`,
        encodings: options.encodings.join(', '),
        seed: options.seed,
        threads: options.threads,
        server: options.target.type === 'spawned' ? `started, ${options.target.engines} engines` : target.url,
        ...scenario.settings,
      },
      machine: describeMachine(type === 'spawned' && options.target.engines === 'real'),
      ok: problems.length === 0,
      problems,
      checked: [
        `${published.acknowledged} acknowledged events: the server shows what they make, in the right order`,
        `${plan.viewers.length} viewers of ${channels} channels: each holds the state that HTTP shows, and was never sent an update that did not continue its own`,
      ],
      seconds,
      published,
      viewers: {
        ...reports.map(({ counts }) => counts).reduce(addCounts, newViewerCounts()),
        count: plan.viewers.length,
        channels,
      },
      latencies: this.#latencies.summaries(),
      moments,
    };
  }
}

const OPEN = { http: httpPublisher, socket: socketPublisher } as const;
