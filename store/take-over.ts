import type { ProducerClaim, ScoreStore } from './score-store.ts';

/**
 * Claims a producer after whatever claim there is. Each further round is one in which somebody else has claimed it, so rounds end
 * when the claim is given up: otherwise it would follow, and take the producer from, whoever came in its place.
 */
export async function takeOver(
  store: Pick<ScoreStore, 'claimProducer'>,
  producer: string,
  givenUp?: AbortSignal,
): Promise<ProducerClaim> {
  for (let latest = 0; ; ) {
    givenUp?.throwIfAborted();
    const verdict = await store.claimProducer(producer, latest, givenUp);
    if (verdict.ok) return verdict;
    latest = verdict.latest;
  }
}
