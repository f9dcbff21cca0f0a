import { connect } from 'node:net';

/** One command to a Redis of a test, as an operator would type it; replies as strings, numbers, null and lists of them. */
export function redisCommand(port: number, ...words: string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.setTimeout(5000, () => socket.destroy(new Error(`no reply to ${words[0]}`)));
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received += chunk.toString('utf8');
      const parsed = parse(received, 0);
      if (parsed === undefined) return;
      socket.end();
      if (parsed.value instanceof Error) reject(parsed.value);
      else resolve(parsed.value);
    });
    const bulk = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');
    socket.write(`*${words.length}\r\n${bulk}`);
  });
}

/** `undefined` while the reply is incomplete. Texts are ASCII here, so that characters are bytes. */
function parse(text: string, from: number): { value: unknown; end: number } | undefined {
  const lineEnd = text.indexOf('\r\n', from);
  if (lineEnd < 0) return undefined;
  const line = text.slice(from + 1, lineEnd);
  const next = lineEnd + 2;
  switch (text[from]) {
    case '+':
      return { value: line, end: next };
    case '-':
      return { value: new Error(line), end: next };
    case ':':
      return { value: Number(line), end: next };
    case '$': {
      const length = Number(line);
      if (length < 0) return { value: null, end: next };
      return text.length < next + length + 2
        ? undefined
        : { value: text.slice(next, next + length), end: next + length + 2 };
    }
    case '*': {
      const list: unknown[] = [];
      let end = next;
      for (let i = 0; i < Number(line); i++) {
        const item = parse(text, end);
        if (item === undefined) return undefined;
        list.push(item.value);
        end = item.end;
      }
      return { value: list, end };
    }
    default:
      return { value: new Error(`not a reply: ${line}`), end: next };
  }
}
