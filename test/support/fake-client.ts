import {
  type ClientOptions,
  connect,
  type ScorewireClient,
  type ScorewireError,
} from '../../client/index.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeServer, type FakeServer } from './fake-server.ts';

export interface FakeClientSetup {
  readonly client: ScorewireClient;
  readonly server: FakeServer;
  readonly clock: FakeClock;
  /** The names of the connection's states, as they came. */
  readonly states: string[];
  readonly errors: ScorewireError[];
  /** Lets the client's promises run, then gives the welcome to its newest connection. */
  welcome(): Promise<void>;
}

/** A client whose time and server belong to the test. Without another word every wait is half of its bound. */
export function createFakeClient(options: Partial<ClientOptions> = {}): FakeClientSetup {
  const server = createFakeServer();
  const clock = createFakeClock();
  const states: string[] = [];
  const errors: ScorewireError[] = [];
  const client = connect({
    url: 'ws://fake/v1/ws',
    WebSocket: server.WebSocket,
    timers: clock,
    random: () => 0.5,
    ...options,
  });
  client.on('state', ({ state }) => void states.push(state));
  client.on('error', (error) => void errors.push(error));
  return {
    client,
    server,
    clock,
    states,
    errors,
    welcome: async () => {
      await clock.settle();
      server.latest.welcome();
    },
  };
}
