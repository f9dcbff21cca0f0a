import type { Identity } from '../auth/identity.ts';

/**
 * Decides once per distinct target within one publish: most publishes name one board again and again, and matching
 * patterns costs more than everything else that ingest does with an event.
 */
export class PublishPermissions {
  readonly #identity: Identity;
  readonly #prefix: string;
  #lastName: string | undefined;
  #lastAllowed = false;
  #decisions: Map<string, boolean> | undefined;

  /** `prefix` is the kind of scope, such as `board:`. */
  constructor(identity: Identity, prefix: string) {
    this.#identity = identity;
    this.#prefix = prefix;
  }

  allows(name: string): boolean {
    if (name === this.#lastName) return this.#lastAllowed;
    if (this.#lastName !== undefined) {
      this.#decisions ??= new Map();
      this.#decisions.set(this.#lastName, this.#lastAllowed);
    }
    const allowed = this.#decisions?.get(name) ?? this.#identity.mayPublish(this.#prefix + name);
    this.#lastName = name;
    this.#lastAllowed = allowed;
    return allowed;
  }
}
