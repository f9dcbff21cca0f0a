/** The two encodings by name, apart from the codecs, so that a page may load the second one only when it is used. */
export const SUBPROTOCOLS = { json: 'scorewire.v1.json', msgpack: 'scorewire.v1.msgpack' } as const;
export type Encoding = keyof typeof SUBPROTOCOLS;
export const ENCODINGS = Object.keys(SUBPROTOCOLS) as readonly Encoding[];
