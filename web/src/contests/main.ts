import { mountPage } from '../mount-page.ts';
import ContestsApp from './ContestsApp.svelte';

mountPage(ContestsApp);
