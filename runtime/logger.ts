import { destination, pino, stdSerializers } from 'pino';

/** What parts log through; structured, one line of JSON each, on standard error. Never given secrets. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Standard output is left to the one line that tells the address. */
export function createLogger(level: LogLevel): Logger {
  return pino(
    {
      level,
      // The other one appends the messages of causes, which ours hold already.
      serializers: { err: stdSerializers.errWithCause },
      redact: ['token', 'authorization', '*.token', '*.authorization'],
    },
    destination({ dest: 2, sync: false }),
  );
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
