import { type ScoreStore, StoreUnavailableError } from '../score-store.ts';

/** Commands that claims may have under way together, of the many that a connection may have: the others are for scores. */
const CLAIM_COMMANDS = 1024;
/** Claims that wait for their turn; beyond, they are refused. */
export const MAX_WAITING_CLAIMS = 10_000;

/** A claim goes to every partition: where very many producers come at once, as after a restart, they take turns. */
export function limitClaims<Producers extends Pick<ScoreStore, 'claimProducer'>>(
  producers: Producers,
  partitions: number,
): Producers {
  const most = Math.max(1, Math.floor(CLAIM_COMMANDS / partitions));
  const waiting: (() => void)[] = [];
  let underWay = 0;

  const claimProducer = async (...given: Parameters<ScoreStore['claimProducer']>) => {
    if (underWay < most) {
      underWay++;
    } else if (waiting.length < MAX_WAITING_CLAIMS) {
      // Whoever ends gives its turn to the first that waits.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      throw new StoreUnavailableError(`${waiting.length} producers wait to be claimed already`, {
        change: 'not_sent',
      });
    }
    try {
      return await producers.claimProducer(...given);
    } finally {
      const next = waiting.shift();
      if (next === undefined) underWay--;
      else next();
    }
  };
  return { ...producers, claimProducer };
}
