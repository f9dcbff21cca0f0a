import type { Advance } from '../../contest/advance.ts';
import type { AnswerOf, ContestCall, ContestCalls } from '../../contest/host/calls.ts';
import { isRefused, type Refused, refuse } from '../../contest/refusal.ts';
import type { ContestTail, TeamChunks } from '../../store/score-store.ts';
import type { ContestDeps, ContestThreadHost } from './contest-types.ts';
import type { HostKeeper } from './host-keeper.ts';

/** How a tournament stands for who asks: `open` has no scores yet. */
export type Standing = 'ready' | 'open' | 'not_found' | 'unavailable';

/** How long somebody waits for a standing. */
export type Patience = (standing: Promise<Standing>) => Promise<Standing>;

/** Whole in a host, with all changes up to one. */
interface Loaded {
  readonly host: ContestThreadHost;
  /** Its name there. */
  readonly name: string;
  readonly mark: string;
  /** What was loaded before the last time that it was to be loaded again is of no use. */
  readonly reloads: number;
  reached: number;
}

/** What a store tells of a tournament after a change, read in turns to the end. */
interface Changes extends Advance {
  readonly tail: ContestTail;
}

/**
 * One contest in a host: loaded from the store as often as need be, and brought up to date before anything is read from it, so that whatever the
 * store took before a question is in the answer. It is either as the store says or not there, never in between.
 */
export class HeldContest {
  readonly #deps: ContestDeps & { readonly hosts: HostKeeper };
  readonly #id: string;
  readonly #newName: () => string;
  #loaded: Loaded | undefined;
  #running: Promise<Standing> | undefined;
  #next: Promise<Standing> | undefined;
  /** What runs has begun to read the changes: what is taken from now on may not be in it. */
  #isReading = false;
  #isDropped = false;
  #isDistrusted = false;
  /** How often it was to be loaded again. */
  #reloads = 0;
  #questions = 0;
  usedAt: number;

  constructor(deps: ContestDeps & { readonly hosts: HostKeeper }, id: string, newName: () => string) {
    this.#deps = deps;
    this.#id = id;
    this.#newName = newName;
    this.usedAt = deps.clock.now();
  }

  /** All that the store has taken before this call is in the contest when it resolves to `ready`. Rejects where the store is away. */
  refresh(): Promise<Standing> {
    this.usedAt = this.#deps.clock.now();
    if (this.#running === undefined) return this.#start();
    if (!this.#isReading) return this.#running;
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#running ?? this.#start();
      });
    return this.#next;
  }

  get isLoaded(): boolean {
    return this.#loaded !== undefined;
  }

  /** Those that wait for their answers. */
  get questions(): number {
    return this.#questions;
  }

  /** A query that counts as a question while it waits. */
  async question<C extends ContestCall>(patience: Patience, call: C, body: ContestCalls[C]['body']) {
    this.#questions++;
    try {
      return await this.query(patience, call, body);
    } finally {
      this.#questions--;
    }
  }

  /** Of the contest as the store has it. `standing` where it is not ready. */
  async query<C extends ContestCall>(
    patience: Patience,
    call: C,
    body: ContestCalls[C]['body'],
  ): Promise<{ readonly answer: AnswerOf<C> } | { readonly standing: Exclude<Standing, 'ready'> }> {
    for (let isFirst = true; ; isFirst = false) {
      const standing = await patience(this.refresh());
      if (standing !== 'ready') return { standing };
      const answer = await this.#ask(call, body);
      // Its host was lost meanwhile: with another one it may be there again at once.
      const isGone = isRefused(answer) && answer.refused.code === 'unavailable';
      if (!isGone || !isFirst) return { answer };
    }
  }

  async #ask<C extends ContestCall>(call: C, body: ContestCalls[C]['body']): Promise<AnswerOf<C>> {
    const loaded = this.#loaded;
    if (loaded === undefined) return refuse('unavailable', 'The contest is being loaded');
    const answer = await loaded.host.ask(loaded.name, call, body);
    if (isRefused(answer) && answer.refused.code === 'unavailable') this.#unload(loaded);
    return answer;
  }

  /** The store may have lost what it told: the next question loads everything again. */
  reload(): void {
    this.#reloads++;
    if (this.#loaded !== undefined) this.#unload(this.#loaded);
  }

  /** Of nobody's concern here any more. */
  drop(): void {
    this.#isDropped = true;
    this.reload();
  }

  /** With the next refresh all changes are taken in from the first, as if none was known. */
  distrust(): void {
    this.#isDistrusted = true;
  }

  #start(): Promise<Standing> {
    const running = this.#run().finally(() => {
      if (this.#running !== running) return;
      this.#running = undefined;
      this.#isReading = false;
    });
    this.#running = running;
    return running;
  }

  async #run(): Promise<Standing> {
    if (this.#loaded === undefined) return this.#load();
    this.#isReading = true;
    const loaded = this.#loaded;
    const after = this.#isDistrusted ? 0 : loaded.reached;
    this.#isDistrusted = false;
    const changes = await this.#readChanges(after);
    const isSame = changes?.tail.mark === loaded.mark && changes.tail.changes >= loaded.reached;
    if (changes === undefined || !isSame) {
      this.#unload(loaded);
      this.#isReading = false;
      return changes === undefined ? 'not_found' : this.#load();
    }
    if (changes.points.length + changes.teams.length === 0) return this.#standingOf(loaded);
    // Told at once: nothing is read before all of it is in.
    const advanced = await loaded.host.ask(loaded.name, 'advance', changes);
    if (isRefused(advanced) && advanced.refused.code === 'unavailable') {
      // Its host is gone; another one takes its place.
      this.#unload(loaded);
      this.#isReading = false;
      return this.#load();
    }
    if (isRefused(advanced)) return this.#fail(loaded, advanced.refused.message);
    loaded.reached = changes.tail.reached;
    return this.#standingOf(loaded);
  }

  async #load(): Promise<Standing> {
    const { store, hosts, logger, clock } = this.#deps;
    const reloads = this.#reloads;
    const first = await store.readContestTail(this.#id, 0);
    if (first === undefined) return 'not_found';
    if (first.status === 'open') return 'open';
    const host = await hosts.get();
    if (host === undefined || this.#isDropped) return 'unavailable';
    const startedAt = clock.now();
    const loaded: Loaded = { host, name: this.#newName(), mark: first.mark, reloads, reached: 0 };
    try {
      const opened = await host.ask(loaded.name, 'open', {});
      if (isRefused(opened)) return 'unavailable';
      const pieces = await this.#loadTeams(loaded);
      if (isRefused(pieces)) return this.#fail(loaded, pieces.refused.message);
      this.#isReading = true;
      const changes = await this.#readChanges(0);
      const { mark, chunks } = changes?.tail ?? {};
      if (changes === undefined || mark !== first.mark || chunks !== pieces)
        return this.#fail(loaded, 'it changed');
      const advanced = await host.ask(loaded.name, 'advance', changes);
      if (isRefused(advanced)) return this.#fail(loaded, advanced.refused.message);
      const started = await host.ask(loaded.name, 'start', undefined);
      if (isRefused(started)) return this.#fail(loaded, started.refused.message);
      loaded.reached = changes.tail.reached;
      this.#loaded = loaded;
      const { teams, memoryBytes } = started;
      const loadMs = clock.now() - startedAt;
      logger.info({ tournament: this.#id, teams, memoryBytes, loadMs }, 'a contest is loaded');
      return this.#standingOf(loaded);
    } catch (error) {
      this.#unload(loaded);
      throw error;
    }
  }

  /** Page by page, the next one on its way while one is taken in: not more is in memory at once. Gives how many pieces there were. */
  async #loadTeams({ host, name }: Loaded): Promise<number | Refused> {
    const { store } = this.#deps;
    let refusal: Refused | undefined;
    const load = async (chunk: Uint8Array): Promise<void> => {
      const loaded = await host.ask(name, 'load', { chunk });
      if (isRefused(loaded)) refusal ??= loaded;
    };
    let pieces = 0;
    let loading: Promise<unknown> = Promise.resolve();
    for (let from: number | undefined = 0; from !== undefined; ) {
      const page: TeamChunks = await store.readTeamChunks(this.#id, from);
      await loading;
      if (refusal !== undefined) return refusal;
      loading = Promise.all(page.chunks.map(load));
      // Somebody waits for it above or below; until then it must not count as unhandled.
      loading.catch(() => undefined);
      pieces += page.chunks.length;
      from = page.next;
    }
    await loading;
    return refusal ?? pieces;
  }

  async #readChanges(after: number): Promise<Changes | undefined> {
    const points = new Map<string, number>();
    const teams = new Map<string, ContestTail['teams'][number]>();
    for (let from = after; ; ) {
      const tail = await this.#deps.store.readContestTail(this.#id, from);
      if (tail === undefined) return undefined;
      for (const [player, total] of tail.points) points.set(player, total);
      for (const team of tail.teams) teams.set(team.team, team);
      if (tail.reached >= tail.changes) return { tail, points: [...points], teams: [...teams.values()] };
      from = tail.reached;
    }
  }

  /** What was lost on the way here is of no use. */
  #standingOf(loaded: Loaded): Standing {
    if (this.#isDropped || loaded.reloads !== this.#reloads) this.#unload(loaded);
    return this.#loaded === loaded ? 'ready' : 'unavailable';
  }

  #fail(loaded: Loaded, why: string): Standing {
    this.#deps.logger.warn({ tournament: this.#id, why }, 'a contest could not be brought up to date');
    this.#unload(loaded);
    return 'unavailable';
  }

  #unload(loaded: Loaded): void {
    if (this.#loaded === loaded) this.#loaded = undefined;
    void loaded.host.ask(loaded.name, 'close', undefined);
  }
}
