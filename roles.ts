/** `server`: the edge only; `broadcaster`: the tick only; `archiver`: the history only; `all`: everything in one process. */
export const ROLES = ['all', 'server', 'broadcaster', 'archiver'] as const;
export type Role = (typeof ROLES)[number];

/** A part of an installation, which meets others over the bus. An archiver needs nobody. */
export function isSplit(role: Role): boolean {
  return role === 'server' || role === 'broadcaster';
}

/** The others have no port but that of `METRICS_PORT`. */
export function servesClients(role: Role): boolean {
  return role === 'all' || role === 'server';
}

export function archives({
  role,
  databaseUrl,
}: {
  readonly role: Role;
  readonly databaseUrl: string | undefined;
}): boolean {
  return role === 'archiver' || (role === 'all' && databaseUrl !== undefined);
}
