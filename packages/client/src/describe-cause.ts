import { tryPart } from '@sortition/core/internal';

/** Describes a thrown value in a short text. Never throws. */
export function describeCause(cause: unknown): string {
  return tryPart(() => (cause instanceof Error ? cause.message : String(cause))) ?? 'an error that cannot be shown';
}
