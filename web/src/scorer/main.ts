import { mountPage } from '../mount-page.ts';
import ScorerApp from './ScorerApp.svelte';

mountPage(ScorerApp);
