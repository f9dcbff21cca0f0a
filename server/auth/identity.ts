/** Who is asking, and what for. Patterns are channel names in which `*` matches any run of characters. */
export interface Identity {
  readonly subject: string;
  readonly admin: boolean;
  /** Unix milliseconds. */
  readonly expiresAt?: number;
  maySubscribe(channel: string): boolean;
  /** True where `mayPublish` permits no scope at all, so that nobody needs to read what is published. */
  readonly publishesNothing?: boolean;
  /** Scopes: `board:<id>`, `product:<id>`, `area:<code>`, `match:<id>`, `tournament:<id>`, `profile:<member>`. */
  mayPublish(scope: string): boolean;
}

export type Authentication =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly code: 'unauthorized'; readonly message: string };

export interface Authenticator {
  /** Who comes without a token. May publish nothing. */
  readonly anonymous: Identity;
  /** Whose token was verified a moment ago, and is good still: for those who are asked too often to wait for it. */
  remembered(token: string): Identity | undefined;
  /** Rejects with an `OperatingError` where the keys can't be fetched: nothing is known of the token then. */
  authenticate(token: string): Promise<Authentication>;
}
