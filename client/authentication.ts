import type { ClientFrame, ErrorFrame, ServerFrame } from '../protocol/frames.ts';
import { ScorewireError } from './errors.ts';
import type { TokenSource } from './options.ts';

interface AuthenticationDeps {
  nextId(): number;
  send(frame: ClientFrame): void;
  /** The server accepted the token, or there is none to give. */
  accepted(): void;
  refused(error: ScorewireError): void;
  /** No verdict on the token could be had; connecting again may help. */
  failed(error: ScorewireError): void;
}

/**
 * The token of a connection: fetched before the socket opens, given right after the welcome, renewed when the server
 * asks. It travels in a frame, because addresses end up in logs.
 */
export class Authentication {
  readonly #deps: AuthenticationDeps;
  readonly #source: TokenSource | undefined;
  #token: string | undefined;
  #refusedToken: string | undefined;
  #requestId: number | undefined;
  #renewing = false;
  /** Rises with every connection, so that a token that arrives late is not given to the next one. */
  #connection = 0;

  constructor(deps: AuthenticationDeps, source: TokenSource | undefined) {
    this.#deps = deps;
    this.#source = source;
  }

  get mayChange(): boolean {
    return typeof this.#source === 'function';
  }

  /** False where the token is the one that was refused before. Throws `ScorewireError`. */
  async prepare(): Promise<boolean> {
    this.#token = await this.#fetch();
    return this.#token === undefined || this.#token !== this.#refusedToken;
  }

  welcomed(): void {
    if (this.#token === undefined) this.#deps.accepted();
    else this.#give(this.#token);
  }

  /** The server has closed the connection because of the token. */
  tokenRefused(): void {
    this.#refusedToken = this.#token;
  }

  disconnected(): void {
    this.#connection += 1;
    this.#requestId = undefined;
    this.#renewing = false;
  }

  /** The server wants a fresh token; false where there is none to be had. */
  renew(): boolean {
    if (typeof this.#source !== 'function') return false;
    if (this.#renewing) return true;
    this.#renewing = true;
    const connection = this.#connection;
    this.#fetch().then(
      (token) => {
        if (connection !== this.#connection) return;
        this.#token = token;
        if (token === undefined)
          this.#deps.refused(new ScorewireError('unauthorized', 'there is no token any more'));
        else this.#give(token);
      },
      (error: ScorewireError) => {
        if (connection === this.#connection) this.#deps.failed(error);
      },
    );
    return true;
  }

  /** True where the frame was an answer to a token. */
  receive(frame: ServerFrame): boolean {
    if ((frame.type !== 'ok' && frame.type !== 'error') || frame.id === undefined) return false;
    if (frame.id !== this.#requestId) return false;
    this.#requestId = undefined;
    this.#renewing = false;
    if (frame.type === 'ok') this.#deps.accepted();
    else this.#judge(frame);
    return true;
  }

  #judge({ code, message, retryAfterMs }: ErrorFrame): void {
    const error = new ScorewireError(code, message, { retryAfterMs });
    if (code === 'unavailable' || code === 'rate_limited') {
      this.#deps.failed(error);
    } else {
      this.tokenRefused();
      this.#deps.refused(error);
    }
  }

  #give(token: string): void {
    this.#requestId = this.#deps.nextId();
    this.#deps.send({ type: 'auth', id: this.#requestId, token });
  }

  /** Throws `ScorewireError`. */
  async #fetch(): Promise<string | undefined> {
    try {
      return typeof this.#source === 'function' ? await this.#source() : this.#source;
    } catch (cause) {
      throw new ScorewireError('unauthorized', 'no token could be had', { cause });
    }
  }
}
