/** Waits for the signal that ends a long-running command. */

/** Resolves at the first SIGINT or SIGTERM. A second one ends the process at once. */
export function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve();
        process.once(signal, () => process.exit(1));
      });
    }
  });
}
