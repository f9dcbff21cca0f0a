import type { Logger } from './logger.ts';
import { isSampled, type TraceStage, type Traces, traceIdsOf } from './traces.ts';

export interface OtlpTracesOptions {
  /** Such as `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  /** 0 to 1: which part of the changes is recorded. The same in all processes. */
  readonly ratio: number;
  readonly serviceName: string;
  /** Tells the processes of an installation apart. */
  readonly instance: string;
}

/** So long after the last one at most, what was recorded is sent. */
const EXPORT_INTERVAL_MS = 1000;

type Record = (subject: string, acceptedAt: number, stage: TraceStage) => void;

/** Sends traces by OTLP over HTTP. The libraries are loaded by `start`, and so only where this is on. */
export function createOtlpTraces(
  { logger }: { readonly logger: Logger },
  options: OtlpTracesOptions,
): Traces {
  let record: Record | undefined;
  let shutDown: (() => Promise<void>) | undefined;
  let starting: Promise<void> | undefined;

  const start = async (): Promise<void> => {
    const [{ ROOT_CONTEXT, TraceFlags, trace }, sdk, { resourceFromAttributes }, { OTLPTraceExporter }] =
      await Promise.all([
        import('@opentelemetry/api'),
        import('@opentelemetry/sdk-trace-base'),
        import('@opentelemetry/resources'),
        import('@opentelemetry/exporter-trace-otlp-http'),
      ]);
    const random = new sdk.RandomIdGenerator();
    /** Of the next span, where it is a root. */
    let ids: ReturnType<typeof traceIdsOf> | undefined;
    const provider = new sdk.BasicTracerProvider({
      resource: resourceFromAttributes({
        'service.name': options.serviceName,
        'service.instance.id': options.instance,
      }),
      sampler: new sdk.AlwaysOnSampler(),
      idGenerator: {
        generateTraceId: () => ids?.traceId ?? random.generateTraceId(),
        generateSpanId: () => ids?.rootId ?? random.generateSpanId(),
      },
      spanProcessors: [
        new sdk.BatchSpanProcessor(
          new OTLPTraceExporter({ url: `${options.endpoint.replace(/\/$/, '')}/v1/traces` }),
          { scheduledDelayMillis: EXPORT_INTERVAL_MS },
        ),
      ],
    });
    const tracer = provider.getTracer('scorewire');
    shutDown = () => provider.shutdown();
    record = (subject, acceptedAt, { name, from, to, attributes = {}, isRoot = false }) => {
      const { traceId, rootId } = traceIdsOf(subject, acceptedAt);
      const traceFlags = TraceFlags.SAMPLED;
      const parent = trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId: rootId,
        traceFlags,
        isRemote: true,
      });
      ids = isRoot ? { traceId, rootId } : undefined;
      const span = tracer.startSpan(
        name,
        { startTime: from, attributes: { 'scorewire.subject': subject, ...attributes } },
        isRoot ? ROOT_CONTEXT : parent,
      );
      ids = undefined;
      span.end(Math.max(from, to));
    };
    logger.info({ endpoint: options.endpoint, ratio: options.ratio }, 'traces are recorded');
  };

  return {
    isRecorded: (subject, acceptedAt) => isSampled(subject, acceptedAt, options.ratio),
    record: (subject, acceptedAt, stage) => record?.(subject, acceptedAt, stage),
    start: () => {
      starting ??= start();
      return starting;
    },
    stop: async () => {
      await starting;
      // A receiver that is away is no reason not to stop.
      await shutDown?.().catch((error: unknown) =>
        logger.warn({ err: error }, 'the last traces were not sent'),
      );
    },
  };
}
