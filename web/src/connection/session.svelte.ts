import { type ConnectionState, connect, type ScorewireClient } from '../../../client/index.ts';
import { storedToken } from '../page/storage.ts';

const TIME_STEP_MS = 500;

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** The page's one connection to the server, and the token it was opened with. */
export class Session {
  /** Another one after every `open`. */
  client = $state.raw<ScorewireClient | undefined>();
  connection = $state.raw<ConnectionState>({ state: 'connecting' });
  token = $state.raw(storedToken.read());
  /** The token, or that there is none, does not do. */
  refusal = $state.raw<Refusal | undefined>();
  now = $state.raw(Date.now());

  /** Connects, or connects anew. */
  open(): void {
    void this.client?.close();
    const client = connect({ ...(this.token !== undefined && { token: this.token }) });
    this.refusal = undefined;
    this.connection = client.state;
    client.on('state', (state) => {
      if (this.client === client) this.connection = state;
    });
    client.on('error', ({ code, message }) => {
      if (this.client === client && code === 'unauthorized') this.refusal = { code, message };
    });
    this.client = client;
  }

  useToken(token: string): void {
    this.token = token;
    storedToken.write(token);
    this.open();
  }

  /** Opens, and runs the time that labels show; the result closes. */
  run(): () => void {
    this.open();
    const timer = setInterval(() => {
      this.now = Date.now();
    }, TIME_STEP_MS);
    return () => {
      clearInterval(timer);
      void this.client?.close();
      this.client = undefined;
    };
  }
}
