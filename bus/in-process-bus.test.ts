import { systemClock } from '../runtime/clock.ts';
import { busContract } from './bus.contract.ts';
import { createInProcessBus } from './in-process-bus.ts';

busContract('the in-process bus', async (logger) => {
  const bus = createInProcessBus({ clock: systemClock, logger });
  return { participants: [bus.endpoint('a'), bus.endpoint('b')] };
});
