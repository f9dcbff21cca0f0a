/**
 * A channel holds one state of one of two kinds, at a position. Rows: an ordered list, patched by splices.
 * Document: an object without nulls, patched by JSON Merge Patch.
 */

export type ViewKind = 'rows' | 'document';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One row, such as `[member, score]`, `[member, score, name]` or `[mode, activeUsers]`. */
export type Row = readonly Json[];
export type Rows = readonly Row[];
export type Document = { readonly [key: string]: Json };
export type State = Rows | Document;

/** `[index, deleteCount, ...rows]`, applied in order, exactly as `Array.prototype.splice`. */
export type Splice = readonly [index: number, deleteCount: number, ...rows: Row[]];
export type RowsPatch = readonly Splice[];
/** RFC 7386: a null deletes the key, an object is merged, anything else replaces. */
export type DocumentPatch = Document;
export type Patch = RowsPatch | DocumentPatch;

/** `epoch` is opaque and compared only for equality; `seq` grows within an epoch. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

export interface View extends Position {
  readonly kind: ViewKind;
  readonly state: State;
}

/** A patch on its way to clients: it applies onto seq `from` (default `seq - 1`). `epoch` is present exactly when it changes, and then `from` too. */
export interface Update {
  readonly epoch?: string;
  readonly seq: number;
  readonly from?: number;
  /** Unix milliseconds at which the oldest change in the patch was accepted. */
  readonly at: number;
  readonly patch: Patch;
}
