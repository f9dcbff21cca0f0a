import type { BoardConfig, BoardSettings } from '../protocol/boards.ts';
import { WINDOW_KINDS } from '../protocol/windows.ts';

/**
 * What is left out keeps its value. In the one form that a configuration is stored, logged and shown in: `windows` in one order and not
 * there where there are none, `timezone` not there where it is UTC.
 */
export function withSettings(config: BoardConfig, settings: BoardSettings): BoardConfig {
  const { windows = [], timezone = 'UTC', ...rest } = { ...config, ...settings };
  const ordered = WINDOW_KINDS.filter((kind) => windows.includes(kind));
  return {
    ...rest,
    ...(ordered.length === 0 ? {} : { windows: ordered }),
    ...(timezone === 'UTC' ? {} : { timezone }),
  };
}

/** Of two in that form. */
export function isSameConfig(one: BoardConfig, other: BoardConfig): boolean {
  return (
    one.order === other.order &&
    one.ties === other.ties &&
    one.top === other.top &&
    one.timezone === other.timezone &&
    String(one.windows) === String(other.windows)
  );
}

/** Whether the scores of a board must be stored in another way. */
export function isConversion(from: BoardConfig, to: BoardConfig): boolean {
  return from.order !== to.order || from.ties !== to.ties;
}
