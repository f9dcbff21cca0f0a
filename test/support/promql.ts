import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** One series that a query looks at. */
export interface Selector {
  readonly metric: string;
  /** Those that it is filtered by, and those that an enclosing aggregation keeps. */
  readonly labels: ReadonlySet<string>;
  /** The function around its range, such as `rate`; `undefined` for a value of now. */
  readonly rangeFunction: string | undefined;
}

/** Throws where it is no PromQL. Variables of dashboards count as what they stand for. */
export function selectorsOf(query: string): readonly Selector[] {
  const text = query.replaceAll('$__rate_interval', '1m').replaceAll('$instance', 'all');
  const tree: Tree = parser.parse(text);
  const found: SyntaxNode[] = [];
  tree.iterate({
    enter: ({ type, from, node }) => {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${text}`);
      if (type.name === 'VectorSelector') found.push(node);
    },
  });
  const textOf = (node: SyntaxNode | null): string => (node === null ? '' : text.slice(node.from, node.to));
  return found.map((node) => {
    const labels = namesIn(node, 'LabelName', textOf);
    let rangeFunction: string | undefined;
    for (let outer = node.parent; outer !== null; outer = outer.parent) {
      const modifier = outer.getChild('AggregateModifier');
      if (modifier !== null) for (const label of namesIn(modifier, 'LabelName', textOf)) labels.add(label);
      if (node.parent?.name === 'MatrixSelector' && outer.name === 'FunctionCall') {
        rangeFunction ??= textOf(outer.getChild('FunctionIdentifier'));
      }
    }
    return { metric: textOf(node.getChild('Identifier')), labels, rangeFunction };
  });
}

function namesIn(node: SyntaxNode, name: string, textOf: (node: SyntaxNode) => string): Set<string> {
  const names = new Set<string>();
  node.cursor().iterate((each) => {
    if (each.name === name && each.from >= node.from && each.to <= node.to) names.add(textOf(each.node));
  });
  return names;
}
