export interface Codec<Wire extends string | Uint8Array> {
  /**
   * Throws `TypeError` on what neither encoding can carry (undefined at the top or in a list, functions, NaN,
   * infinities, instances of classes, cycles): a defect of ours. Properties that are undefined are left out.
   */
  encode(value: unknown): Wire;
  /** Throws `DecodeError` with code `malformed` or `too_large`. */
  decode(wire: Wire, limits?: DecodeLimits): unknown;
}

export interface DecodeLimits {
  /** Bytes of the whole message (for JSON: UTF-8 bytes). Default: no limit here, the transport has its own. */
  readonly maxBytes?: number;
  /** Levels of arrays and objects inside one another; default `MAX_DEPTH`. */
  readonly maxDepth?: number;
  /** Elements of lists and entries of objects, all levels together; default `MAX_VALUES`. */
  readonly maxValues?: number;
}
