import { mount } from 'svelte';
import App from './App.svelte';
import '@fontsource-variable/archivo/wdth.css';
import './app.css';

const target = document.querySelector('#page');
if (!target) throw new Error('defect: the page has no place for itself');
mount(App, { target });
