/**
 * Requests and responses by their parts, independent of their kind: web requests and responses, or the streams of Node.
 */

/** Headers of a request; `Headers` is one kind. */
export interface RequestHeaders {
  /** @param name In lower case. */
  get(name: string): string | null;
}

/** A request to a route, without its body. */
export interface Asked {
  /** The variable part of the path; `''` if there is none. */
  readonly key: string;
  /** The query of the address, as sent. */
  readonly search: string;
  readonly headers: RequestHeaders;
}

/** A response. */
export interface Answer {
  readonly status: number;
  /** `null`: no body. */
  readonly text: string | null;
  /** Length of the text in UTF-8, if known. */
  readonly byteLength?: number;
  readonly headers: Readonly<Record<string, string>>;
}

const JSON_TYPE: Readonly<Record<string, string>> = { 'content-type': 'application/json' };

/** Returns a response with JSON text. */
export function jsonAnswer(text: string, status = 200, headers?: Readonly<Record<string, string>>): Answer {
  return { status, text, headers: headers === undefined ? JSON_TYPE : { ...JSON_TYPE, ...headers } };
}

/** Returns the response as a web `Response`. */
export function toResponse({ status, text, headers }: Answer): Response {
  return new Response(text, { status, headers });
}
