import { createMemoryStore } from '../memory/memory-store.ts';
import { contractScoring } from '../scoring.contract.ts';
import { sweepContract } from './sweep.contract.ts';

sweepContract(async (options) => {
  const store = createMemoryStore(options, { scoring: contractScoring });
  return { store, connect: async () => store.connect(), dispose: () => store.stop() };
});
