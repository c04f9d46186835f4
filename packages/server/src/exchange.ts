/** Requests and answers by their parts, whatever carries them: web requests and responses, or the streams of Node. */

/** Headers of a request; `Headers` is one kind. */
export interface RequestHeaders {
  /** @param name In lower case. */
  get(name: string): string | null;
}

/** What a route is asked for beside its body. */
export interface Asked {
  /** The part of the path that is no fixed text; `''` where there is no such part. */
  readonly key: string;
  /** What follows the question mark of the address, as it was sent. */
  readonly search: string;
  readonly headers: RequestHeaders;
}

/** What is answered. */
export interface Answer {
  readonly status: number;
  /** `null`: no body. */
  readonly text: string | null;
  /** Of the text in UTF-8, where it is known. */
  readonly byteLength?: number;
  readonly headers: Readonly<Record<string, string>>;
}

const JSON_TYPE: Readonly<Record<string, string>> = { 'content-type': 'application/json' };

/** Answers JSON text. */
export function jsonAnswer(text: string, status = 200, headers?: Readonly<Record<string, string>>): Answer {
  return { status, text, headers: headers === undefined ? JSON_TYPE : { ...JSON_TYPE, ...headers } };
}

/** The same as a web response. */
export function toResponse({ status, text, headers }: Answer): Response {
  return new Response(text, { status, headers });
}
