// Before the first paint, so that a chosen theme does not flash in late. A file of its own, because the page's policy allows no inline scripts.
try {
  const theme = localStorage.getItem('scorewire.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage can be switched off; then the system's choice stands.
}
