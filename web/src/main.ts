import BoardApp from './board/BoardApp.svelte';
import { mountPage } from './mount-page.ts';

mountPage(BoardApp);
