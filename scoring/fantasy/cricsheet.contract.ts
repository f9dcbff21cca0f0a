import { type Ball, beginRecords, type PlayerRecords, recordBall } from './player-records.ts';

/** What these tests read of Cricsheet's files. */
export interface CricsheetFile {
  readonly info: {
    readonly players?: Readonly<Record<string, readonly string[]>>;
    readonly player_of_match?: readonly string[];
    readonly balls_per_over?: number;
  };
  readonly innings: readonly {
    readonly super_over?: boolean;
    readonly overs?: readonly { readonly over: number; readonly deliveries: readonly Ball[] }[];
  }[];
}

export function recordMatch({ info, innings }: CricsheetFile): PlayerRecords {
  const records = beginRecords(Object.values(info.players ?? {}).flat(), info.balls_per_over);
  for (const [index, { overs = [], super_over: isSuperOver }] of innings.entries()) {
    if (isSuperOver) continue;
    for (const { over, deliveries } of overs) {
      for (const ball of deliveries) recordBall(records, index + 1, over, ball);
    }
  }
  return records;
}
