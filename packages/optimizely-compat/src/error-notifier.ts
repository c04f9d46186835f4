/** Error notifiers: an application's own function that is told of errors. */
import { createOpaque } from './opaque.ts';

/** Told of errors. */
export interface ErrorHandler {
  handleError(exception: Error): void;
}

declare const errorNotifier: unique symbol;

/** An error notifier, as `createInstance` takes it. */
export type OpaqueErrorNotifier = { [errorNotifier]: unknown };

const notifiers = createOpaque<ErrorHandler, OpaqueErrorNotifier>('error-notifier');

/** @throws Error `Invalid error handler` */
export function createErrorNotifier(errorHandler: ErrorHandler): OpaqueErrorNotifier {
  if (typeof errorHandler?.handleError !== 'function') throw new Error('Invalid error handler');
  return notifiers.wrap(errorHandler);
}

/** Returns what is in a notifier; `undefined` when it is not one. */
export function openErrorNotifier(opaque: OpaqueErrorNotifier | undefined): ErrorHandler | undefined {
  return notifiers.open(opaque);
}
