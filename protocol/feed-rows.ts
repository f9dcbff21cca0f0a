/** Events that the channel `match:<id>:feed` holds. Beside the schemas, which browsers need not load to fold a match. */
export const FEED_ROWS = 50;
