/** Why an edit cannot be made; the route answers it. */
export class EditError extends Error {
  readonly status: 400 | 404;

  /** @param message A sentence of what is wrong and what was expected. */
  constructor(status: 400 | 404, message: string) {
    super(message);
    this.name = 'EditError';
    this.status = status;
  }
}
