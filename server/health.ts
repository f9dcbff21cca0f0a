import type { MessageBus } from '../bus/message-bus.ts';
import type { ScoreStore } from '../store/score-store.ts';
import type { Gateway } from './connection-gateway.ts';
import type { Health } from './http/health-routes.ts';

export interface HealthDeps {
  readonly store: Pick<ScoreStore, 'state' | 'writeRefusal'>;
  readonly bus: Pick<MessageBus, 'state'>;
  readonly gateway: Pick<Gateway, 'stalePartitions'>;
}

/**
 * Ready means: a client that is sent here gets right answers now. All of it is known already, so asking costs nothing. A store that
 * can be read and refuses writes is told and no more: viewers are served, and no other node could serve publishers better.
 */
export function createHealth({ store, bus, gateway }: HealthDeps): Health {
  return {
    ready: () => {
      const { state, writeRefusal } = store;
      const ofStore =
        writeRefusal === undefined
          ? "the score store can't be reached"
          : `the score store takes no writes at present: ${writeRefusal}`;
      const serious = [
        ...(state === 'up' ? [] : [ofStore]),
        ...(bus.state === 'up' ? [] : ["the message bus can't be reached"]),
        ...(gateway.stalePartitions() === 0
          ? []
          : ['no broadcaster is heard, or it cannot read the score store']),
      ];
      const others = state === 'up' && writeRefusal !== undefined ? [ofStore] : [];
      return { ready: serious.length === 0, problems: [...serious, ...others] };
    },
  };
}
