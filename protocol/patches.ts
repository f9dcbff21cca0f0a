import { applyDocumentPatch, diffDocument } from './document-patch.ts';
import { applyRowsPatch, diffRows } from './rows-patch.ts';
import type { Document, DocumentPatch, Patch, Rows, RowsPatch, State, ViewKind } from './views.ts';

/** The patch that turns `before` into `after`, or `undefined` where they are equal. Inverse of `applyPatch`. */
export function diff(kind: ViewKind, before: State, after: State): Patch | undefined {
  switch (kind) {
    case 'rows':
      return diffRows(before as Rows, after as Rows);
    case 'document':
      return diffDocument(before as Document, after as Document);
  }
}

/** The state after the patch. Throws `PatchError` where the patch does not fit; the given state is never changed. */
export function applyPatch(kind: ViewKind, state: State, patch: Patch): State {
  switch (kind) {
    case 'rows':
      return applyRowsPatch(state as Rows, patch as RowsPatch);
    case 'document':
      return applyDocumentPatch(state as Document, patch as DocumentPatch);
  }
}

/** The state of a channel that holds nothing yet. */
export function emptyState(kind: ViewKind): State {
  return kind === 'rows' ? [] : {};
}
