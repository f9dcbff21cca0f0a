import { createHash } from 'node:crypto';
import { StartError } from '../runtime/errors.ts';

const DEFAULT_PORT = 4222;
const FORM = 'nats://[user:password@ or token@]host[:port], or the same with tls://';

/** Where a NATS server is and how to be let in. Only `server` may be printed. */
export interface NatsAddress {
  /** `host:port`, an IPv6 host in brackets. */
  readonly server: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly credentials: { readonly user?: string; readonly pass?: string; readonly token?: string };
}

/**
 * The NATS client leaves user information in URLs aside, so it is taken out here. Throws `StartError`, which does not
 * repeat the URL: it may hold a password.
 */
export function parseNatsUrl(text: string): NatsAddress {
  const full = text.includes('://') ? text : `nats://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  const credentials = url && credentialsOf(url);
  if (!credentials || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '') {
    throw new StartError(`a NATS address must be of the form ${FORM}`);
  }
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  return {
    server: `${url.hostname}:${port}`,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    tls: url.protocol === 'tls:',
    credentials,
  };
}

/** `undefined` where the percent encoding is broken. */
function credentialsOf(url: URL): NatsAddress['credentials'] | undefined {
  try {
    const user = decodeURIComponent(url.username);
    const pass = decodeURIComponent(url.password);
    if (user === '') return {};
    return pass === '' ? { token: user } : { user, pass };
  } catch {
    return undefined;
  }
}

/** A server ends the connection over a protocol line of more than 4 KiB, so longer topics go by their digest. */
const MAX_PLAIN_TOPIC_BYTES = 1024;

/** In subjects, spaces, dots, `*` and `>` have a meaning; in base64url none of them occurs. */
export function subjectOf(topic: string): string {
  const bytes = Buffer.from(topic, 'utf8');
  if (bytes.length <= MAX_PLAIN_TOPIC_BYTES) return `scorewire.t${bytes.toString('base64url')}`;
  return `scorewire.h${createHash('sha256').update(bytes).digest('base64url')}`;
}
