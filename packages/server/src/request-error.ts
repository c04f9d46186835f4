/** Refusals: a status and one sentence that says what was wrong with a request. */

/** Thrown by handlers; each dialect has its own body for it. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Headers of the response, such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
