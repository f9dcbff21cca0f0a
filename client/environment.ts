import type { WebSocketConstructor } from './web-socket.ts';

/** What a browser has and Node lacks, seen from code that runs in both. */
interface BrowserGlobals {
  readonly WebSocket?: WebSocketConstructor;
  readonly location?: { readonly protocol: string; readonly host: string };
  readonly document?: EventSource & { readonly visibilityState: string };
  readonly addEventListener?: EventSource['addEventListener'];
  readonly removeEventListener?: EventSource['removeEventListener'];
}

interface EventSource {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

const globals = (): BrowserGlobals => globalThis as unknown as BrowserGlobals;

export function builtInWebSocket(): WebSocketConstructor | undefined {
  return globals().WebSocket;
}

/** The server that the page came from. */
export function sameOriginUrl(): string | undefined {
  const { location } = globals();
  return location?.host
    ? `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/ws`
    : undefined;
}

/** Calls `onWake` when the network returns or the page becomes visible again; the result stops that. */
export function watchWakeSignals(onWake: () => void): () => void {
  const { document, addEventListener } = globals();
  if (!document || !addEventListener) return () => undefined;
  const onVisibility = () => {
    if (document.visibilityState === 'visible') onWake();
  };
  addEventListener.call(globalThis, 'online', onWake);
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    globals().removeEventListener?.call(globalThis, 'online', onWake);
    document.removeEventListener('visibilitychange', onVisibility);
  };
}
