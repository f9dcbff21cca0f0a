/** Where the sockets of a server are, such as `ws://127.0.0.1:8080/v1/ws`. */
export function socketUrlOf(url: string): string {
  const socketUrl = new URL('/v1/ws', url);
  socketUrl.protocol = socketUrl.protocol === 'https:' ? 'wss:' : 'ws:';
  return socketUrl.href;
}
