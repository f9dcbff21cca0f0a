import type { MessageBus } from '../bus/message-bus.ts';
import type { ScoreStore } from '../store/score-store.ts';
import type { Gateway } from './connection-gateway.ts';
import type { Health } from './http/health-routes.ts';
import type { StoreCheck } from './store-check.ts';

export interface HealthDeps {
  readonly store: Pick<ScoreStore, 'state' | 'writeRefusal' | 'checkWrites'>;
  readonly bus: Pick<MessageBus, 'state'>;
  /** Whether the store that is down here is one that owners have left. */
  readonly storeCheck: Pick<StoreCheck, 'isAstray'>;
  readonly gateway: Pick<Gateway, 'stalePartitions' | 'latePartitions' | 'probeAgeMs' | 'isDraining'>;
}

/**
 * Ready means: a client that is sent here gets right answers now, or no other node could give it better ones. All of it is known
 * already, so asking costs nothing. A store that can be read and refuses writes is told and no more: what viewers are shown stands.
 * Where it refuses leases too nobody can own, whatever becomes of the broadcasters; they count again when it takes writes.
 */
export function createHealth({ store, bus, gateway, storeCheck }: HealthDeps): Health {
  return {
    ready: () => {
      const { state, writeRefusal } = store;
      const serious: string[] = [];
      const others: string[] = [];
      if (gateway.isDraining) serious.push('the node is draining');
      if (storeCheck.isAstray)
        serious.push('the score store that this node reaches is not the one that broadcasters use');
      else if (state === 'down') serious.push(ofStore(writeRefusal));
      else if (writeRefusal !== undefined) others.push(ofStore(writeRefusal));
      if (bus.state === 'down') serious.push("the message bus can't be reached");
      const probeAgeMs = gateway.probeAgeMs();
      const late = gateway.latePartitions();
      if (late > 0) serious.push(`what is written does not come back: no news for ${seconds(probeAgeMs)} s`);
      if (gateway.stalePartitions() > late) {
        if (state === 'up' && writeRefusal?.ofLeases === true) {
          others.push('no broadcaster can own while it does: channels keep their states, marked stale');
        } else {
          serious.push('no broadcaster is heard, or it cannot read the score store');
          // Whose doing it is may be unknown on a node that nobody publishes to; the next answer knows.
          store.checkWrites?.();
        }
      }
      return { ready: serious.length === 0, problems: [...serious, ...others], probeAgeMs };
    },
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function ofStore(refusal: HealthDeps['store']['writeRefusal']): string {
  if (refusal === undefined) return "the score store can't be reached";
  return `the score store takes no writes at present: ${refusal.reason}`;
}
