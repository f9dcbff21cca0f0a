import { mountPage } from '../mount-page.ts';
import MatchesApp from './MatchesApp.svelte';

mountPage(MatchesApp);
