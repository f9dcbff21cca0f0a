/** The manifests are what Kubernetes takes, fit together, and give the processes settings that exist. */
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../settings.ts';
import { type Manifest, readManifests, schemaFaults, unknownFields } from './support/manifests.ts';
import { metricCatalogue } from './support/metric-catalogue.ts';
import { settingNames } from './support/setting-names.ts';

const manifests = readManifests();
const of = (kind: string): readonly Manifest[] => manifests.filter((each) => each.kind === kind);
const named = (kind: string, name: string): Manifest => {
  const found = of(kind).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
const workloads = [...of('Deployment'), ...of('StatefulSet')];
const ours = of('Deployment').filter(({ metadata }) => metadata.name.startsWith('scorewire-'));
const titled = <T extends Manifest>(list: readonly T[]) =>
  list.map((each) => [`${each.kind} ${each.metadata.name}`, each] as const);

type Labels = Readonly<Record<string, string>>;
const matches = (wanted: Labels, labels: Labels): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);
const podsOf = (selector: Labels): readonly Manifest[] =>
  workloads.filter(({ spec }) => matches(selector, spec.template.metadata.labels));

/** As the process is given it. */
function environmentOf({ spec }: Pick<Manifest, 'spec'>): Record<string, string> {
  const [container] = spec.template.spec.containers;
  const own = container.env.map(({ name, value }: { name: string; value: string }) => [name, value]);
  const secrets: string[] = container.envFrom.map(
    (each: { secretRef?: { name: string } }) => each.secretRef?.name,
  );
  return {
    ...named('ConfigMap', 'scorewire').data,
    ...Object.fromEntries(own),
    AUTH_SECRET: 'x'.repeat(32),
    ...(secrets.includes('scorewire-history') ? { DATABASE_URL: 'postgres://u:p@postgres/scorewire' } : {}),
  };
}

describe('the manifests', () => {
  it('are some of each kind that is needed', () => {
    expect(new Set(manifests.map(({ kind }) => kind))).toEqual(
      new Set([
        ...['ConfigMap', 'Deployment', 'StatefulSet', 'Service', 'Ingress'],
        ...['PodDisruptionBudget', 'HorizontalPodAutoscaler'],
      ]),
    );
  });

  it.each(titled(manifests))('satisfy the schema: %s', async (_, manifest) => {
    expect(await schemaFaults(manifest)).toBeUndefined();
  });

  it('have no field that the schema does not know', () => {
    expect(unknownFields(manifests)).toBe('');
    const [first] = ours;
    const misspelt = { ...first, spec: { ...first?.spec, replcas: 2 } } as unknown as Manifest;
    expect(unknownFields([misspelt])).toContain('replcas');
  });

  it('would be refused where the schema is violated', async () => {
    const wrong = { ...named('PodDisruptionBudget', 'scorewire-server'), spec: { maxUnavailable: [] } };
    expect(await schemaFaults(wrong)).toContain('maxUnavailable');
  });

  it.each(titled(workloads))('select the pods that they make: %s', (_, { spec }) => {
    expect(matches(spec.selector.matchLabels, spec.template.metadata.labels)).toBe(true);
    expect(podsOf(spec.selector.matchLabels)).toHaveLength(1);
  });

  it.each(titled(of('Service')))('lead to a port of one kind of pod: %s', (_, { spec }) => {
    const pods = podsOf(spec.selector);
    expect(pods).toHaveLength(1);
    const ports = pods[0]?.spec.template.spec.containers[0].ports.map(({ name }: { name: string }) => name);
    for (const { targetPort } of spec.ports) expect(ports).toContain(targetPort);
  });

  it('keep one of several pods from going with another', () => {
    // The one that has no budget is alone.
    const several = ours.filter(({ spec }) => spec.replicas !== 1);
    expect(several).toHaveLength(2);
    for (const { metadata } of several) {
      const { spec } = named('PodDisruptionBudget', metadata.name);
      expect(podsOf(spec.selector.matchLabels).map((pod) => pod.metadata.name)).toEqual([metadata.name]);
    }
  });

  it('scale servers on a metric that they have, between bounds that survive a node', () => {
    const { spec } = named('HorizontalPodAutoscaler', 'scorewire-server');
    expect(named('Deployment', spec.scaleTargetRef.name).spec.replicas).toBeUndefined();
    const metric = spec.metrics.find(({ type }: { type: string }) => type === 'Pods').pods.metric.name;
    expect([metric, metricCatalogue().get(metric)?.kind]).toEqual(['scorewire_connections', 'gauge']);
    expect(spec.minReplicas).toBeGreaterThanOrEqual(2);
  });

  it('let the public see what is for it, and nothing that is for operators', () => {
    const [rule] = named('Ingress', 'scorewire').spec.rules;
    const paths: { path: string; pathType: string }[] = rule.http.paths;
    const isServed = (asked: string): boolean =>
      paths.some(({ path, pathType }) =>
        pathType === 'Exact' ? asked === path : `${asked}/`.startsWith(`${path.replace(/\/$/, '')}/`),
      );
    const web = readdirSync(new URL('../web/', import.meta.url), { withFileTypes: true });
    const pages = web.filter((each) => each.isDirectory() && existsSync(`web/${each.name}/index.html`));
    const open = [
      ...pages.map(({ name }) => `/${name}/`),
      '/',
      '/v1/ws',
      '/v1/sse',
      '/v1/events',
      '/client.js',
    ];
    expect(open.filter((path) => !isServed(path) && path !== '/admin/')).toEqual([]);
    const closed = ['/metrics', '/healthz', '/readyz', '/admin/'];
    expect(closed.filter(isServed)).toEqual([]);
  });
});

describe.each(titled(ours))('%s', (_, { spec }) => {
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const environment = environmentOf({ spec });
  const settings = readSettings(environment);

  it('gives settings that exist and that are taken', () => {
    const known = settingNames();
    expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
    expect(['server', 'broadcaster', 'archiver']).toContain(settings.role);
  });

  it('has its ports and probes where the process listens', () => {
    const ports = new Map<string, number>(
      container.ports.map(({ name, containerPort }: { name: string; containerPort: number }) => [
        name,
        containerPort,
      ]),
    );
    expect(ports.get('metrics')).toBe(settings.metricsPort);
    expect(spec.template.metadata.annotations['prometheus.io/port']).toBe(String(settings.metricsPort));
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'metrics' });
    if (settings.role !== 'server') return;
    expect(ports.get('http')).toBe(settings.port);
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'http' });
  });

  it('is given the time that a stop may take, after everybody has been told', () => {
    const [, seconds = '0'] = container.lifecycle?.preStop.exec.command ?? [];
    const stopMs = Number(seconds) * 1000 + settings.stopDeadlineMs;
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(stopMs + 5000);
    expect(settings.drainMs).toBeLessThanOrEqual(settings.stopDeadlineMs / 2);
    const { readinessProbe: probe } = container;
    if (probe !== undefined) {
      expect(Number(seconds)).toBeGreaterThanOrEqual(probe.periodSeconds * probe.failureThreshold);
    }
  });

  it('may do no more than it needs', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });
});
