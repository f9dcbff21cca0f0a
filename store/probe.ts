/**
 * What the probe of a partition is called among its dirty names. Its owner notes the time in it again and again, and what comes of that goes the
 * way of every change, through the store and a tick; then the owner tells it to each gateway that it hears.
 */
export const DIRTY_PROBE = 'probe';
