/** OpenTelemetry: a span for each request. Without an SDK installed the calls do nothing. */
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** Wraps a handler so that each request is a span with method, path of the route, and status. */
export function traced(handle: (request: Request) => Promise<Response>): (request: Request) => Promise<Response> {
  const tracer = trace.getTracer('@sortition/server');
  return (request) => {
    const route = new URL(request.url).pathname.replace(/^(\/ofrep\/v1\/evaluate\/flags)\/.+$/, '$1/{key}');
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
