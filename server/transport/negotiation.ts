import { ENCODINGS, type Encoding, SUBPROTOCOLS } from '../../protocol/codec.ts';

/** `subprotocol` is what the answer names; empty where none was offered. */
export interface Negotiated {
  readonly encoding: Encoding;
  readonly subprotocol: string;
}

/** The first offered one that we speak; JSON where none was offered; `undefined` where only others were. */
export function negotiate(offered: string): Negotiated | undefined {
  if (offered.trim() === '') return { encoding: 'json', subprotocol: '' };
  for (const name of offered.split(',')) {
    const subprotocol = name.trim();
    const encoding = ENCODINGS.find((candidate) => SUBPROTOCOLS[candidate] === subprotocol);
    if (encoding !== undefined) return { encoding, subprotocol };
  }
  return undefined;
}

const USUAL_SCHEME = 'Bearer ';
const WORD = /^\S+$/;

/** The token of `Authorization: Bearer`; the scheme's name is not case-sensitive. */
export function bearerToken(authorization: string): string | undefined {
  if (authorization.startsWith(USUAL_SCHEME)) {
    const rest = authorization.slice(USUAL_SCHEME.length);
    if (WORD.test(rest)) return rest;
  }
  const [, token] = /^bearer +(\S+) *$/i.exec(authorization) ?? [];
  return token;
}
