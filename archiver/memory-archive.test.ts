import { archiveContract } from './archive.contract.ts';
import { createMemoryArchive, MemoryHistory } from './memory-archive.contract.ts';

archiveContract(async () => {
  const history = new MemoryHistory();
  return {
    create: () => createMemoryArchive(history),
    rows: async (partition) => history.rowsOf(partition),
    lost: async () => history.lost,
    gaps: async () => history.gaps,
  };
});
