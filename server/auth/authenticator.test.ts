import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { OperatingError, StartError } from '../../runtime/errors.ts';
import { AUTH_LIMITS } from '../limits.ts';
import { createAuthenticator } from './authenticator.ts';
import { signToken } from './tokens.ts';

const SECRET = 'a secret of the tests, long enough for HS256';

/** Tokens are made by hand here, so that the library is not proved by itself. */
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
function handMade(header: object, claims: object, signature: (input: string) => Buffer): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signature(input).toString('base64url')}`;
}
const hmac = (secret: string | Buffer) => (input: string) =>
  createHmac('sha256', secret).update(input).digest();
const hs256 = (claims: object, secret: string | Buffer = SECRET, header: object = {}) =>
  handMade({ alg: 'HS256', ...header }, claims, hmac(secret));

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const rs256 = (claims: object, key: KeyObject = rsa.privateKey, header: object = {}) =>
  handMade({ alg: 'RS256', kid: 'rsa', ...header }, claims, (input) =>
    sign('sha256', Buffer.from(input), key),
  );
const jwk = (key: KeyObject, more: object) => ({ ...key.export({ format: 'jwk' }), ...more });
const KEY_SET = JSON.stringify({
  keys: [
    jwk(rsa.publicKey, { kid: 'rsa', alg: 'RS256' }),
    jwk(ec.publicKey, { kid: 'ec' }),
    jwk(ed.publicKey, { kid: 'ed' }),
  ],
});

function start(settings: { secret?: string; jwks?: string; anonymousSubscribe?: readonly string[] }) {
  let now = 1_700_000_000_000;
  const clock = { now: () => now, after: () => () => undefined };
  const open = settings.secret === undefined && settings.jwks === undefined;
  const authenticator = createAuthenticator({ anonymousSubscribe: [], open, ...settings }, { clock });
  return {
    authenticator,
    nowSeconds: () => now / 1000,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}

const refused = { ok: false, code: 'unauthorized' };

describe('with a secret', () => {
  it('the claims say who it is and what is permitted', async () => {
    const { authenticator } = start({ secret: SECRET });
    const exp = 1_700_000_060;
    const token = hs256({ sub: 'ann', exp, subscribe: ['board:*'], publish: ['board:mine', 'profile:*'] });
    const authentication = await authenticator.authenticate(token);
    if (!authentication.ok) throw new Error(authentication.message);
    const { identity } = authentication;
    expect(identity).toMatchObject({ subject: 'ann', admin: false, expiresAt: exp * 1000 });
    expect(identity.maySubscribe('board:x@daily')).toBe(true);
    expect(identity.maySubscribe('match:x')).toBe(false);
    expect(identity.mayPublish('board:mine')).toBe(true);
    expect(identity.mayPublish('board:yours')).toBe(false);
    expect(identity.mayPublish('profile:ann')).toBe(true);
  });

  it('an admin may everything, and a token that says nothing may nothing', async () => {
    const { authenticator } = start({ secret: SECRET });
    const admin = await authenticator.authenticate(hs256({ admin: true }));
    expect(admin).toMatchObject({ ok: true, identity: { admin: true, subject: '' } });
    expect(admin.ok && admin.identity.mayPublish('board:x') && admin.identity.maySubscribe('match:y')).toBe(
      true,
    );
    const nobody = await authenticator.authenticate(hs256({ admin: false }));
    expect(nobody.ok && !nobody.identity.mayPublish('board:x')).toBe(true);
    expect(nobody.ok && !nobody.identity.maySubscribe('board:x')).toBe(true);
  });

  it('what signToken makes is good until it expires, remembered or not', async () => {
    const { authenticator, pass, nowSeconds } = start({ secret: SECRET });
    // signToken goes by the real time, so the server's clock is moved there.
    pass(Math.floor(Date.now() / 1000) - nowSeconds());
    const token = await signToken(SECRET, { sub: 'cli', publish: ['board:*'] }, 100);
    expect(await authenticator.authenticate(token)).toMatchObject({ ok: true, identity: { subject: 'cli' } });
    pass(50);
    expect(await authenticator.authenticate(token)).toMatchObject({ ok: true });
    pass(60);
    expect(await authenticator.authenticate(token)).toEqual({ ...refused, message: 'the token has expired' });
  });

  it('a token is verified once while it is remembered', async () => {
    const { authenticator } = start({ secret: SECRET });
    const token = hs256({ sub: 'ann' });
    const [first, second] = [
      await authenticator.authenticate(token),
      await authenticator.authenticate(token),
    ];
    expect(first.ok && second.ok && first.identity === second.identity).toBe(true);
  });

  it('a remembered token is known without waiting, until its end', async () => {
    const { authenticator, pass, nowSeconds } = start({ secret: SECRET });
    const token = hs256({ sub: 'ann', exp: nowSeconds() + 60 });
    expect(authenticator.remembered(token)).toBeUndefined();
    await authenticator.authenticate(hs256({ sub: 'ann', exp: nowSeconds() - 1 }));
    await authenticator.authenticate(token);
    expect(authenticator.remembered(token)).toMatchObject({ subject: 'ann' });
    expect(authenticator.remembered(hs256({ sub: 'ann', exp: nowSeconds() - 1 }))).toBeUndefined();
    expect(authenticator.remembered(`${token}x`)).toBeUndefined();
    pass(60);
    expect(authenticator.remembered(token)).toBeUndefined();
  });

  it('a token without an end is good for as long as the secret', async () => {
    const { authenticator, pass } = start({ secret: SECRET });
    const token = hs256({ sub: 'machine' });
    pass(10 * 365 * 86_400);
    const authentication = await authenticator.authenticate(token);
    expect(authentication.ok && !('expiresAt' in authentication.identity)).toBe(true);
  });

  it.each([
    ['of another secret', hs256({ admin: true }, 'another secret')],
    ['without a signature', `${encode({ alg: 'none' })}.${encode({ admin: true })}.`],
    ['that asks for `none` and is signed', hs256({ admin: true }, SECRET, { alg: 'none' })],
    ['that asks for HS512', handMade({ alg: 'HS512' }, { admin: true }, hmac(SECRET))],
    ['with another algorithm', rs256({ admin: true })],
    ['that brings its own key', hs256({ admin: true }, 'x', { jwk: { kty: 'oct', k: 'eA' } })],
    ['with a critical extension', hs256({ admin: true }, SECRET, { crit: ['b64'], b64: false })],
    ['that is not yet good', hs256({ admin: true, nbf: 1_800_000_000 })],
    ['that has expired', hs256({ admin: true, exp: 1_600_000_000 })],
    ['that is no token', 'abc'],
    ['that is empty', ''],
    ['whose claims are no object', handMade({ alg: 'HS256' }, [1], hmac(SECRET))],
    ['that is too long', hs256({ sub: 'x', filler: 'x'.repeat(AUTH_LIMITS.tokenLength) })],
  ])('a token %s is refused, and the refusal repeats nothing of it', async (_what, token) => {
    const authentication = await start({ secret: SECRET }).authenticator.authenticate(token);
    expect(authentication).toMatchObject(refused);
    const message = authentication.ok ? '' : authentication.message;
    for (const part of token.split('.').filter((one) => one.length > 8)) expect(message).not.toContain(part);
  });

  it('a changed signature, header or claim is refused', async () => {
    const { authenticator } = start({ secret: SECRET });
    const [header, , signature] = hs256({ sub: 'ann' }).split('.');
    const forged = `${header}.${encode({ sub: 'ann', admin: true })}.${signature}`;
    expect(await authenticator.authenticate(forged)).toMatchObject(refused);
  });

  it.each([
    ['sub', 1],
    ['sub', 'x'.repeat(AUTH_LIMITS.subjectLength + 1)],
    ['exp', 'tomorrow'],
    ['exp', null],
    ['subscribe', 'board:*'],
    ['subscribe', null],
    ['publish', [1]],
    ['publish', Array(AUTH_LIMITS.patterns + 1).fill('a')],
    ['publish', ['x'.repeat(AUTH_LIMITS.patternLength + 1)]],
    ['admin', 'true'],
    ['admin', 1],
  ])('a claim "%s" of the wrong form refuses the token and is named', async (claim, value) => {
    const { authenticator } = start({ secret: SECRET });
    expect(await authenticator.authenticate(hs256({ [claim]: value }))).toEqual({
      ...refused,
      message: expect.stringContaining(`"${claim}"`),
    });
  });
});

describe('without a token', () => {
  it('one may subscribe to what is listed, a token gives no less, and nobody may publish', async () => {
    const { authenticator } = start({ secret: SECRET, anonymousSubscribe: ['board:public.*'] });
    const { anonymous } = authenticator;
    expect(anonymous.maySubscribe('board:public.1')).toBe(true);
    expect(anonymous.maySubscribe('board:x')).toBe(false);
    expect(anonymous.mayPublish('board:public.1')).toBe(false);
    const known = await authenticator.authenticate(hs256({ subscribe: ['match:*'] }));
    expect(known.ok && known.identity.maySubscribe('board:public.1')).toBe(true);
    expect(known.ok && known.identity.maySubscribe('match:1')).toBe(true);
    expect(known.ok && known.identity.maySubscribe('board:x')).toBe(false);
  });
});

describe('in open mode', () => {
  it('everybody may subscribe, and only the token of this run may publish', async () => {
    const { authenticator } = start({});
    expect(authenticator.anonymous.maySubscribe('board:x')).toBe(true);
    expect(authenticator.anonymous.mayPublish('board:x')).toBe(false);
    const token = (await authenticator.issueToken?.()) ?? '';
    const admin = await authenticator.authenticate(token);
    expect(admin.ok && admin.identity.admin && admin.identity.mayPublish('board:x')).toBe(true);
    expect(await start({}).authenticator.authenticate(token)).toMatchObject(refused);
    expect(await authenticator.authenticate(hs256({ admin: true }, ''))).toMatchObject(refused);
  });

  it('is the only mode that gives out a token', () => {
    expect(start({ secret: SECRET }).authenticator.issueToken).toBeUndefined();
    expect(start({ jwks: KEY_SET }).authenticator.issueToken).toBeUndefined();
  });
});

describe('with a key set', () => {
  const es256 = (claims: object) =>
    handMade({ alg: 'ES256', kid: 'ec' }, claims, (input) =>
      sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
    );
  const eddsa = (claims: object) =>
    handMade({ alg: 'EdDSA', kid: 'ed' }, claims, (input) => sign(null, Buffer.from(input), ed.privateKey));

  it.each([
    ['RS256', rs256({ sub: 'ann' })],
    ['ES256', es256({ sub: 'ann' })],
    ['EdDSA', eddsa({ sub: 'ann' })],
  ])('%s tokens are good', async (_algorithm, token) => {
    const { authenticator } = start({ jwks: KEY_SET });
    expect(await authenticator.authenticate(token)).toMatchObject({ ok: true, identity: { subject: 'ann' } });
  });

  const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const publicDer = rsa.publicKey.export({ type: 'spki', format: 'der' });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  it.each([
    ['signed with HS256 by the public key (PEM)', hs256({ admin: true }, publicPem, { kid: 'rsa' })],
    ['signed with HS256 by the public key (DER)', hs256({ admin: true }, publicDer, { kid: 'rsa' })],
    ['that asks for `none`', `${encode({ alg: 'none', kid: 'rsa' })}.${encode({ admin: true })}.`],
    ['by a stranger', rs256({ admin: true }, stranger)],
    ['that names no key of the set', rs256({ admin: true }, rsa.privateKey, { kid: 'other' })],
    ['that asks for another algorithm of its key', rs256({ admin: true }, rsa.privateKey, { alg: 'PS256' })],
    ['that mixes key and algorithm', rs256({ admin: true }, rsa.privateKey, { alg: 'ES256' })],
  ])('a token %s is refused', async (_what, token) => {
    const { authenticator } = start({ jwks: KEY_SET });
    expect(await authenticator.authenticate(token)).toMatchObject(refused);
  });

  it.each([
    ['a missing file', '/nowhere/keys.json'],
    ['broken JSON', '{"keys":'],
    ['no list of keys', '{"key":1}'],
    ['an empty list', '{"keys":[]}'],
    ['a shared secret', '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}'],
    ['a private key', JSON.stringify({ keys: [jwk(rsa.privateKey, {})] })],
    ['no key', '{"keys":[null]}'],
    ['half a URL', 'http://'],
    ['a URL without a host', 'https://:80/secret'],
    ['half a key', '{"keys":[{"kty":"RSA"}]}'],
    ['only a key of a curve that is not used', JSON.stringify({ keys: [jwk(p384.publicKey, {})] })],
    ['only a key that is too short', JSON.stringify({ keys: [jwk(shortRsa.publicKey, {})] })],
    ['one key of several that is none', JSON.stringify({ keys: [jwk(rsa.publicKey, {}), { kty: 'OKP' }] })],
  ])('%s stops the start and shows nothing of it', (_what, jwks) => {
    expect(() => start({ jwks })).toThrow(StartError);
    expect(() => start({ jwks })).toThrow(/^AUTH_JWKS: (?!.*(secret|"kty"))/);
  });
});

describe('a key set', () => {
  const cleanUps: (() => void)[] = [];
  afterEach(() => {
    for (const cleanUp of cleanUps.splice(0)) cleanUp();
  });

  it('may hold keys that are of no use here beside those that are', async () => {
    const keys = [jwk(p384.publicKey, { kid: 'p384' }), jwk(rsa.publicKey, { kid: 'rsa' })];
    const { authenticator } = start({ jwks: JSON.stringify({ keys }) });
    expect(await authenticator.authenticate(rs256({ sub: 'ann' }))).toMatchObject({ ok: true });
  });

  it('can be a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'scorewire-jwks-'));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'keys.json');
    writeFileSync(path, KEY_SET);
    const { authenticator } = start({ jwks: path });
    expect(await authenticator.authenticate(rs256({ sub: 'ann' }))).toMatchObject({ ok: true });
  });

  it('can be a URL; while it can not be fetched, tokens are not refused but told to come again', async () => {
    let status = 500;
    const server = createServer((_request, response) => response.writeHead(status).end(KEY_SET));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { authenticator } = start({ jwks: `http://127.0.0.1:${port}/keys` });
    const token = rs256({ sub: 'ann' });
    await expect(authenticator.authenticate(token)).rejects.toThrow(OperatingError);
    // What needs no key to be refused is refused all the same.
    expect(await authenticator.authenticate(hs256({}))).toMatchObject(refused);
    status = 200;
    expect(await authenticator.authenticate(token)).toMatchObject({ ok: true });
    server.closeAllConnections();
    expect(await authenticator.authenticate(rs256({}, rsa.privateKey, { kid: 'other' }))).toMatchObject(
      refused,
    );
  });
});
