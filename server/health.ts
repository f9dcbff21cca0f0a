import type { MessageBus } from '../bus/message-bus.ts';
import type { ScoreStore } from '../store/score-store.ts';
import type { Gateway } from './connection-gateway.ts';
import type { Health } from './http/health-routes.ts';

export interface HealthDeps {
  readonly store: Pick<ScoreStore, 'state' | 'writeRefusal' | 'checkWrites'>;
  readonly bus: Pick<MessageBus, 'state'>;
  readonly gateway: Pick<Gateway, 'stalePartitions' | 'isDraining'>;
}

/**
 * Ready means: a client that is sent here gets right answers now, or no other node could give it better ones. All of it is known
 * already, so asking costs nothing. A store that can be read and refuses writes is told and no more: what viewers are shown stands.
 * Where it refuses leases too nobody can own, whatever becomes of the broadcasters; they count again when it takes writes.
 */
export function createHealth({ store, bus, gateway }: HealthDeps): Health {
  return {
    ready: () => {
      const { state, writeRefusal } = store;
      const serious: string[] = [];
      const others: string[] = [];
      if (gateway.isDraining) serious.push('the node is draining');
      if (state === 'down') serious.push(ofStore(writeRefusal));
      else if (writeRefusal !== undefined) others.push(ofStore(writeRefusal));
      if (bus.state === 'down') serious.push("the message bus can't be reached");
      if (gateway.stalePartitions() > 0) {
        if (state === 'up' && writeRefusal?.ofLeases === true) {
          others.push('no broadcaster can own while it does: channels keep their states, marked stale');
        } else {
          serious.push('no broadcaster is heard, or it cannot read the score store');
          // Whose doing it is may be unknown on a node that nobody publishes to; the next answer knows.
          store.checkWrites?.();
        }
      }
      return { ready: serious.length === 0, problems: [...serious, ...others] };
    },
  };
}

function ofStore(refusal: HealthDeps['store']['writeRefusal']): string {
  if (refusal === undefined) return "the score store can't be reached";
  return `the score store takes no writes at present: ${refusal.reason}`;
}
