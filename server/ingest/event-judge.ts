import { eventChecker, type ScorewireEvent } from '../../protocol/events.ts';
import type { Identity } from '../auth/identity.ts';
import { PublishPermissions } from './permissions.ts';

/** Why an event does not get to the store. */
export interface Refusal {
  readonly code: 'malformed' | 'forbidden';
  readonly message: string;
}

/** Decides about the events of one publish, one by one. */
export class EventJudge {
  readonly #boards: PublishPermissions;
  readonly #profiles: PublishPermissions;

  constructor(identity: Identity) {
    this.#boards = new PublishPermissions(identity, 'board:');
    this.#profiles = new PublishPermissions(identity, 'profile:');
  }

  /** `undefined` where the value is an event that may be applied. */
  judge(event: unknown): Refusal | undefined {
    if (!eventChecker.check(event)) return { code: 'malformed', message: eventChecker.explain(event) };
    if (event.type === 'score' ? this.#boards.allows(event.board) : this.#profiles.allows(event.member)) {
      return undefined;
    }
    return { code: 'forbidden', message: `the token does not permit publishing to ${scopeOf(event)}` };
  }
}

function scopeOf(event: ScorewireEvent): string {
  return event.type === 'score' ? `board:${event.board}` : `profile:${event.member}`;
}
