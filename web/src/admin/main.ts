import { mountPage } from '../mount-page.ts';
import AdminApp from './AdminApp.svelte';

mountPage(AdminApp);
