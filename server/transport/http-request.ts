import { randomUUID } from 'node:crypto';
import { BodyReader } from './body-reader.ts';
import { type HttpRequest, RequestAbortedError } from './http-types.ts';
import type * as uws from './uws.ts';

/**
 * A request of the library lives only as long as the synchronous part of its handler. Until then everything is read from
 * it when asked for; a handler that goes on waiting is `detach`ed, and only then what it may still ask for is copied.
 */
export class AdaptedRequest implements HttpRequest {
  readonly method: string;
  readonly params: readonly string[];
  readonly #response: uws.HttpResponse;
  #live: uws.HttpRequest | undefined;
  /** Names and values by turns, once all of them were read: from then on nobody asks the library. */
  #headers: readonly string[] | undefined;
  #path: string | undefined;
  #queryText: string | undefined;
  #query: URLSearchParams | undefined;
  #remoteAddress: string | undefined;
  #body: BodyReader | undefined;
  #gone = false;
  #givenId: string | undefined;
  #id: string | undefined;

  constructor(
    response: uws.HttpResponse,
    request: uws.HttpRequest,
    method: string,
    params: readonly string[],
  ) {
    this.#response = response;
    this.#live = request;
    this.method = method;
    this.params = params;
  }

  get id(): string {
    const given = this.#givenId ?? this.header('x-request-id');
    this.#id ??= REQUEST_ID.test(given) ? given : randomUUID();
    return this.#id;
  }

  get path(): string {
    this.#path ??= this.#live?.getUrl() ?? '';
    return this.#path;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#queryText ?? this.#live?.getQuery() ?? '');
    return this.#query;
  }

  get remoteAddress(): string {
    this.#remoteAddress ??= this.#gone ? '' : addressText(this.#response);
    return this.#remoteAddress;
  }

  /** The first, where there are several. */
  header(name: string): string {
    const all = this.#headers;
    if (all === undefined) return this.#live?.getHeader(name) ?? '';
    for (let i = 0; i < all.length; i += 2) if (all[i] === name) return all[i + 1] ?? '';
    return '';
  }

  /** The library gives the same for an absent header as for an empty one, but lists only those that came. */
  headers(name: string): readonly string[] {
    const all = this.#allHeaders();
    let values: string[] | undefined;
    for (let i = 0; i < all.length; i += 2) {
      if (all[i] !== name) continue;
      values ??= [];
      values.push(all[i + 1] ?? '');
    }
    return values ?? NONE;
  }

  body(maxBytes: number): Promise<Uint8Array> {
    if (this.#gone) return Promise.reject(new RequestAbortedError('the client has left'));
    return this.#reader().read(maxBytes);
  }

  takeBody(maxBytes: number, taken: (body: Uint8Array) => void, failed: (error: unknown) => void): void {
    if (this.#gone) failed(new RequestAbortedError('the client has left'));
    else this.#reader().take(maxBytes, taken, failed);
  }

  async *pieces(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      if (this.#gone) throw new RequestAbortedError('the client has left');
      const piece = await this.#reader().next();
      if (piece === undefined) return;
      yield piece;
    }
  }

  get declaredBytes(): number | undefined {
    if (this.#body !== undefined) return this.#body.declaredBytes;
    const text = this.header('content-length');
    return text === '' ? undefined : Number(text);
  }

  detach(): void {
    const live = this.#live;
    if (live === undefined) return;
    this.#path ??= live.getUrl();
    this.#queryText = live.getQuery();
    const hasBody = this.headers('content-length').length + this.headers('transfer-encoding').length > 0;
    this.#live = undefined;
    if (hasBody) this.#reader();
  }

  /** The same where nothing more will be asked for but what the body brings, and the id. */
  release(): void {
    this.#givenId = this.header('x-request-id');
    this.#headers = NONE;
    this.#live = undefined;
  }

  /** The client has left; nothing may be asked of the response any more. */
  abort(): void {
    this.#gone = true;
    this.#body?.abort();
  }

  /** The handler is done; call it before the reply. */
  discardBody(): void {
    this.#body?.discard();
  }

  #allHeaders(): readonly string[] {
    if (this.#headers !== undefined) return this.#headers;
    const headers: string[] = [];
    this.#live?.forEach((name, value) => headers.push(name, value));
    this.#headers = headers;
    return headers;
  }

  #reader(): BodyReader {
    this.#body ??= new BodyReader(this.#response, this.declaredBytes);
    return this.#body;
  }
}

export function addressText(peer: { getRemoteAddressAsText(): ArrayBuffer }): string {
  return Buffer.from(peer.getRemoteAddressAsText()).toString('latin1');
}

/** `undefined` where a parameter is not valid percent-encoding of UTF-8. */
export function readParams(request: uws.HttpRequest, count: number): readonly string[] | undefined {
  if (count === 0) return NONE;
  const params: string[] = [];
  for (let i = 0; i < count; i++) {
    const raw = request.getParameter(i) ?? '';
    if (!raw.includes('%')) {
      params.push(raw);
      continue;
    }
    try {
      params.push(decodeURIComponent(raw));
    } catch {
      return undefined;
    }
  }
  return params;
}

/** Of proxies and of clients; what could be anything is not repeated into logs. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

const NONE: readonly string[] = [];
