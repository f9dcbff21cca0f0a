import { parseArgs } from 'node:util';
import { type App, createApp } from './app.ts';
import { loadHandlers, type OwnHandlers } from './handlers-module.ts';
import { archives } from './roles.ts';
import { StartError } from './runtime/errors.ts';
import { createLogger, type Logger } from './runtime/logger.ts';
import { DEMO_MATCH } from './server/demo/demo-cricket.ts';
import { readSettings, type Settings, settingWarnings } from './settings.ts';
import { createWorkers, reportToParent } from './workers.ts';

/** What a worker needs to end after its own deadline. */
const WORKERS_MARGIN_MS = 1000;

/** The process shell: settings, signals, exit code. What the process consists of is said in app.ts. */

const USAGE = `scorewire: real-time leaderboards and live scores

  npm start                     everything in one process, scores in memory, on http://127.0.0.1:8080
  npm start -- --demo           the same, with games that never end: a board "demo", a match "demo" and more
  npm start -- --demo match     the same, with the match alone: cricket, ball by ball
  npm start -- --demo fantasy   a fantasy contest of 100,000 teams, driven by a match that is played at 20x;
                                --file 1187667.json has one of Cricsheet drive it
  npm start -- --port 0         on a free port
  npm start -- --workers 4      four processes behind one port, on Redis and NATS

Settings are environment variables: HOST PORT ROLE REDIS_URL NATS_URL AUTH_SECRET ... (see the README).`;

try {
  await run();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`scorewire: ${error.message}`);
  process.exit(1);
}

async function run(): Promise<void> {
  const args = readArguments();
  if (args.help) {
    console.log(USAGE);
    return;
  }
  const environment = { ...process.env, ...args.environment };
  const settings = readSettings(environment);
  const logger = createLogger(settings.logLevel);
  if (settings.worker === undefined)
    for (const warning of settingWarnings(settings)) logger.warn({}, warning);
  if (settings.workers > 1 && settings.worker === undefined) return runWorkers(settings, environment, logger);
  const handlers = settings.handlers === undefined ? {} : await loadOwnHandlers(settings.handlers);
  const app = createApp(settings, { logger, handlers });
  const isStopping = stopOnSignals(() => app.stop(), settings.stopDeadlineMs);
  try {
    await app.start();
  } catch (error) {
    if (!isStopping()) throw error;
  }
  // Then the signal handler ends the process, with the exit code of the stop.
  if (isStopping()) return;
  if (settings.worker !== undefined) return reportToParent(app.address ?? '');
  // One write, so that a program which waits for the address has the token with it.
  console.log(describeStart(settings, app).join('\n'));
}

async function runWorkers(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
  logger: Logger,
): Promise<void> {
  const workers = await createWorkers(settings, { logger, environment });
  const stop = async (): Promise<void> => {
    if (!(await workers.stop())) throw new Error('a worker did not end in order');
  };
  // Each keeps to the deadline itself.
  const isStopping = stopOnSignals(stop, settings.stopDeadlineMs + WORKERS_MARGIN_MS);
  try {
    await workers.start();
  } catch (error) {
    if (isStopping()) return;
    await workers.stop();
    throw error;
  }
  if (isStopping()) return;
  const { address } = workers;
  console.log(
    describeStart(settings, { address, metricsAddress: undefined, adminToken: undefined }).join('\n'),
  );
}

/** A module of somebody else may end the process while it is loaded, and nobody would know who did. */
async function loadOwnHandlers(path: string): Promise<OwnHandlers> {
  const tell = (): void => {
    console.error(`scorewire: HANDLERS=${path}: ended the process while it was loaded`);
    process.exitCode = 1;
  };
  process.once('exit', tell);
  try {
    return await loadHandlers(path);
  } finally {
    process.off('exit', tell);
  }
}

function readArguments(): { help: boolean; environment: Record<string, string> } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        demo: { type: 'boolean', default: false },
        host: { type: 'string' },
        port: { type: 'string' },
        workers: { type: 'string' },
        file: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const [what, ...others] = positionals;
    const stranger = values.demo && (what === 'match' || what === 'fantasy') ? others[0] : what;
    if (values.file !== undefined && what !== 'fantasy') throw new Error('--file is for --demo fantasy');
    if (stranger !== undefined) throw new Error(`${stranger} is not an option`);
    return {
      help: values.help,
      environment: {
        ...(values.demo ? { DEMO: what ?? '1' } : {}),
        ...(values.file === undefined ? {} : { DEMO_FILE: values.file }),
        ...(values.host === undefined ? {} : { HOST: values.host }),
        ...(values.port === undefined ? {} : { PORT: values.port }),
        ...(values.workers === undefined ? {} : { WORKERS: values.workers }),
      },
    };
  } catch (error) {
    throw new StartError(
      `${error instanceof Error ? error.message : String(error)} (--help lists the options)`,
    );
  }
}

/** The first line tells the address; programs wait for it. */
function describeStart(
  settings: Settings,
  { address, metricsAddress, adminToken }: Pick<App, 'address' | 'metricsAddress' | 'adminToken'>,
): string[] {
  const scores =
    settings.redisUrls.length > 0 ? 'in Redis' : 'in memory, gone at exit (set REDIS_URL to keep them)';
  const bus = settings.natsUrls.length > 0 ? 'over NATS' : 'inside this process (set NATS_URL for several)';
  const history = archives(settings) ? ['  history goes to PostgreSQL'] : [];
  return [
    address === undefined ? `scorewire ${settings.role} is running` : `scorewire is listening on ${address}`,
    settings.role === 'archiver'
      ? `  scores live ${scores}`
      : `  scores live ${scores}; changes travel ${bus}`,
    ...history,
    ...describeWorkers(settings),
    ...(metricsAddress === undefined ? [] : [`  metrics are on ${metricsAddress}/metrics`]),
    ...describeDemo(settings),
    ...(adminToken === undefined
      ? []
      : [
          '  no AUTH_SECRET or AUTH_JWKS: only this machine is served, and publishing takes the admin token of this run:',
          `  ${adminToken}`,
        ]),
  ];
}

function describeWorkers({ workers, metricsPort }: Settings): string[] {
  if (workers === 1) return [];
  const metrics =
    metricsPort === undefined || metricsPort === 0
      ? 'METRICS_PORT gives each a port for metrics'
      : `metrics of each are on the ports ${metricsPort} to ${metricsPort + workers - 1}`;
  return [`  ${workers} processes share the port; ${metrics}`];
}

function describeDemo({ demo }: Settings): string[] {
  if (demo === undefined) return [];
  const match = `a match of cricket is played as "${DEMO_MATCH}"`;
  if (demo.plays === 'match') return [`  ${match}`];
  if (demo.plays === 'fantasy') return [`  ${demo.teams} fantasy teams live by a match: see /contests/`];
  return [`  a demonstration game runs on board "${demo.board}", and ${match}`];
}

/** The first signal stops in order, the second at once. The result tells whether one has come. */
function stopOnSignals(stop: () => Promise<void>, deadlineMs: number): () => boolean {
  let signals = 0;
  const onSignal = (): void => {
    signals += 1;
    if (signals > 1) process.exit(1);
    setTimeout(() => {
      console.error(`scorewire: did not stop within ${deadlineMs} ms`);
      process.exit(1);
    }, deadlineMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`scorewire: did not stop cleanly: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // Of a worker: its parent is gone, and nobody would look after it.
  process.on('disconnect', onSignal);
  return () => signals > 0;
}
