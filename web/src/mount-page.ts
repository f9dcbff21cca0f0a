import { type Component, mount } from 'svelte';
import '@fontsource-variable/archivo/wdth.css';
import './app.css';

/** Puts a page where its HTML has the place for it. */
export function mountPage(page: Component): void {
  const target = document.querySelector('#page');
  if (!target) throw new Error('defect: the page has no place for itself');
  mount(page, { target });
}
