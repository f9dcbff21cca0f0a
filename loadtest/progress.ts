import type { Moment } from './result.ts';
import type { Progress } from './run-scenario.ts';

/** One line that is written over again, on a terminal; elsewhere nothing. */
export function terminalProgress(stream: NodeJS.WriteStream, seconds: number): Progress & { end(): void } {
  let phase = '';
  const write = (text: string): void => {
    if (stream.isTTY) stream.write(`\r\u001b[K${text.slice(0, (stream.columns ?? 80) - 1)}`);
  };
  return {
    phase: (text) => {
      phase = text;
      write(text);
    },
    moment: (moment) => write(`${phase} ${lineOf(moment, seconds)}`),
    end: () => write(''),
  };
}

function lineOf({ seconds, acknowledged, delivered, processes }: Moment, of: number): string {
  const rates = `${Math.round(acknowledged)} events/s, ${Math.round(delivered)} updates/s`;
  const uses = processes.map(
    ({ name, cores, megabytes }) => `${name} ${cores.toFixed(2)} cores ${Math.round(megabytes)} MB`,
  );
  return [`${Math.round(seconds)} of ${of} s`, rates, ...uses].join(' | ');
}
