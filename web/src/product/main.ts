import { mountPage } from '../mount-page.ts';
import ProductApp from './ProductApp.svelte';

mountPage(ProductApp);
