/** Of the page: nothing is loaded from anywhere. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fbfbf9; --card: #fff; --ink: #1d2023; --soft: #646b73; --line: #e3e4e0;
  --good: #14713d; --good-back: #e0f3e7; --bad: #a8231c; --bad-back: #fbe5e3;
  --c0: #1f6fd6; --c1: #c2570c; --c2: #0f8a6d; --c3: #8a3fc4; --c4: #b0305f; --c5: #6b7280; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --card: #1c2024; --ink: #e8eaec; --soft: #9aa2ab; --line: #2e343a;
  --good: #6fd99a; --good-back: #163524; --bad: #ff9d94; --bad-back: #421d1a;
  --c0: #66a8ff; --c1: #ff9a55; --c2: #3ecfa8; --c3: #c592f5; --c4: #f584ac; --c5: #a3abb5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
header { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline; }
h1 { margin: 0; font-size: 28px; letter-spacing: -0.01em; }
h2 { margin: 36px 0 10px; font-size: 17px; }
header p { flex-basis: 100%; margin: 0; color: var(--soft); }
.verdict { padding: 2px 12px; border-radius: 99px; font-weight: 600; }
.right { background: var(--good-back); color: var(--good); }
.wrong { background: var(--bad-back); color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0 0; padding: 0; }
.tiles div, figure, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tiles div { padding: 12px 16px; }
.tiles dt { color: var(--soft); font-size: 13px; }
.tiles dd { margin: 0; font-size: 24px; font-weight: 600; letter-spacing: -0.01em; }
.tiles dd small { font-size: 14px; font-weight: 400; color: var(--soft); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 14px; }
figure { margin: 0; padding: 14px 16px 12px; }
figcaption span, .legend span { color: var(--soft); }
figcaption span { margin-left: 4px; font-size: 13px; }
figure { overflow-x: auto; }
svg { display: block; width: 100%; min-width: 300px; height: auto; margin: 8px 0 4px; }
svg.wide { min-width: 640px; }
svg text { fill: var(--soft); font-size: 12px; }
.grid { stroke: var(--line); }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
${[0, 1, 2, 3, 4, 5].map((c) => `polyline.c${c} { stroke: var(--c${c}); } circle.c${c} { fill: var(--c${c}); } i.c${c} { background: var(--c${c}); }`).join('\n')}
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0; padding: 0; list-style: none; font-size: 13px; }
.legend i { display: inline-block; width: 14px; height: 3px; margin-right: 7px; border-radius: 2px; vertical-align: middle; }
.card { overflow-x: auto; padding: 6px 16px; }
.charts + .card { margin-top: 14px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 6px 0 6px 16px; text-align: right; white-space: nowrap; }
th { color: var(--soft); font-weight: 500; font-size: 13px; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
tr + tr td { border-top: 1px solid var(--line); }
.pairs td:first-child { color: var(--soft); white-space: normal; }
.checks { margin: 0; padding: 6px 0; list-style: none; }
.checks li { padding: 4px 0; overflow-wrap: anywhere; }
.checks b { margin-right: 8px; }
.checks .ok b { color: var(--good); }
.checks .no b { color: var(--bad); }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 0 14px; }
`;
