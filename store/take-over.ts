import type { ProducerClaim, ScoreStore } from './score-store.ts';

/** Claims a producer after whatever claim there is. Each further round is one in which somebody else has claimed it. */
export async function takeOver(
  store: Pick<ScoreStore, 'claimProducer'>,
  producer: string,
): Promise<ProducerClaim> {
  for (let latest = 0; ; ) {
    const verdict = await store.claimProducer(producer, latest);
    if (verdict.ok) return verdict;
    latest = verdict.latest;
  }
}
