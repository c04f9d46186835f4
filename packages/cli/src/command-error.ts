/** The reason why a command cannot run, in one sentence that says what to do. Ends the process with exit code 2. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Returns the message of a thrown value. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
