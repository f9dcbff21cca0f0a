import type { KnownMatch, MatchVersion } from './known-match.ts';
import { MatchCache } from './match-cache.ts';
import type { RefreshMatches } from './match-refresh.ts';

/**
 * Matches whose events this engine writes, with folds of their own: those that are read only ever hold what was committed. To be used by one batch of
 * a partition at a time.
 */
export class OpenMatches {
  readonly #refresh: RefreshMatches;
  readonly #cache = new MatchCache();

  constructor(refresh: RefreshMatches) {
    this.#refresh = refresh;
  }

  /** As they were seen last, which may be outdated. */
  async open(ids: readonly string[]): Promise<readonly KnownMatch[]> {
    const matches = ids.map((id) => this.#cache.get(id));
    await this.#read(matches.filter(({ fixture }) => fixture === undefined));
    return matches;
  }

  /** Reads those that have been found in other versions than they are known in. */
  async update(matches: readonly KnownMatch[], found: readonly MatchVersion[]): Promise<void> {
    await this.#read(matches.filter(({ version }, place) => !isSameVersion(version, found[place])));
  }

  async #read(matches: readonly KnownMatch[]): Promise<void> {
    await this.#refresh(matches, (match) => this.#cache.keep(match));
  }
}

function isSameVersion(one: MatchVersion, other: MatchVersion | undefined): boolean {
  return one.label === other?.label && one.events === other.events && one.last === other.last;
}
