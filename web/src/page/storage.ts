/** What a browser remembers for this page. Storage can be switched off: then nothing is remembered, and nothing breaks. */
function slot(storage: () => Storage, key: string) {
  return {
    read: (): string | undefined => {
      try {
        return storage().getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write: (value: string | undefined): void => {
      try {
        if (value === undefined) storage().removeItem(key);
        else storage().setItem(key, value);
      } catch {
        // Not remembered.
      }
    },
  };
}

/** Who the reader is, on every board. */
export const storedMember = slot(() => localStorage, 'scorewire.me');
/** The reader's team, in every contest. */
export const storedTeam = slot(() => localStorage, 'scorewire.team');
/** The same key as in public/theme.js. */
export const storedTheme = slot(() => localStorage, 'scorewire.theme');
/** Only for this tab, only until it is closed. */
export const storedToken = slot(() => sessionStorage, 'scorewire.token');
