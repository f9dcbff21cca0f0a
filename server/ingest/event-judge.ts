import { eventChecker, type ScorewireEvent } from '../../protocol/events.ts';
import type { Identity } from '../auth/identity.ts';
import { PublishPermissions } from './permissions.ts';

/** Why an event does not get to the store. */
export interface Refusal {
  readonly code: 'malformed' | 'forbidden';
  readonly message: string;
}

const SCOPES = {
  score: 'board:',
  result: 'product:',
  track: 'product:',
  session: 'area:',
  profile: 'profile:',
} as const satisfies Record<ScorewireEvent['type'], string>;

/** Decides about the events of one publish, one by one. A result needs no permission for the boards that its product names. */
export class EventJudge {
  readonly #identity: Identity;
  readonly #boards: PublishPermissions;
  readonly #others = new Map<string, PublishPermissions>();

  constructor(identity: Identity) {
    this.#identity = identity;
    this.#boards = new PublishPermissions(identity, SCOPES.score);
  }

  /** `undefined` where the value is an event that may be applied. */
  judge(event: unknown): Refusal | undefined {
    if (!eventChecker.check(event)) return { code: 'malformed', message: eventChecker.explain(event) };
    if (event.type === 'score') {
      if (this.#boards.allows(event.board)) return undefined;
    } else {
      if (event.type === 'result' && event.winner === event.loser) return SAME_PLAYER;
      if (this.#allows(event)) return undefined;
    }
    const scope = SCOPES[event.type] + targetOf(event);
    return { code: 'forbidden', message: `the token does not permit publishing to ${scope}` };
  }

  #allows(event: ScorewireEvent): boolean {
    const prefix = SCOPES[event.type];
    let permissions = this.#others.get(prefix);
    if (permissions === undefined) {
      permissions = new PublishPermissions(this.#identity, prefix);
      this.#others.set(prefix, permissions);
    }
    return permissions.allows(targetOf(event));
  }
}

const SAME_PLAYER: Refusal = { code: 'malformed', message: '"winner" and "loser" must be two players' };

/** What a permission is about. */
function targetOf(event: ScorewireEvent): string {
  switch (event.type) {
    case 'score':
      return event.board;
    case 'result':
    case 'track':
      return event.product;
    case 'session':
      return event.area;
    case 'profile':
      return event.member;
  }
}
