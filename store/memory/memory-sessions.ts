import type { ModeCount, SessionOperation } from '../score-store.ts';
import type { IdList } from './id-list.ts';
import { LoginTimes } from './login-times.ts';
import { Ranking } from './ranking.ts';
import { createEntry, type Entry } from './ranking-entry.ts';

interface Session {
  readonly area: string;
  readonly user: string;
  readonly mode: string;
  /** The time of the latest login. */
  loginAt: number;
}

/** Who is active in the areas of one partition, and in how many each mode is played. */
export class MemorySessions {
  /** By area and user; the former has no colon. */
  readonly #sessions = new Map<string, Session>();
  readonly #logins = new LoginTimes();
  readonly #areas = new Map<string, ModeCounts>();
  /** Of all partitions. */
  readonly #areaIds: IdList;

  constructor(areaIds: IdList) {
    this.#areaIds = areaIds;
  }

  apply(operation: SessionOperation, at: number): 'changed' | 'unchanged' {
    const { area, user } = operation;
    const id = `${area}:${user}`;
    const previous = this.#sessions.get(id);
    if (operation.op === 'login' && previous?.mode === operation.mode) {
      this.#logins.remove(id, previous.loginAt);
      this.#logins.add(id, at);
      previous.loginAt = at;
      return 'unchanged';
    }
    if (previous !== undefined) this.#end(id, previous);
    if (operation.op === 'logout') return previous === undefined ? 'unchanged' : 'changed';
    this.#sessions.set(id, { area, user, mode: operation.mode, loginAt: at });
    this.#logins.add(id, at);
    this.#addTo(area, operation.mode, 1);
    return 'changed';
  }

  /** Ends those whose latest login was at this time or before, at most so many, the oldest first. */
  expire(loginAt: number, limit: number): { area: string; user: string }[] {
    const expired: { area: string; user: string }[] = [];
    for (const id of this.#logins.until(loginAt, limit)) {
      const session = this.#sessions.get(id);
      if (session === undefined) break;
      this.#end(id, session);
      expired.push({ area: session.area, user: session.user });
    }
    return expired;
  }

  modes(area: string, limit: number): readonly ModeCount[] {
    return this.#areas.get(area)?.first(limit) ?? [];
  }

  #end(id: string, { area, mode, loginAt }: Session): void {
    this.#sessions.delete(id);
    this.#logins.remove(id, loginAt);
    this.#addTo(area, mode, -1);
  }

  #addTo(area: string, mode: string, users: number): void {
    let counts = this.#areas.get(area);
    if (counts === undefined) {
      counts = new ModeCounts();
      this.#areas.set(area, counts);
      this.#areaIds.add(area);
    }
    counts.add(mode, users);
    if (!counts.isEmpty) return;
    this.#areas.delete(area);
    this.#areaIds.remove(area);
  }
}

/** How many users each mode of an area has, most users first; none with nobody. */
class ModeCounts {
  readonly #ranking = new Ranking();
  readonly #entries = new Map<string, Entry>();

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  add(mode: string, users: number): void {
    const entry = this.#entries.get(mode);
    if (entry === undefined) {
      const added = createEntry(mode, -users);
      this.#entries.set(mode, added);
      this.#ranking.add(added);
    } else if (entry.key === users) {
      this.#entries.delete(mode);
      this.#ranking.remove(entry);
    } else {
      this.#ranking.move(entry, entry.key - users, 0);
    }
  }

  first(limit: number): ModeCount[] {
    return this.#ranking.slice(0, limit).map(({ member, key }) => ({ mode: member, count: -key }));
  }
}
