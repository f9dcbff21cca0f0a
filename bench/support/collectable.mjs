/** `node --import` this: the process collects its garbage at SIGUSR2, so that what it keeps can be measured. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
// The pages that the first one has freed are given back by the second.
process.on('SIGUSR2', () => {
  collect();
  setTimeout(collect, 300);
});
