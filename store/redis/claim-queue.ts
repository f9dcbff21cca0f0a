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
  const waiting = new Set<() => void>();
  let underWay = 0;

  /** Who gives up leaves at once, so that it takes no place from others. */
  const turn = (givenUp?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.delete(take);
        reject(givenUp?.reason);
      };
      const take = (): void => {
        givenUp?.removeEventListener('abort', leave);
        resolve();
      };
      waiting.add(take);
      givenUp?.addEventListener('abort', leave);
    });

  const claimProducer: ScoreStore['claimProducer'] = async (producer, latest, givenUp) => {
    givenUp?.throwIfAborted();
    if (underWay < most) {
      underWay++;
    } else if (waiting.size < MAX_WAITING_CLAIMS) {
      await turn(givenUp);
    } else {
      throw new StoreUnavailableError(`${waiting.size} producers wait to be claimed already`, {
        change: 'not_sent',
      });
    }
    try {
      return await producers.claimProducer(producer, latest);
    } finally {
      // Whoever ends gives its turn to the first that waits.
      const [next] = waiting;
      if (next === undefined) underWay--;
      else {
        waiting.delete(next);
        next();
      }
    }
  };
  return { ...producers, claimProducer };
}
