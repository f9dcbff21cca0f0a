/** Whether a link is to be followed in this tab: another tab or window is the browser's own business. */
export function isPlainClick({ metaKey, ctrlKey, shiftKey, button }: MouseEvent): boolean {
  return !metaKey && !ctrlKey && !shiftKey && button === 0;
}
