import { mountPage } from '../mount-page.ts';
import AreasApp from './AreasApp.svelte';

mountPage(AreasApp);
