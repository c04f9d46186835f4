/** Error notifiers: an application's own function that receives errors. */
import { createOpaque } from './opaque.ts';

/** Receives errors. */
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

/** Returns the content of a notifier; `undefined` when the value is not a notifier. */
export function openErrorNotifier(opaque: OpaqueErrorNotifier | undefined): ErrorHandler | undefined {
  return notifiers.open(opaque);
}
