/** Why a command cannot do its work, in one sentence that says what to do. Ends the process with exit code 2. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** The reason of something that was thrown, as text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
