import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** The pages, and beside them the client under a name that stays, for `<script type="module">` in anybody's page. */
export default defineConfig({
  root: 'web',
  plugins: [svelte({ configFile: false })],
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8080', ws: true } } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // Assets as data: addresses would be refused by the page's security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: 'web/index.html',
        products: 'web/products/index.html',
        areas: 'web/areas/index.html',
        matches: 'web/matches/index.html',
        contests: 'web/contests/index.html',
        scorer: 'web/scorer/index.html',
        docs: 'web/docs/index.html',
        admin: 'web/admin/index.html',
        client: 'client/index.ts',
      },
      preserveEntrySignatures: 'exports-only',
      output: {
        entryFileNames: ({ name }) => (name === 'client' ? 'client.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});
