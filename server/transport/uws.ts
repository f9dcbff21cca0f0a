/**
 * The library reads this once, when it is loaded, so it must be set before; its own default of 4 KiB would refuse
 * tokens of the documented length. Bytes of a request's line and headers together; beyond: 431.
 */
const HEADER_BYTES = 16 * 1024;
process.env.UWS_HTTP_MAX_HEADERS_SIZE ??= String(HEADER_BYTES);

export const uws = await import('uWebSockets.js');
export type { HttpRequest, HttpResponse, TemplatedApp, us_listen_socket, WebSocket } from 'uWebSockets.js';
