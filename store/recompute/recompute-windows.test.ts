import { createMemoryStore } from '../memory/memory-store.ts';
import { contractScoring } from '../scoring.contract.ts';
import { recomputeWindowsContract } from './windows.contract.ts';

recomputeWindowsContract(async (options) => {
  const store = createMemoryStore(options, { scoring: contractScoring });
  return { store, connect: async () => store.connect(), dispose: () => store.stop() };
});
