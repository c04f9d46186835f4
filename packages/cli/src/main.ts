#!/usr/bin/env node
/** The program. */
import { run } from './run.ts';

// A reader such as `head` may close the pipe before everything is written; that is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await run(process.argv.slice(2));
