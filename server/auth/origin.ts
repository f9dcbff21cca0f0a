/**
 * What protects a server without keys from the web pages that its user visits: a page can make the browser call
 * 127.0.0.1, but can't choose the Host (DNS rebinding shows its own name there) nor hide its Origin.
 */

const LOOPBACK_NAME =
  /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|\[::1\]|127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3})$/;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/;

/** In open mode only loopback names are answered, with any port. */
export function hostAllowed(hostHeader: string, { open }: { readonly open: boolean }): boolean {
  if (!open) return true;
  const name = HOST.exec(hostHeader.toLowerCase())?.[1];
  return name !== undefined && LOOPBACK_NAME.test(name);
}

/** No Origin (not a browser, or a plain navigation) is fine; else it must be this host, scheme aside, or listed. */
export function originAllowed(
  origin: string,
  hostHeader: string,
  allowedOrigins: readonly string[],
): boolean {
  return origin === '' || isSameHost(origin, hostHeader) || isListed(origin, allowedOrigins);
}

/** Whether a page of another origin may call; the answer then says so to the browser. */
export function isListed(origin: string, allowedOrigins: readonly string[]): boolean {
  if (allowedOrigins.includes(origin)) return true;
  const parsed = parseOrigin(origin);
  return (
    parsed !== undefined && allowedOrigins.some((allowed) => parseOrigin(allowed)?.origin === parsed.origin)
  );
}

/** Whether a browser could send this as its Origin: a scheme and a host, maybe a port. `null` is that of local files. */
export function isOrigin(text: string): boolean {
  if (text === 'null') return true;
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\\\s*]+\/?$/i.test(text)) return false;
  return !/^https?:/i.test(text) || parseOrigin(text) !== undefined;
}

function isSameHost(origin: string, hostHeader: string): boolean {
  const host = hostHeader.toLowerCase();
  if (!HOST.test(host)) return false;
  if (origin === `http://${host}` || origin === `https://${host}`) return true;
  const parsed = parseOrigin(origin);
  // The same scheme for both, so that its default port is left out of both.
  return parsed !== undefined && parseOrigin(`${parsed.protocol}//${host}`)?.host === parsed.host;
}

function parseOrigin(origin: string): URL | undefined {
  if (!/^https?:\/\/[^/?#@\\\s]+\/?$/i.test(origin) || !URL.canParse(origin)) return undefined;
  return new URL(origin);
}
