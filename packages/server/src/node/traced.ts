/** OpenTelemetry: a span for each request, if an SDK is installed. */
import { ProxyTracerProvider, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { routeOf } from '../route.ts';

const NAME = '@sortition/server';

/** Wraps a handler so that each request is a span with method, path of the route, and status. */
export function traced(handle: (request: Request) => Promise<Response>): (request: Request) => Promise<Response> {
  return (request) => {
    const tracer = findTracer();
    // Without an SDK the API does nothing, but its calls would still cost time.
    if (tracer === undefined) return handle(request);
    const route = routeOf(request.url);
    const attributes = { 'http.request.method': request.method, 'http.route': route };
    return tracer.startActiveSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER, attributes }, async (span) => {
      try {
        const response = await handle(request);
        span.setAttribute('http.response.status_code', response.status);
        if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        return response;
      } finally {
        span.end();
      }
    });
  };
}

/** Returns whether requests currently get spans. */
export function isTracing(): boolean {
  return findTracer() !== undefined;
}

/** Called with each request, because an SDK may be installed after the server was started. */
function findTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegateTracer(NAME) : provider.getTracer(NAME);
}
