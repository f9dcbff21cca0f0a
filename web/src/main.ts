import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';

const target = document.querySelector('#page');
if (!target) throw new Error('defect: the page has no place for itself');
mount(App, { target });
