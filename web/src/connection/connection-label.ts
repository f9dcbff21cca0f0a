import type { ConnectionState, SubscriptionStatus } from '../../../client/index.ts';
import { formatTime } from '../format.ts';

/** `live`: trust what you see. `waiting`: nothing to see yet. `stale`: what you see was right. `down`: it will stay so. */
export type Tone = 'live' | 'waiting' | 'stale' | 'down';

export interface ConnectionLabel {
  readonly tone: Tone;
  readonly label: string;
}

interface Situation {
  readonly connection: ConnectionState;
  readonly status: SubscriptionStatus;
  readonly staleSince: number | undefined;
  readonly now: number;
}

/** The one line that says whether the board can be trusted. */
export function labelConnection(
  { connection, status, staleSince, now }: Situation,
  locale?: string,
): ConnectionLabel {
  const since = staleSince === undefined ? '' : ` · as of ${formatTime(staleSince, locale)}`;
  const tone = staleSince === undefined ? 'waiting' : 'stale';
  switch (connection.state) {
    case 'closed':
      return { tone: 'down', label: `Disconnected${since}` };
    case 'waiting': {
      const seconds = Math.max(1, Math.ceil((connection.retryAt - now) / 1000));
      return { tone, label: `Reconnecting in ${seconds} s${since}` };
    }
    case 'connecting':
      return { tone, label: staleSince === undefined ? 'Connecting…' : `Reconnecting…${since}` };
    case 'open':
      switch (status) {
        case 'live':
          return { tone: 'live', label: 'Live' };
        case 'pending':
          return { tone: 'waiting', label: 'Loading…' };
        case 'stale':
          return {
            tone: 'stale',
            label: staleSince === undefined ? 'Stale' : `Stale since ${formatTime(staleSince, locale)}`,
          };
        case 'ended':
          return { tone: 'waiting', label: 'Not subscribed' };
      }
  }
}

const TOKEN_NEEDED: ConnectionLabel = { tone: 'waiting', label: 'Token needed' };

interface Watched extends Omit<Situation, 'connection' | 'now'> {
  readonly refusal: { readonly code: string } | undefined;
}

/** Of a page that watches none above all. */
export function labelOfPage({ connection, now }: Pick<Situation, 'connection' | 'now'>): ConnectionLabel {
  return labelConnection({ connection, now, status: 'live', staleSince: undefined });
}

/** Of a page that watches one channel above all. */
export function labelOf(
  session: Pick<Situation, 'connection' | 'now'> & Pick<Watched, 'refusal'>,
  watched: Watched,
): ConnectionLabel {
  const code = (session.refusal ?? watched.refusal)?.code;
  if (code === 'unauthorized' || code === 'forbidden') return TOKEN_NEEDED;
  const { connection, now } = session;
  return labelConnection({ connection, now, status: watched.status, staleSince: watched.staleSince });
}
